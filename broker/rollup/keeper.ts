/**
 * Why: keeps the rollups of one database true while rows pass. Hours gather in memory and are written when they are over; rows that come
 * later than that reopen their hour, which is made again from the samples. Its cursor is its own: samples never wait for rollups.
 */
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import { type Batch, type Cursor, type RollupRow, type Store, StoreError } from '../store/store.ts';
import {
  addEvent,
  addSamples,
  emptyHour,
  type Hour,
  hourRuns,
  hoursOfEvent,
  rollupColumns,
  rollupOfHour,
} from './hour.ts';
import { hoursWithin, remakeDay, remakeHour } from './remake.ts';
import { dayOf } from './standing.ts';
import { emptyState, type Marks, mark, meet, type RollupState, readState, unmark, writeState } from './state.ts';

export interface KeeperDeps {
  store: Store;
  /** Where its state lies; null where the store forgets everything too. */
  statePath: string | null;
  nowMs(): number;
  /** What is durable: the wal must be kept from here. */
  onCursor(cursor: Cursor): void;
  log: Logger;
  /** While a backlog is read, hours wait until so many are due; written at once where left out. */
  gatherHours?: number;
}
export interface RollupKeeper {
  /** From where the wal must be read; null: from the store's own cursor. */
  readonly from: Cursor | null;
  /** Takes what the store has durably taken. */
  take(batch: Batch, cursor: Cursor): void;
  /**
   * Writes what is due, a slice at a time. True when more waits. Never throws for what a store does: it tries again later.
   * @param behind a backlog is being read: a store that takes many hours better at once gets none until so many are due
   */
  tick(behind?: boolean): Promise<boolean>;
  /** Why rollups were not written at the last attempt; null when they were. Meanwhile the wal is kept for them. */
  trouble(): string | null;
  /** Writes the state. */
  close(): Promise<void>;
}

const HOUR_S = 3600;
const DAY_S = 86_400;
/** Agents send every few minutes; an hour is written when this has passed since its end, a day likewise. */
const GRACE_S = 300;
/** Written hours stay in memory for so long: what comes in that time needs no samples to be read. */
const KEEP_S = 3600;
/** A backlog of one hour comes in several frames. */
const IDLE_MS = 3000;
const LOOK_MS = 250;
/** Days wait for a pause too, but while late rows of some probe always trickle in, no longer than this. */
const DAYS_WAIT_MS = 60_000;
const MOST_OPEN = 60_000;
const SAVE_MS = 30_000;
const RETRY_MS = 30_000;
const PROBES_AT_ONCE = 100;
/** Each writing costs a sync and a look for older versions, whatever its size. */
const HOURS_AT_ONCE = 2000;
/** Of samples; older hours cannot be made again. */
const OLDEST_S = 90 * DAY_S;

interface Open {
  hour: Hour;
  /** Since it was written. */
  changed: boolean;
  lastMs: number;
}

