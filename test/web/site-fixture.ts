/** Why: what a site page and an incident ask for, made up in the shapes of the contract: tests, measurements, alerts, reasons. */
import type {
  AlertExplanation,
  AlertView,
  AvailabilityView,
  DeviceDays,
  Measurements,
  OutageView,
  ProbeDelivery,
  TestView,
  ThroughputSeries,
} from '#contract';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { calendarEdges, chooseCalendarBucket } from '../../dashboard/query/calendar.ts';
import { throughputSeries } from '../../dashboard/query/throughput-series.ts';
import { batchOf } from '../store/batches.ts';
import { isBelow, lowRates, nameOf, newestTest, numberOf, numbers, rowOf, testsApart } from './fleet-fixture.ts';

const MIN = 60_000;
const HOUR = 60 * MIN;

const METHODS = ['udp', 'tcp', 'tcp', 'passive'] as const;

/** All Saints' and All Souls' Day. */
const HOLIDAY = [Date.parse('2026-10-31T22:00:00Z'), Date.parse('2026-11-02T22:00:00Z')] as const;
const isHoliday = (at: number): boolean => at >= HOLIDAY[0] && at < HOLIDAY[1];

/** Tests of a site, newest first; of one that is below its target the last four say so, the second newest of them a retest. */
export function testsOf(ap: string, from: number, to: number): TestView[] {
  const random = numbers(11);
  const tests: TestView[] = [];
  const site = numberOf(ap);
  const lows = isBelow(site) ? lowRates(site) : [];
  for (let at = to - newestTest(site), i = 0; at > from; at -= testsApart(site), i++) {
    const hour = new Date(at).getUTCHours();
    if (hour < 7 || hour > 15 || new Date(at).getUTCDay() === 0 || isHoliday(at)) continue;
    const low = i < lows.length || i % 23 === 9;
    const unclear = i % 29 === 6;
    const rate = unclear ? null : low ? (lows[i] ?? 10.9 + random() * 3) : 40 + random() * 12;
    const method = METHODS[i % 4] ?? 'tcp';
    tests.push({
      id: `t${at}`,
      ap,
      probe: 'probe-0',
      at,
      method,
      dir: 'down',
      verdict: unclear ? 'inconclusive' : low ? 'fail' : 'pass',
      marginal: false,
      reason: i < lows.length ? (i === 1 ? 'confirm' : 'slot') : low && i % 2 ? 'confirm' : 'slot',
      target_mbps: 30,
      rate_mbps: rate,
      app_mbps: rate,
      other_mbps: method === 'passive' ? rate : random(),
      bytes: method === 'passive' ? 0 : 2_400_000,
      dur_ms: 700 + random() * 900,
      limited_by: unclear ? 'cross_traffic' : null,
      cpu_pct: 22,
      wan: 'eth0',
      server: 'vln-1',
    });
  }
  return tests;
}

/** The same tests by day, week or month, as the server counts them. */
export async function seriesOf(ap: string, from: number, to: number): Promise<ThroughputSeries> {
  const zone = 'Europe/Vilnius';
  const bucket = chooseCalendarBucket(to - from);
  const [first = from] = calendarEdges(zone, bucket, from, to);
  const store = createMemoryStore();
  const e = testsOf(ap, first, to).map(({ ap: _, probe: __, at, ...test }) => ({
    t_ms: at,
    event: { ...test, kind: 'throughput' as const, at: 0, job: null },
  }));
  await store.write(batchOf({ probe: 'p', seq: 0, t: [], e }), { next: 1, held: [] });
  const watched = [{ probe: 'p', from_ms: 0, to_ms: to }];
  return { ap, ...(await throughputSeries(store, { watched, zone, bucket, from_ms: from, to_ms: to })) };
}

const SHAPES: Record<string, { unit: string; base: number; swing: number }> = {
  rtt_ms: { unit: 'ms', base: 11, swing: 4 },
  wan_rx_mbps: { unit: 'Mb/s', base: 2, swing: 6 },
  wan_tx_mbps: { unit: 'Mb/s', base: 0.3, swing: 1 },
  cpu_pct: { unit: '%', base: 6, swing: 12 },
  clients: { unit: '1', base: 4, swing: 12 },
  agent_bytes: { unit: 'B', base: 60_000, swing: 30_000 },
};

