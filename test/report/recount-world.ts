/**
 * Why: a month that is worth counting again: clocks that are set back, a library that never closes, a closed day, a metered line, a probe that
 * was changed, outages over several days, silence, tests that must not count, and edits of hours, plan and target within the month and after
 * its end. Everything passes the real keeper of rollups.
 */
import type { OpeningHours, Site } from '#contract';
import { silentLogger } from '#lib/logger';
import type { State } from '#state';
import type { Store } from '#store';
import { openRollupKeeper } from '../../broker/rollup/keeper.ts';
import { readCalendar, writeCalendar } from '../../dashboard/alert/calendar.ts';
import { batchOf, outageEvent, type TestFrame, testEvent } from '../store/batches.ts';

export const MONTH = '2026-10';
/** Before October begins anywhere. */
export const EARLY_MS = Date.UTC(2026, 8, 30);
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const DAYS = 34;
/** Between two seconds: a probe was carried to another line at this moment. */
const CHANGED_MS = Date.UTC(2026, 9, 12, 8, 17, 31, 567);
const CLOSED_DAY = '2026-10-14';

const ALWAYS: OpeningHours = Array(7).fill([[0, 1440]]);
const WEEKDAYS: OpeningHours = [...Array(5).fill([[570, 1035]]), [], []];
const LONG_DAYS: OpeningHours = Array(7).fill([[480, 1260]]);
/** On Sundays from 01:00 to 05:30: over the hour that comes twice. */
const EARLY_SUNDAYS: OpeningHours = [
  ...Array(5).fill([
    [540, 720],
    [780, 1200],
  ]),
  [],
  [[60, 330]],
];

/** A library as an administrator knows it. `tests`: planned on each open day. */
export interface Known {
  site: string;
  region: string;
  isp: string;
  zone: string;
  opening: OpeningHours;
  tests: number;
  /** What held on local dates before that one, where it was edited within the month. */
  was?: readonly { before: string; opening: OpeningHours; tests: number }[];
  aps: { ap: string; target: number; probes: { probe: string; from: number; to: number | null }[] }[];
}
const alone = (probe: string, from = EARLY_MS) => [{ probe, from, to: null }];

export const LIBRARIES: readonly Known[] = [
  {
    ...{ site: 'alpha', region: 'north', isp: 'one', zone: 'Europe/Vilnius', opening: ALWAYS, tests: 6 },
    aps: [{ ap: 'alpha', target: 30, probes: alone('p-a') }],
  },
  {
    ...{ site: 'beta', region: 'north', isp: 'two', zone: 'Europe/Vilnius', opening: EARLY_SUNDAYS, tests: 6 },
    aps: [{ ap: 'beta', target: 30, probes: alone('p-b') }],
  },
  {
    ...{ site: 'gamma', region: 'south', isp: 'one', zone: 'Europe/Warsaw', opening: WEEKDAYS, tests: 6 },
    aps: [
      {
        ap: 'gamma',
        target: 30,
        probes: [
          { probe: 'p-c', from: Date.UTC(2026, 9, 5, 10, 34, 56, 789), to: CHANGED_MS },
          { probe: 'p-d', from: CHANGED_MS, to: null },
        ],
      },
    ],
  },
  {
    ...{ site: 'delta', region: 'south', isp: 'two', zone: 'Europe/Vilnius', opening: WEEKDAYS, tests: 2 },
    aps: [
      { ap: 'delta-hall', target: 30, probes: alone('p-e') },
      { ap: 'delta-kids', target: 50, probes: alone('p-f') },
    ],
  },
  {
    ...{ site: 'epsilon', region: 'south', isp: 'two', zone: 'Europe/Vilnius', opening: LONG_DAYS, tests: 6 },
    was: [
      { before: '2026-10-12', opening: WEEKDAYS, tests: 2 },
      { before: '2026-10-20', opening: LONG_DAYS, tests: 2 },
    ],
    aps: [{ ap: 'epsilon', target: 60, probes: alone('p-g') }],
  },
];
/** Until then epsilon was to reach 30 Mb/s. */
const RAISED_MS = Date.UTC(2026, 9, 22, 9);

