import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '#lib/logger';
import { type Cursor, type RollupRow, type Store, StoreError } from '#store';
import { openRollupKeeper, type RollupKeeper } from '../../broker/rollup/keeper.ts';
import { remakeDay, remakeHour } from '../../broker/rollup/remake.ts';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { batchOf, outageEvent, type TestFrame } from '../store/batches.ts';
import { anyFrames, START_S } from './arbitrary.ts';

const HOUR_S = 3600;
const DAY_S = 86_400;
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'carrel-rollup-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** A store, its keeper and a clock; a frame is one batch. `crash` drops the keeper as a kill would, and reads again from its cursor. */
async function bench(store: Store = createMemoryStore(), gatherHours = 1) {
  const wal: TestFrame[] = [];
  const cursors: Cursor[] = [];
  let nowMs = START_S * 1000;
  let keeper: RollupKeeper;
  const open = async (): Promise<void> => {
    const onCursor = (cursor: Cursor): void => void cursors.push(cursor);
    keeper = await openRollupKeeper({
      store,
      statePath: join(dir, 'rollups.json'),
      nowMs: () => nowMs,
      onCursor,
      log: silentLogger,
      gatherHours,
    });
    const from = keeper.from?.next ?? 0;
    for (const [i, frame] of wal.entries()) if (i >= from) await pass(frame, i);
  };
  const pass = async (frame: TestFrame, i: number): Promise<void> => {
    await store.write(batchOf(frame), { next: i + 1, held: [] });
    keeper.take(batchOf(frame), { next: i + 1, held: [] });
  };
  await open();
  return {
    store,
    cursors,
    crash: open,
    async send(...frames: TestFrame[]) {
      for (const frame of frames) await pass(frame, wal.push(frame) - 1);
    },
    /** Looks at the end and, as the loop does, a few seconds before. */
    async pass_s(seconds: number, behind = false) {
      for (const some of [seconds - 5, 5]) {
        nowMs += some * 1000;
        while (await keeper.tick(behind));
      }
    },
    close: () => keeper.close(),
    hours: () => store.rollups({ tier: 'hour', from_s: 0, to_s: START_S + 90 * DAY_S }),
    days: () => store.rollups({ tier: 'day', from_s: 0, to_s: START_S + 90 * DAY_S }),
  };
}
const samples = (hour: number, seq: number, up = 1): TestFrame => {
  const t = Array.from({ length: 60 }, (_, i) => START_S + hour * HOUR_S + i * 60);
  return { probe: 'p', seq, t, m: { internet_up: t.map(() => up), rtt_ms: t.map((_, i) => i) } };
};
const withoutVersion = (rows: RollupRow[]): unknown[] => rows.map(({ version, ...rest }) => rest);

