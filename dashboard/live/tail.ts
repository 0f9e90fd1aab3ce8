/**
 * Why: raw samples and events as they come in, for who stands beside a probe or looks for one that tells nonsense. Costs nothing while
 * nobody watches, and never more than what a person can read: beyond that rows are counted instead of sent.
 */
import type { ServerResponse } from 'node:http';
import {
  type FrameEvent,
  finder,
  type Language,
  METRIC_NAMES,
  type SiteScope,
  type TailBatch,
  type TailFilter,
  type TailRow,
} from '#contract';
import type { FeedBatch, FeedFrame } from '#feed';
import type { Clock } from '#lib/clock';
import type { Fleet } from '../alert/fleet.ts';
import { isWithin } from '../scope.ts';
import type { NoPlace } from './refuse.ts';
import { createViewers, type NewViewer, sseEvent } from './viewers.ts';

export interface TailDeps {
  fleet: (probe?: string) => Fleet;
  clock: Clock;
  /** Watchers at the same time. */
  max?: number;
  /** Of them, those of one user. */
  maxEach?: number;
}
export interface TailWatcher extends Pick<NewViewer, 'who' | 'headers' | 'packed' | 'stillAllowed'> {
  raw: ServerResponse;
  lang: Language;
  filter: TailFilter;
  /** Undefined: everything, also probes that judge nothing. */
  scope: SiteScope | undefined;
}
export interface Tail {
  take(batch: FeedBatch): void;
  /** Sends what came; twice a second. */
  flush(): void;
  /** Which places are taken; null: it has one. */
  watch(watcher: TailWatcher): NoPlace | null;
  recheck(all?: boolean): void;
  closeAll(): void;
}

interface Watcher {
  filter: TailFilter;
  finds: (...texts: string[]) => boolean;
  scope: SiteScope | undefined;
  rows: TailRow[];
  leftOff: number;
  /** Whether rows of a probe pass, while the fleet is the same. */
  passes: Map<string, boolean>;
}

/** Of each half second. */
export const ROWS_AT_ONCE = 100;
const WATCHERS = 20;
const BEAT_MS = 15_000;
/** A change of the fleet asks anew; probes that were never registered must not fill the memory. */
const PASSES_KEPT = 50_000;

export function createTail({ fleet, clock, max = WATCHERS, maxEach = max }: TailDeps): Tail {
  const viewers = createViewers({ clock, max, maxEach });
  const watchers = new Map<string, Watcher>();
  let made = 0;
  let revision = -1;
  let beatAt = clock.monoMs();

  function take({ frames, unsynced }: FeedBatch): void {
    if (watchers.size === 0) return;
    // A late one was shown when it came.
    for (const frame of frames) if (!frame.late) takeFrame(frame, !frame.approx);
    for (const frame of unsynced) takeFrame(frame, false);
  }

  function takeFrame(frame: FeedFrame, synced: boolean): void {
    const now = fleet(frame.probe);
    if (now.revision !== revision) for (const { passes } of watchers.values()) passes.clear();
    revision = now.revision;
    const ap = now.apOfProbe.get(frame.probe) ?? null;
    let rows: TailRow[] | null = null;
    for (const watcher of watchers.values()) {
      if (!passesOf(watcher, frame.probe, ap, now)) continue;
      rows ??= rowsOf(frame, ap, synced);
      for (const row of rows) put(watcher, row);
    }
  }

  function passesOf({ passes, filter, finds, scope }: Watcher, probe: string, ap: string | null, now: Fleet): boolean {
    const known = passes.get(probe);
    if (known !== undefined) return known;
    if (passes.size > PASSES_KEPT) passes.clear();
    const entry = ap === null ? undefined : now.byAp.get(ap);
    const seen = scope === undefined || (entry !== undefined && isWithin(scope, entry.site));
    const wanted =
      (filter.region === '' || entry?.site.region === filter.region) &&
      finds(probe, ...(entry ? [entry.ap.id, entry.ap.name, entry.site.id, entry.site.name, entry.site.isp] : []));
    passes.set(probe, seen && wanted);
    return seen && wanted;
  }

  return {
    take,
    flush() {
      if (watchers.size === 0) return;
      const there = viewers.channels();
      for (const key of watchers.keys()) if (!there.has(key)) watchers.delete(key);
      const beats = clock.monoMs() - beatAt >= BEAT_MS;
      if (beats) beatAt = clock.monoMs();
      for (const [key, watcher] of watchers) {
        if (watcher.rows.length > 0 || watcher.leftOff > 0) viewers.send(key, sseEvent('tail', emptied(watcher), null));
        else if (beats) viewers.send(key, sseEvent('hb', { at: clock.wallMs() }, null));
      }
    },
    watch({ filter, scope, ...viewer }) {
      made += 1;
      const channel = String(made);
      const hello = sseEvent('hb', { at: clock.wallMs() }, null);
      const noPlace = viewers.add({ ...viewer, channel }, [hello]);
      if (noPlace) return noPlace;
      watchers.set(channel, { filter, finds: finder(filter.q), scope, rows: [], leftOff: 0, passes: new Map() });
      return null;
    },
    recheck: viewers.recheck,
    closeAll: viewers.closeAll,
  };

  function emptied(watcher: Watcher): TailBatch {
    const batch = { at: clock.wallMs(), rows: watcher.rows, left_off: watcher.leftOff };
    watcher.rows = [];
    watcher.leftOff = 0;
    return batch;
  }
}

/** Adds the row, or the part of it that is asked for. */
function put(watcher: Watcher, row: TailRow): void {
  const { kind, metrics } = watcher.filter;
  if (kind !== null && kind !== (row.e ? 'event' : 'sample')) return;
  const part = row.m && metrics.length > 0 ? partOf(row, metrics) : row;
  if (!part) return;
  if (watcher.rows.length < ROWS_AT_ONCE) watcher.rows.push(part);
  else watcher.leftOff += 1;
}

function partOf(row: TailRow, metrics: TailFilter['metrics']): TailRow | null {
  const m: TailRow['m'] = {};
  for (const name of metrics) {
    const value = row.m?.[name];
    if (value !== undefined) m[name] = value;
  }
  return Object.keys(m).length > 0 ? { ...row, m } : null;
}

/** Samples and events of a frame, by time. */
export function rowsOf(
  { probe, frame, receivedMs, offsetMs }: FeedFrame,
  ap: string | null,
  synced: boolean,
): TailRow[] {
  // As in latest.ts: without a clock the distance to the frame's end is known, and when that came.
  const offset = synced ? offsetMs : receivedMs - frame.mono;
  const of = (mono: number): TailRow => ({
    rx: receivedMs,
    at: Math.min(Math.round(offset + mono), receivedMs),
    ...(synced ? {} : { approx: true as const }),
    ...{ probe, ap },
  });
  const samples = frame.t.map((mono, i): TailRow => {
    const m: TailRow['m'] = {};
    for (const name of METRIC_NAMES) {
      const value = frame.m[name]?.[i];
      if (typeof value === 'number') m[name] = value;
    }
    return { ...of(mono), m };
  });
  const events = frame.e.map((e: FrameEvent): TailRow => ({ ...of(e.at), e }));
  return [...samples, ...events].sort((a, b) => a.at - b.at);
}
