import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeFrame, type Frame } from '#contract';
import type { FeedBatch } from '#feed';
import { silentLogger } from '#lib/logger';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { type FeedReader, openFeedReader, type QuarantinedPayload } from '../../broker/feed-reader.ts';
import type { Cursor } from '../../broker/store/store.ts';
import { openWal, type Wal } from '../../broker/wal.ts';

const START = 1_800_000_000_000;
const BOOTED = START - 1_000_000;
let dir: string;
let wal: Wal;
let nowMs: number;
const clock = { wallMs: () => nowMs, monoMs: () => nowMs - BOOTED };
const readers: FeedReader[] = [];
beforeEach(async () => {
  nowMs = START;
  dir = mkdtempSync(join(tmpdir(), 'feed-'));
  wal = await openWal({ dir, capBytes: 1e8, clock, log: silentLogger });
});
afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.close();
  await wal.close();
  rmSync(dir, { recursive: true, force: true });
});

function open(cursor: Cursor | null = null, onQuarantine?: (payload: QuarantinedPayload) => void): FeedReader {
  const reader = openFeedReader({
    dir,
    cursor,
    durableEnd: wal.durableEnd,
    onDurable: wal.onChange,
    clock,
    onQuarantine,
  });
  readers.push(reader);
  return reader;
}
function frame(seq: number, sync: 0 | 1, more: Partial<Frame> = {}): Frame {
  const mono = nowMs - BOOTED;
  return {
    v: 1,
    boot: 'boot-1',
    run: 'run-1',
    seq,
    wall: sync ? nowMs : 1000,
    mono,
    sync,
    t: [mono - 60_000],
    m: { cpu_pct: [seq] },
    e: [],
    ...more,
  };
}
async function put(payload: Uint8Array | Frame, probe = 'probe-a'): Promise<number> {
  const position = wal.append(
    nowMs,
    probe,
    payload instanceof Uint8Array ? payload : encodeFrame(payload, nodeRawDeflate),
  );
  if (position === null) throw new Error('the wal refused');
  await durable();
  return position;
}
function durable(): Promise<void> {
  const target = wal.durableEnd();
  return new Promise((resolve) => {
    const stop = wal.onChange(() => {
      if (wal.durableEnd() > target) {
        stop();
        resolve();
      }
    });
  });
}
const next = (reader: FeedReader): Promise<FeedBatch> => reader.next(1e6, AbortSignal.timeout(5000));

test('a synchronised frame comes with wall minus monotonic as its offset', async () => {
  await put(frame(0, 1));
  const batch = await next(open());
  expect(batch.frames).toMatchObject([
    { probe: 'probe-a', offsetMs: BOOTED, approx: false, late: false, receivedMs: START, frame: { seq: 0 } },
  ]);
  expect(batch).toMatchObject({ unsynced: [], atEnd: true, cursor: { next: wal.durableEnd(), held: [] } });
});

test('a frame without a clock is shown, held, and released with the offset of the boot when it syncs', async () => {
  const reader = open();
  const position = await put(frame(0, 0));
  const first = await next(reader);
  expect(first).toMatchObject({
    frames: [],
    unsynced: [{ position, approx: true, offsetMs: BOOTED }],
    cursor: { held: [position] },
  });
  nowMs += 30_000;
  await put(frame(1, 1, { wall: nowMs - 5000 }));
  const second = await next(reader);
  expect(second.frames).toMatchObject([
    { frame: { seq: 0 }, late: true, approx: false, offsetMs: BOOTED - 5000 },
    { frame: { seq: 1 }, late: false },
  ]);
  expect(second.cursor.held).toEqual([]);
});

test('another boot or another probe does not lend its clock', async () => {
  await put(frame(0, 0));
  await put(frame(0, 1, { boot: 'boot-2' }));
  await put(frame(0, 1), 'probe-b');
  const batch = await next(open());
  expect(batch.frames.map((one) => [one.probe, one.frame.boot])).toEqual([
    ['probe-a', 'boot-2'],
    ['probe-b', 'boot-1'],
  ]);
  expect(batch.cursor.held).toHaveLength(1);
});