/** Devices by day: few on Saturdays, none counted while the probe was away; Sundays are 0, since it counts also then. */
export function devicesOf(ap: string, from: number, to: number): DeviceDays {
  const zone = 'Europe/Vilnius';
  const edges = calendarEdges(zone, 'day', from, to);
  const t = edges.slice(0, -1);
  const devices = t.map((at, i) => {
    if (at >= AWAY[0] && at < AWAY[1]) return null;
    const weekday = new Date(at + 12 * HOUR).getUTCDay();
    return weekday === 0 || isHoliday(at + HOUR) ? 0 : weekday === 6 ? 14 : 38 + ((i * 7) % 13);
  });
  const at_once = devices.map((n) => (n === null ? null : Math.ceil(n / 4)));
  return { ap, zone, from: t[0] ?? from, to: edges.at(-1) ?? to, t, devices, at_once };
}

/** 9 and 10 November, by the site's clock. */
const AWAY = [Date.parse('2026-11-08T22:00:00Z'), Date.parse('2026-11-10T22:00:00Z')] as const;

export function measurementsOf(probe: string, metric: string, from: number, to: number, points: number): Measurements {
  const random = numbers(metric.length);
  const { unit, base, swing } = SHAPES[metric] ?? { unit: '1', base: 1, swing: 1 };
  const bucketMs = Math.max(MIN, Math.ceil((to - from) / points / MIN) * MIN);
  const n = Math.floor((to - from) / bucketMs);
  const gone = (i: number) => i > n * 0.55 && i < n * 0.62;
  const t = Array.from({ length: n }, (_, i) => from + i * bucketMs);
  const mean = t.map((at, i) =>
    gone(i) ? null : base + swing * random() * (0.4 + 0.6 * Math.max(0, Math.sin(at / HOUR / 4))),
  );
  const times = (by: number) => mean.map((value) => (value === null ? null : value * by));
  // As on the server: hours and days have histograms of the round trip.
  const percentiles =
    metric === 'rtt_ms' && to - from > 24 * HOUR
      ? { p10: times(0.9), p50: times(0.98), p90: times(1.2), median: base }
      : {};
  return {
    ...percentiles,
    probe,
    metric,
    unit,
    from,
    to,
    bucket_s: bucketMs / 1000,
    t,
    count: mean.map((value) => (value === null ? 0 : 5)),
    mean,
    min: mean.map((value) => (value === null ? null : value * 0.8)),
    max: mean.map((value) => (value === null ? null : value * 1.5)),
  };
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Vilnius', hour: '2-digit', minute: '2-digit' });
const hours = (ms: number): string => `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MIN)} min`;
const cut = (value: number | undefined): string => (Math.floor((value ?? 0) * 10) / 10).toFixed(1);

/** What the rows and the tests of the same site say. */
export function alertOf(id: number, now: number, began: number | null = null): AlertView {
  const i = id - 1000;
  const slow = isBelow(i);
  const since = began ?? rowOf(i, now, numbers(7)).since ?? now;
  const [newest, retest, ...older] = lowRates(i).map(cut);
  return {
    id,
    rule: slow ? 'slow' : 'dark',
    ap: `site-${i}`,
    site: `site-${i}`,
    site_name: nameOf(i),
    condition: 'firing',
    severity: slow ? 'ticket' : 'page',
    title: slow ? `Download fell below 30 Mb/s: ${newest} Mb/s in the last test` : 'Went dark in opening hours',
    reasons: slow
      ? [
          `3 of the last 3 valid tests in opening hours were below 30 Mb/s: ${[newest, ...older].join(', ')} Mb/s.`,
          `A retest confirmed it: ${retest} Mb/s.`,
          'Other traffic on the line was 0.2 to 0.6 Mb/s: it is the line, not the visitors.',
        ]
      : [
          `No sample since ${CLOCK.format(since)}, for ${hours(now - since)}.`,
          'The connection ended without a goodbye.',
        ],
    evidence: slow ? testsOf(`site-${i}`, now - 8 * HOUR, now).slice(0, 4) : [],
    since,
    fired_at: Math.min(now, since + 5 * MIN),
    resolved_at: null,
    acknowledged_by: null,
    acknowledged_at: null,
    acknowledged_until: null,
    deliveries: [
      {
        channel: 'email',
        target: 'oncall@example.org',
        kind: 'firing',
        state: 'sent',
        attempts: 1,
        at: Math.min(now, since + 6 * MIN),
        error: null,
        uncertain: false,
      },
      {
        channel: 'webhook',
        target: 'https://hooks.example.org/carrel',
        kind: 'firing',
        state: 'failed',
        attempts: 4,
        at: Math.min(now, since + 10 * MIN),
        error: 'answered 503',
        uncertain: true,
      },
    ],
    parent: null,
    members: [],
    cause: null,
    ended: null,
    retro: false,
  };
}

export function explanationOf(ap: string, now: number): AlertExplanation {
  const below = isBelow(numberOf(ap));
  const alert = alertOf(1000 + numberOf(ap), now);
  const evidence = testsOf(ap, now - 8 * HOUR, now).slice(0, 4);
  const fine: AlertExplanation['rules'][number] = {
    rule: 'slow',
    condition: 'ok',
    reasons: ['The last valid tests reached 30 Mb/s.'],
    evidence,
  };
  const rules: AlertExplanation['rules'] = [
    below ? { rule: 'slow', condition: 'firing', reasons: alert.reasons, evidence } : fine,
    {
      rule: 'dark',
      condition: 'ok',
      reasons: ['The probe is connected; its last sample is 18 s old.'],
      evidence: [],
      overlays: below ? [] : ['a silence', 'planned works'],
    },
    { rule: 'quality', condition: 'ok', reasons: [], evidence: [] },
    { rule: 'clock', condition: below ? 'ok' : 'no_data', reasons: [], evidence: [] },
  ];
  return {
    ap,
    rules: rules.map((one) => ({ overlays: below ? [] : ['a silence'], ...one })),
    chronic: { days: 60, n: 351, fails: below ? 61 : 9, score: below ? 9.2 : 1.4, alarm_at: 9.2, below },
  };
}

/** A probe that was away for longer than its spool reaches. */
export function deliveryOf(probe: string, now: number): ProbeDelivery {
  const gap = { run: 'r1', class: null, since: now - HOUR };
  return {
    probe,
    complete: false,
    cloned: false,
    since: now - 30 * 24 * HOUR,
    last: now - 2 * MIN,
    frames: 8612,
    duplicates: 3,
    missing: { explained: 28, awaited: 2, unexplained: 0 },
    gaps: [
      { ...gap, from: 100, to: 101, n: 2, state: 'awaited' },
      { ...gap, from: 0, to: 27, n: 28, state: 'explained', class: 'frame' },
    ],
    runs: ['r2', 'r1'].map((run) => ({
      run,
      frames: 4306,
      duplicates: 1,
      highest: 4400,
      first: now - 30 * 24 * HOUR,
      last: now,
    })),
  };
}

/** Two outages of the last day: one in the afternoon, one at night. */
export function outagesOf(ap: string, from: number, to: number): OutageView[] {
  const outage = (id: string, endedAgo: number, lasted: number, first_failure: number): OutageView => ({
    ...{ id, ap, probe: 'probe-0', first_failure },
    from: to - endedAgo - lasted,
    to: to - endedAgo,
  });
  return [outage('o1', 90 * MIN, 14 * MIN, 4), outage('o2', 13 * HOUR, 55 * MIN, 2)].filter((one) => one.to > from);
}

export function availabilityOf(ap: string, from: number, to: number): AvailabilityView {
  const down = outagesOf(ap, from, to)
    .slice(0, 1)
    .map((one) => [one.from, one.to] as const);
  return {
    ...{ ap, from, to, expected_s: 10 * 3600, up_s: 9 * 3600, down_s: 840, unknown_s: 2760 },
    percent: (100 * 9 * 3600) / (9 * 3600 + 840),
    down,
    unknown: [[to - 5 * HOUR, to - 5 * HOUR + 46 * MIN]],
    closed: [HOLIDAY].filter(([a, b]) => b > from && a < to),
  };
}
