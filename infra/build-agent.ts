/** Why: a probe gets one file without node_modules. What mqtt.js drags along for browsers and proxies is 4/5 of its weight, so it is left out here. */
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { withoutFileTasks, withoutQuestions } from './lean-cron.ts';
import { withoutServer } from './lean-mqtt.ts';

const require = createRequire(import.meta.url);
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Never reached with our options: WebSockets, SOCKS, browser timers, the command line, debug output. Loading one would throw. */
const LEFT_OUT = new Set(['ws', 'socks', 'worker-timers', 'help-me', 'commist', 'minimist', 'lru-cache']);
/** mqtt.js's own transports (the agent opens its sockets itself) and what only MQTT 5 needs. */
const LEFT_OUT_OF_MQTT = new Set(['./auth', './topic-alias-recv', '../topic-alias-send']);
/** Small stands-in for what these packages are used for here. */
const IN_PLACE_OF: Readonly<Record<string, string>> = {
  // The client alone, without the doors that mqtt.connect() would open.
  mqtt: `module.exports = { MqttClient: require('mqtt/lib/client').default };`,
  // `debug(name)` makes a logger that is off.
  debug: `module.exports = () => Object.assign(() => {}, { enabled: false });`,
  // The same streams as Node's own, 79 kB smaller.
  'readable-stream': `module.exports = require('node:stream');`,
  // mqtt.js copies a message before it takes a topic alias (MQTT 5) out of the copy.
  'rfdc/default': `module.exports = (packet) => ({ ...packet });`,
  // mqtt-packet only appends, reads and consumes: the list, without the stream around it.
  bl: `module.exports = require('bl/BufferList');`,
  'process-nextick-args': `module.exports = { nextTick: process.nextTick };`,
  // What TypeScript put on top of each file of mqtt.js, once.
  'ts-helpers': `exports.importDefault = (m) => (m && m.__esModule ? m : { default: m });
exports.importStar = (m) => (m && m.__esModule ? m : { ...m, default: m });`,
  // Of node-cron, what the calendar uses; written as a module, so that the rest can be left out.
  'node-cron': `export { schedule } from ${JSON.stringify(join(dirname(require.resolve('node-cron')), 'node-cron.js'))};`,
};
const EMPTY = `module.exports = {};`;
/** A statement of one line that traces a step; what is never printed need not be carried. */
const TRACE = /^\s*(?:(?:this|client)\.log|debug)\(.*\);?$/gm;
const TS_HELPERS = /^var __[\s\S]*?(?=^Object\.defineProperty\(exports, "__esModule")/m;
const ONE_TS_HELPER = 'const { importDefault: __importDefault, importStar: __importStar } = require("ts-helpers");\n';

const lean: Plugin = {
  name: 'lean',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^.]/ }, ({ path }) =>
      LEFT_OUT.has(path) || Object.hasOwn(IN_PLACE_OF, path) ? { path, namespace: 'lean' } : undefined,
    );
    onResolve({ filter: /^\./ }, ({ path, importer }) =>
      LEFT_OUT_OF_MQTT.has(path) && importer.includes('/mqtt/build/') ? { path, namespace: 'lean' } : undefined,
    );
    onLoad({ filter: /\/mqtt(?:-packet)?\/.*\.js$/ }, async ({ path }) => ({
      contents: withoutServer(path, await readFile(path, 'utf8'))
        .replace(TRACE, ';')
        .replace(TS_HELPERS, ONE_TS_HELPER),
    }));
    onLoad({ filter: /\/node-cron\.js$/ }, async ({ path }) => ({
      contents: withoutFileTasks(await readFile(path, 'utf8')),
    }));
    onLoad({ filter: /\/node-cron\/dist\/_shared\.js$/ }, async ({ path }) => ({
      contents: withoutQuestions(await readFile(path, 'utf8')),
    }));
    // Of its package.json, mqtt.js reads the version.
    onLoad({ filter: /\/mqtt\/package\.json$/ }, () => ({ contents: `module.exports = { version: '' };` }));
    onLoad({ filter: /.*/, namespace: 'lean' }, ({ path }) => ({
      contents: IN_PLACE_OF[path] ?? EMPTY,
      loader: 'js',
      resolveDir: ROOT,
    }));
    // The contract and the shared library have no side effects; told so, esbuild leaves out what the agent does not use.
    const shared = ['broker/contract', 'infra/lib'].map((folder) => join(ROOT, folder));
    onResolve({ filter: /^#contract$/ }, () => ({ path: join(ROOT, 'broker/contract/index.ts'), sideEffects: false }));
    onResolve({ filter: /^\.\// }, ({ path, resolveDir }) =>
      shared.includes(resolveDir) ? { path: join(resolveDir, path), sideEffects: false } : undefined,
    );
  },
};

const COMMON: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node18',
  format: 'cjs',
  minify: true,
  // What is loaded late is required late: import() would start Node's ES module loader.
  supported: { 'dynamic-import': false },
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
