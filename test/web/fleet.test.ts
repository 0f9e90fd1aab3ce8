/** What is kept of the fleet by its changes equals what is counted and sorted anew, and what did not change stays the same object. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AP_STATES, type ApState, type LiveValues, packRows } from '#contract';
import { type Joined, joined, type Line, linesOf, NO_FLEET, namesOf } from '../../dashboard/web/fleet.ts';
import { createOrder } from '../../dashboard/web/kept-order.ts';
import { partOf } from '../../dashboard/web/live-delta.ts';
import { rowsOf } from '../../dashboard/web/live-rows.ts';
import { createPoints, placed } from '../../dashboard/web/map/points.ts';
import { keysOf, parseSort, passerOf, WORST_FIRST } from '../../dashboard/web/order.ts';
import { createTally, type Mix, NO_MIX } from '../../dashboard/web/tally.ts';
import { numbers, rosterOf, rowOf } from './fleet-fixture.ts';
import { comparatorOf, valuesOf } from './plain.ts';

const N = 60;
const roster = rosterOf(N);
const siteAt = roster.access_points.map((_, i) => i);
const named = namesOf({ ...roster, siteAt });
const random = numbers(5);
const AT = 1_000_000_000;
const firstRows: LiveValues[] = named.map((_, i) => valuesOf(rowOf(i, AT, random)));

const changes = fc.uniqueArray(
  fc.record({
    at: fc.nat(N - 1),
    state: fc.constantFrom<ApState>(...AP_STATES),
    down: fc.option(fc.nat(90)),
    since: fc.nat(1000),
  }),
  { maxLength: 12, selector: ({ at }) => at },
);
type Changes = typeof changes extends fc.Arbitrary<infer T> ? T : never;
/** A tick that is told, one whose delta was missed, or one in which something is not known any more. */
const ticks = fc.array(fc.record({ changes, how: fc.constantFrom('told', 'told', 'told', 'missed', 'gone') }), {
  maxLength: 8,
});

const ids = named.map(({ ap }) => ap.id);
const rowsAt = (rows: readonly (LiveValues | undefined)[]) =>
  packRows(
    rows.map((row, i) => row && { ...row, ap: ids[i] ?? '', site: named[i]?.site.id ?? '' }),
    AT,
  );
/** What the ticks are told of; `rows` are what the fleet should know. */
interface World {
  fleet: Joined;
  rows: readonly (LiveValues | undefined)[];
}
function begun(): World {
  const from = { rows: rowsOf(rowsAt(firstRows), AT, ids), version: 1, places: null };
  return { fleet: joined(NO_FLEET, named, from), rows: firstRows };
}

function ticked(world: World, some: Changes, how: string): World {
  const places = some.map(({ at }) => at).sort((a, b) => a - b);
  const rows = world.rows.slice();
  for (const { at, state, down, since } of some) {
    const old = rows[at] ?? firstRows[at];
    rows[at] = old && how !== 'gone' ? { ...old, state, down_mbps: down, since: since * 1000 } : undefined;
  }
  const { from } = world.fleet;
  const alike = from.rows.put(places, partOf(rowsAt(places.map((at) => rows[at])), AT));
  const version = from.version + (how === 'missed' ? 2 : 1);
  return { fleet: joined(world.fleet, named, { ...from, version, places: alike ? places : null }), rows };
}

/** Plays the ticks; `look` after each, but for the one that is skipped. */
function play(
  script: readonly { changes: Changes; how: string }[],
  skip: number,
  look: (fleet: Joined, rows: World['rows']) => void,
): void {
  let world = begun();
  look(world.fleet, world.rows);
  for (const [i, { changes: some, how }] of script.entries()) {
    world = ticked(world, some, how);
    if (i !== skip) look(world.fleet, world.rows);
  }
}

