/**
 * Why: InfluxDB 1.x, 2.x and 3.x all answer InfluxQL, so that one reader serves them. Only what all of them know: SELECT with
 * plain aggregates, explicit times, no INTO, no SLIMIT.
 */
import { isMetricName, isObject, METRIC_NAMES, own, parseEvent, parseJson, roundToStep } from '#contract';
import { compareEvents } from './event-order.ts';
import { createInfluxRollupReader } from './influx-rollups.ts';
import { EVENTS, SAMPLES } from './line-protocol.ts';
import {
  type EventRow,
  type FleetRow,
  type LatestSample,
  type SampleBatch,
  type Store,
  StoreError,
  type StoreReader,
} from './store.ts';

/** Runs one statement; answers with the parsed JSON body, times in this unit. @throws StoreError */
export type RunInfluxQl = (statement: string, epoch: 's' | 'ms') => Promise<unknown>;

/** One series of an answer: without GROUP BY there is one at most. */
export interface InfluxSeries {
  tags: Record<string, unknown>;
  columns: string[];
  rows: unknown[][];
}

/** Events of one millisecond lie in the server's own order: a few more are read, so that the cut is made in ours. */
const SAME_MS = 64;

/** Runs one SELECT and answers with its series. */
export function createSelect(run: RunInfluxQl): (statement: string, epoch: 's' | 'ms') => Promise<InfluxSeries[]> {
  return async (statement, epoch) => seriesOf(await run(statement, epoch));
}

export function createInfluxQlReader(run: RunInfluxQl): StoreReader & Pick<Store, 'firstAfter'> {
  const select = createSelect(run);
  return {
    ...createInfluxRollupReader(select),
    async series({ probe, metric, from_s, to_s, bucket_s }) {
      const found = await select(
        `SELECT count(${name(metric)}), sum(${name(metric)}), min(${name(metric)}), max(${name(metric)}), last(${name(metric)}) FROM ${name(SAMPLES)}
         WHERE "probe" = ${text(probe)} AND ${between(from_s, to_s)} GROUP BY time(${Math.floor(bucket_s)}s) fill(none)`,
        's',
      );
      return (found[0]?.rows ?? [])
        .filter((row) => number(row[1]) > 0)
        .map((row) => ({
          t_s: number(row[0]),
          count: number(row[1]),
          sum: roundToStep(metric, number(row[2])),
          min: number(row[3]),
          max: number(row[4]),
          last: number(row[5]),
        }));
    },
    async fleet({ metric, from_s, to_s }) {
      const found = await select(
        `SELECT count(${name(metric)}), sum(${name(metric)}), min(${name(metric)}), max(${name(metric)}) FROM ${name(SAMPLES)} WHERE ${between(from_s, to_s)} GROUP BY "probe"`,
        's',
      );
      return found
        .flatMap(({ tags, rows: [row] }): FleetRow[] =>
          row
            ? [
                {
                  probe: String(tags['probe']),
                  count: number(row[1]),
                  sum: roundToStep(metric, number(row[2])),
                  min: number(row[3]),
                  max: number(row[4]),
                },
              ]
            : [],
        )
        .sort(byProbe);
    },
    async events({ probes, kinds, from_ms, to_ms, limit, order }) {
      if (probes?.length === 0 || kinds?.length === 0) return [];
      const where = [
        `time >= ${msLiteral(from_ms)}`,
        `time < ${msLiteral(to_ms)}`,
        ...anyOf('probe', probes),
        ...anyOf('kind', kinds),
      ].join(' AND ');
      const found = await select(
        `SELECT "body", "approx", "probe" FROM ${name(EVENTS)} WHERE ${where} ORDER BY time ${order === 'newest' ? 'DESC' : 'ASC'} LIMIT ${limit + SAME_MS}`,
        'ms',
      );
      const rows = new Map(
        (found[0]?.rows ?? []).flatMap(eventRowOf).map((row) => [`${row.probe}/${row.event.id}`, row]),
      );
      return [...rows.values()].sort(compareEvents(order)).slice(0, limit);
    },
    async latest(since_s) {
      const found = await select(
        `SELECT * FROM ${name(SAMPLES)} WHERE time >= ${sLiteral(since_s)} GROUP BY "probe" ORDER BY time DESC LIMIT 1`,
        's',
      );
      return found.flatMap(latestOf).sort(byProbe);
    },
    async firstAfter(t_s) {
      const times: number[] = [];
      for (const measurement of [SAMPLES, EVENTS]) {
        const statement = `SELECT "approx" FROM ${name(measurement)} WHERE time >= ${sLiteral(t_s)} ORDER BY time ASC LIMIT 1`;
        times.push(...(await select(statement, 's')).flatMap(({ rows: [row] }) => (row ? [number(row[0])] : [])));
      }
      return times.length === 0 ? null : Math.min(...times);
    },
    async samples({ probes, from_s, to_s }) {
      if (probes?.length === 0) return { probe: [], t_s: [], approx: [], columns: {} };
      const found = await select(
        `SELECT * FROM ${name(SAMPLES)} WHERE ${[between(from_s, to_s), ...anyOf('probe', probes)].join(' AND ')} GROUP BY "probe"`,
        's',
      );
      return batchOfSeries(found);
    },
  };
}

