/** Journey (d): the server is away, the agent is restarted meanwhile, both come back: no sample that was measured is missing or doubled. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProbeDelivery } from '#contract';
import { createProbe } from '../support/fleet.ts';
import { liveRows } from '../support/live-rows.ts';
import { ROOT, type RunningServer, startServer, until } from '../support/server.ts';

let dir: string;
let target: Server;
let targets: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'carrel-offline-'));
  target = createServer((socket) => socket.on('error', () => socket.destroy()).end());
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const address = target.address();
  targets = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});
afterAll(() => {
  target.close();
  rmSync(dir, { recursive: true, force: true });
});

/** A TCP port that stays the same while the server behind it comes and goes would hide its absence; so the server keeps its port. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

function startAgent(credential: string): ChildProcess {
  return spawn(process.execPath, ['dist/agent.cjs'], {
    cwd: ROOT,
    stdio: 'ignore',
    env: {
      ...process.env,
      CARREL_AGENT_CREDENTIAL: credential,
      CARREL_AGENT_SPOOL: join(dir, 'spool'),
      CARREL_AGENT_SAMPLE_S: '1',
      CARREL_AGENT_BATCH: '1',
      CARREL_AGENT_CLOCK: 'trusted',
      CARREL_AGENT_TARGETS: targets,
    },
  });
}

async function stopAgent(agent: ChildProcess): Promise<number | null> {
  const ended = new Promise<void>((resolve) => agent.once('exit', () => resolve()));
  agent.kill('SIGTERM');
  await ended;
  return agent.exitCode;
}

/** Seconds with a sample in DuckDB, read by a fresh process while the server is down. */
function storedSeconds(): { t_s: number; rows: number }[] {
  const read = spawnSync(process.execPath, ['test/support/read-duckdb.ts', join(dir, 'data', 'series')], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (read.status !== 0) throw new Error(read.stderr);
  const rows: [string, number, number][] = JSON.parse(read.stdout);
  return rows.map(([, t_s, n]) => ({ t_s, rows: n })).sort((a, b) => a.t_s - b.t_s);
}

test('over an outage of the server and a restart of the agent, every second that was measured is stored once', async () => {
  const env = { CARREL_MQTT: `127.0.0.1:${await freePort()}` };
  let server: RunningServer = await startServer(join(dir, 'data'), env);
  const credential = await createProbe(server, 'rural');
  const file = join(dir, 'credential.json');
  writeFileSync(file, JSON.stringify({ broker: server.mqtt, id: 'rural', token: credential.token, ca: null }), {
    mode: 0o600,
  });
  const lastSeen = async (): Promise<number> => {
    return (await liveRows(server)).find((row) => row.ap === 'rural')?.last_seen ?? 0;
  };
  const startedS = Math.ceil(Date.now() / 1000);
  let agent = startAgent(file);
  await until(async () => (await lastSeen()) > 0, 20_000);
  await server.stop();
  const awayS = Math.ceil(Date.now() / 1000);
  await until(() => Date.now() / 1000 > awayS + 6, 10_000);
  const stoppedS = Math.floor(Date.now() / 1000);
  expect(await stopAgent(agent)).toBe(0);
  agent = startAgent(file);
  const restartedS = Math.ceil(Date.now() / 1000);
  await until(() => Date.now() / 1000 > restartedS + 6, 10_000);
  server = await startServer(join(dir, 'data'), env);
  const back = Date.now();
  await until(
    async () => (await lastSeen()) > back,
    60_000,
    () => server.output(),
  );
  // The backlog comes after the current state; the sequence proof says when nothing is missing any more.
  const proof = (): Promise<ProbeDelivery> => server.api<ProbeDelivery>('GET', '/probes/rural/delivery');
  await until(async () => (await proof()).complete, 30_000);
  const { runs, missing: frames } = await proof();
  expect(runs.length).toBe(2);
  expect(frames).toEqual({ explained: 0, awaited: 0, unexplained: 0 });
  expect(await stopAgent(agent)).toBe(0);
  const behind = async (): Promise<number> => {
    const ready: { stores: { lag_bytes: number }[] } = await (await fetch(`${server.http}/readyz`)).json();
    return Math.max(...ready.stores.map((store) => store.lag_bytes));
  };
  await until(async () => (await behind()) === 0, 20_000);
  await server.stop();

  const stored = storedSeconds();
  expect(stored.filter(({ rows }) => rows > 1)).toEqual([]);
  const known = new Set(stored.map(({ t_s }) => t_s));
  const last = stored.at(-1)?.t_s ?? 0;
  const missing = [];
  // From the goodbye, which may take seconds while nobody answers, to the first sample of the next run nobody measures.
  for (let t = startedS + 3; t < last; t++) if (!known.has(t) && (t < stoppedS || t > restartedS + 3)) missing.push(t);
  // Every frame arrived, as the proof says above; a second without a sample is one that a busy machine did not measure.
  expect(missing.length).toBeLessThanOrEqual(3);
}, 120_000);