describe('the fleet', () => {
  test('lines are those of roster and rows, whatever became of which', () => {
    fc.assert(
      fc.property(ticks, (script) => {
        play(script, -1, (fleet, rows) => {
          expect(linesOf(fleet).map(({ ap, row }) => [ap.id, valuesOf(row)])).toEqual(
            named.flatMap(({ ap, rank }) => (rows[rank] ? [[ap.id, rows[rank]]] : [])),
          );
          expect(fleet.n).toBe(linesOf(fleet).length);
        });
      }),
    );
  });

  test('a line that did not change stays the same object, and those that did are told', () => {
    const before = begun();
    const lines = before.fleet.byRank.slice();
    const { fleet } = ticked(before, [{ at: 7, state: 'offline', down: null, since: 5 }], 'told');
    expect(fleet.byRank.flatMap((line, rank) => (line === lines[rank] ? [] : [rank]))).toEqual([7]);
    expect(fleet.changes).toEqual([7]);
    expect(fleet.byRank[7]?.row.state).toBe('offline');
    expect(joined(fleet, named, fleet.from)).toBe(fleet);
  });

  test('rows of another roster make every line anew', () => {
    const { fleet: before } = begun();
    const other = namesOf({
      ...roster,
      siteAt,
      sites: roster.sites.map((site) => ({ ...site, name: `New ${site.name}` })),
    });
    const after = joined(before, other, before.from);
    expect(after.changes).toBeNull();
    expect(linesOf(after).every(({ name }) => name.startsWith('New '))).toBe(true);
  });
});

test('an order kept by changes is that of a whole sort, after any ticks, also missed ones', () => {
  const filters = fc.constantFrom<ApState[]>([], ['below', 'offline'], ['meets']);
  const sorts = fc.constantFrom('state', '-state', 'down', '-down', 'name', '-name', '-rtt', 'isp');
  fc.assert(
    fc.property(ticks, filters, sorts, fc.nat(8), (script, states, text, skip) => {
      const passes = passerOf({ q: '', states, regions: [], isps: [], metered: false });
      const order = comparatorOf(parseSort(text));
      const take = createOrder(passes, keysOf(parseSort(text)));
      play(script, skip, (fleet) => {
        expect([...take(fleet)]).toEqual(
          linesOf(fleet)
            .filter(passes)
            .sort(order)
            .map(({ rank }) => rank),
        );
      });
    }),
  );
});

test('counts kept by changes are those of a whole count, after any ticks, also missed ones', () => {
  const keyOf = ({ site, row }: Line) => (row.down_mbps === 0 ? null : site.region);
  const counted = (lines: readonly Line[]) => {
    const counts = new Map<string, Mix>();
    for (const line of lines) {
      const key = keyOf(line);
      const mix = counts.get(key ?? '') ?? NO_MIX;
      if (key !== null) counts.set(key, { ...mix, [line.row.state]: mix[line.row.state] + 1 });
    }
    return counts;
  };
  fc.assert(
    fc.property(ticks, fc.nat(8), (script, skip) => {
      const take = createTally(keyOf);
      play(script, skip, (fleet) => expect(take(fleet)).toEqual(counted(linesOf(fleet))));
    }),
  );
});

test('points kept by changes are those of the lines, and their places are not made anew', () => {
  fc.assert(
    fc.property(ticks, fc.nat(8), (script, skip) => {
      const take = createPoints();
      play(script, skip, (fleet) => {
        const lines = linesOf(fleet).filter(placed);
        const { ranks, states } = take(fleet);
        expect([...ranks]).toEqual(lines.map(({ rank }) => rank));
        expect([...states]).toEqual(lines.map(({ row }) => AP_STATES.indexOf(row.state)));
      });
    }),
  );
});

describe('a tick that changes nothing of what is shown', () => {
  const quiet = (world: World): World => {
    const { state = 'meets', since = 0 } = world.rows[3] ?? {};
    return ticked(world, [{ at: 3, state, down: 77, since: (since ?? 0) / 1000 }], 'told');
  };
  test.each([
    ['order', () => createOrder(() => true, WORST_FIRST)],
    ['counts', () => createTally(({ site }) => site.region)],
    ['points', createPoints],
  ])('leaves the %s the same object: nothing is drawn for it', (_, make) => {
    const take: (fleet: Joined) => unknown = make();
    const before = begun();
    const kept = take(before.fleet);
    expect(take(quiet(before).fleet)).toBe(kept);
  });
});

test('a tick looks at the lines that changed, and at no others', () => {
  const looked = { passes: 0, key: 0 };
  const order = createOrder(() => ++looked.passes > 0, WORST_FIRST);
  const tally = createTally(() => String(++looked.key > 0));
  const before = begun();
  order(before.fleet);
  tally(before.fleet);
  expect(looked).toEqual({ passes: N, key: N });
  const { fleet: after } = ticked(before, [{ at: 3, state: 'maint', down: 1, since: 2 }], 'told');
  order(after);
  tally(after);
  expect(looked).toEqual({ passes: N + 1, key: N + 1 });
});