function seriesOf(body: unknown): InfluxSeries[] {
  const parsed = typeof body === 'string' ? parseJson(body, 16) : body;
  const results = isObject(parsed) ? own(parsed, 'results') : undefined;
  const first: unknown = Array.isArray(results) ? results[0] : undefined;
  if (!isObject(first)) throw new StoreError('broken', 'the answer to a query is not InfluxQL JSON');
  const error = own(first, 'error');
  if (typeof error === 'string') throw new StoreError(/not found/.test(error) ? 'missing_database' : 'broken', error);
  const series = own(first, 'series');
  return (Array.isArray(series) ? series : []).filter(isObject).map((one) => {
    const tags = own(one, 'tags');
    const columns = own(one, 'columns');
    const values = own(one, 'values');
    return {
      tags: isObject(tags) ? tags : {},
      columns: Array.isArray(columns) ? columns.map(String) : [],
      rows: Array.isArray(values) ? values.filter(Array.isArray) : [],
    };
  });
}

/** Columns: time, body, approx, probe. */
function eventRowOf(row: unknown[]): EventRow[] {
  const event = parseEvent(parseJson(String(row[1]), 4));
  return event ? [{ probe: String(row[3]), t_ms: number(row[0]), approx: row[2] === 1, event }] : [];
}

function latestOf({ tags, columns, rows: [row] }: InfluxSeries): LatestSample[] {
  if (!row) return [];
  const values: LatestSample['values'] = {};
  for (const [i, column] of columns.entries()) {
    const value = row[i];
    if (isMetricName(column) && typeof value === 'number') values[column] = value;
  }
  const ordered = Object.fromEntries(
    METRIC_NAMES.flatMap((metric) => (values[metric] === undefined ? [] : [[metric, values[metric]]])),
  );
  return [{ probe: String(tags['probe']), t_s: number(row[0]), values: ordered }];
}

function batchOfSeries(found: readonly InfluxSeries[]): SampleBatch {
  const rows = found
    .map(({ tags, columns, rows: points }) => ({ probe: String(tags['probe']), columns, points }))
    .sort(byProbe)
    .flatMap(({ probe, columns, points }) => points.map((point) => ({ probe, columns, point })));
  const batch: SampleBatch = { probe: [], t_s: [], approx: [], columns: {} };
  for (const { probe, columns, point } of rows) {
    batch.probe.push(probe);
    batch.t_s.push(number(point[0]));
    batch.approx.push(point[columns.indexOf('approx')] === 1);
  }
  for (const metric of METRIC_NAMES) {
    const values = rows.map(({ columns, point }) => {
      const value = point[columns.indexOf(metric)];
      return typeof value === 'number' ? value : null;
    });
    if (values.some((value) => value !== null)) batch.columns[metric] = values;
  }
  return batch;
}

function byProbe(a: { probe: string }, b: { probe: string }): number {
  return a.probe < b.probe ? -1 : 1;
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}

export function name(identifier: string): string {
  return `"${identifier.replace(/["\\]/g, (character) => `\\${character}`)}"`;
}

export function text(value: string): string {
  return `'${value.replace(/['\\]/g, (character) => `\\${character}`)}'`;
}

function anyOf(tag: string, values: readonly string[] | undefined): string[] {
  return values ? [`(${values.map((value) => `${name(tag)} = ${text(value)}`).join(' OR ')})`] : [];
}

export function between(from_s: number, to_s: number): string {
  return `time >= ${sLiteral(from_s)} AND time < ${sLiteral(to_s)}`;
}

/** InfluxDB's time ends in 2262. */
const LAST_MS = 9_223_372_036_854;

function sLiteral(t_s: number): string {
  return `${Math.ceil(Math.min(Math.max(t_s, 0), LAST_MS / 1000 - 1))}s`;
}

function msLiteral(t_ms: number): string {
  return `${Math.ceil(Math.min(Math.max(t_ms, 0), LAST_MS))}ms`;
}
