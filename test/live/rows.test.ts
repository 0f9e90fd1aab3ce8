/** Why: rows that rest must be what a look at all of them would find: random lives of a small fleet against a table made anew each time. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Presence } from '#broker';
import type { FleetEntry } from '../../dashboard/alert/fleet.ts';
import { type Facts, newFacts, takeFrame } from '../../dashboard/live/latest.ts';
import { rowOf } from '../../dashboard/live/row.ts';
import { createRows } from '../../dashboard/live/rows.ts';
import { createSlots } from '../../dashboard/live/slots.ts';
import { totalsOf } from '../../dashboard/live/tally.ts';
import { MINUTE, NOON, testAt } from '../alert/tests.ts';
import { frameOf } from '../alert/world.ts';
import { site } from '../notify/cases.ts';

const DARK_MS = 5 * MINUTE;
const DAY_MS = 86_400_000;
const entryOf = (ap: string): FleetEntry => ({
  ap: { id: ap, site: ap, name: 'Internet', target_mbps: 30 },
  site: { ...site, id: ap },
  probe: ap,
  quietByDesign: false,
});

/** A small fleet in the hand of a test; the library opens at 8 and closes at 20, by a clock without zones. */
function fleetOf(ids: readonly string[]) {
  const facts = new Map<string, Facts>();
  const slots = createSlots();
  const presence = new Map<string, Presence>();
  const alerts = new Map<string, { id: number; rule: 'slow' | 'dark'; since: number }>();
  const it = { revision: 1, byAp: new Map(ids.map((ap) => [ap, entryOf(ap)])) };
  const openSince = (at: number): number | null => {
    const hour = (at % DAY_MS) / 3_600_000;
    return hour >= 8 && hour < 20 ? at - (at % DAY_MS) + 8 * 3_600_000 : null;
  };
  const parts = {
    slots,
    fleet: () => ({ ...it, apOfProbe: new Map(ids.map((ap) => [ap, ap])) }),
    hours: { of: () => ({ openSince }), closedToday: () => null, refresh: () => undefined } as never,
    presence: () => presence,
    openOf: (ap: string) => (alerts.get(ap) ?? null) as never,
    facts: (slot: number) => facts.get(slots.ap(slot)) ?? newFacts(),
    darkAfterMs: DARK_MS,
  };
  const rows = createRows(parts);
  const look = (ap: string): void => rows.look(slots.of(ap));
  const row = (ap: string) => rows.all.row(slots.of(ap));
  return { it, facts, slots, presence, alerts, parts, openSince, rows, look, row };
}

type Step =
  | { kind: 'wait'; ms: number }
  | { kind: 'frame'; ap: string; rate: number | null; rtt: number }
  | { kind: 'presence'; ap: string; online: boolean }
  | { kind: 'alive'; ap: string }
  | { kind: 'alert'; ap: string; rule: 'slow' | 'dark' | null };

const IDS = ['antazave', 'debeikiai', 'kuktiskes', 'salakas'];
const ap = fc.constantFrom(...IDS);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('wait' as const),
    ms: fc.constantFrom(1000, 11_000, 6 * MINUTE, 61 * MINUTE, 9 * 60 * MINUTE, 25 * 60 * MINUTE),
  }),
  fc.record({
    kind: fc.constant('frame' as const),
    ap,
    rate: fc.constantFrom(null, 12, 29.9996, 61.5),
    rtt: fc.constantFrom(10, 10.1, 40),
  }),
  fc.record({ kind: fc.constant('presence' as const), ap, online: fc.boolean() }),
  fc.record({ kind: fc.constant('alive' as const), ap }),
  fc.record({ kind: fc.constant('alert' as const), ap, rule: fc.constantFrom('slow' as const, 'dark' as const, null) }),
);

