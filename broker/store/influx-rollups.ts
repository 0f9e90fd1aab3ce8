/**
 * Why: rollups in InfluxDB are points of two measurements, one field per part of a metric; whoever uses a dashboard of another make finds
 * `rtt_ms_max` there. A point is known by probe and time, so that a newer version takes the older one's place.
 */
import { METRIC_NAMES, METRICS, type MetricName } from '#contract';
import { dayOf, standingDays, wholeDays } from '../rollup/standing.ts';
import { knownOf, rangeOfGroups, totalsOf } from '../rollup/totals.ts';
import { between, type InfluxSeries, name, text } from './influxql.ts';
import { decimalsOf, escapeTag, escapeText } from './line-protocol.ts';
import { createLineWriter, type Lines, type LineWriter, NUMBER_BYTES } from './lines.ts';
import { type SendLines, sendAll } from './send-lines.ts';
import {
  type MetricRollup,
  type RollupQuery,
  type RollupRow,
  type RollupTier,
  StoreError,
  type StoreReader,
  TIER_S,
} from './store.ts';

export const ROLLUPS = { hour: 'probe_1h', day: 'probe_1d' } as const satisfies Record<RollupTier, string>;

const PARTS = ['count', 'sum', 'min', 'max', 'last'] as const;
/** Integer fields, in the order of reading. */
const COUNTS = [
  'version',
  'samples',
  'up_s',
  'down_s',
  'unknown_s',
  'tests',
  'passed',
  'failed',
  'inconclusive',
] as const;
const TEXTS = ['runs', 'rtt_ms_h', 'rate_mbps_h'] as const;

type Select = (statement: string, epoch: 's' | 'ms') => Promise<InfluxSeries[]>;

/** A rollup to be written. */
export interface RollupPoint {
  row: RollupRow;
  /** An older version is stored: fields that the row lacks would stay, so that their count is written as 0. */
  replaces: boolean;
}

/** Each has five times the fields of a sample. */
const LINES_PER_REQUEST = 1000;

interface MetricFields {
  metric: MetricName;
  decimals: number;
  /** `,rtt_ms_count=` and so on. */
  parts: { part: (typeof PARTS)[number]; head: Buffer }[];
}
const METRIC_FIELDS: readonly MetricFields[] = METRIC_NAMES.map((metric) => ({
  metric,
  decimals: decimalsOf(METRICS[metric].step),
  parts: PARTS.map((part) => ({ part, head: Buffer.from(`,${metric}_${part}=`) })),
}));
const [EMPTY, NANOSECONDS] = [Buffer.from('0'), Buffer.from('000000000')];
const METRIC_BYTES = METRIC_FIELDS.reduce(
  (bytes, { parts }) => bytes + parts.reduce((sum, { head }) => sum + head.length + NUMBER_BYTES, 0),
  0,
);

/** The rollups as lines, times in ns, made when they are asked for. */
export function* rollupParts(points: readonly RollupPoint[]): Generator<Lines> {
  const writer = createLineWriter();
  for (const point of points) {
    writeRollup(writer, point);
    if (writer.count() === LINES_PER_REQUEST) yield writer.take();
  }
  if (writer.count() > 0) yield writer.take();
}

function writeRollup(writer: LineWriter, { row, replaces }: RollupPoint): void {
  const head = headOf(row);
  writer.room(3 * head.length + METRIC_BYTES + 2 * NUMBER_BYTES);
  writer.text(head);
  for (const { metric, decimals, parts } of METRIC_FIELDS) {
    const of = row.metrics[metric];
    if (of)
      for (const { part, head } of parts) {
        writer.bytes(head);
        writer.number(of[part], part === 'count' ? 0 : decimals);
      }
    else if (replaces && parts[0]) {
      writer.bytes(parts[0].head);
      writer.bytes(EMPTY);
    }
  }
  writer.text(' ');
  writer.number(row.t_s, 0);
  writer.bytes(NANOSECONDS);
  writer.end();
}

/** Measurement, tag, counts and texts. */
function headOf(row: RollupRow): string {
  const { tests, histograms } = row;
  const { n, passed, failed, inconclusive } = tests;
  const counts = { ...row, tests: n, passed, failed, inconclusive };
  const texts = { runs: row.runs, rtt_ms_h: histograms.rtt_ms, rate_mbps_h: histograms.rate_mbps };
  const fields = [
    ...COUNTS.map((field) => `${field}=${counts[field]}i`),
    ...TEXTS.map((field) => `${field}="${escapeText(texts[field])}"`),
  ];
  return `${ROLLUPS[row.tier]},probe=${escapeTag(row.probe)} ${fields.join(',')}`;
}

/** Rows that are not older than what is stored: whoever writes late must not undo a newer version. */
export async function newerThanStored(select: Select, rows: readonly RollupRow[]): Promise<RollupPoint[]> {
  const stored = new Map<string, number>();
  for (const tier of ['hour', 'day'] as const) {
    const times = rows.filter((row) => row.tier === tier).map(({ t_s }) => t_s);
    if (times.length === 0) continue;
    const [from_s, to_s] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b)) + 1];
    const found = await select(
      `SELECT "version" FROM ${name(ROLLUPS[tier])} WHERE ${between(from_s, to_s)} GROUP BY "probe"`,
      's',
    );
    for (const { tags, rows: points } of found)
      for (const [t_s, version] of points) stored.set(`${tier}/${String(tags['probe'])}/${t_s}`, Number(version));
  }
  return rows.flatMap((row) => {
    const version = stored.get(`${row.tier}/${row.probe}/${row.t_s}`);
    return version !== undefined && version > row.version ? [] : [{ row, replaces: version !== undefined }];
  });
}

