/**
 * Why: the row of every access point, looked at when something of it may have changed. Memory is what makes 20,000 of them dear, so all of
 * one lies in one record, and a row that nothing but time can change is not touched before that time.
 */
import type { Broker, Presence } from '#broker';
import { type LiveRow, type Silence, silenceCovers } from '#contract';
import type { Fleet, FleetEntry } from '../alert/fleet.ts';
import type { FleetHours } from '../alert/fleet-hours.ts';
import type { AlertEngine } from '../deps.ts';
import type { Facts } from './latest.ts';
import { changeOf, endsAt, rowOf } from './row.ts';
import { type Counted, countedOf, createTally, type RowTotals } from './tally.ts';

export interface RowsDeps {
  fleet(): Fleet;
  hours: FleetHours;
  presence: Broker['presence'];
  openOf: AlertEngine['openOf'];
  facts(ap: string): Facts;
  /** Silence of a probe, ms, after which its line counts as offline. */
  darkAfterMs: number;
}
export interface Rows {
  all: ReadonlyMap<string, LiveRow>;
  totals(): RowTotals;
  /** The row of this access point may have changed. */
  look(ap: string): void;
  /** Works that are in force: the rows of all are looked at when they are others. */
  setWorks(works: readonly Silence[]): void;
  /** One call a tick. Access points whose row is another one for a viewer. Before `graceUntil` silence means nothing. */
  next(now: number, graceUntil: number): string[];
}

interface Watched {
  ap: string;
  entry: FleetEntry;
  row: LiveRow | undefined;
  counted: Counted | undefined;
  sentAt: number;
  /** What was seen of its probe when it was looked at. */
  lastSeen: number | null;
  /** Until then nothing but news changes the row, ms. */
  restsUntil: number;
}

const TICK_MS = 1000;
/** Rows in which nothing but `last_seen` or a figure by less than 2 % moved wait this long. */
const SMALL_CHANGE_MS = 10_000;
/** Every record is passed within this many ticks: silence and age change rows without any message. */
const SWEEP_TICKS = 10;
/** ...or so many a tick: 20,000 are passed in 40 s. */
const SWEEP_ROWS = 500;
/** However quiet, a row is made anew this often. */
const REST_MS = 5 * 60_000;

export function createRows({ fleet, hours, presence, openOf, facts, darkAfterMs }: RowsDeps): Rows {
  let watched = new Map<string, Watched>();
  let order: readonly Watched[] = [];
  let revision = -1;
  let sweep = 0;
  let turn = 0;
  let works: readonly Silence[] = [];
  const rows = new Map<string, LiveRow>();
  const tally = createTally();
  const dirty = new Set<Watched>();
  /** Rows with small changes, by the tick that looks at them again: looking each second would cost more than everything else of a tick. */
  const later = Array.from({ length: SMALL_CHANGE_MS / TICK_MS }, () => new Set<Watched>());

  function refresh(): void {
    const { revision: current, byAp } = fleet();
    if (revision === current) return;
    revision = current;
    const before = watched;
    watched = new Map();
    for (const [ap, entry] of byAp) {
      const known = before.get(ap);
      if (known) known.entry = entry;
      watched.set(ap, known ?? newOne(ap, entry));
    }
    for (const [ap, gone] of before) if (!watched.has(ap)) drop(gone);
    order = [...watched.values()];
    lookAtAll();
  }

  function drop(gone: Watched): void {
    rows.delete(gone.ap);
    tally.replace(gone.counted, undefined);
    dirty.delete(gone);
    for (const waiting of later) waiting.delete(gone);
  }

  const lookAtAll = (): void => {
    for (const one of order) dirty.add(one);
  };

  function sweepSome(seen: ReadonlyMap<string, Presence>, now: number): void {
    const ticks = Math.max(SWEEP_TICKS, Math.ceil(order.length / SWEEP_ROWS));
    sweep = (sweep + 1) % ticks;
    for (let i = sweep; i < order.length; i += ticks) {
      const one = order[i];
      if (one && !rests(one, seen, now)) dirty.add(one);
    }
  }

  function rests(one: Watched, seen: ReadonlyMap<string, Presence>, now: number): boolean {
    if (now >= one.restsUntil || !one.row) return false;
    const { probe } = one.entry;
    return (
      (probe === null || (seen.get(probe)?.lastSeen ?? null) === one.lastSeen) &&
      (openOf(one.ap)?.id ?? null) === one.row.alert
    );
  }

  /** Whether a viewer is told of its new row; one with a small change waits. */
  function renew(one: Watched, seen: ReadonlyMap<string, Presence>, now: number, graceUntil: number): boolean {
    const { ap, entry, row: before } = one;
    const known = (entry.probe !== null && seen.get(entry.probe)) || null;
    const input = {
      ...{ entry, facts: facts(ap), presence: known, alert: openOf(ap), now, darkAfterMs, graceUntil },
      maintenance: works.length > 0 && works.some((work) => silenceCovers(work, { ap, site: entry.site })),
      openSince: (at: number) => hours.of(entry).openSince(at),
    };
    const row = rowOf(input, before);
    one.lastSeen = known?.lastSeen ?? null;
    one.restsUntil = Math.min(now + REST_MS, endsAt(input));
    const change = before ? changeOf(before, row) : 'real';
    if (change === 'none') {
      count(one, countedOf(row, now));
      return false;
    }
    const waitMs = SMALL_CHANGE_MS - (now - one.sentAt);
    if (change === 'seen' && waitMs > 0) {
      const ticks = Math.min(later.length, Math.max(1, Math.ceil(waitMs / TICK_MS)));
      later[(turn + ticks) % later.length]?.add(one);
      return false;
    }
    one.row = row;
    one.sentAt = now;
    rows.set(ap, row);
    count(one, countedOf(row, now));
    return true;
  }

  function count(one: Watched, counted: Counted): void {
    tally.replace(one.counted, counted);
    one.counted = counted;
  }

  return {
    all: rows,
    totals: () => tally.totals(),
    look(ap) {
      const one = watched.get(ap);
      if (one) dirty.add(one);
    },
    setWorks(next) {
      if (next.map(({ id }) => id).join() !== works.map(({ id }) => id).join()) lookAtAll();
      works = next;
    },
    next(now, graceUntil) {
      refresh();
      const seen = presence();
      sweepSome(seen, now);
      turn = (turn + 1) % later.length;
      for (const one of later[turn] ?? []) dirty.add(one);
      later[turn]?.clear();
      const changed: string[] = [];
      for (const one of dirty) if (renew(one, seen, now, graceUntil)) changed.push(one.ap);
      dirty.clear();
      return changed;
    },
  };
}

const newOne = (ap: string, entry: FleetEntry): Watched => ({
  ...{ ap, entry, row: undefined, counted: undefined, sentAt: 0, lastSeen: null, restsUntil: 0 },
});
