/** Journey: a probe was away longer than its spool reaches. What it had to drop is told, the rest arrives, and nothing is missing without a word. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { ProbeDelivery } from '#contract';
import { silentLogger } from '#lib/logger';
import { createFramer } from '../../agent/framer.ts';
import { openSpool } from '../../agent/spool.ts';
import { createWallClock } from '../../agent/wall.ts';
import { createProbe } from '../support/fleet.ts';
import { ROOT, type RunningServer, startServer, until } from '../support/server.ts';

const SPOOL_MB = 0.1;
const MIN = 60_000;
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'carrel-delivery-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** Two weeks without a server, lived through by the agent's own framer and spool in a moment; answers with the run and its frames. */
async function twoWeeksAway(stateDir: string): Promise<{ run: string; made: number }> {
  let mono = 0;
  const clock = { monoMs: () => mono, wallMs: () => Date.now() - 15 * 1440 * MIN + mono };
  const capBytes = SPOOL_MB * 1024 * 1024;
  const spool = await openSpool({
    dir: join(stateDir, 'spool'),
    capBytes,
    monoMs: clock.monoMs,
    log: silentLogger,
    onMore: () => undefined,
  });
  let made = 0;
  const framer = createFramer({
    wall: createWallClock({ clock, root: dir, trust: 'trusted' }),
    batch: 5,
    takeLost: spool.takeLost,
    thrifty: spool.longAway,
    onFrame(frame) {
      made += 1;
      spool.add(frame);
    },
  });
  for (let minute = 1; minute <= 14 * 1440; minute++) {
    mono += MIN;
    const values = { cpu_pct: Math.random() * 100, rtt_ms: Math.random() * 100, mem_used_pct: Math.random() * 100 };
    framer.sample({ monoMs: mono, values });
  }
  framer.flush();
  await spool.close();
  return { run: framer.run, made };
}

function startAgent(stateDir: string, credential: string): ChildProcess {
  return spawn(process.execPath, ['dist/agent.cjs'], {
    cwd: ROOT,
    stdio: 'ignore',
    env: {
      ...process.env,
      CARREL_AGENT_CREDENTIAL: credential,
      CARREL_AGENT_SPOOL: stateDir,
      CARREL_AGENT_SPOOL_MB: String(SPOOL_MB),
      CARREL_AGENT_SAMPLE_S: '1',
      CARREL_AGENT_BATCH: '1',
      CARREL_AGENT_CLOCK: 'trusted',
      CARREL_AGENT_TARGETS: '127.0.0.1:1',
    },
  });
}

test('after two weeks with a spool too small, gaps are explained and none is unexplained, also after kill -9 of the server', async () => {
  const env = { CARREL_MQTT: `127.0.0.1:${await freePort()}` };
  let server: RunningServer = await startServer(join(dir, 'data'), env);
  onTestFinished(() => server.kill()); // where it failed half way, the next try finds nothing in its way
  const { token } = await createProbe(server, 'remote');
  const credential = join(dir, 'credential.json');
  writeFileSync(credential, JSON.stringify({ broker: server.mqtt, id: 'remote', token, ca: null }), { mode: 0o600 });
  await server.stop();
  const stateDir = join(dir, 'agent');
  const before = await twoWeeksAway(stateDir);
  const agent = startAgent(stateDir, credential);
  onTestFinished(() => void agent.kill('SIGKILL'));
  const ended = new Promise((resolve) => agent.once('exit', resolve));
  server = await startServer(join(dir, 'data'), env);
  const delivery = (): Promise<ProbeDelivery> => server.api('GET', '/probes/remote/delivery');
  const arrivedBefore = (answer: ProbeDelivery): number =>
    answer.runs.find(({ run }) => run === before.run)?.frames ?? 0;
  const accounted = async (): Promise<boolean> => {
    const answer = await delivery();
    return arrivedBefore(answer) + answer.missing.explained === before.made;
  };
  await until(accounted, 60_000, server.output);
  await server.kill();
  server = await startServer(join(dir, 'data'), env);
  const frames = (await delivery()).frames;
  // The newest frame comes first; what was made while the server was away follows.
  await until(
    async () => {
      const { frames: now, missing } = await delivery();
      return now > frames && missing.awaited === 0;
    },
    60_000,
    server.output,
  );

  const answer = await delivery();
  agent.kill('SIGTERM');
  await ended;
  await server.stop();
  expect(answer.missing).toMatchObject({ awaited: 0, unexplained: 0 });
  expect(answer.missing.explained).toBeGreaterThan(0);
  expect(arrivedBefore(answer)).toBeGreaterThan(0);
  expect(new Set(answer.gaps.map(({ run, state, class: kind }) => `${run} ${state} ${kind}`))).toEqual(
    new Set([`${before.run} explained frame`]),
  );
  expect(answer).toMatchObject({ complete: false, cloned: false });
}, 180_000);
