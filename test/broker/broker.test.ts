import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Presence } from '#broker';
import { type DesiredMessage, type LeaseGrant, topicOf } from '#contract';
import { isCarrelError } from '#lib/errors';
import { frameBytes, framesTopic, type Running, runBroker } from './running.ts';

let running: Running;
beforeEach(async () => {
  running = await runBroker();
});
afterEach(() => running.stop());

function closeOf(client: MqttClient): Promise<void> {
  return new Promise((resolve) => {
    client.once('close', () => resolve());
  });
}
const CONFIG: DesiredMessage['config'] = {
  sample_s: 60,
  batch: 5,
  profile: 'default',
  target_mbps: 30,
  zone: 'Europe/Vilnius',
  opening: [[], [], [], [], [], [], []],
  tests_per_day: 6,
  budget_mb: 1000,
};

test('a frame is in the wal when its PUBACK comes, and a consumer reads it', async () => {
  running.probe('probe-a');
  const client = await running.client('probe-a');
  const feed = running.broker.openFeed('test', null);
  for (let seq = 0; seq < 3; seq++) await client.publishAsync(framesTopic('probe-a'), frameBytes(seq), { qos: 1 });
  const batch = await feed.next(1e6, AbortSignal.timeout(5000));
  expect(batch.frames.map((one) => one.frame.seq)).toEqual([0, 1, 2]);
  expect(running.broker.stats()).toMatchObject({ connections: 1, framesAccepted: 3, authFailures: 0 });
});

test('QoS 0 and QoS 2 frames arrive too', async () => {
  running.probe('probe-a');
  const client = await running.client('probe-a');
  const feed = running.broker.openFeed('test', null);
  await client.publishAsync(framesTopic('probe-a'), frameBytes(0), { qos: 0 });
  await client.publishAsync(framesTopic('probe-a'), frameBytes(1), { qos: 2 });
  const seqs: number[] = [];
  while (seqs.length < 2)
    seqs.push(...(await feed.next(1e6, AbortSignal.timeout(5000))).frames.map((one) => one.frame.seq));
  expect(seqs).toEqual([0, 1]);
});

test('a payload that is no frame is acknowledged, counted and never sent again', async () => {
  running.probe('probe-a');
  const client = await running.client('probe-a');
  const feed = running.broker.openFeed('test', null);
  await client.publishAsync(framesTopic('probe-a'), Buffer.from('rubbish'), { qos: 1 });
  await client.publishAsync(framesTopic('probe-a'), Buffer.from('{"v":1}'), { qos: 1 });
  await client.publishAsync(framesTopic('probe-a'), frameBytes(0), { qos: 1 });
  expect((await feed.next(1e6, AbortSignal.timeout(5000))).frames).toHaveLength(1);
  expect(running.broker.stats().refused).toMatchObject({ FRAME_ENCODING: 1, FRAME_HEADER: 1 });
  expect(running.broker.quarantined?.()).toMatchObject([{ probe: 'probe-a', code: 'FRAME_HEADER' }]);
});

test('a wrong token, an unknown probe and another user name are refused alike', async () => {
  running.probe('probe-a');
  await expect(running.client('probe-a', { password: 'wrong' })).rejects.toThrow(/bad username or password/i);
  await expect(running.client('probe-b')).rejects.toThrow(/bad username or password/i);
  await expect(running.client('probe-a', { username: 'probe-b' })).rejects.toThrow(/bad username or password/i);
  expect(running.broker.stats().authFailures).toBe(3);
});

test('a probe that publishes or listens under another id is refused', async () => {
  running.probe('probe-a');
  running.probe('probe-b');
  const feed = running.broker.openFeed('test', null);
  const client = await running.client('probe-a');
  await expect(client.subscribeAsync(topicOf('probe-b', 'desired'))).rejects.toThrow();
  const closed = closeOf(client);
  client.publish(framesTopic('probe-b'), frameBytes(0), { qos: 1 });
  await closed;
  const honest = await running.client('probe-b');
  await honest.publishAsync(framesTopic('probe-b'), frameBytes(7), { qos: 1 });
  expect((await feed.next(1e6, AbortSignal.timeout(5000))).frames.map((one) => one.frame.seq)).toEqual([7]);
  expect(running.broker.stats().refused).toMatchObject({ PUBLISH_FORBIDDEN: 1, SUBSCRIBE_FORBIDDEN: 1 });
});

test.each([
  ['$SYS/x', 'TOPIC_RESERVED'],
  ['carrel/v1/probe-a/desired', 'PUBLISH_FORBIDDEN'],
  ['carrel/v1/probe-a/other', 'PUBLISH_FORBIDDEN'],
  ['plain', 'PUBLISH_FORBIDDEN'],
])('nobody publishes to %s', async (topic, reason) => {
  running.probe('probe-a');
  const client = await running.client('probe-a');
  const closed = closeOf(client);
  client.publish(topic, 'x', { qos: 1 });
  await closed;
  expect(running.broker.stats().refused).toMatchObject({ [reason]: 1 });
});

test('only small `state` and `reported` messages may be retained', async () => {
  running.probe('probe-a');
  for (const [topic, payload, reason] of [
    [framesTopic('probe-a'), frameBytes(0), 'FRAME_RETAINED'],
    [topicOf('probe-a', 'lease/request'), Buffer.from('{}'), 'PUBLISH_RETAINED'],
    [topicOf('probe-a', 'state'), Buffer.alloc(2049), 'PUBLISH_TOO_LARGE'],
    [topicOf('probe-a', 'reported'), Buffer.alloc(8193), 'PUBLISH_TOO_LARGE'],
  ] as const) {
    const client = await running.client('probe-a');
    const closed = closeOf(client);
    client.publish(topic, payload, { qos: 1, retain: true });
    await closed;
    expect(running.broker.stats().refused[reason]).toBeGreaterThan(0);
  }
});

