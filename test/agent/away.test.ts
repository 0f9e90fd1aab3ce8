/** Why: a library may be cut off for weeks; what its probe measured meanwhile fits into 4 MiB, spares the flash, and what does not fit is told. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { decodeFrame, type Frame, METRIC_NAMES, metricOf } from '#contract';
import { type JournalFs, nodeJournalFs } from '#lib/journal-files';
import { silentLogger } from '#lib/logger';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { createFramer, type Framer } from '../../agent/framer.ts';
import type { LostRange } from '../../agent/lost.ts';
import type { Sample } from '../../agent/sampler.ts';
import { openSpool, type Spool } from '../../agent/spool.ts';
import { createWallClock } from '../../agent/wall.ts';
import { freshDir, outcomeOf, until } from './fixture.ts';

const MIN = 60_000;
const DAY = 1440 * MIN;
const PAGE = 4096;
const FIRST_MS = 10 * MIN;
const EVERY_MS = 55 * MIN;

interface Away {
  spool: Spool;
  framer: Framer;
  dir: string;
  made: { seq: number; event: boolean }[];
  /** Samples each minute for so long; `eachHour` after the 60th of them. */
  pass(ms: number, eachHour?: () => void): Promise<void>;
  /** Pages that were written and one more for each sync, as flash counts. */
  flashBytes(): number;
}

/** Framer and spool of a probe that never reaches its server; time is moved by hand, the disk is real. */
async function away(capBytes = 4 * 1024 * 1024): Promise<Away> {
  let mono = 60 * MIN;
  let writeAt = mono + FIRST_MS;
  const clock = { monoMs: () => mono, wallMs: () => Date.UTC(2026, 10, 22) + mono };
  const dir = freshDir();
  const disk = countingFs();
  const made: Away['made'] = [];
  const spool = await openSpool({
    dir,
    capBytes,
    monoMs: clock.monoMs,
    log: silentLogger,
    fs: disk.fs,
    firstSpillMs: FIRST_MS,
    spillEveryMs: EVERY_MS,
    onMore: () => undefined,
  });
  onTestFinished(() => spool.close().catch(() => undefined));
  const framer = createFramer({
    wall: createWallClock({ clock, root: freshDir(), trust: 'trusted' }),
    batch: 5,
    takeLost: spool.takeLost,
    thrifty: spool.longAway,
    onFrame(frame) {
      made.push(frame);
      if (mono >= writeAt) {
        disk.expectSync();
        writeAt = mono + EVERY_MS;
      }
      spool.add(frame);
    },
  });
  const sampleAt = samples();
  return {
    spool,
    framer,
    dir,
    made,
    async pass(ms, eachHour = () => undefined) {
      for (let minute = 1; minute <= ms / MIN; minute++) {
        mono += MIN;
        framer.sample(sampleAt(mono));
        if (minute % 60 === 0) eachHour();
        await disk.synced(); // the next hour begins when this one is on the disk
      }
    },
    flashBytes: disk.flashBytes,
  };
}

/** Every metric of the contract, wandering as measured values do. */
function samples(): (monoMs: number) => Sample {
  let seed = 7;
  const random = (): number => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const values: Partial<Record<(typeof METRIC_NAMES)[number], number>> = {};
  return (monoMs) => {
    for (const name of METRIC_NAMES) {
      const { min, max, step } = metricOf(name);
      const span = Math.min(max - min, step * 1000);
      const before = values[name] ?? min + span / 2;
      values[name] =
        random() < 0.4 ? before : Math.min(min + span, Math.max(min, before + (random() - 0.5) * span * 0.1));
    }
    return { monoMs, values: { ...values } };
  };
}

function countingFs(): { fs: JournalFs; flashBytes(): number; expectSync(): void; synced(): Promise<void> } {
  let bytes = 0;
  let syncs = 0;
  let expected = 0;
  return {
    flashBytes: () => bytes,
    expectSync() {
      expected = Math.max(expected, syncs) + 1;
    },
    async synced() {
      while (syncs < expected) await new Promise((resolve) => setImmediate(resolve));
    },
    fs: {
      ...nodeJournalFs,
      async open(path, mode) {
        const file = await nodeJournalFs.open(path, mode);
        return {
          ...file,
          write(data, offset) {
            bytes += (Math.floor((offset + data.length - 1) / PAGE) - Math.floor(offset / PAGE) + 1) * PAGE;
            return file.write(data, offset);
          },
          async sync() {
            bytes += PAGE;
            await file.sync();
            syncs += 1;
          },
        };
      },
    },
  };
}

/** Everything that the server gets when the line is back. */
async function drained({ spool, framer }: Away): Promise<Frame[]> {
  const frames: Frame[] = [];
  spool.online();
  framer.flush();
  await until('all is sent', () => {
    for (let next = spool.next(); next; next = spool.next()) {
      const decoded = decodeFrame(next.bytes, nodeRawDeflate);
      if (decoded.ok) frames.push(decoded.frame);
      spool.acknowledge(next);
    }
    return spool.count() === 0;
  });
  return frames;
}

function seqsOf(ranges: readonly Pick<LostRange, 'from' | 'to'>[]): number[] {
  return ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
}
const sizeOf = (dir: string): number => readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
const ascending = (a: number, b: number): number => a - b;

test('30 days of a sample a minute fit into 4 MiB, at less than 0.3 MB written a day, and all of them arrive', async () => {
  const it = await away();
  await it.pass(30 * DAY);
  expect(sizeOf(it.dir)).toBeLessThanOrEqual(4 * 1024 * 1024);
  expect(it.flashBytes() / 30).toBeLessThan(300_000);
  const frames = await drained(it);
  expect(frames.map(({ seq }) => seq).sort(ascending)).toEqual(it.made.map(({ seq }) => seq));
  const times = frames.flatMap(({ t }) => t).sort(ascending);
  expect(times).toEqual(Array.from({ length: 30 * 1440 }, (_, i) => (61 + i) * MIN));
});

test('when even that is full the oldest samples go, tests and outages stay, and every gap is told', async () => {
  const it = await away(256 * 1024);
  let hour = 0;
  await it.pass(14 * DAY, () => {
    hour += 1;
    if (hour % 6 === 0) it.framer.event(outcomeOf(), 'now');
  });
  const frames = await drained(it);
  const told = frames.flatMap(({ e }) => e).flatMap((event) => (event.kind === 'lost' ? [event] : []));
  const lost = seqsOf([...told, ...it.spool.takeLost()]);
  const arrived = frames.map(({ seq }) => seq);
  expect(lost.length).toBeGreaterThan(50);
  expect([...new Set([...lost, ...arrived])].sort(ascending)).toEqual(it.made.map(({ seq }) => seq));
  expect(new Set(told.map(({ class: kind }) => kind))).toEqual(new Set(['frame']));
  expect(frames.flatMap(({ e }) => e).filter(({ kind }) => kind === 'throughput')).toHaveLength(hour / 6);
  // What is left of the samples is the newest stretch, without a hole.
  const times = frames.flatMap(({ t }) => t).sort(ascending);
  const events = new Set(frames.filter(({ e, t }) => e.length > 0 && t.length > 0).flatMap(({ t }) => t));
  const plain = times.filter((t) => !events.has(t));
  expect(plain.at(-1)).toBe((60 + 14 * 1440) * MIN);
  expect(plain).toEqual(plain.map((_, i) => (plain[0] ?? 0) + i * MIN));
});
