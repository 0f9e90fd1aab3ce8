/** Journey: a network stops the MQTT port. The agent's file delivers through the web port, with the credential as it was issued. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { buildAgent } from '../../infra/build-agent.ts';
import { freePort } from '../support/debian.ts';
import { createProbe } from '../support/fleet.ts';
import { liveRows } from '../support/live-rows.ts';
import { type RunningServer, startServer, until } from '../support/server.ts';

let dir: string;
let server: RunningServer;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'carrel-web-port-'));
  await buildAgent(join(dir, 'dist'));
  server = await startServer(join(dir, 'data'));
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

function startAgent(credential: object): { agent: ChildProcess; said: () => string } {
  const file = join(mkdtempSync(join(dir, 'agent-')), 'agent.json');
  writeFileSync(file, JSON.stringify(credential), { mode: 0o600 });
  const agent = spawn(process.execPath, [join(dir, 'dist/agent.cjs')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      CARREL_AGENT_CREDENTIAL: file,
      CARREL_AGENT_SPOOL: mkdtempSync(join(dir, 'spool-')),
      CARREL_AGENT_SAMPLE_S: '1',
      CARREL_AGENT_BATCH: '1',
      CARREL_AGENT_CLOCK: 'trusted',
      CARREL_AGENT_TARGETS: '127.0.0.1:9',
    },
  });
  onTestFinished(() => {
    agent.kill('SIGKILL');
  });
  let text = '';
  agent.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { agent, said: () => text };
}

async function lastSeen(probe: string): Promise<number | null> {
  return (await liveRows(server)).find(({ ap }) => ap === probe)?.last_seen ?? null;
}

test('with the MQTT port closed, frames arrive through the page, within half a minute and without a setting', async () => {
  const credential = await createProbe(server, 'behind');
  const given: { broker: string; broker_ws: string } = JSON.parse(credential.file);
  expect(given.broker_ws).toBe(`${server.http.replace('http:', 'ws:')}/mqtt`);
  const { agent, said } = startAgent({ ...given, broker: `mqtt://127.0.0.1:${await freePort()}` });
  await until(async () => (await lastSeen('behind')) !== null, 30_000, said);
  expect(said()).toMatch(/^warn nothing listens at the server's port.* code=BROKER_CLOSED/m);
  expect(said()).toMatch(/^info connected server=127\.0\.0\.1:\d+ way=websocket$/m);

  agent.kill('SIGTERM');
  await until(() => agent.exitCode !== null, 8000, said);
  expect(agent.exitCode).toBe(0);
}, 90_000);
