import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { addValue, emptyHistogram, encodeHistogram } from '#lib/histogram';
import type { RollupRow, RollupTotalsQuery, Store } from '#store';
import { mergeRollups } from '../../broker/rollup/merge.ts';
import { knownOf, totalsOf } from '../../broker/rollup/totals.ts';
import { withAnswers } from '../../broker/store/answers.ts';
import { openDuckdbStore } from '../../broker/store/duckdb.ts';
import { createMemoryStore } from '../../broker/store/memory.ts';

/** Two days on both sides of a month's end. */
const START_S = Date.UTC(2026, 8, 30) / 1000;
const DAY_S = 86_400;
const PROBES = ['p-1', 'p-2'] as const;

type Step =
  | { kind: 'hour'; probe: string; hour: number; up_s: number }
  | { kind: 'day'; probe: string; day: number }
  | { kind: 'ask'; from: number; to: number };
const probe = fc.constantFrom(...PROBES);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('hour' as const),
        probe,
        hour: fc.integer({ min: 20, max: 50 }),
        up_s: fc.integer({ min: 0, max: 3600 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('day' as const), probe, day: fc.integer({ min: 0, max: 2 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('ask' as const),
        from: fc.integer({ min: 0, max: 30 }),
        to: fc.integer({ min: 31, max: 72 }),
      }),
    },
  ),
  { minLength: 5, maxLength: 30 },
);

function hourRow(version: number, { probe: name, hour, up_s }: Extract<Step, { kind: 'hour' }>): RollupRow {
  const histogram = emptyHistogram();
  addValue(histogram, 1 + up_s);
  return {
    probe: name,
    tier: 'hour',
    t_s: START_S + hour * 3600,
    version,
    samples: 1 + (up_s % 60),
    up_s,
    down_s: 3600 - up_s,
    unknown_s: 0,
    runs: `${up_s > 0 ? `u${up_s}` : ''}${up_s < 3600 ? `d${3600 - up_s}` : ''}`,
    tests: { n: up_s % 3, passed: up_s % 3, failed: 0, inconclusive: 0 },
    histograms: { rtt_ms: encodeHistogram(histogram), rate_mbps: '' },
    metrics: {},
  };
}

/** Writes hours late and days again, in any order; whenever somebody asks, the answer is what the hours say. */
async function live(store: Store, todo: readonly Step[]): Promise<void> {
  const hours = new Map<string, RollupRow>();
  let version = 0;
  for (const step of [...todo, { kind: 'ask', from: 0, to: 72 } as const]) {
    version += 1;
    if (step.kind === 'hour') {
      const row = hourRow(version, step);
      hours.set(`${row.probe}/${row.t_s}`, row);
      await store.writeRollups([row]);
    } else if (step.kind === 'day') {
      const t_s = START_S + step.day * DAY_S;
      const of = [...hours.values()].filter(
        (row) => row.probe === step.probe && row.t_s >= t_s && row.t_s < t_s + DAY_S,
      );
      if (of.length > 0) await store.writeRollups([mergeRollups(of, { probe: step.probe, tier: 'day', t_s, version })]);
    } else {
      const [from_s, to_s] = [START_S + step.from * 3600, START_S + step.to * 3600];
      const within = [...hours.values()].filter((row) => row.t_s >= from_s && row.t_s < to_s);
      expect(await store.rollupTotals({ from_s, to_s, histogram: 'rtt_ms' })).toEqual(totalsOf(within, 'rtt_ms'));
      const groups = [{ probes: [...PROBES], spans: [[from_s + 1000, to_s - 100]] }] as const;
      expect(await store.known(groups)).toEqual(knownOf([...hours.values()], groups));
    }
  }
}

it('late hours reopen their day: whoever asks meanwhile gets what the hours say', async () => {
  await fc.assert(
    fc.asyncProperty(steps, (todo) => live(createMemoryStore(), todo)),
    { numRuns: 100 },
  );
});

