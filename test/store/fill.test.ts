/** Why: whatever the first database holds comes into one that is added later, once, in slices that a crash may cut anywhere. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Cursor, Store } from '#store';
import { createFill, type Fill, type FillDeps, type Filling } from '../../broker/fill.ts';
import { openDuckdbStore } from '../../broker/store/duckdb.ts';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { batchOf, outageEvent, testEvent } from './batches.ts';

const NOON = Date.UTC(2026, 10, 20, 12) / 1000;
const dir = mkdtempSync(join(tmpdir(), 'carrel-fill-'));
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Two days of three probes, a month before that an hour of one, and two events of one millisecond. */
async function source(): Promise<Store> {
  const store = createMemoryStore();
  const minutes = (from_s: number, n: number): number[] => Array.from({ length: n }, (_, i) => from_s + i * 60);
  const old = minutes(NOON - 30 * 86_400, 60);
  const recent = minutes(NOON - 2 * 86_400, 2880);
  const t_ms = (NOON - 3600) * 1000 + 5;
  await store.write(
    batchOf(
      { probe: 'p-0', seq: 0, t: old, m: { rtt_ms: old.map((_, i) => i) }, approx: true },
      ...['p-0', 'p-1', 'p-2'].map((probe, p) => ({
        probe,
        seq: 1,
        t: recent,
        m: { rtt_ms: recent.map((_, i) => (i % 7 === 0 ? null : i + p)), internet_up: recent.map(() => 1) },
      })),
      { probe: 'p-9', seq: 2, t: [], e: ['a', 'b'].map((id) => ({ t_ms, event: testEvent(id) })) },
      { probe: 'p-1', seq: 2, t: [], e: [{ t_ms: t_ms + 1, event: outageEvent('c') }] },
    ),
    { next: 77, held: [70] },
  );
  return store;
}
const fillFrom = (from: Store, change: Partial<FillDeps> = {}): Fill =>
  createFill({
    from: 'duckdb',
    source: () => from,
    tried: async () => undefined,
    wholeLog: false,
    oldest: 0,
    nowMs: () => NOON * 1000,
    ...change,
  });
const never = new AbortController().signal;
const inside = async (store: Store): Promise<unknown> => ({
  samples: await store.samples({ from_s: 0, to_s: NOON + 1 }),
  events: await store.events({ from_ms: 0, to_ms: (NOON + 1) * 1000, limit: 100, order: 'oldest' }),
});

test('everything comes over, gaps are stepped over, and the log goes on where the source stood', async () => {
  const [from, to] = [await source(), createMemoryStore()];
  const told: number[] = [];
  const cursor = await fillFrom(from)(
    to,
    null,
    async (batch, place, filling) => {
      await to.write(batch, place);
      if (filling) told.push(filling.share);
    },
    never,
  );
  expect(cursor).toEqual({ next: 77, held: [70] });
  expect(await to.cursor()).toEqual({ next: 77, held: [70] });
  expect(await inside(to)).toEqual(await inside(from));
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told.at(-1)).toBe(1);
  expect(told.length).toBeLessThan(100);
});

test('a crash after any slice costs nothing: DuckDB goes on from the cursor that it committed, and no row is there twice', async () => {
  const from = await source();
  const open = (): Promise<Store> => openDuckdbStore({ dir: join(dir, 'series'), nowMs: () => NOON * 1000 });
  let end: Cursor | null = null;
  for (let life = 0; life < 20 && !end; life++) {
    const to = await open();
    let slices = 0;
    const store = async (
      batch: Parameters<Store['write']>[0],
      place: Cursor,
      filling: Filling | null,
    ): Promise<void> => {
      if (slices++ === 8) throw new Error('the power is cut'); // before it is written
      await to.write(batch, place);
      if (filling && slices % 2 === 0) await to.write(batch, place); // a retry whose first answer was lost
    };
    end = await fillFrom(from)(to, await to.cursor(), store, never).catch(() => null);
    await to.close();
  }
  const to = await open();
  expect(end).toEqual({ next: 77, held: [70] });
  expect(await to.cursor()).toEqual(end);
  expect(await inside(to)).toEqual(await inside(from));
  expect(await to.fleet({ metric: 'internet_up', from_s: 0, to_s: NOON + 1 })).toMatchObject([
    { count: 2880 },
    { count: 2880 },
    { count: 2880 },
  ]);
  await to.close();
});

test('nothing is copied where the log holds everything, where the source has nothing, or where a cursor stands', async () => {
  const to = createMemoryStore();
  const unasked = async (): Promise<void> => expect.unreachable('nothing is to be stored');
  const run = (fill: Fill, cursor: Cursor | null): Promise<Cursor | null> => fill(to, cursor, unasked, never);
  expect(await run(fillFrom(await source(), { wholeLog: true }), null)).toBeNull();
  expect(await run(fillFrom(createMemoryStore()), null)).toBeNull();
  expect(await run(fillFrom(await source()), { next: 3, held: [] })).toEqual({ next: 3, held: [] });
});

test('what was taken out for a while and put back gets what the log has let go of meanwhile; one that only rests does not', async () => {
  const [from, to] = [await source(), createMemoryStore()];
  await to.write(batchOf({ probe: 'p-1', seq: 0, t: [NOON - 60], m: { rtt_ms: [1] } }), { next: 40, held: [33] });
  const store = (batch: Parameters<Store['write']>[0], place: Cursor): Promise<void> =>
    to.write(batch, place).then(() => undefined);
  const rests = { next: 40, held: [33] };
  expect(await fillFrom(from, { oldest: 33 })(to, rests, store, never)).toEqual(rests);
  expect(await to.cursor()).toEqual(rests);
  // One that it still needs is gone.
  expect(await fillFrom(from, { oldest: 34 })(to, rests, store, never)).toEqual({ next: 77, held: [70] });
  expect(await to.cursor()).toEqual({ next: 77, held: [70] });
  expect(await inside(to)).toEqual(await inside(from));
  // A source that has nothing cannot help; the log goes on with what it has.
  expect(await fillFrom(createMemoryStore(), { oldest: 50 })(to, rests, store, never)).toEqual(rests);
});

test('a source that is not open is waited for, in words', async () => {
  const fill = fillFrom(createMemoryStore(), { source: () => null });
  await expect(fill(createMemoryStore(), null, async () => undefined, never)).rejects.toMatchObject({
    code: 'STORE_UNREACHABLE',
    message: 'waits for duckdb, from which it is filled',
  });
});