test('a will on a topic that is not the own state is refused', async () => {
  running.probe('probe-a');
  await expect(
    running.client('probe-a', {
      will: { topic: topicOf('probe-b', 'state'), payload: Buffer.from('{}'), qos: 1, retain: true },
    }),
  ).rejects.toThrow(/not authorized/i);
  expect(running.broker.stats().refused).toMatchObject({ WILL: 1 });
});

test('revoking cuts the connection at once and keeps the probe out', async () => {
  running.probe('probe-a');
  const client = await running.client('probe-a');
  const closed = closeOf(client);
  running.state.registry.revoke('probe-a', Date.now());
  running.broker.disconnect('probe-a', 'revoked');
  await closed;
  await expect(running.client('probe-a')).rejects.toThrow(/bad username or password/i);
});

test('presence follows connections: online, offline by will, offline by goodbye', async () => {
  running.probe('probe-a');
  const told: [boolean, boolean][] = [];
  running.broker.onPresence((presence: Presence) => told.push([presence.online, presence.byWill]));
  const first = await running.client('probe-a');
  await vi.waitUntil(() => running.broker.presence().get('probe-a')?.online);
  first.stream.destroy();
  await vi.waitUntil(() => running.broker.presence().get('probe-a')?.byWill);
  const second = await running.client('probe-a');
  await second.endAsync();
  await vi.waitUntil(() => told.length === 4);
  expect(told).toEqual([
    [true, false],
    [false, true],
    [true, false],
    [false, false],
  ]);
});

test('a second connection takes over, the probe is never shown as away, and a fight over an id is told', async () => {
  running.probe('probe-a');
  const told: boolean[] = [];
  running.broker.onPresence((presence) => told.push(presence.online));
  for (let i = 0; i < 5; i++) {
    const client = await running.client('probe-a', {
      will: {
        topic: topicOf('probe-a', 'state'),
        payload: Buffer.from('{"state":"offline","boot":"b","run":"r"}'),
        qos: 1,
        retain: true,
      },
    });
    await client.publishAsync(framesTopic('probe-a'), frameBytes(i), { qos: 1 });
  }
  expect(running.broker.stats()).toMatchObject({ takeovers: 4, cloned: ['probe-a'], framesAccepted: 5 });
  expect(told.filter((online) => !online && !running.broker.presence().get('probe-a')?.online)).toEqual([]);
  expect(running.broker.presence().get('probe-a')?.online).toBe(true);
});

test('`desired` waits for the probe, changes reach it, and what it reports is kept', async () => {
  running.probe('probe-a');
  running.state.registry.putDesired('probe-a', CONFIG);
  running.broker.publishDesired('probe-a');
  const client = await running.client('probe-a');
  const got: DesiredMessage[] = [];
  client.on('message', (_topic, payload) => got.push(JSON.parse(payload.toString())));
  await client.subscribeAsync(topicOf('probe-a', 'desired'), { qos: 1 });
  await vi.waitUntil(() => got.length === 1);
  running.state.registry.putDesired('probe-a', { ...CONFIG, sample_s: 30 });
  running.broker.publishDesired('probe-a');
  await vi.waitUntil(() => got.length === 2);
  expect(got[1]?.config.sample_s).toBe(30);
  const reported = new Promise<string>((resolve) => {
    running.broker.onReported(resolve);
  });
  await client.publishAsync(
    topicOf('probe-a', 'reported'),
    JSON.stringify({ version: got[1]?.version, ok: true, agent: '1.0' }),
    { qos: 1, retain: true },
  );
  expect(await reported).toBe('probe-a');
  expect(running.state.registry.reported('probe-a')).toMatchObject({ ok: true, version: got[1]?.version });
});

test('a request for a test is answered with a lease for this server', async () => {
  running.probe('probe-a');
  const client = await running.client('probe-a');
  const answer = new Promise<LeaseGrant>((resolve) => {
    client.on('message', (_topic, payload) => resolve(JSON.parse(payload.toString())));
  });
  await client.subscribeAsync(topicOf('probe-a', 'lease/grant'));
  client.publish(
    topicOf('probe-a', 'lease/request'),
    JSON.stringify({ id: 'l1', method: 'tcp', want_mbps: 36, max_bytes: 4e7, reason: 'slot' }),
  );
  expect(await answer).toMatchObject({
    id: 'l1',
    host: null,
    port: Number(new URL(running.broker.addresses().speed ?? '').port),
    max_bytes: 4e7,
    pace_mbps: 36,
  });
});

test('an address that is taken is told with its setting', async () => {
  const clash = runBroker({ env: { CARREL_MQTT: `127.0.0.1:${running.port}` } });
  const error: unknown = await clash.then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(isCarrelError(error, 'PORT_IN_USE')).toBe(true);
  expect(String(error)).toContain('CARREL_MQTT');
});

test('frames that were acknowledged are there after a stop and a new start', async () => {
  running.probe('probe-a');
  const client = await running.client('probe-a');
  for (let seq = 0; seq < 20; seq++) await client.publishAsync(framesTopic('probe-a'), frameBytes(seq), { qos: 1 });
  await running.broker.stop();
  const again = await runBroker({ dir: running.dir, state: running.state });
  const batch = await again.broker.openFeed('test', null).next(1e6, AbortSignal.timeout(5000));
  expect(batch.frames).toHaveLength(20);
  await again.stop();
});
