/** Why: what the public is told of a day must have been measured, and must be of the time in which somebody could have used the internet. */
import { expect, it } from 'vitest';
import { openSpans, type Span } from '#contract';
import type { RollupRow } from '#store';
import { mergeRollups } from '../../broker/rollup/merge.ts';
import { remakeHour } from '../../broker/rollup/remake.ts';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { statusDays } from '../../dashboard/status/days.ts';
import { batchOf, testEvent } from '../store/batches.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Monday. */
const FROM = Date.UTC(2026, 9, 5);
const bindings = [{ probe: 'p', access_point: 'a', from: 0, to: null, judges: true }];
/** From nine to five by UTC. */
const opening = Array.from({ length: 7 }, () => [[540, 1020] as const]);
const open = (from: number, to: number): Span[] => openSpans({ opening, zone: 'UTC' }, from, to);

interface Day {
  /** Hours of the day without internet, [from, to). */
  down?: [number, number];
  tested?: boolean;
}

/** Five-minute samples of each day, and a good test at ten where it was tested. Answers with the states of these days. */
async function statesOf(days: readonly Day[], openOf = open): Promise<string[]> {
  const store = createMemoryStore();
  const slots = Array.from({ length: 288 * days.length }, (_, i) => i * 300);
  const up = slots.map((s) => {
    const [from, to] = days[Math.floor(s / 86_400)]?.down ?? [0, 0];
    const hour = (s % 86_400) / 3600;
    return Number(!(hour >= from && hour < to));
  });
  const e = days.flatMap(({ tested = true }, i) =>
    tested ? [{ t_ms: FROM + i * DAY_MS + 10 * HOUR_MS, event: testEvent(`t-${i}`) }] : [],
  );
  const frame = { probe: 'p', seq: 0, t: slots.map((s) => FROM / 1000 + s), m: { internet_up: up }, e };
  await store.write(batchOf(frame), { next: 1, held: [] });
  const hours: RollupRow[] = [];
  for (let at = FROM / 1000; at < FROM / 1000 + days.length * 86_400; at += 3600)
    hours.push(...(await remakeHour(store, at, ['p'], 1)));
  const byDay = Map.groupBy(hours, ({ t_s }) => Math.floor(t_s / 86_400) * 86_400);
  const merged = [...byDay].map(([t_s, rows]) => mergeRollups(rows, { probe: 'p', tier: 'day', t_s, version: 1 }));
  await store.writeRollups([...hours, ...merged]);
  const now = FROM + days.length * DAY_MS;
  const told = await statusDays(store, { bindings, aps: new Set(['a']), now, open: openOf });
  return told.filter(({ t_s }) => t_s * 1000 >= FROM && t_s * 1000 < now).map(({ state }) => state);
}

it('a line that answered and was never tested is not known', async () => {
  expect(await statesOf([{}, { tested: false }])).toEqual(['meets', 'nodata']);
});

it('works at night are no outage of a library that was closed; an hour of the opening time is one', async () => {
  const days: Day[] = [{ down: [2, 6] }, { down: [11, 12] }, { down: [16.5, 20] }, { down: [2, 6], tested: false }];
  expect(await statesOf(days)).toEqual(['meets', 'offline', 'meets', 'nodata']);
});

it('a day on which it was closed has no outage', async () => {
  expect(await statesOf([{ down: [8, 20], tested: false }], () => [])).toEqual(['nodata']);
});
