/**
 * Why: what the keeper of rollups must know after a crash: how far it read, which hours of which probe it has met, and which hours and days
 * are to be made again. Open hours are written down as such: what memory held of them is in the store as samples.
 */
import { readFile } from 'node:fs/promises';
import { isObject, own, parseJson } from '#contract';
import { errnoOf } from '#lib/errors';
import { cursorOf, replaceFile } from '../store/cursor-file.ts';
import { covers, type Intervals, insert } from '../store/seen-frames.ts';
import type { Cursor } from '../store/store.ts';

/** Probes by the start of the hour or day, seconds. */
export type Marks = Map<number, Set<string>>;

export interface RollupState {
  cursor: Cursor | null;
  /** Of the last rollup that was written. */
  version: number;
  /** Hours since 1970 that had data, per probe. */
  met: Map<string, Intervals>;
  hours: Marks;
  days: Marks;
}

export function emptyState(): RollupState {
  return { cursor: null, version: 0, met: new Map(), hours: new Map(), days: new Map() };
}

/** False when the probe's hour was met before. */
export function meet({ met }: RollupState, probe: string, hour_s: number): boolean {
  const intervals = met.get(probe) ?? [];
  met.set(probe, intervals);
  if (covers(intervals, hour_s / 3600)) return false;
  insert(intervals, hour_s / 3600, hour_s / 3600);
  return true;
}

export function mark(marks: Marks, t_s: number, probe: string): void {
  const probes = marks.get(t_s) ?? new Set();
  marks.set(t_s, probes);
  probes.add(probe);
}

export function unmark(marks: Marks, t_s: number, probes: Iterable<string>): void {
  const of = marks.get(t_s);
  for (const probe of probes) of?.delete(probe);
  if (of?.size === 0) marks.delete(t_s);
}

/** Null when there is none, or none that can be read: then everything is made again from the samples. */
export async function readState(path: string): Promise<RollupState | null> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  });
  const value = parseJson(text, 6);
  if (!isObject(value)) return null;
  const version = own(value, 'version');
  const met = own(value, 'met');
  const cursor = cursorOf(own(value, 'cursor'));
  if (typeof version !== 'number' || !isObject(met) || !cursor) return null;
  return {
    cursor,
    version,
    met: new Map(Object.keys(met).map((probe) => [probe, intervalsIn(own(met, probe))])),
    hours: marksIn(own(value, 'hours')),
    days: marksIn(own(value, 'days')),
  };
}

/** Resolves when it is on disk. `open`: hours that live in memory only. */
export async function writeState(path: string, state: RollupState, open: Marks): Promise<void> {
  const hours = new Map([...state.hours].map(([t_s, probes]) => [t_s, new Set(probes)]));
  for (const [t_s, probes] of open) for (const probe of probes) mark(hours, t_s, probe);
  const { cursor, version, met, days } = state;
  await replaceFile(
    path,
    JSON.stringify({ cursor, version, met: Object.fromEntries(met), hours: plain(hours), days: plain(days) }),
  );
}

function plain(marks: Marks): Record<string, string[]> {
  return Object.fromEntries([...marks].map(([t_s, probes]) => [t_s, [...probes]]));
}

function marksIn(value: unknown): Marks {
  const marks: Marks = new Map();
  if (!isObject(value)) return marks;
  for (const t_s of Object.keys(value)) {
    const probes = own(value, t_s);
    if (!Array.isArray(probes)) continue;
    for (const probe of probes) if (typeof probe === 'string') mark(marks, Number(t_s), probe);
  }
  return marks;
}

function intervalsIn(value: unknown): Intervals {
  const intervals: Intervals = [];
  for (const pair of Array.isArray(value) ? value : []) {
    const [from, to] = Array.isArray(pair) ? pair : [];
    if (typeof from === 'number' && typeof to === 'number') insert(intervals, from, to);
  }
  return intervals;
}