it('answers that are kept are those that would be given now', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.double({ min: 0, max: 5, noNaN: true }), (todo, today) =>
      live(
        withAnswers(createMemoryStore(), () => (START_S + today * DAY_S) * 1000, 6),
        [...todo, ...todo],
      ),
    ),
    { numRuns: 100 },
  );
});

it('an answer is kept until one of its days is written, also while it is being asked', async () => {
  const store = createMemoryStore();
  let asked = 0;
  let pause: Promise<unknown> = Promise.resolve();
  const watched = {
    ...store,
    async rollupTotals(query: RollupTotalsQuery) {
      asked += 1;
      const answer = await store.rollupTotals(query);
      await pause;
      return answer;
    },
  };
  const known = withAnswers(watched, () => (START_S + 40 * DAY_S) * 1000);
  const query = { from_s: START_S, to_s: START_S + DAY_S };
  const row = (version: number, hour: number) => hourRow(version, { kind: 'hour', probe: 'p-1', hour, up_s: 61 });
  await known.writeRollups([row(1, 3)]);
  expect(await known.rollupTotals(query)).toHaveLength(1);
  await known.rollupTotals({ ...query });
  await known.writeRollups([row(2, 24)]); // the day after
  await known.rollupTotals(query);
  expect(asked).toBe(1);
  await known.writeRollups([row(3, 4)]);
  const { promise, resolve } = Promise.withResolvers<void>();
  pause = promise;
  const slow = known.rollupTotals(query);
  await known.writeRollups([row(4, 5)]);
  resolve();
  expect((await slow)[0]?.tests.n).toBe(2);
  expect((await known.rollupTotals(query))[0]?.tests.n).toBe(3);
  expect(asked).toBe(3);
});

/** Writes down what a store is asked for, in days of the test. */
function watched(): { store: Store; asked: [from: number, to: number][] } {
  const store = createMemoryStore();
  const asked: [from: number, to: number][] = [];
  const day = (t_s: number): number => (t_s - START_S) / DAY_S;
  return {
    asked,
    store: {
      ...store,
      async rollupTotals(query) {
        asked.push([day(query.from_s), day(query.to_s)]);
        return store.rollupTotals(query);
      },
      async known(groups) {
        const spans = groups.flatMap((group) => group.spans);
        asked.push([day(spans[0]?.[0] ?? 0), day(spans.at(-1)?.[1] ?? 0)]);
        return store.known(groups);
      },
    },
  };
}
const upRow = (version: number, hour: number) => hourRow(version, { kind: 'hour', probe: 'p-1', hour, up_s: 61 });
const until = (to_s: number) => [{ probes: ['p-1'], spans: [[START_S, to_s]] as const }];

it('of a month under way only the newest days are asked for again when an hour came', async () => {
  const { store, asked } = watched();
  let now_s = START_S + 3.1 * DAY_S;
  const known = withAnswers(store, () => now_s * 1000);
  const ask = async () => {
    asked.length = 0;
    const totals = await known.rollupTotals({ from_s: START_S, to_s: now_s });
    const seconds = await known.known(until(now_s));
    return [totals[0]?.tests.n, seconds[0]?.up_s];
  };
  await known.writeRollups([upRow(1, 3), upRow(1, 30), upRow(1, 50), upRow(1, 72)]);
  expect(await ask()).toEqual([4, 4 * 61]);
  expect(asked).toEqual([
    [0, 2],
    [2, 4],
    [0, 2],
    [2, 4],
  ]);
  now_s += 7000; // two hours begin: nothing more is known
  expect(await ask()).toEqual([4, 4 * 61]);
  expect(asked).toEqual([]);
  await known.writeRollups([upRow(2, 71)]);
  expect(await ask()).toEqual([5, 5 * 61]);
  expect(asked.map(([from]) => from)).toEqual([2, 2]);
  await known.writeRollups([upRow(3, 4)]);
  expect(await ask()).toEqual([6, 6 * 61]); // a late hour: the older days too
  expect(asked.map(([from]) => from)).toEqual([0, 0]);
});

