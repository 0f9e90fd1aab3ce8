/**
 * Why: the row of every access point, looked at when something of it may have changed. Memory is what makes 20,000 of them dear, so all of
 * one lies at its slot, nothing is made anew for it, and a row that nothing but time can change is not touched before that time.
 */
import type { Broker, Presence } from '#broker';
import { AP_STATES, type Silence, silenceCovers } from '#contract';
import type { Fleet, FleetEntry } from '../alert/fleet.ts';
import type { FleetHours } from '../alert/fleet-hours.ts';
import type { AlertEngine } from '../deps.ts';
import type { Facts } from './latest.ts';
import { endsAt, type RowInput, rowOf } from './row.ts';
import type { Slots } from './slots.ts';
import { createRowTable, type RowTable } from './table.ts';
import { countedRate, createTally, type RowTotals } from './tally.ts';

export interface RowsDeps {
  fleet(): Fleet;
  slots: Slots;
  hours: FleetHours;
  presence: Broker['presence'];
  openOf: AlertEngine['openOf'];
  facts(slot: number): Facts;
  /** Silence of a probe, ms, after which its line counts as offline. */
  darkAfterMs: number;
}
export interface Rows {
  all: RowTable;
  totals(): RowTotals;
  /** The row of this slot may have changed. */
  look(slot: number): void;
  /** Works that are in force: the rows of all are looked at when they are others. */
  setWorks(works: readonly Silence[]): void;
  /** One call a tick. Slots whose row is another one for a viewer. Before `graceUntil` silence means nothing. */
  next(now: number, graceUntil: number): number[];
}

/** Of a slot. Its parts are found once: what a probe is seen by stays the same object. */
interface Watched {
  ap: string;
  entry: FleetEntry;
  seen: Presence | null;
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

/** What a slot waits for: nothing, the tick of a turn (1 and on), the next tick. */
const [NOTHING, NEXT] = [0, 255] as const;
const TURNS = SMALL_CHANGE_MS / TICK_MS;

/** Notes of a slot: how it is counted, what its viewers were told when, what it was judged by, until when only news change it. */
const [STATE, RATE, SENT_AT, SEEN_AT, ALERT, RESTS_UNTIL, WIDTH] = [0, 1, 2, 3, 4, 5, 8] as const;
const NONE = -1;

export function createRows({ fleet, slots, hours, presence, openOf, facts, darkAfterMs }: RowsDeps): Rows {
  const watched: (Watched | null)[] = [];
  let order: readonly number[] = [];
  let waits = new Uint8Array(0);
  let notes = new Float64Array(0);
  let revision = -1;
  let sweep = 0;
  let turn = 0;
  let works: readonly Silence[] = [];
  const table = createRowTable(slots.ap);
  const tally = createTally();

  function refresh(): void {
    const { revision: current, byAp } = fleet();
    if (revision === current) return;
    revision = current;
    order = Array.from(byAp.keys(), slots.of);
    grow(slots.size());
    for (const [slot, one] of watched.entries()) if (one && !byAp.has(one.ap)) drop(slot);
    for (const [ap, entry] of byAp) {
      const slot = slots.of(ap);
      const known = watched[slot];
      watched[slot] = { ap, entry, seen: known && known.entry.probe === entry.probe ? known.seen : null };
    }
    lookAtAll();
  }

  function grow(size: number): void {
    while (watched.length < size) watched.push(null);
    if (waits.length >= size) return;
    const [before, noted] = [waits, notes];
    waits = new Uint8Array(2 * size);
    waits.set(before);
    notes = new Float64Array(2 * size * WIDTH).fill(NONE);
    notes.set(noted);
  }

  function drop(slot: number): void {
    watched[slot] = null;
    table.remove(slot);
    waits[slot] = NOTHING;
    count(slot, NONE, NONE);
    notes.fill(NONE, slot * WIDTH, (slot + 1) * WIDTH);
  }

  const lookAtAll = (): void => {
    for (const slot of order) waits[slot] = NEXT;
  };

  function sweepSome(now: number): void {
    const ticks = Math.max(SWEEP_TICKS, Math.ceil(order.length / SWEEP_ROWS));
    sweep = (sweep + 1) % ticks;
    for (let i = sweep; i < order.length; i += ticks) {
      const slot = order[i] ?? NONE;
      const one = watched[slot];
      if (one && !rests(one, slot * WIDTH, now)) waits[slot] = NEXT;
    }
  }

  function rests(one: Watched, at: number, now: number): boolean {
    if (now >= (notes[at + RESTS_UNTIL] ?? NONE)) return false;
    return (
      (seenOf(one)?.lastSeen ?? NONE) === notes[at + SEEN_AT] && (openOf(one.ap)?.id ?? NONE) === notes[at + ALERT]
    );
  }

  /** Where it is known already it is not looked for. */
  function seenOf(one: Watched): Presence | null {
    const { probe } = one.entry;
    if (one.seen === null && probe !== null) one.seen = presence().get(probe) ?? null;
    return one.seen;
  }

  /** Whether a viewer is told of its new row; one with a small change waits. */
  function renew(slot: number, one: Watched, now: number, graceUntil: number): boolean {
    const { ap, entry } = one;
    const seen = seenOf(one);
    const alert = openOf(ap);
    const maintenance = works.length > 0 && works.some((work) => silenceCovers(work, { ap, site: entry.site }));
    const openSince = (at: number): number | null => hours.of(entry).openSince(at);
    const input: RowInput = {
      entry,
      facts: facts(slot),
      presence: seen,
      alert,
      now,
      darkAfterMs,
      graceUntil,
      maintenance,
      openSince,
    };
    const row = rowOf(input, table.was(slot));
    const at = slot * WIDTH;
    notes[at + SEEN_AT] = seen?.lastSeen ?? NONE;
    notes[at + ALERT] = alert?.id ?? NONE;
    notes[at + RESTS_UNTIL] = Math.min(now + REST_MS, endsAt(input));
    const change = table.change(slot, row);
    const waitMs = SMALL_CHANGE_MS - (now - (notes[at + SENT_AT] ?? NONE));
    if (change === 'seen' && waitMs > 0) {
      const ticks = Math.min(TURNS, Math.max(1, Math.ceil(waitMs / TICK_MS)));
      waits[slot] = 1 + ((turn + ticks) % TURNS);
      return false;
    }
    count(slot, AP_STATES.indexOf(row.state), countedRate(row, now));
    if (change === 'none') return false;
    notes[at + SENT_AT] = now;
    table.put(slot, row);
    return true;
  }

  function count(slot: number, state: number, rate: number): void {
    const at = slot * WIDTH;
    tally.take(notes[at + STATE] ?? NONE, notes[at + RATE] ?? NONE);
    tally.add(state, rate);
    notes[at + STATE] = state;
    notes[at + RATE] = rate;
  }

  return {
    all: table,
    totals: () => tally.totals(),
    look(slot) {
      if (watched[slot]) waits[slot] = NEXT;
    },
    setWorks(next) {
      if (next.map(({ id }) => id).join() !== works.map(({ id }) => id).join()) lookAtAll();
      works = next;
    },
    next(now, graceUntil) {
      refresh();
      sweepSome(now);
      turn = (turn + 1) % TURNS;
      const changed: number[] = [];
      for (let slot = 0; slot < watched.length; slot++) {
        const wait = waits[slot];
        if (wait !== NEXT && wait !== 1 + turn) continue;
        waits[slot] = NOTHING;
        const one = watched[slot];
        if (one && renew(slot, one, now, graceUntil)) changed.push(slot);
      }
      return changed;
    },
  };
}
