import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { framesTopic, type Running, runBroker } from './running.ts';

let running: Running;
beforeEach(async () => {
  running = await runBroker({ env: { CARREL_WAL_MAX_MB: '16' }, limits: { packetsPerS: 1e6, bytesPerS: 1e9 } });
});
afterEach(() => running.stop());

test('a full log acknowledges nothing and drops nothing; when a database has caught up the waiting frames are taken', async () => {
  running.probe('probe-a');
  const feed = running.broker.openFeed('database', null);
  const client = await running.client('probe-a');
  const payload = Buffer.alloc(60_000, 0x7b);
  let acknowledged = 0;
  const published = Array.from({ length: 300 }, () =>
    client.publishAsync(framesTopic('probe-a'), payload, { qos: 1 }).then(() => {
      acknowledged += 1;
    }),
  );
  await vi.waitUntil(() => !running.broker.stats().wal.writable, { timeout: 10_000 });
  expect(running.broker.stats().wal).toMatchObject({ alarm: 'nearly_full' });
  expect(running.broker.stats().wal.error).toContain('cap');
  expect(acknowledged).toBeLessThan(300);
  const done = new AbortController();
  const database = (async () => {
    for (;;) running.broker.commit('database', (await feed.next(1e6, done.signal)).cursor);
  })().catch(() => undefined);
  await Promise.all(published);
  done.abort();
  await database;
  expect(running.broker.stats()).toMatchObject({ framesAccepted: 300, connections: 1 });
});
