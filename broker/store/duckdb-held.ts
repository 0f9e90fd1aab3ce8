/**
 * Why: what memory keeps of the DuckDB files, so that a batch is reduced to what is new before a transaction begins:
 * the numbers of probes, and the frames that were seen.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { DayFile } from './duckdb-days.ts';
import { createSeenFrames, intervalsOf, type SeenFrames } from './seen-frames.ts';
import type { Batch } from './store.ts';

/** What memory keeps of the files: numbers of probes and the frames that were seen. */
export interface Held {
  names: Map<number, string>;
  ids: Map<string, number>;
  nextId: number;
  /** Numbers that the newest file can name by itself: every other file may be deleted before it. */
  named: Set<number>;
  seen: SeenFrames;
}

/** What of a batch is new, with everything that goes into the transaction. */
export interface FreshPart {
  /** Row numbers in the batch's samples. */
  rows: number[];
  events: Batch['events'];
  intervals: { probe: string; run: string; from: number; to: number }[];
  probes: string[];
  newIds: Map<string, number>;
  /** Event times inside, whole seconds; null when there are none. */
  range: { min_s: number; max_s: number } | null;
}

export function freshPart(batch: Batch, held: Held): FreshPart {
  const seqs = new Map<string, Run>();
  const inBatch = createSeenFrames();
  const rows: number[] = [];
  const events: Batch['events'] = [];
  let at: Run | null = null;
  for (const { probe, run, seq, firstSample, samples, firstEvent, events: count } of batch.frames) {
    if (held.seen.has(probe, run, seq) || !inBatch.add(probe, run, seq)) continue;
    if (at?.run !== run || at.probe !== probe) at = runIn(seqs, probe, run);
    at.seqs.push(seq);
    for (let row = firstSample; row < firstSample + samples; row++) rows.push(row);
    if (count > 0) for (const row of batch.events.slice(firstEvent, firstEvent + count)) events.push(row);
  }
  const probes = new Set([...seqs.values()].map(({ probe }) => probe));
  const newIds = new Map<string, number>();
  for (const probe of probes) if (!held.ids.has(probe)) newIds.set(probe, held.nextId + newIds.size);
  const intervals = [...seqs.values()].flatMap(({ probe, run, seqs: numbers }) =>
    intervalsOf(numbers).map(([from, to]) => ({ probe, run, from, to })),
  );
  const sampleRange = rangeOf(rows, (row) => batch.samples.t_s[row] ?? 0);
  const eventRange = rangeOf(events, (row) => Math.floor(row.t_ms / 1000));
  const range = rangeOf(
    [sampleRange, eventRange].flatMap((one) => (one ? [one.min_s, one.max_s] : [])),
    (t_s) => t_s,
  );
  return { rows, events, intervals, probes: [...probes], newIds, range };
}

/** Numbers of frames that are new. */
interface Run {
  probe: string;
  run: string;
  seqs: number[];
}

function runIn(runs: Map<string, Run>, probe: string, run: string): Run {
  const key = `${probe}/${run}`;
  const known = runs.get(key) ?? { probe, run, seqs: [] };
  runs.set(key, known);
  return known;
}

function rangeOf<T>(of: readonly T[], timeOf: (one: T) => number): { min_s: number; max_s: number } | null {
  if (of.length === 0) return null;
  let min_s = Infinity;
  let max_s = -Infinity;
  for (const one of of) {
    const t = timeOf(one);
    if (t < min_s) min_s = t;
    if (t > max_s) max_s = t;
  }
  return { min_s, max_s };
}

export function adopt(held: Held, fresh: FreshPart): void {
  for (const [probe, id] of fresh.newIds) {
    held.ids.set(probe, id);
    held.names.set(id, probe);
  }
  held.nextId += fresh.newIds.size;
  for (const probe of fresh.probes) held.named.add(held.ids.get(probe) ?? 0);
  for (const interval of fresh.intervals) held.seen.addInterval(interval);
}

export async function loadHeld(connection: DuckDBConnection, files: readonly DayFile[]): Promise<Held> {
  const held: Held = { names: new Map(), ids: new Map(), nextId: 1, named: new Set(), seen: createSeenFrames() };
  for (const { alias } of files) {
    held.named = new Set();
    const probes = await connection.runAndReadAll(`SELECT id, name FROM ${alias}.probes`);
    for (const [id, name] of probes.getRowsJS()) {
      held.names.set(Number(id), String(name));
      held.ids.set(String(name), Number(id));
      held.named.add(Number(id));
      held.nextId = Math.max(held.nextId, Number(id) + 1);
    }
    const frames = await connection.runAndReadAll(mergedFramesSql(alias));
    for (const [id, run, from, to] of frames.getRowsJS()) {
      held.seen.addInterval({
        probe: held.names.get(Number(id)) ?? '',
        run: String(run),
        from: Number(from),
        to: Number(to),
      });
    }
  }
  return held;
}

/** Intervals that touch become one. */
function mergedFramesSql(alias: string): string {
  return `SELECT probe, run, min(first) AS first, max(last) AS last FROM (
      SELECT *, sum(begins) OVER (PARTITION BY probe, run ORDER BY first, last ROWS UNBOUNDED PRECEDING) AS island FROM (
        SELECT *, CASE WHEN first <= max(last) OVER (PARTITION BY probe, run ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + 1 THEN 0 ELSE 1 END AS begins
        FROM ${alias}.frames))
    GROUP BY probe, run, island`;
}

export async function compactFrames(connection: DuckDBConnection, alias: string): Promise<void> {
  await connection.run('BEGIN');
  try {
    await connection.run(`CREATE OR REPLACE TEMP TABLE merged AS ${mergedFramesSql(alias)}`);
    await connection.run(`DELETE FROM ${alias}.frames`);
    await connection.run(`INSERT INTO ${alias}.frames SELECT probe, run, first, last FROM merged`);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined); // the first error says more
    throw error;
  }
  await connection.run('DROP TABLE IF EXISTS merged');
}
