/**
 * Why: how long people wait for a chart and a report: a month of 1,200 probes in DuckDB, through the same functions as the page. InfluxDB and
 * VictoriaMetrics of Debian answer the nearest question over less: hourly means (864,000 points, as their own down-sampling would leave
 * them) where Carrel reads rollups, the month's tests, one day of samples. Their loading takes most of the four minutes.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { METRIC_NAMES, type MetricName, type OpeningHours, roundToStep, type Site } from '#contract';
import { addValue, emptyHistogram, encodeHistogram } from '#lib/histogram';
import type { Batch, RollupRow } from '#store';
import { mergeRollups } from '../../broker/rollup/merge.ts';
import { openDuckdbStore } from '../../broker/store/duckdb.ts';
import { complianceGroups, complianceRow } from '../../dashboard/query/compliance.ts';
import { measurements } from '../../dashboard/query/measurements.ts';
import { countMonth, type MonthInput } from '../../dashboard/query/month.ts';
import { percentilesBy } from '../../dashboard/query/percentiles.ts';
import { debianServer, startInfluxdb, startVictoria } from '../support/debian.ts';

const PROBES = 1200;
const REGIONS = 10;
const DAYS = 30;
const START_S = Date.UTC(2026, 8, 1) / 1000;
const END_S = START_S + DAYS * 86_400;
const DAY_S = END_S - 86_400;
const METRICS: MetricName[] = [
  'internet_up',
  'rtt_ms',
  'loss_pct',
  'wan_rx_mbps',
  'wan_tx_mbps',
  'cpu_pct',
  'clients',
  'wan_rx_bytes',
];
const dir = mkdtempSync(join(tmpdir(), 'carrel-bench-query-'));
const names = Array.from({ length: PROBES }, (_, p) => `probe-${p}`);
const regionOf = (probe: string): string => `region-${Number(probe.slice(6)) % REGIONS}`;
const figure = (name: string, value: number, unit: string, of: string): void =>
  console.log(JSON.stringify({ bench: 'query', figure: name, value: Math.round(value * 100) / 100, unit, of }));

/** Repeatable noise, 0 to 1. */
function noise(a: number, b: number): number {
  const x = Math.sin(a * 12.9898 + b * 78.233) * 43_758.5453;
  return x - Math.floor(x);
}
const rttAt = (probe: number, t_s: number): number =>
  roundToStep('rtt_ms', 8 + (probe % 40) + noise(probe, t_s) ** 4 * 120);
const isUp = (probe: number, t_s: number): boolean => noise(probe, Math.floor(t_s / 7200)) > 0.01;
const testRate = (probe: number, n: number): number => 26 + (probe % 30) + Math.round(noise(n, probe) * 8000) / 1000;

/** Milliseconds: the middle of seven runs after two. */
async function typical(work: () => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let run = 0; run < 9; run++) {
    const begin = performance.now();
    await work();
    if (run >= 2) took.push(performance.now() - begin);
  }
  return took.sort((a, b) => a - b)[3] ?? Number.NaN;
}

/** 40 kinds of lines in 24 kinds of hours: making 52 million values one by one would take longer than asking. */
const rttTexts = new Map<number, string>();
function rttText(probe: number, t_s: number): string {
  const kind = (probe % 40) * 24 + ((t_s / 3600) % 24);
  const known = rttTexts.get(kind);
  if (known !== undefined) return known;
  const rtt = emptyHistogram();
  for (let i = 0; i < 60; i++) addValue(rtt, rttAt(probe, t_s + i * 60));
  const text = encodeHistogram(rtt);
  rttTexts.set(kind, text);
  return text;
}

function rollup(probe: number, t_s: number): RollupRow {
  const up = isUp(probe, t_s);
  const hour = (t_s / 3600) % 24;
  const tested = hour >= 9 && hour < 15;
  const rate = emptyHistogram();
  const mbps = testRate(probe, t_s / 3600);
  if (tested) addValue(rate, mbps);
  const [passed, failed] = tested ? (mbps >= 30 ? [1, 0] : [0, 1]) : [0, 0];
  const metric = { count: 60, sum: 600 + (probe % 7), min: 1, max: 20, last: 10 };
  return {
    probe: names[probe] ?? '',
    tier: 'hour',
    t_s,
    version: 1,
    samples: 60,
    up_s: up ? 3600 : 1200,
    down_s: up ? 0 : 2400,
    unknown_s: 0,
    runs: up ? 'u3600' : 'u600d2400u600',
    tests: { n: tested ? 1 : 0, passed, failed, inconclusive: 0 },
    histograms: { rtt_ms: rttText(probe, t_s), rate_mbps: encodeHistogram(rate) },
    metrics: Object.fromEntries(METRICS.map((name) => [name, metric])),
  };
}

