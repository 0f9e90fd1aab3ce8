import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { openFeedReader } from '../../broker/feed-reader.ts';
import { openWal } from '../../broker/wal.ts';
import { connectPacket, frameBytes, framesTopic, publishPacket, raw } from './running.ts';

let dir: string;
let server: ChildProcess | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kill-'));
});
afterEach(() => {
  server?.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** Starts the server in a process of its own; answers with its port. */
function startVictim(): Promise<number> {
  const child = spawn(
    process.execPath,
    [
      fileURLToPath(new URL('./victim.ts', import.meta.url)),
      dir,
      'probe-a',
      createHash('sha256').update('token').digest('hex'),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  server = child;
  return new Promise((resolve) => {
    child.stdout.once('data', (line: Buffer) => resolve(Number(new URL(line.toString()).port)));
  });
}

/** Publishes frames from `first` on, many at once, until the connection breaks; answers with the sequence numbers that were acknowledged. */
async function publishUntilKilled(port: number, first: number): Promise<Set<number>> {
  const client = raw(port);
  client.socket.write(connectPacket('probe-a', 'token'));
  let seq = first;
  const refill = setInterval(() => {
    for (let i = 0; i < 50; i++)
      client.socket.write(publishPacket(framesTopic('probe-a'), frameBytes(seq), (seq++ % 60_000) + 1));
  }, 1);
  client.socket.on('data', () => {
    if (client.received().length > 4 + 4 * 400) server?.kill('SIGKILL');
  });
  await client.closed;
  clearInterval(refill);
  const answers = client.received().subarray(4);
  const acked = new Set<number>();
  for (let at = 0; at + 4 <= answers.length; at += 4) acked.add(answers.readUInt16BE(at + 2) - 1);
  return acked;
}

async function storedSeqs(): Promise<Set<number>> {
  const wal = await openWal({ dir: join(dir, 'wal'), capBytes: 1e9, clock: systemClock, log: silentLogger });
  const feed = openFeedReader({ dir: wal.dir, cursor: null, durableEnd: wal.durableEnd, onDurable: wal.onChange });
  const seqs = new Set<number>();
  for (let atEnd = false; !atEnd; ) {
    const batch = await feed.next(1e6, AbortSignal.timeout(5000));
    for (const { frame } of batch.frames) seqs.add(frame.seq);
    ({ atEnd } = batch);
  }
  expect(feed.refused()).toEqual({});
  await feed.close();
  await wal.close();
  return seqs;
}

test('whatever was acknowledged before kill -9 is there afterwards, three times in a row', async () => {
  const ledger = new Set<number>();
  for (let round = 0; round < 3; round++) {
    const acked = await publishUntilKilled(await startVictim(), round * 20_000);
    expect(acked.size).toBeGreaterThan(300);
    for (const seq of acked) ledger.add(seq);
    const stored = await storedSeqs();
    expect([...ledger].filter((seq) => !stored.has(seq))).toEqual([]);
  }
});