describe('the keeper of rollups', () => {
  it('ends with what the samples say, whatever the order, the repetitions, the crashes and the pauses', async () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.constant('send' as const) },
      fc.constantFrom('crash' as const, 'close' as const, 'pass' as const, 'behind' as const),
    );
    const story = anyFrames(30).chain((frames) =>
      fc.tuple(
        fc.shuffledSubarray([...frames, ...frames], { minLength: frames.length }),
        fc.array(step, { minLength: 20, maxLength: 80 }),
        fc.constantFrom(1, 3),
      ),
    );
    await fc.assert(
      fc.asyncProperty(story, async ([frames, steps, gatherHours]) => {
        await rm(join(dir, 'rollups.json'), { force: true });
        const it = await bench(createMemoryStore(), gatherHours);
        const left = [...frames];
        for (const what of steps) {
          if (what === 'send') await it.send(...left.splice(0, 2));
          else if (what === 'pass' || what === 'behind') await it.pass_s(3 * HOUR_S, what === 'behind');
          else {
            if (what === 'close') await it.close();
            await it.crash();
          }
        }
        await it.send(...left);
        await it.pass_s(4 * DAY_S);
        await it.pass_s(10);
        expect(withoutVersion(await it.hours())).toEqual(withoutVersion(await fromSamples(it.store)));
        expect(withoutVersion(await it.days())).toEqual(withoutVersion(await fromHours(it.store)));
      }),
      { numRuns: 40 },
    );
  });

  it('gathers hours while a backlog is read, writes them when so many are due, and the rest when it is over', async () => {
    const it = await bench(createMemoryStore(), 3);
    await it.send(samples(0, 0), samples(1, 1));
    await it.pass_s(3 * HOUR_S, true);
    expect(await it.hours()).toEqual([]);
    await it.send(samples(2, 2));
    await it.pass_s(HOUR_S, true);
    expect(await it.hours()).toHaveLength(3);
    await it.send(samples(3, 3));
    await it.pass_s(2 * HOUR_S, true);
    expect(await it.hours()).toHaveLength(3);
    await it.pass_s(10);
    expect(await it.hours()).toHaveLength(4);
  });

  it('writes an hour when it is over, and a day after its hours', async () => {
    const it = await bench();
    await it.send(samples(0, 0));
    await it.pass_s(HOUR_S + 200);
    expect(await it.hours()).toEqual([]);
    await it.pass_s(200);
    expect(await it.hours()).toMatchObject([{ t_s: START_S, samples: 60, up_s: 3600 }]);
    expect(await it.days()).toEqual([]);
    await it.pass_s(DAY_S);
    expect(await it.days()).toMatchObject([{ t_s: START_S, samples: 60, up_s: 3600, unknown_s: DAY_S - 3600 }]);
  });

  it('makes a day once, after all hours of it that a backlog brings', async () => {
    const memory = createMemoryStore();
    const written: RollupRow[] = [];
    const writeRollups = async (rows: readonly RollupRow[]): Promise<void> => {
      written.push(...rows);
      await memory.writeRollups(rows);
    };
    const it = await bench({ ...memory, writeRollups });
    await it.pass_s(2 * DAY_S);
    for (let hour = 0; hour < 24; hour++) {
      await it.send(samples(hour, hour));
      if (hour % 6 === 5) await it.pass_s(5); // hours that were not touched for three seconds are written
    }
    await it.pass_s(10);
    expect(await it.days()).toMatchObject([{ t_s: START_S, samples: 24 * 60 }]);
    expect(written.filter(({ tier }) => tier === 'day')).toHaveLength(1);
  });

  it('makes an hour again for a late row, with a higher version, and its day', async () => {
    const it = await bench();
    const whole = samples(0, 0);
    await it.send({ ...whole, t: whole.t.slice(0, 30) });
    await it.pass_s(2 * DAY_S);
    const [before] = await it.hours();
    await it.send(
      { ...whole, seq: 1 },
      { probe: 'p', seq: 2, t: [], e: [{ t_ms: (START_S + 90) * 1000, event: outageEvent('o') }] },
    );
    await it.pass_s(10);
    const [after] = await it.hours();
    expect([before?.samples, after?.samples]).toEqual([30, 60]);
    expect(after?.version).toBeGreaterThan(before?.version ?? Infinity);
    expect(after?.runs).toBe('u30d60u3510');
    expect(await it.days()).toMatchObject([{ samples: 60, down_s: 60 }]);
  });

  it('makes everything again where its state was lost', async () => {
    const it = await bench();
    await it.send(...[0, 1, 2].map((hour) => samples(hour, hour)));
    await rm(join(dir, 'rollups.json'), { force: true });
    await it.crash();
    await it.pass_s(DAY_S + HOUR_S);
    expect(await it.hours()).toHaveLength(3);
    expect(await it.days()).toMatchObject([{ samples: 180 }]);
  });

  it('keeps an hour whose samples were forgotten meanwhile', async () => {
    const it = await bench();
    await it.send(samples(0, 0));
    await it.pass_s(2 * DAY_S);
    await it.store.retain(START_S + DAY_S);
    await it.send({ probe: 'p', seq: 1, t: [START_S + 7], m: { rtt_ms: [1] } });
    await it.pass_s(10);
    expect(await it.hours()).toMatchObject([{ samples: 60 }]);
  });

  it('lets samples pass while rollups cannot be written, and writes them later', async () => {
    const memory = createMemoryStore();
    let broken = true;
    const it = await bench({
      ...memory,
      async writeRollups(rows) {
        if (broken) throw new StoreError('broken', 'disk full');
        await memory.writeRollups(rows);
      },
    });
    await it.send(samples(0, 0));
    await it.pass_s(2 * HOUR_S);
    expect(await it.hours()).toEqual([]);
    broken = false;
    await it.pass_s(31);
    expect(await it.hours()).toHaveLength(1);
  });

  it('tells how far it is only when that is on disk', async () => {
    const it = await bench();
    await it.send(samples(0, 0), samples(1, 1));
    expect(it.cursors).toEqual([{ next: 0, held: [] }]);
    await it.close();
    expect(it.cursors.at(-1)).toEqual({ next: 2, held: [] });
  });
});

/** Every hour that has anything, from the samples and events alone. */
async function fromSamples(store: Store): Promise<RollupRow[]> {
  const bare: Store = { ...store, rollups: async () => [] };
  const rows: RollupRow[] = [];
  for (let hour = START_S - DAY_S; hour < START_S + 3 * DAY_S; hour += HOUR_S)
    rows.push(...(await remakeHour(bare, hour, ['p'], 1)));
  return rows;
}

async function fromHours(store: Store): Promise<RollupRow[]> {
  const rows: RollupRow[] = [];
  for (let day = START_S - DAY_S; day < START_S + 3 * DAY_S; day += DAY_S)
    rows.push(...(await remakeDay(store, day, ['p'], 1)));
  return rows;
}
