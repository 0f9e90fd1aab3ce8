/** Journeys (e) and (f): a probe is only itself, and only as long as it is admitted. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeFrame, type LiveRow, topicOf } from '#contract';
import { connectProbe, createProbe, frameAt } from '../support/fleet.ts';
import { liveRows } from '../support/live-rows.ts';
import { type RunningServer, startServer, until } from '../support/server.ts';

let server: RunningServer;
let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'carrel-identity-'));
  server = await startServer(join(dir, 'data'), { CARREL_STORE: 'memory:' });
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

const rowOf = async (ap: string): Promise<LiveRow | undefined> => (await liveRows(server)).find((row) => row.ap === ap);
const nowS = (): number => Math.floor(Date.now() / 1000);

test('a probe that publishes under another id is refused, cut off and counted, and nothing of it is stored', async () => {
  const honest = await createProbe(server, 'honest');
  await createProbe(server, 'victim');
  const client = await connectProbe(server.mqtt, 'honest', honest.token);
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  client.publish(topicOf('victim', 'frames'), Buffer.from(encodeFrame(frameAt('forged', 0, nowS()))), { qos: 1 });
  await closed;
  client.end(true);
  const metrics = await (await fetch(`${server.http}/metrics`)).text();
  expect(metrics).toMatch(/carrel_refused_total\{reason="[a-zA-Z_]+"\} [1-9]/);
  await until(async () => (await rowOf('victim')) !== undefined, 5000);
  expect(await rowOf('victim')).toMatchObject({ last_seen: null, cpu_pct: null, state: 'nodata' });
});

test('a wrong token is refused with the code for bad credentials', async () => {
  await createProbe(server, 'locked');
  await expect(connectProbe(server.mqtt, 'locked', 'not-the-token')).rejects.toMatchObject({ code: 4 });
});

test('revoking a credential cuts the connection at once and it cannot come back', async () => {
  const credential = await createProbe(server, 'revoked');
  const client = await connectProbe(server.mqtt, 'revoked', credential.token);
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  await server.api('DELETE', '/probes/revoked');
  await closed;
  client.end(true);
  await expect(connectProbe(server.mqtt, 'revoked', credential.token)).rejects.toMatchObject({ code: 4 });
});

test('a frame of an admitted probe is on the page within two seconds', async () => {
  const credential = await createProbe(server, 'seen');
  const client = await connectProbe(server.mqtt, 'seen', credential.token);
  await client.publishAsync(topicOf('seen', 'frames'), Buffer.from(encodeFrame(frameAt('run', 0, nowS()))), { qos: 1 });
  await until(async () => typeof (await rowOf('seen'))?.last_seen === 'number', 2000);
  await client.endAsync();
});
