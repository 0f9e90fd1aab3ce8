/** `npm start` sets itself up: installs when the lock file says so, builds when sources changed, and is quiet the second time. */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const READY = new URL('../../infra/ready.mjs', import.meta.url);
const LOCK = {
  packages: {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b-darwin': { version: '2.0.0', optional: true },
  },
};
let root: string;

/** A clone with one package, whose build counts how often it ran, and whose npm installs what the lock file says. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'carrel-ready-'));
  for (const folder of ['infra', 'agent']) mkdirSync(join(root, folder));
  copyFileSync(READY, join(root, 'infra/ready.mjs'));
  write('package-lock.json', LOCK);
  writeFileSync(
    join(root, 'infra/build.ts'),
    "import { appendFileSync } from 'node:fs';\nappendFileSync('built', 'x');\n",
  );
  writeFileSync(join(root, 'agent/main.ts'), 'one');
  writeFileSync(
    join(root, 'npm.mjs'),
    "import fs from 'node:fs'; if (fs.existsSync('offline')) process.exit(7); fs.appendFileSync('installed', process.argv[2]); fs.mkdirSync('node_modules/.bin', { recursive: true });" +
      "const { packages } = JSON.parse(fs.readFileSync('package-lock.json')); delete packages[''], delete packages['node_modules/b-darwin']; fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }));",
  );
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, value: unknown): void {
  writeFileSync(join(root, path), JSON.stringify(value));
}
const content = (path: string): string => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '');

/** Runs it as a Node of that version would. */
function ready(version = process.version): { code: number | null; said: string } {
  const pretend = `data:text/javascript,Object.defineProperty(process,'version',{value:'${version}'})`;
  const run = spawnSync(process.execPath, ['--import', pretend, 'infra/ready.mjs'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, npm_execpath: join(root, 'npm.mjs') },
  });
  return { code: run.status, said: run.stdout + run.stderr };
}

test('the first time it installs and builds, and says so; the second time it says nothing, connection or not', () => {
  const first = ready();
  expect(first).toMatchObject({ code: 0 });
  expect(first.said).toMatch(/installing .*\n.*building/);
  writeFileSync(join(root, 'offline'), '');
  expect(ready()).toEqual({ code: 0, said: '' });
  expect([content('installed'), content('built')]).toEqual(['ci', 'x']);
});

test('a source that changed is built anew; one that was only touched is not', () => {
  ready();
  writeFileSync(join(root, 'agent/main.ts'), 'one');
  ready();
  expect(content('built')).toBe('x');
  writeFileSync(join(root, 'agent/main.ts'), 'two');
  ready();
  expect(content('built')).toBe('xx');
});

test('another version in the lock file is installed; a platform package that does not fit here is not missed', () => {
  ready();
  write('package-lock.json', { packages: { ...LOCK.packages, 'node_modules/a': { version: '1.0.1' } } });
  expect(ready().said).toContain('installing');
  expect(content('installed')).toBe('cici');
});

test('an install that fails, a build that fails and a Node that is too old each have their code', () => {
  expect(ready('v16.20.0')).toMatchObject({
    code: 1,
    said: expect.stringContaining('NODE_TOO_OLD: this is Node v16.20.0'),
  });
  writeFileSync(join(root, 'offline'), '');
  expect(ready()).toMatchObject({ code: 1, said: expect.stringContaining('INSTALL_FAILED') });
  rmSync(join(root, 'offline'));
  writeFileSync(join(root, 'infra/build.ts'), 'process.exit(3);\n');
  expect(ready()).toMatchObject({
    code: 1,
    said: expect.stringContaining('BUILD_FAILED: infra/build.ts ended with 3'),
  });
});

test('without a Node 24 it says what to do; a broken one in node_modules gives way to the machine’s own', () => {
  expect(ready('v20.20.2')).toMatchObject({
    code: 1,
    said: expect.stringMatching(/NODE_24_MISSING: .*Install Node 24/),
  });
  symlinkSync('/bin/false', join(root, 'node_modules/.bin/node'));
  expect(ready('v20.20.2')).toMatchObject({ code: 1, said: expect.stringContaining('NODE_24_MISSING') });
  expect(ready()).toMatchObject({ code: 0, said: expect.stringContaining("using this machine's own") });
  expect(existsSync(join(root, 'node_modules/.bin/node'))).toBe(false);
});