/** @throws StoreError when the store cannot be read */
export async function openRollupKeeper(deps: KeeperDeps): Promise<RollupKeeper> {
  const { store, statePath, nowMs, onCursor, log, gatherHours = 1 } = deps;
  const open = new Map<string, Open>();
  const found = statePath === null ? null : await readState(statePath);
  const state: RollupState = found ?? emptyState();
  let savedMs = nowMs();
  let retryMs = 0;
  let trouble: string | null = null;
  let markedMs = 0;
  /** When hours of days that are over were written: first since no day was left to be made, and last. */
  let daysMarked: { firstMs: number; lastMs: number } | null = null;
  /** When it was last looked whether an hour is due. */
  let lookedMs = Number.NEGATIVE_INFINITY;
  /** So many hours were due that they are being written. */
  let draining = false;
  if (!found) await startOver();

  /** A database that was fed before, or whose state is gone: every hour in it is made again. */
  async function startOver(): Promise<void> {
    state.cursor = await store.cursor();
    if (!state.cursor) {
      state.cursor = { next: 0, held: [] }; // the oldest record
      return save(nowMs());
    }
    const now_s = nowMs() / 1000;
    await hoursWithin(store, now_s - OLDEST_S, now_s + HOUR_S, (probe, hour_s) => {
      meet(state, probe, hour_s);
      mark(state.hours, hour_s, probe);
    });
    if (state.hours.size > 0)
      log.info({ store: store.name, hours: state.hours.size }, 'rollups are made from the samples');
  }

  function reopen(probe: string, hour_s: number): void {
    open.delete(`${probe}/${hour_s}`);
    mark(state.hours, hour_s, probe);
    markedMs = nowMs();
  }

  /** Null: the hour is to be made again anyway. */
  function hourFor(probe: string, hour_s: number): Open | null {
    const known = open.get(`${probe}/${hour_s}`);
    if (known) return known;
    if (state.hours.get(hour_s)?.has(probe)) return null;
    if (!meet(state, probe, hour_s) || open.size >= MOST_OPEN) {
      reopen(probe, hour_s);
      return null;
    }
    const fresh = { hour: emptyHour(probe, hour_s), changed: true, lastMs: 0 };
    open.set(`${probe}/${hour_s}`, fresh);
    return fresh;
  }

  function take({ samples, events }: Batch, cursor: Cursor): void {
    const now = nowMs();
    const columns = rollupColumns(samples);
    for (const { probe, hour_s, from, to } of hourRuns(samples)) {
      const of = hourFor(probe, hour_s);
      if (!of) continue;
      of.changed = true;
      of.lastMs = now;
      // A second that is there twice: only the store knows which value stands.
      if (!addSamples(of.hour, samples.t_s, columns, from, to)) reopen(probe, hour_s);
    }
    for (const event of events)
      for (const hour_s of hoursOfEvent(event)) {
        const of = hourFor(event.probe, hour_s);
        if (!of) continue;
        addEvent(of.hour, event);
        of.changed = true;
        of.lastMs = now;
      }
    state.cursor = cursor;
  }

  function nextVersion(): number {
    state.version = Math.max(state.version + 1, nowMs());
    return state.version;
  }

  async function writeHours(rows: readonly RollupRow[]): Promise<void> {
    await store.writeRollups(rows);
    const now = nowMs();
    for (const { probe, t_s } of rows) {
      const day_s = dayOf(t_s);
      mark(state.days, day_s, probe);
      if (isOver(day_s + DAY_S, now)) daysMarked = { firstMs: daysMarked?.firstMs ?? now, lastMs: now };
    }
  }

  async function writeOpen(now: number, behind: boolean): Promise<boolean> {
    // A backlog asks after each batch, and thousands of hours are open.
    if (behind && !draining && lookedMs <= now && now < lookedMs + LOOK_MS) return false;
    lookedMs = now;
    const due = [...open.values()].filter(
      ({ hour, changed, lastMs }) => changed && isOver(hour.start_s + HOUR_S, now) && lastMs + IDLE_MS <= now,
    );
    if (behind && !draining && due.length < gatherHours) return false;
    // Hours of one probe in one writing: to some databases each probe costs as much as its points.
    const slice = due.sort((a, b) => (a.hour.probe < b.hour.probe ? -1 : 1)).slice(0, HOURS_AT_ONCE);
    const version = nextVersion();
    if (slice.length > 0) await writeHours(slice.map(({ hour }) => rollupOfHour(hour, version)));
    for (const one of slice) one.changed = false;
    for (const [key, { hour, changed }] of open)
      if (!changed && (hour.start_s + HOUR_S + KEEP_S) * 1000 <= now) open.delete(key);
    draining = due.length > slice.length;
    return draining;
  }

  async function remake(marks: Marks, length_s: number, now: number): Promise<boolean> {
    for (const [t_s, probes] of [...marks].sort(([a], [b]) => a - b)) {
      if (!isOver(t_s + length_s, now)) continue;
      const some = [...probes].slice(0, PROBES_AT_ONCE);
      if (length_s === HOUR_S) await writeHours(await remakeHour(store, t_s, some, nextVersion()));
      else await store.writeRollups(await remakeDay(store, t_s, some, nextVersion()));
      unmark(marks, t_s, some);
      return true;
    }
    return false;
  }

  /** A backlog writes hour after hour of one day: each day is made again once, and not with every one of them. */
  function daysAreDue(now: number): boolean {
    if (!daysMarked) return true;
    return daysMarked.lastMs + IDLE_MS <= now || daysMarked.firstMs + DAYS_WAIT_MS <= now;
  }

  async function save(now: number): Promise<void> {
    savedMs = now;
    if (!state.cursor) return;
    const unwritten: Marks = new Map();
    for (const { hour, changed } of open.values()) if (changed) mark(unwritten, hour.start_s, hour.probe);
    if (statePath !== null) await writeState(statePath, state, unwritten);
    onCursor(state.cursor);
  }

  return {
    from: state.cursor,
    take,
    async tick(behind = false) {
      const now = nowMs();
      if (now < retryMs) return false;
      try {
        let more = await writeOpen(now, behind);
        const gathers = behind && gatherHours > 1;
        // A backlog marks many hours one by one: they are made again when it pauses.
        if (!gathers && markedMs + IDLE_MS <= now) more = (await remake(state.hours, HOUR_S, now)) || more;
        if (!gathers && !more && daysAreDue(now)) {
          more = await remake(state.days, DAY_S, now);
          if (!more) daysMarked = null;
        }
        if (savedMs + SAVE_MS <= now) await save(now);
        trouble = null;
        return more;
      } catch (error) {
        retryMs = now + RETRY_MS;
        trouble = messageOf(error);
        const code = error instanceof StoreError ? error.code : 'ROLLUP_FAILED';
        log.warn({ store: store.name, code, error: messageOf(error) }, 'rollups could not be written; they follow');
        return false;
      }
    },
    trouble: () => trouble,
    async close() {
      await save(nowMs());
    },
  };
}

function isOver(end_s: number, nowMs: number): boolean {
  return (end_s + GRACE_S) * 1000 <= nowMs;
}
