/** Why: a probe gets one file without node_modules. What mqtt.js drags along for browsers and proxies is 4/5 of its weight, so it is left out here. */
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

const require = createRequire(import.meta.url);
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Never reached with our options: WebSockets, SOCKS, browser timers, the command line, debug output. Loading one would throw. */
const LEFT_OUT = new Set(['ws', 'socks', 'worker-timers', 'help-me', 'commist', 'minimist', 'lru-cache']);
/** mqtt.js's own transports (the agent opens its sockets itself) and what only MQTT 5 needs. */
const LEFT_OUT_OF_MQTT = new Set([
  './lib/connect',
  './BufferedDuplex',
  './lib/unique-message-id-provider',
  './topic-alias-recv',
  './topic-alias-send',
  '../topic-alias-send',
]);
const EMPTY = `module.exports = {};`;
/** `debug(name)` makes a logger that is off. */
const NO_DEBUG = `module.exports = () => Object.assign(() => {}, { enabled: false });`;
/** A statement of one line that traces a step; what is never printed need not be carried. */
const TRACE = /^\s*(?:(?:this|client)\.log|debug)\(.*\);?$/gm;
/** The same streams as Node's own, 79 kB smaller. */
const NODE_STREAM = `module.exports = require('node:stream');`;

const lean: Plugin = {
  name: 'lean',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^.]/ }, ({ path }) => {
      if (LEFT_OUT.has(path) || path === 'debug' || path === 'readable-stream') return { path, namespace: 'lean' };
      return undefined;
    });
    onResolve({ filter: /^\./ }, ({ path, importer }) =>
      LEFT_OUT_OF_MQTT.has(path) && importer.includes('/mqtt/build/') ? { path, namespace: 'lean' } : undefined,
    );
    // Its import() would pick node-cron's ES modules, which want import.meta.url; a CommonJS bundle has none.
    onResolve({ filter: /^node-cron$/ }, () => ({ path: require.resolve('node-cron') }));
    onLoad({ filter: /\/mqtt(?:-packet)?\/.*\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(TRACE, ';'),
    }));
    // Of its package.json, mqtt.js reads the version.
    onLoad({ filter: /\/mqtt\/package\.json$/ }, () => ({ contents: `module.exports = { version: '' };` }));
    onLoad({ filter: /.*/, namespace: 'lean' }, ({ path }) => ({
      contents: path === 'debug' ? NO_DEBUG : path === 'readable-stream' ? NODE_STREAM : EMPTY,
      loader: 'js',
      resolveDir: ROOT,
    }));
  },
};

const COMMON: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node18',
  format: 'cjs',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  // Node's own bundle, never a browser's.
  mainFields: ['main', 'module'],
  conditions: ['node', 'require'],
  metafile: true,
};

export interface AgentBuild {
  /** Size of dist/agent.cjs. */ bytes: number /** What went into it, for the test of the walls. */;
  metafile: Metafile;
}

/** Writes dist/agent.cjs and dist/inventory.cjs, for Node 18 to 24. */
export async function buildAgent(outdir = `${ROOT}/dist`): Promise<AgentBuild> {
  const { metafile } = await build({
    ...COMMON,
    metafile: true,
    entryPoints: ['agent/main.ts'],
    outfile: `${outdir}/agent.cjs`,
    plugins: [lean],
  });
  await build({ ...COMMON, entryPoints: ['agent/inventory.ts'], outfile: `${outdir}/inventory.cjs` });
  return { bytes: (await stat(`${outdir}/agent.cjs`)).size, metafile };
}