it('what a clock that was ahead wrote counts only where it is asked for', async () => {
  const { store } = watched();
  await store.writeRollups([upRow(1, 3), upRow(1, 80)]); // before this start
  const known = withAnswers(store, () => (START_S + 3.1 * DAY_S) * 1000);
  const upTo = async (hour: number) => (await known.known(until(START_S + hour * 3600)))[0]?.up_s;
  expect([await upTo(74), await upTo(80.005), await upTo(90)]).toEqual([61, 61 + 18, 122]);
  await known.writeRollups([upRow(2, 100)]);
  expect([await upTo(90), await upTo(100.005), await upTo(101)]).toEqual([122, 122 + 18, 183]);
});

it('a rollup that comes while a question waits does not count beyond what was asked for', async () => {
  const { store } = watched();
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow: Store = { ...store, known: (groups) => promise.then(() => store.known(groups)) };
  const known = withAnswers(slow, () => (START_S + 3.1 * DAY_S) * 1000);
  await known.writeRollups([upRow(1, 3)]);
  const asked = known.known(until(START_S + 74.4 * 3600));
  await known.rollups({ tier: 'hour', from_s: START_S, to_s: START_S }); // the question is on its way
  await known.writeRollups([upRow(2, 75)]);
  resolve();
  expect((await asked)[0]?.up_s).toBe(61);
});

it('an answer that nobody asked for in a day is forgotten', async () => {
  const { store, asked } = watched();
  let now_s = START_S + 40 * DAY_S;
  const known = withAnswers(store, () => now_s * 1000);
  const ask = async (day: number) => {
    asked.length = 0;
    await known.rollupTotals({ from_s: START_S + day * DAY_S, to_s: START_S + (day + 1) * DAY_S });
    return asked.length;
  };
  expect(await ask(0)).toBe(1);
  now_s += 20 * 3600;
  expect([await ask(1), await ask(0)]).toEqual([1, 0]);
  now_s += 20 * 3600;
  expect([await ask(2), await ask(0)]).toEqual([1, 0]);
  now_s += 25 * 3600;
  expect([await ask(3), await ask(0)]).toEqual([1, 1]);
});

it('DuckDB answers so too, though it remembers which days it can read', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (todo) => {
      const dir = mkdtempSync(join(tmpdir(), 'carrel-standing-'));
      const store = await openDuckdbStore({ dir, nowMs: () => START_S * 1000 });
      try {
        await live(store, todo);
      } finally {
        await store.close();
        rmSync(dir, { recursive: true, force: true });
      }
    }),
    { numRuns: 8 },
  );
}, 120_000);

it('DuckDB knows of more days and hours than a number has bits', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'carrel-standing-'));
  const store = await openDuckdbStore({ dir, nowMs: () => START_S * 1000 });
  onTestFinished(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const probes = Array.from({ length: 70 }, (_, i) => `p-${i}`); // so many that a day which does not stand is read as hours of all
  const hours = probes.flatMap((name, p) =>
    Array.from({ length: 100 }, (_, h) =>
      hourRow(1, {
        kind: 'hour',
        probe: name,
        hour: 24 * (h % 50) + ((p + h) % 24),
        up_s: [3600, 0, 61 + h][(h + p) % 3] ?? 0,
      }),
    ),
  );
  const days = [...Map.groupBy(hours, ({ probe: name, t_s }) => `${name}/${Math.floor((t_s - START_S) / DAY_S)}`)]
    .filter(([key]) => !/\/(3|4|5)$/.test(key))
    .map(([key, of]) => {
      const t_s = START_S + Number(key.split('/')[1]) * DAY_S;
      return mergeRollups(of, { probe: key.split('/')[0] ?? '', tier: 'day', t_s, version: 2 });
    });
  await store.writeRollups(hours);
  await store.writeRollups(days);
  const groups = [
    { probes, spans: [[START_S + 1000, START_S + 50 * DAY_S - 7]] as const },
    { probes: probes.slice(0, 3), spans: [[START_S + 3 * DAY_S, START_S + 6 * DAY_S]] as const },
  ];
  expect(await store.known(groups)).toEqual(knownOf(hours, groups));
});