test('after an hour a held frame is released with the smallest receive offset of its boot, marked approximate', async () => {
  const reader = open();
  await put(frame(0, 0, { mono: nowMs - BOOTED - 9000 }));
  nowMs += 60_000;
  await put(frame(1, 0, { mono: nowMs - BOOTED - 200 }));
  expect((await next(reader)).cursor.held).toHaveLength(2);
  nowMs = START + 3_600_000;
  const batch = await next(reader);
  expect(batch.frames).toMatchObject([{ frame: { seq: 0 }, offsetMs: BOOTED + 200, approx: true, late: true }]);
  expect(batch.cursor.held).toHaveLength(1);
});

test('what is held survives a restart, because the cursor says where it lies', async () => {
  await put(frame(0, 0));
  await put(frame(0, 1), 'probe-b');
  const { cursor } = await next(open());
  expect(cursor.held).toHaveLength(1);
  const again = open(structuredClone(cursor));
  await put(frame(1, 1));
  const batch = await next(again);
  expect(batch.frames.map((one) => one.frame.seq)).toEqual([0, 1]);
  expect(batch.cursor.held).toEqual([]);
});

test('a frame that claims to be from the future gets its arrival as time and lends its clock to nobody', async () => {
  await put(frame(0, 0));
  await put(frame(1, 1, { wall: nowMs + 86_400_000 }));
  const batch = await next(open());
  expect(batch.frames).toMatchObject([{ frame: { seq: 1 }, offsetMs: BOOTED, approx: true }]);
  expect(batch.cursor.held).toHaveLength(1);
});

test('a frame that says "not synchronised" after its boot has synced belongs to the same clock', async () => {
  await put(frame(0, 1));
  await put(frame(1, 0));
  expect((await next(open())).frames).toMatchObject([
    { late: false },
    { offsetMs: BOOTED, approx: false, late: false },
  ]);
});

test('payloads that are no frames are counted by code and shown, and stop nobody', async () => {
  const shown: QuarantinedPayload[] = [];
  const reader = open(null, (payload) => shown.push(payload));
  await put(Buffer.from('{"v":2}'));
  await put(Buffer.from([0x01, 0xff, 0xff]));
  await put(frame(0, 1));
  expect((await next(reader)).frames).toHaveLength(1);
  expect(reader.refused()).toEqual({ FRAME_VERSION: 1, FRAME_INFLATE: 1 });
  expect(shown.map((one) => one.code)).toEqual(['FRAME_VERSION', 'FRAME_INFLATE']);
});

test('a reader waits for what is not there yet, and gives up when asked to', async () => {
  const reader = open();
  const waiting = next(reader);
  await put(frame(0, 1));
  expect((await waiting).frames).toHaveLength(1);
  const given = new AbortController();
  const idle = reader.next(1e6, given.signal);
  given.abort(new Error('enough'));
  await expect(idle).rejects.toThrow('enough');
});

test('a cursor of a log that is gone starts at what is here', async () => {
  await put(frame(0, 1));
  expect((await next(open({ next: Number.MAX_SAFE_INTEGER, held: [] }))).frames).toHaveLength(1);
  expect((await next(open({ next: 5, held: [3] }))).frames).toHaveLength(1);
});

test.skipIf(process.platform !== 'linux')('a reader that is closed while it reads leaves no file open', async () => {
  await put(frame(0, 1));
  const openHere = (): string[] =>
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(dir) ? [fd] : [];
      } catch {
        return []; // the one that listed them
      }
    });
  const before = openHere().length;
  for (let turns = 0; turns < 20; turns++) {
    const reader = open();
    const reading = next(reader).catch((error: unknown) => error);
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
    await reader.close();
    expect(openHere()).toHaveLength(before);
    await reading;
    expect(openHere()).toHaveLength(before);
  }
});