/** Ten minutes of every probe. */
function batchAt(from_s: number, seq: number): Batch {
  const batch: Batch = { samples: { probe: [], t_s: [], approx: [], columns: {} }, events: [], frames: [] };
  const columns = METRICS.map((): number[] => []);
  for (const [p, probe] of names.entries()) {
    batch.frames.push({
      probe,
      run: 'r',
      seq,
      firstSample: batch.samples.t_s.length,
      samples: 10,
      firstEvent: 0,
      events: 0,
    });
    for (let i = 0; i < 10; i++) {
      const t_s = from_s + i * 60;
      batch.samples.probe.push(probe);
      batch.samples.t_s.push(t_s);
      batch.samples.approx.push(false);
      for (const [m, name] of METRICS.entries())
        columns[m]?.push(
          name === 'internet_up'
            ? Number(isUp(p, t_s))
            : name === 'rtt_ms'
              ? rttAt(p, t_s)
              : (p * 7 + t_s / 60 + m) % 50,
        );
    }
  }
  for (const [m, name] of METRICS.entries()) batch.samples.columns[name] = columns[m] ?? [];
  return batch;
}

function monthInput(): MonthInput {
  const openings: OpeningHours[] = [540, 570, 600, 630].map((open) => [...Array(6).fill([[open, open + 510]]), []]);
  const site = (probe: string, p: number): Site => ({
    id: `site-${p}`,
    name: `Library ${p}`,
    region: regionOf(probe),
    isp: `isp-${p % 5}`,
    zone: 'Europe/Vilnius',
    opening: openings[p % openings.length] ?? [],
    contract_mbps: null,
    metered: false,
    lat: null,
    lon: null,
    notes: '',
  });
  return {
    month: '2026-09',
    now_ms: END_S * 1000 + 86_400_000,
    sites: names.map(site),
    accessPoints: names.map((_, p) => ({ id: `ap-${p}`, site: `site-${p}`, name: 'Hall', target_mbps: 30 })),
    bindings: names.map((probe, p) => ({ probe, access_point: `ap-${p}`, from: 0, to: null, judges: true })),
    testsPerDay: () => 6,
  };
}

async function ours(): Promise<Record<string, number>> {
  let nowMs = END_S * 1000;
  const store = await openDuckdbStore({ dir: join(dir, 'duckdb'), nowMs: () => nowMs });
  for (let seq = 0; seq < 144; seq++) await store.write(batchAt(DAY_S + seq * 600, seq), { next: seq + 1, held: [] });
  nowMs += 86_400_000;
  await store.write(
    { samples: { probe: [], t_s: [], approx: [], columns: {} }, events: [], frames: [] },
    { next: 145, held: [] },
  );
  const begin = performance.now();
  await store.seal();
  figure('seal_day_ms', performance.now() - begin, 'ms', `${PROBES * 1440} samples to Parquet`);
  for (let day = START_S; day < END_S; day += 86_400) {
    const days: RollupRow[] = [];
    for (let first = 0; first < PROBES; first += 300) {
      const hours = Array.from({ length: 24 * 300 }, (_, i) =>
        rollup(first + (i % 300), day + Math.floor(i / 300) * 3600),
      );
      await store.writeRollups(hours);
      for (const [probe, of] of Map.groupBy(hours, (row) => row.probe))
        days.push(mergeRollups(of, { probe, tier: 'day', t_s: day, version: 1 }));
    }
    await store.writeRollups(days);
  }
  const input = monthInput();
  const groups = [0, 1, 2, 3].map((g) => ({
    probes: names.filter((_, p) => p % 4 === g),
    spans: Array.from(
      { length: DAYS },
      (_, d) =>
        [START_S + d * 86_400 + (9 * 60 + g * 30) * 60, START_S + d * 86_400 + (17 * 60 + 30 + g * 30) * 60] as const,
    ),
  }));
  const took = {
    probe_day: await typical(() =>
      measurements(store, {
        probe: 'probe-7',
        metric: 'rtt_ms',
        from_ms: DAY_S * 1000,
        to_ms: END_S * 1000,
        points: 300,
        sample_s: 60,
      }),
    ),
    availability: await typical(() => store.known(groups)),
    compliance_month: await typical(async () => {
      const aps = await countMonth(store, input);
      return [aps.map(complianceRow), complianceGroups(aps)];
    }),
    percentiles_region: await typical(async () =>
      percentilesBy(
        await store.rollupTotals({ from_s: START_S, to_s: END_S, histogram: 'rtt_ms' }),
        regionOf,
        [0.05, 0.5, 0.95],
      ),
    ),
  };
  figure('probe_day_ms', took.probe_day, 'ms', 'one metric of one probe, 24 h in 288 buckets, from sealed samples');
  figure('availability_ms', took.availability, 'ms', `${PROBES} probes, 30 days of opening hours that cut hours`);
  figure(
    'compliance_month_ms',
    took.compliance_month,
    'ms',
    `whole report: ${PROBES} access points, tests and availability, groups`,
  );
  figure(
    'percentiles_region_ms',
    took.percentiles_region,
    'ms',
    `p5, p50, p95 of rtt, ${REGIONS} regions, 51.8 M samples within 2 %`,
  );
  await store.close();
  return took;
}