/** @throws StoreError also where a line is refused: a rollup is made by us, so that the fault is no probe's. */
export async function sendRollups(points: readonly RollupPoint[], send: SendLines): Promise<void> {
  const [refused] = await sendAll(rollupParts(points), send);
  if (refused) throw new StoreError('broken', `refuses a rollup: ${refused.reason}`);
}

export function createInfluxRollupReader(select: Select): Pick<StoreReader, 'rollups' | 'rollupTotals' | 'known'> {
  const rollups = async (query: RollupQuery): Promise<RollupRow[]> => {
    const { tier, probes, from_s, to_s, metrics = METRIC_NAMES } = query;
    if (probes?.length === 0) return [];
    const fields = [...COUNTS, ...TEXTS, ...metrics.flatMap((metric) => PARTS.map((part) => `${metric}_${part}`))];
    const some = probes ? ` AND (${probes.map((probe) => `"probe" = ${text(probe)}`).join(' OR ')})` : '';
    const found = await select(
      `SELECT ${fields.map(name).join(', ')} FROM ${name(ROLLUPS[tier])} WHERE ${between(from_s, to_s)}${some} GROUP BY "probe"`,
      's',
    );
    return found
      .flatMap(({ tags, rows }) => rows.map((row) => rollupOf(String(tags['probe']), tier, row, metrics)))
      .sort((a, b) => a.t_s - b.t_s || (a.probe < b.probe ? -1 : 1));
  };
  return {
    rollups,
    async rollupTotals({ from_s, to_s, histogram }) {
      const { from_s: firstDay, to_s: lastDay } = wholeDays(from_s, to_s);
      const edge = (from: number, to: number) => rollups({ tier: 'hour', from_s: from, to_s: to, metrics: [] });
      if (firstDay === lastDay) return totalsOf(await edge(from_s, to_s), histogram);
      return totalsOf(
        [await edge(from_s, firstDay), await standingWithin(firstDay, lastDay), await edge(lastDay, to_s)].flat(),
        histogram,
      );
    },
    async known(groups) {
      const range = rangeOfGroups(groups);
      return range
        ? knownOf(await standingWithin(dayOf(range.from_s), dayOf(range.to_s - 1) + TIER_S.day), groups)
        : [];
    },
  };

  /** What stands within whole days: their hours are only read where a day does not. */
  async function standingWithin(from_s: number, to_s: number): Promise<RollupRow[]> {
    const days = await rollups({ tier: 'day', from_s, to_s, metrics: [] });
    const found = await select(
      `SELECT max("version") FROM ${name(ROLLUPS.hour)} WHERE ${between(from_s, to_s)} GROUP BY time(1d), "probe" fill(none)`,
      's',
    );
    const newest = new Map<string, number>();
    for (const { tags, rows } of found)
      for (const [t_s, version] of rows) newest.set(`${t_s}/${String(tags['probe'])}`, Number(version));
    const whole = standingDays(days, (probe, day_s) => newest.get(`${day_s}/${probe}`));
    for (const { probe, t_s } of whole) newest.delete(`${t_s}/${probe}`);
    const hours: RollupRow[] = [];
    for (const day_s of new Set([...newest.keys()].map((key) => Number.parseInt(key, 10))))
      for (const row of await rollups({ tier: 'hour', from_s: day_s, to_s: day_s + TIER_S.day, metrics: [] }))
        if (newest.has(`${day_s}/${row.probe}`)) hours.push(row);
    return [...whole, ...hours];
  }
}

function rollupOf(probe: string, tier: RollupTier, row: unknown[], metrics: readonly MetricName[]): RollupRow {
  const [t_s, version = 0, samples = 0, up_s = 0, down_s = 0, , n = 0, passed = 0, failed = 0, inconclusive = 0] = row
    .slice(0, 1 + COUNTS.length)
    .map(Number);
  const [runs, rtt_ms, rate_mbps] = row
    .slice(1 + COUNTS.length, 1 + COUNTS.length + TEXTS.length)
    .map((value) => (typeof value === 'string' ? value : ''));
  const parts: RollupRow['metrics'] = {};
  let at = 1 + COUNTS.length + TEXTS.length;
  for (const metric of metrics) {
    const [count = 0, sum = 0, min = 0, max = 0, last = 0] = row.slice(at, at + PARTS.length).map(Number);
    if (count > 0) parts[metric] = { count, sum, min, max, last } satisfies MetricRollup;
    at += PARTS.length;
  }
  return {
    probe,
    tier,
    t_s: t_s ?? 0,
    version,
    samples,
    up_s,
    down_s,
    unknown_s: TIER_S[tier] - up_s - down_s,
    runs: runs ?? '',
    tests: { n, passed, failed, inconclusive },
    histograms: { rtt_ms: rtt_ms ?? '', rate_mbps: rate_mbps ?? '' },
    metrics: parts,
  };
}
