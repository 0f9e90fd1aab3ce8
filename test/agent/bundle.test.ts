/** Why: what is deployed is dist/agent.cjs on whatever Node a device has; so the file itself is run, by real Node 18, 20, 22 and 24. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { makeAuthority, makeServerCertificate } from '../../broker/tls-authority.ts';
import { buildAgent } from '../../infra/build-agent.ts';
import { UNUSED_OF_CLIENT } from '../../infra/lean-mqtt.ts';
import { freePort } from '../support/debian.ts';
import { createFixtureRoot, type FixtureRoot, linkFiles } from '../support/fixture-root.ts';
import { gapsOf, keysOf, startTestBroker } from './broker.ts';
import { freshDir, PROBE, TOKEN, until } from './fixture.ts';
import { webPort } from './web-port.ts';

const CACHE = fileURLToPath(new URL('../../.cache', import.meta.url));
const dist = freshDir();
let bytes = 0;
let root: FixtureRoot;

beforeAll(async () => {
  ({ bytes } = await buildAgent(dist));
  // A machine without a route and without name servers: the agent under test sends nothing beyond loopback.
  root = createFixtureRoot({
    ...linkFiles('eth0'),
    'proc/stat': 'cpu  10 0 10 80 0 0 0 0 0 0\ncpu0 10 0 10 80 0 0 0 0 0 0\n',
    'proc/loadavg': '0.10 0.20 0.30 1/100 1\n',
    'proc/uptime': '5000.10 9000.00\n',
    'proc/meminfo': 'MemTotal: 1000 kB\nMemAvailable: 600 kB\n',
  });
});
afterAll(() => root.close());

/** The binary of a Node major from npm's `node-linux-*`, kept in .cache; null where it cannot be had. */
function nodeOf(major: number): string | null {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  if (platform() !== 'linux') return null;
  const name = `node-linux-${arch()}`;
  const prefix = join(CACHE, `node${major}`);
  const binary = join(prefix, 'node_modules', name, 'bin', 'node');
  if (existsSync(binary)) return binary;
  mkdirSync(prefix, { recursive: true });
  spawnSync(
    'npm',
    ['i', '--prefix', prefix, `${name}@${major}`, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'],
    { stdio: 'ignore', timeout: 120_000 },
  );
  return existsSync(binary) ? binary : null;
}

function credential(broker: string, ca: string | null): string {
  const file = join(freshDir(), 'agent.json');
  writeFileSync(file, JSON.stringify({ broker, id: PROBE, token: TOKEN, ca }), { mode: 0o600 });
  return file;
}

function environment(over: Record<string, string>): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    CARREL_AGENT_ROOT: root.path,
    CARREL_AGENT_SPOOL: freshDir(),
    CARREL_AGENT_TARGETS: '127.0.0.1:9',
    CARREL_AGENT_SAMPLE_S: '1',
    CARREL_AGENT_BATCH: '1',
    CARREL_AGENT_CLOCK: 'trusted',
    ...over,
  };
}

interface Run {
  code: number | null;
  out: string;
  err: string;
}
async function run(node: string, args: string[], env: Record<string, string> = {}): Promise<Run> {
  const child = start(node, args, env);
  await once(child.process, 'close');
  return { code: child.process.exitCode, out: child.out(), err: child.err() };
}