/** The peers' points: one day of samples of every fourth probe (only one is asked for), a month of hourly means, a month of tests. */
function* peerLines(): Generator<string> {
  for (let t_s = DAY_S; t_s < END_S; t_s += 60)
    for (const [p, probe] of names.entries())
      yield `raw,probe=${probe} rtt=${rttAt(p, t_s)},up=${Number(isUp(p, t_s))} ${t_s}`;
  for (let t_s = START_S; t_s < END_S; t_s += 3600)
    for (const [p, probe] of names.entries()) {
      const tags = `probe=${probe},region=${regionOf(probe)}`;
      yield `hour,${tags} rtt=${rttAt(p, t_s)},up=${isUp(p, t_s) ? 1 : 0.333} ${t_s}`;
      const clock = (t_s / 3600) % 24;
      const mbps = testRate(p, t_s / 3600);
      if (clock >= 9 && clock < 15) yield `test,${tags} rate=${mbps},pass=${Number(mbps >= 30)} ${t_s}`;
    }
}

async function load(address: string): Promise<void> {
  let lines: string[] = [];
  const send = async (): Promise<void> => {
    const answer = await fetch(address, { method: 'POST', body: lines.join('\n') });
    if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
    lines = [];
  };
  for (const line of peerLines()) if (lines.push(line) >= 10_000) await send();
  await send();
}

async function ask(address: string, parameters: Record<string, string>): Promise<void> {
  const answer = await fetch(`${address}?${new URLSearchParams(parameters)}`);
  const text = await answer.text();
  if (!answer.ok || !/"(series|values?)":/.test(text))
    throw new Error(`${JSON.stringify(parameters)}: ${text.slice(0, 300)}`);
}

function compare(peer: string, mine: Record<string, number>, theirs: Record<string, number>): void {
  for (const [name, ms] of Object.entries(theirs))
    figure(`${name}_vs_${peer}`, ms / (mine[name] ?? Number.NaN), 'x', `${peer} ${Math.round(ms * 10) / 10} ms`);
}

async function influxdb(mine: Record<string, number>): Promise<void> {
  const program = await debianServer('influxdb');
  if (!program) return console.error("skipped: Debian's influxdb cannot be had here");
  const server = await startInfluxdb({ dir: join(dir, 'influxdb') }, program);
  await fetch(`${server.url}/query?q=${encodeURIComponent('CREATE DATABASE b')}`, { method: 'POST' });
  await load(`${server.url}/write?db=b&precision=s`);
  const month = `time >= ${START_S}s AND time < ${END_S}s`;
  const q = (text: string) => typical(() => ask(`${server.url}/query`, { db: 'b', epoch: 's', q: text }));
  compare('influxdb', mine, {
    probe_day: await q(
      `SELECT mean(rtt), min(rtt), max(rtt), count(rtt) FROM raw WHERE probe = 'probe-7' AND time >= ${DAY_S}s AND time < ${END_S}s GROUP BY time(5m)`,
    ),
    availability: await q(`SELECT mean(up) FROM hour WHERE ${month} GROUP BY probe`),
    compliance_month: await q(
      `SELECT mean(pass), percentile(rate, 50), percentile(rate, 10), count(rate) FROM test WHERE ${month} GROUP BY probe`,
    ),
    percentiles_region: await q(
      `SELECT percentile(rtt, 5), percentile(rtt, 50), percentile(rtt, 95) FROM hour WHERE ${month} GROUP BY region`,
    ),
  });
  await server.stop();
}

async function victoria(mine: Record<string, number>): Promise<void> {
  const program = await debianServer('victoria-metrics');
  if (!program) return console.error("skipped: Debian's victoria-metrics cannot be had here");
  const server = await startVictoria({ dir: join(dir, 'victoria') }, program);
  await load(`${server.url}/write?db=b&precision=s`);
  await fetch(`${server.url}/internal/force_flush`);
  const at = { time: String(END_S - 1), nocache: '1' };
  const q = (query: string) => typical(() => ask(`${server.url}/api/v1/query`, { query, ...at }));
  compare('victoriametrics', mine, {
    probe_day: await typical(() =>
      ask(`${server.url}/api/v1/query_range`, {
        query: 'rollup(raw_rtt{probe="probe-7"}[5m])',
        start: String(DAY_S),
        end: String(END_S),
        step: '300',
        nocache: '1',
      }),
    ),
    availability: await q('avg_over_time(hour_up[30d])'),
    compliance_month: await q('quantiles_over_time("q", 0.1, 0.5, test_rate[30d]) or avg_over_time(test_pass[30d])'),
    percentiles_region: await q(
      'histogram_quantiles("q", 0.05, 0.5, 0.95, sum(histogram_over_time(hour_rtt[30d])) by (region, vmrange))',
    ),
  });
  await server.stop();
}

mkdirSync(join(dir, 'duckdb'));
console.error(
  `load of this machine: ${loadavg()
    .map((load1) => load1.toFixed(1))
    .join(' ')}; ${METRIC_NAMES.length} metrics known`,
);
try {
  const mine = await ours();
  await influxdb(mine);
  await victoria(mine);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
