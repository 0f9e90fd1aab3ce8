/** Why: a network that any bench can write again from nothing: 1,200 probes, a minute between samples, repeatable noise. */
import { type MetricName, type OpeningHours, roundToStep, type Site } from '#contract';
import { addValue, emptyHistogram, encodeHistogram } from '#lib/histogram';
import type { AvailabilityGroup, Batch, RollupRow } from '#store';
import type { MonthInput } from '../../../dashboard/query/month.ts';

export const LONG = process.argv.includes('--long');
export const PROBES = 1200;
export const REGIONS = 10;
/** Of rollups; samples are kept of the last RAW_DAYS. */
export const DAYS = 30;
export const RAW_DAYS = 7;
export const START_S = Date.UTC(2026, 8, 1) / 1000;
export const END_S = START_S + DAYS * 86_400;
export const RAW_S = END_S - RAW_DAYS * 86_400;
export const DAY_S = END_S - 86_400;
const FEW: MetricName[] = [
  'internet_up',
  'rtt_ms',
  'loss_pct',
  'wan_rx_mbps',
  'wan_tx_mbps',
  'cpu_pct',
  'clients',
  'wan_rx_bytes',
];
const MORE: MetricName[] = [
  'clients_2g',
  'clients_5g',
  'leases',
  'devices_day',
  'agent_rss_mb',
  'agent_bytes',
  'spool_frames',
  'wan_tx_bytes',
  'wan_up',
  'uptime_s',
  'dns_ms',
  'gateway_rtt_ms',
];
export const METRICS: readonly MetricName[] = LONG ? [...FEW, ...MORE] : FEW;
export const names = Array.from({ length: PROBES }, (_, p) => `probe-${p}`);
export const regionOf = (probe: string): string => `region-${Number(probe.slice(6)) % REGIONS}`;

/** Repeatable noise, 0 to 1. */
function noise(a: number, b: number): number {
  const x = Math.sin(a * 12.9898 + b * 78.233) * 43_758.5453;
  return x - Math.floor(x);
}
export const rttAt = (probe: number, t_s: number): number =>
  roundToStep('rtt_ms', 8 + (probe % 40) + noise(probe, t_s) ** 4 * 120);
export const isUp = (probe: number, t_s: number): boolean => noise(probe, Math.floor(t_s / 7200)) > 0.01;
export const testRate = (probe: number, n: number): number =>
  26 + (probe % 30) + Math.round(noise(n, probe) * 8000) / 1000;

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

export function rollup(probe: number, t_s: number): RollupRow {
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

/** Ten minutes of each of these probes. */
export function batchAt(probes: readonly string[], from_s: number, seq: number): Batch {
  const batch: Batch = { samples: { probe: [], t_s: [], approx: [], columns: {} }, events: [], frames: [] };
  const columns = METRICS.map((): number[] => []);
  for (const [p, probe] of probes.entries()) {
    const firstSample = batch.samples.t_s.length;
    batch.frames.push({ probe, run: 'r', seq, firstSample, samples: 10, firstEvent: 0, events: 0 });
    for (let i = 0; i < 10; i++) {
      const t_s = from_s + i * 60;
      batch.samples.probe.push(probe);
      batch.samples.t_s.push(t_s);
      batch.samples.approx.push(false);
      for (let m = 0; m < METRICS.length; m++)
        columns[m]?.push(m === 0 ? Number(isUp(p, t_s)) : m === 1 ? rttAt(p, t_s) : (p * 7 + t_s / 60 + m) % 50);
    }
  }
  for (const [m, name] of METRICS.entries()) batch.samples.columns[name] = columns[m] ?? [];
  return batch;
}

export function monthInput(): MonthInput {
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

/** Four kinds of opening hours; each cuts hours. */
export function openingGroups(): AvailabilityGroup[] {
  return [0, 1, 2, 3].map((g) => ({
    probes: names.filter((_, p) => p % 4 === g),
    spans: Array.from({ length: DAYS }, (_, d) => {
      const midnight = START_S + d * 86_400;
      return [midnight + (9 * 60 + g * 30) * 60, midnight + (17 * 60 + 30 + g * 30) * 60] as const;
    }),
  }));
}