describe('rows that rest', () => {
  test('are those of a table made anew, whatever happened, forty ticks later', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const world = fleetOf(IDS);
        let now = NOON;
        let n = 0;
        world.rows.next(now, 0);
        for (const one of steps) {
          if (one.kind === 'wait') now += one.ms;
          else live(world, one, now, n++);
          world.rows.next(now, 0);
        }
        // Small changes wait 10 s, and a record is passed at least every ten ticks.
        for (let tick = 0; tick < 40; tick++) {
          now += 1000;
          world.rows.next(now, 0);
        }
        for (const id of IDS) {
          const kept = world.row(id);
          const { since: _, ...row } = kept ?? { since: null };
          const { since: __, ...anew } = rowOf(
            {
              ...{
                entry: entryOf(id),
                facts: world.parts.facts(world.slots.of(id)),
                presence: world.presence.get(id) ?? null,
              },
              ...{ alert: world.parts.openOf(id), now, darkAfterMs: DARK_MS, graceUntil: 0 },
              openSince: world.openSince,
            },
            kept,
          );
          expect(row).toEqual(anew);
        }
        expect(world.rows.totals()).toEqual(totalsOf(world.rows.all.rows(), now));
      }),
      { numRuns: 300 },
    );
  });

  test('are woken by age: a test of 48 hours ago says nothing, within a passing', () => {
    const world = fleetOf(IDS);
    live(world, { kind: 'frame', ap: 'salakas', rate: 61.5, rtt: 10 }, NOON, 0);
    const old = NOON + 2 * DAY_MS;
    world.rows.next(old - 4000, 0);
    expect(world.rows.totals()).toMatchObject({ meets: 1, nodata: 3, mean_n: 1 });
    for (let s = 1; s <= 10; s++) world.rows.next(old + s * 1000, 0);
    expect(world.rows.totals()).toMatchObject({ meets: 0, nodata: 4, mean_n: 0 });
  });

  test('of access points that are gone are gone, also from the counts', () => {
    const world = fleetOf(IDS);
    world.rows.next(NOON, 0);
    live(world, { kind: 'frame', ap: 'salakas', rate: 61.5, rtt: 10 }, NOON, 0);
    world.look('salakas');
    world.rows.next(NOON + 1000, 0);
    expect(world.rows.totals()).toMatchObject({ total: 4, meets: 1, mean_mbps: 61.5, mean_n: 1 });
    world.it.byAp.delete('salakas');
    world.it.revision += 1;
    world.rows.next(NOON + 2000, 0);
    expect(world.rows.all.rows().map(({ ap }) => ap)).toEqual(['antazave', 'debeikiai', 'kuktiskes']);
    expect(world.rows.totals()).toMatchObject({ total: 3, meets: 0, mean_mbps: null, mean_n: 0 });
  });

  test('are not made while nothing happens, and are at least each five minutes', () => {
    const world = fleetOf(IDS);
    for (const id of IDS) live(world, { kind: 'frame', ap: id, rate: 61.5, rtt: 10 }, NOON, 0);
    let asked = 0;
    const facts = (slot: number): Facts => {
      asked += 1;
      return world.parts.facts(slot);
    };
    const rows = createRows({ ...world.parts, facts });
    rows.next(NOON, 0);
    expect(asked).toBe(4);
    for (let s = 1; s < 300; s++) rows.next(NOON + s * 1000, 0);
    expect(asked).toBe(4);
    for (let s = 300; s < 320; s++) rows.next(NOON + s * 1000, 0);
    expect(asked).toBe(8);
  });
});

function live(world: ReturnType<typeof fleetOf>, step: Exclude<Step, { kind: 'wait' }>, now: number, n: number): void {
  const { presence, alerts, facts, look } = world;
  const known = presence.get(step.ap);
  if (step.kind === 'presence') {
    // What a probe is seen by stays the same object, as the broker keeps it.
    const news = { online: step.online, since: now, lastSeen: now, byWill: !step.online };
    if (known) Object.assign(known, news);
    else presence.set(step.ap, { ...news, probe: step.ap, state: null });
    look(step.ap);
  } else if (step.kind === 'alive') {
    // Heard of without any event: only the passing over all records sees it.
    if (known?.online) known.lastSeen = now;
  } else if (step.kind === 'alert') {
    // As above: what was not told is seen in passing.
    if (step.rule) alerts.set(step.ap, { id: n + 1, rule: step.rule, since: now });
    else alerts.delete(step.ap);
  } else {
    const tests = step.rate === null ? [] : [testAt(0, step.rate, { id: `t${n}`, at: now })];
    const frame = frameOf(step.ap, tests, now, { rtt_ms: [step.rtt] }, now);
    const known = facts.get(step.ap) ?? newFacts();
    facts.set(step.ap, known);
    takeFrame(known, frame, true);
    look(step.ap);
  }
}