interface Edit extends Partial<Pick<Site, 'zone' | 'opening' | 'metered'>> {
  at: number;
  site: string;
  /** Of all its access points. */
  target?: number;
}
/** As they were made, one after the other; those after the month change nothing of it. */
const EDITS: readonly Edit[] = [
  { at: Date.UTC(2026, 9, 12, 13, 20), site: 'epsilon', opening: LONG_DAYS },
  { at: Date.UTC(2026, 9, 20, 6), site: 'epsilon', metered: false },
  // Within an hour: a slip that was put right counts for nothing.
  { at: Date.UTC(2026, 9, 21, 7), site: 'epsilon', opening: EARLY_SUNDAYS },
  { at: Date.UTC(2026, 9, 21, 8), site: 'epsilon', opening: LONG_DAYS },
  { at: RAISED_MS, site: 'epsilon', target: 60 },
  // November has begun there, while October goes on by UTC.
  { at: Date.UTC(2026, 9, 31, 22, 30), site: 'epsilon', opening: WEEKDAYS, metered: true, target: 100 },
  { at: Date.UTC(2026, 10, 1, 9), site: 'alpha', opening: WEEKDAYS, target: 100 },
  { at: Date.UTC(2026, 10, 1, 9), site: 'beta', opening: ALWAYS, metered: true },
  { at: Date.UTC(2026, 10, 1, 9), site: 'delta', metered: false, target: 20 },
  { at: Date.UTC(2026, 10, 2, 9), site: 'gamma', opening: ALWAYS, zone: 'Asia/Tokyo' },
];
/** Local dates on which a library was closed in spite of its weekly hours. */
export const CLOSED: ReadonlySet<string> = new Set([CLOSED_DAY]);

/** Closed while the day lasted, by `site date`, from this moment on; the last was told two days later, so that all of it was closed. */
export const LATE: ReadonlyMap<string, number> = new Map([
  ['beta 2026-10-07', Date.UTC(2026, 9, 7, 11, 10, 25)],
  ['delta 2026-10-08', Date.UTC(2026, 9, 8, 8, 0, 40)],
  ['epsilon 2026-10-16', Date.UTC(2026, 9, 16, 11, 10)],
  ['gamma 2026-10-21', Date.UTC(2026, 9, 21, 6, 0)],
  ['alpha 2026-10-20', Date.UTC(2026, 9, 22, 9, 0)],
]);

export function fillState(state: State): void {
  for (const { site: id, region, isp, zone, aps, ...library } of LIBRARIES) {
    const { opening, tests } = library.was?.[0] ?? library;
    const place = { region, isp, zone, opening, contract_mbps: null, lat: null, lon: null, notes: '' };
    state.registry.putSite({ ...place, id, name: `Library ${id}`, metered: tests === 2 });
    for (const { ap, target, probes } of aps) {
      state.registry.putAccessPoint({ id: ap, site: id, name: 'Hall', target_mbps: id === 'epsilon' ? 30 : target });
      for (const { probe, from } of probes) {
        state.registry.addProbe(probe, null, from);
        state.registry.bind(probe, ap, from);
      }
    }
  }
  const closed = { site: null, from: CLOSED_DAY, to: CLOSED_DAY, reason: 'stocktaking', open: false };
  writeCalendar(state, [closed], 'operator', EARLY_MS);
  for (const [key, since] of [...LATE].sort(([, a], [, b]) => a - b)) {
    const [site = '', from = ''] = key.split(' ');
    const entries = [...readCalendar(state), { site, from, to: from, reason: 'closed today', open: false }];
    writeCalendar(state, entries, 'operator', since);
  }
  for (const edit of EDITS) edited(state.registry, edit);
}

function edited(registry: State['registry'], { at, site: id, target, ...change }: Edit): void {
  const site = registry.site(id);
  if (!site) throw new Error(`no site ${id}`);
  registry.putSite({ ...site, ...change }, at);
  for (const ap of registry.accessPoints().filter((one) => one.site === id && target !== undefined))
    registry.putAccessPoint({ ...ap, target_mbps: target ?? 0 }, at);
}

/** As the worker does: rows to the store, then to the keeper, which writes hours and days when they are over. */
export async function fillStore(store: Store): Promise<void> {
  let nowMs = EARLY_MS;
  const keeper = await openRollupKeeper({
    ...{ store, statePath: null, nowMs: () => nowMs, onCursor: () => undefined, log: silentLogger },
  });
  for (let day = 0; day < DAYS; day++) {
    const batch = batchOf(...PROBES.map((probe) => frameOf(probe, day)));
    const cursor = { next: day + 1, held: [] };
    await store.write(batch, cursor);
    keeper.take(batch, cursor);
    nowMs += DAY_MS;
    // An hour that a late outage reopened waits for a pause.
    for (let pause = 0; pause < 3; pause++, nowMs += 10_000) while (await keeper.tick());
  }
  await keeper.close();
}

const PROBES = ['p-a', 'p-b', 'p-c', 'p-d', 'p-e', 'p-f', 'p-g'] as const;
type Probe = (typeof PROBES)[number];

/** Seconds between samples; the distance of three minutes fits no slot. */
const RHYTHM: Record<Probe, number> = {
  'p-a': 300,
  'p-b': 60,
  'p-c': 120,
  'p-d': 120,
  'p-e': 60,
  'p-f': 180,
  'p-g': 300,
};