function start(
  node: string,
  args: string[],
  env: Record<string, string>,
): { process: ChildProcess; out(): string; err(): string } {
  const child = spawn(node, [join(dist, 'agent.cjs'), ...args], {
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return { process: child, out: () => out, err: () => err };
}

test('what is left out of its libraries is called nowhere in the agent', () => {
  const folder = fileURLToPath(new URL('../../agent', import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const ofLibraries = files
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .filter((source) => /from 'mqtt'|'node-cron'/.test(source))
    .join('\n');
  expect(ofLibraries).toContain('.getLastMessageId(');
  // `.read(` and the like are methods of many things: the task of node-cron is only ever destroyed.
  expect(ofLibraries).toContain('type CronTask = { destroy(): unknown };');
  for (const name of UNUSED_OF_CLIENT) expect(ofLibraries).not.toContain(`.${name}(`);
});

test('the agent is one file of at most 220 kB', () => expect(bytes).toBeLessThanOrEqual(220_000));

describe.each([18, 20, 22, 24])('under Node %d', (major) => {
  const node = nodeOf(major);

  test.skipIf(node === null)('--once prints a sample with units, and why the rest is missing', async () => {
    const { code, out, err } = await run(node ?? '', ['--once']);
    expect([code, err]).toEqual([0, '']);
    const sample: {
      values: Record<string, { value: number | null; unit: string }>;
      unavailable: Record<string, string>;
    } = JSON.parse(out);
    expect(sample.values['mem_used_pct']).toEqual({ value: 40, unit: '%' });
    expect(sample.unavailable['usage']).toMatch(/\w+/);
  });

  test.skipIf(node === null)(
    'it connects over TLS, delivers in order, and on SIGTERM says goodbye and exits 0',
    async () => {
      const authority = await makeAuthority(Date.now());
      const broker = await startTestBroker(await makeServerCertificate(authority, ['127.0.0.1'], Date.now()));
      onTestFinished(() => broker.stop());
      const agent = start(node ?? '', [], {
        CARREL_AGENT_CREDENTIAL: credential(`mqtts://127.0.0.1:${broker.port}`, authority.cert),
      });
      await until('three frames came', () => broker.frames.length >= 3);
      const stopped = once(agent.process, 'exit');
      const atMs = performance.now();
      agent.process.kill('SIGTERM');
      expect(await stopped).toEqual([0, null]);
      expect(performance.now() - atMs).toBeLessThan(8000);
      expect(broker.states.map(({ state }) => state)).toEqual(['online', 'offline']);
      expect(gapsOf(broker.frames)).toEqual([]);
      expect(keysOf(broker.frames)).toHaveLength(broker.frames.length);
      expect(agent.err()).not.toMatch(/deprecat|warning|^warn|^error/im);
    },
  );

  test.skipIf(node === null)('the calendar runs: a job and a plan in another zone are accepted', async () => {
    const broker = await startTestBroker();
    onTestFinished(() => broker.stop());
    const agent = start(node ?? '', [], {
      CARREL_AGENT_CREDENTIAL: credential(`mqtt://127.0.0.1:${broker.port}`, null),
    });
    await until('it told what it runs', () => broker.reported.length > 0);
    const opening = Array.from({ length: 7 }, () => [[0, 1440]]);
    await broker.publish(
      PROBE,
      'desired',
      {
        version: 1,
        config: {
          sample_s: 1,
          batch: 1,
          profile: 'default',
          target_mbps: 30,
          zone: 'Europe/Vilnius',
          opening,
          tests_per_day: 96,
          budget_mb: 100,
        },
        jobs: [],
      },
      true,
    );
    await until('it is applied', () => broker.reported.at(-1)?.version === 1);
    expect(broker.reported.at(-1)).toMatchObject({ ok: true, error: null });
    const before = broker.frames.length;
    await until('it goes on', () => broker.frames.length >= before + 2);
    expect(agent.err()).toMatch(/^info throughput tests planned zone=Europe\/Vilnius today=\d+ per_day=96$/m);
    expect(agent.err()).not.toMatch(/^(warn|error)/m);
  });
});

test('--dry-run prints frames and sends nothing', async () => {
  const broker = await startTestBroker();
  onTestFinished(() => broker.stop());
  const agent = start(process.execPath, ['--dry-run'], {
    CARREL_AGENT_CREDENTIAL: credential(`mqtt://127.0.0.1:${broker.port}`, null),
  });
  await until('two frames are printed', () => agent.out().split('\n').length > 2);
  agent.process.kill('SIGTERM');
  await once(agent.process, 'close');
  const [first]: { seq: number; e: { kind: string }[] }[] = agent
    .out()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(first).toMatchObject({ v: 1, seq: 0, e: [{ kind: 'boot' }] });
  expect(broker.connects).toBe(0);
});

test('--selftest climbs to an acknowledged frame, and names what is wrong with this machine on the way', async () => {
  const broker = await startTestBroker();
  onTestFinished(() => broker.stop());
  const { out, code } = await run(process.execPath, ['--selftest'], {
    CARREL_AGENT_CREDENTIAL: credential(`mqtt://127.0.0.1:${broker.port}`, null),
    CARREL_AGENT_SPEED: `127.0.0.1:${broker.port}`,
  });
  expect(out).toMatch(/^ok {6}settings/m);
  expect(out).toMatch(/^ok {6}credential/m);
  expect(out).toMatch(/^ok {6}delivery {7}a frame was acknowledged in \d+ ms/m);
  expect(out).toMatch(/^failed {2}WAN interface|^skipped WAN interface/m);
  expect(code).toBe(/^failed/m.test(out) ? 1 : 0);
  expect(broker.frames).toMatchObject([{ t: [], e: [] }]);
});

test('--selftest says what to do about a refused credential and a server that is not there', async () => {
  const broker = await startTestBroker();
  broker.admit = () => false;
  const refused = await run(process.execPath, ['--selftest'], {
    CARREL_AGENT_CREDENTIAL: credential(`mqtt://127.0.0.1:${broker.port}`, null),
  });
  expect(refused.out).toMatch(
    /^failed {2}credential {5}the server refuses this probe's credential\n +-> issue a new one/m,
  );
  expect(refused.code).toBe(1);
  await broker.stop();
  const gone = await run(process.execPath, ['--selftest'], {
    CARREL_AGENT_CREDENTIAL: credential(`mqtt://127.0.0.1:${broker.port}`, null),
  });
  expect(gone.out).toMatch(/^failed {2}broker port {4}nothing listens.*\n +-> check CARREL_AGENT_BROKER/m);
  expect(gone.out).toMatch(/^skipped delivery/m);
});

test('--selftest goes through the web port where the other is closed, and says so', async () => {
  const broker = await startTestBroker();
  onTestFinished(() => broker.stop());
  const web = await webPort(broker.port);
  const { out } = await run(process.execPath, ['--selftest'], {
    CARREL_AGENT_CREDENTIAL: credential(`mqtt://127.0.0.1:${await freePort()}`, null),
    CARREL_AGENT_BROKER_WS: `ws://127.0.0.1:${web.port}/mqtt`,
  });
  expect(out).toMatch(/^skipped broker port {4}nothing listens.*; the web port does instead$/m);
  expect(out).toMatch(/^ok {6}web port/m);
  expect(out).toMatch(/^ok {6}delivery {7}a frame was acknowledged in \d+ ms/m);
  expect(web.connections()).toBe(1);
});

test('SIGUSR1 takes a sample at once and makes a new connection', async () => {
  const broker = await startTestBroker();
  onTestFinished(() => broker.stop());
  const agent = start(process.execPath, [], {
    CARREL_AGENT_CREDENTIAL: credential(`mqtt://127.0.0.1:${broker.port}`, null),
    CARREL_AGENT_SAMPLE_S: '3600',
  });
  await until('the first frame came', () => broker.frames.length === 1);
  agent.process.kill('SIGUSR1');
  await until('another came on a new connection', () => keysOf(broker.frames).length === 2 && broker.connects === 2);
});

test.each([
  [['--bogus'], {}, '"--bogus" is not known; see --help'],
  [['--config'], {}, '--config needs a file; see --help'],
  [['--config', '/nowhere.json'], {}, 'SETTINGS_FILE_INVALID: cannot read /nowhere.json'],
  [[], {}, 'SETTING_MISSING: CARREL_AGENT_BROKER is not set'],
  [
    [],
    { CARREL_AGENT_PROFILE: 'cheap' },
    'SETTING_INVALID: CARREL_AGENT_PROFILE is "cheap"; accepted: one of default, metered, satellite',
  ],
])('%j with %j ends with 2 and an answer in words', async (args, env, message) => {
  const { code, err } = await run(process.execPath, args, env);
  expect(code).toBe(2);
  expect(err).toContain(message);
  expect(err).not.toMatch(/^ {4}at /m);
});

test('--help names every setting, --version the version', async () => {
  expect((await run(process.execPath, ['--help'])).out).toContain('CARREL_AGENT_SPOOL_MB');
  expect((await run(process.execPath, ['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});
