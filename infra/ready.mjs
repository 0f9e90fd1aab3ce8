/**
 * Why: `npm start` and `npm test` do all their set-up themselves. Plain JavaScript for Node 18, without dependencies: it runs
 * before anything is installed. The second time it only compares and says nothing.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE = join(ROOT, 'node_modules', '.bin', 'node');
const STAMP = join(ROOT, 'dist', '.sources');
const OLDEST_NODE = 18;
const SERVER_NODE = 24;
/** Everything that `dist/` is made of. */
const SOURCES = [
  'agent',
  'broker/contract',
  'dashboard/web',
  'infra/lib',
  'infra/build.ts',
  'infra/build-agent.ts',
  'infra/build-web.ts',
  'infra/build-web-join.ts',
  'infra/build-web-language.ts',
  'infra/build-drawn.ts',
  'infra/build-app.ts',
  'infra/lean-mqtt.ts',
  'package-lock.json',
];

class NotReady extends Error {}

function main() {
  refuseOldNode();
  install();
  const node = serverNode();
  build(node);
}

function refuseOldNode() {
  if (majorOf(process.version) >= OLDEST_NODE) return;
  throw new NotReady(
    `NODE_TOO_OLD: this is Node ${process.version}; Carrel needs ${OLDEST_NODE} or later to install itself. On Debian: apt install nodejs npm`,
  );
}

function install() {
  if (isInstalled()) return;
  say('installing the packages of package-lock.json (npm ci), about 20 s');
  const npm = process.env['npm_execpath'];
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: ROOT, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd: ROOT, stdio: 'inherit' });
  if (error) throw new NotReady(`NPM_MISSING: npm could not be run (${error.message}). On Debian: apt install npm`);
  if (status !== 0)
    throw new NotReady(
      `INSTALL_FAILED: npm ci ended with ${status}; what it says stands above. Without a connection, run this once where there is one`,
    );
}

/** npm writes down last what it has put into node_modules: complete when every package that is not optional is there in its version. */
function isInstalled() {
  const hidden = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    const found = present[path];
    if (path === '') return true;
    return found ? found.version === entry.version : entry.optional === true;
  });
}

/** The Node that runs the server: the one in node_modules, else the machine's own where it is new enough. */
function serverNode() {
  if (existsSync(NODE)) {
    const { stdout, status } = spawnSync(NODE, ['--version'], { encoding: 'utf8' });
    if (status === 0 && majorOf(stdout) >= SERVER_NODE) return NODE;
    // Built for another C library or processor. npm puts it first in PATH, so the link must go for the machine's own to serve.
    if (majorOf(process.version) >= SERVER_NODE) {
      rmSync(NODE);
      say(`the Node in node_modules does not run here; using this machine's own ${process.version}`);
      return process.execPath;
    }
  } else if (majorOf(process.version) >= SERVER_NODE) {
    return process.execPath;
  }
  throw new NotReady(
    `NODE_24_MISSING: the server runs on Node ${SERVER_NODE} or later. npm has none for ${process.platform}-${process.arch} that runs here, and this machine's own is ${process.version}. ` +
      'Install Node 24 from nodejs.org and try again; where packages were installed with --omit=optional, run npm ci without it',
  );
}

function build(node) {
  const sources = hashOf(SOURCES.flatMap((path) => filesOf(join(ROOT, path))));
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return;
  say('building dist/ (the agent and the page)');
  const { status } = spawnSync(node, ['infra/build.ts'], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new NotReady(`BUILD_FAILED: infra/build.ts ended with ${status}; what it says stands above`);
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, sources);
}

function filesOf(path) {
  if (!existsSync(path)) return [];
  try {
    return readdirSync(path, { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => (entry.isDirectory() ? filesOf(join(path, entry.name)) : [join(path, entry.name)]));
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path];
    throw error;
  }
}

/** Contents, not times: a checkout or a copy changes times only. About 10 ms for 150 files. */
function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${relative(ROOT, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

function majorOf(version) {
  return Number(/^v?(\d+)/.exec(version.trim())?.[1] ?? 0);
}

function say(line) {
  console.log(`carrel: ${line}`);
}

try {
  main();
} catch (error) {
  if (!(error instanceof NotReady)) throw error;
  console.error(error.message);
  process.exit(1);
}