/** From 22:00 UTC on for a day. */
function frameOf(probe: Probe, day: number): TestFrame {
  const start = EARLY_MS + day * DAY_MS - 2 * HOUR_MS;
  const nth = PROBES.indexOf(probe);
  // On one day it looked often: slots hold seven samples, whose share is no whole second.
  const step_s = probe === 'p-e' && day === 7 ? 8 : RHYTHM[probe];
  const t: number[] = [];
  const internet_up: (number | null)[] = [];
  for (let i = 0; i < 86_400 / step_s; i++) {
    const chance = drawn(nth, day, i);
    // Silence: now and then, in some hours, and for two weeks of the probe that was changed.
    if (chance < 0.03 || isSilent(probe, day, (i * step_s) / 3600)) continue;
    t.push(start / 1000 + i * step_s + (probe === 'p-b' ? i % 7 : 0));
    internet_up.push(chance > 0.99 ? null : chance > 0.97 ? 0 : 1);
  }
  return {
    probe,
    seq: day,
    t,
    m: { internet_up },
    e: [...testsOf(probe, day, start), ...outagesOf(probe, day, start)],
  };
}

function isSilent(probe: Probe, day: number, hour: number): boolean {
  if (probe === 'p-d') return day >= 13 && day < 27;
  return probe === 'p-e' && hour >= 12 && hour < 14.3;
}

type Events = NonNullable<TestFrame['e']>;

/** Rates in Mb/s: lowest, and how far they spread. */
const RATES: Record<Probe, [number, number]> = {
  'p-a': [28.5, 60],
  'p-b': [24, 30],
  'p-c': [31, 20],
  'p-d': [27, 20],
  'p-e': [30.2, 70],
  'p-f': [45, 30],
  'p-g': [28, 65],
};

/** As many as were planned, of which some told nothing; beside them retests, uploads and tests outside of opening hours. */
function testsOf(probe: Probe, day: number, start: number): Events {
  const library = LIBRARIES.find(({ aps }) => aps.some(({ probes }) => probes.some((one) => one.probe === probe)));
  const [lowest, spread] = RATES[probe];
  const morning = new Date(start + 6 * HOUR_MS);
  const date = morning.toISOString().slice(0, 10);
  const held = library?.was?.find(({ before }) => date < before) ?? library;
  if (held?.opening[(morning.getUTCDay() + 6) % 7]?.length === 0 || CLOSED.has(date)) return [];
  if (isSilent(probe, day, 0)) return [];
  const told = (n: number, hour: number, change: Parameters<typeof testEvent>[1]): Events[number] => {
    const rate_mbps = Math.round((lowest + spread * drawn(n, day, hour)) * 100) / 100;
    const t_ms = start + hour * HOUR_MS + 1234;
    const target_mbps = probe === 'p-f' ? 50 : probe === 'p-g' && t_ms >= RAISED_MS ? 60 : 30;
    const verdict = rate_mbps >= target_mbps ? 'pass' : 'fail';
    const id = `${probe}-${day}-${n}`;
    return { t_ms, event: testEvent(id, { rate_mbps, verdict, target_mbps, ...change }) };
  };
  const planned = Array.from({ length: held?.tests ?? 0 }, (_, n) => {
    const untold = probe === 'p-f' ? drawn(n, day, 77) < 0.4 : drawn(n, day, 77) < 0.08;
    return told(n, 9.6 + n, untold ? { verdict: 'inconclusive', rate_mbps: n % 2 ? 3.21 : null } : { series: 'hours' });
  });
  return [
    ...planned,
    told(20, 10.1, { reason: 'confirm', rate_mbps: 2, verdict: 'fail' }),
    told(21, 10.2, { reason: 'manual', rate_mbps: 900 }),
    told(22, 10.3, { dir: 'up', rate_mbps: 1, verdict: 'fail' }),
    told(23, 21, { series: 'line', rate_mbps: 700 }),
  ];
}

/** Most days a short one, timed to the second; once one of three days, which was told when it ended. */
function outagesOf(probe: Probe, day: number, start: number): Events {
  const short = { t_ms: start + 11 * HOUR_MS + 7000, event: outageEvent(`${probe}-${day}`, 0, 1000 * (day % 9) * 61) };
  if (probe !== 'p-b' || day !== 22) return [short];
  const long = { t_ms: start + 12.5 * HOUR_MS, event: outageEvent('long', 0, 2.9 * DAY_MS) };
  return [short, long];
}

/** In [0, 1); the same for the same numbers. */
function drawn(a: number, b: number, c: number): number {
  let x = (a + 1) * 374_761_393 + (b + 1) * 668_265_263 + Math.round(c * 10) * 2_147_483_647;
  x = Math.imul(x ^ (x >>> 13), 1_274_126_177);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
}
