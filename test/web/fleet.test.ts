/** What is kept of the fleet by its changes equals what is counted and sorted anew, and what did not change stays the same object. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AP_STATES, type ApState, type LiveValues } from '#contract';
import { type Joined, joined, type Line, linesOf, NO_FLEET, namesOf } from '../../dashboard/web/fleet.ts';
import { createOrder } from '../../dashboard/web/kept-order.ts';
import { createPoints, placed } from '../../dashboard/web/map/points.ts';
import { comparatorOf, keysOf, parseSort, passerOf } from '../../dashboard/web/order.ts';
import { createTally, type Mix, NO_MIX } from '../../dashboard/web/tally.ts';
import { numbers, rosterOf, rowOf } from './fleet-fixture.ts';

const N = 60;
const roster = rosterOf(N);
const siteAt = roster.access_points.map((_, i) => i);
const named = namesOf({ ...roster, siteAt });
const random = numbers(5);
const firstRows: LiveValues[] = named.map((_, i) => rowOf(i, 1_000_000_000, random));

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

const begun = (): Joined => joined(NO_FLEET, named, firstRows, null);

function ticked(fleet: Joined, some: Changes, how: string): Joined {
  const rows = fleet.rows.slice();
  const places = some.map(({ at }) => at);
  for (const { at, state, down, since } of some) {
    const old = rows[at] ?? firstRows[at];
    rows[at] = old && how !== 'gone' ? { ...old, state, down_mbps: down, since } : undefined;
  }
  return joined(fleet, named, rows, { from: how === 'missed' ? [] : fleet.rows, places });
}

/** Plays the ticks; `look` after each, but for the one that is skipped. */
function play(script: readonly { changes: Changes; how: string }[], skip: number, look: (fleet: Joined) => void): void {
  let fleet = begun();
  look(fleet);
  for (const [i, { changes: some, how }] of script.entries()) {
    fleet = ticked(fleet, some, how);
    if (i !== skip) look(fleet);
  }
}

describe('the fleet', () => {
  test('lines are those of roster and rows, whatever became of which', () => {
    fc.assert(
      fc.property(ticks, (script) => {
        play(script, -1, (fleet) => {
          expect(linesOf(fleet).map(({ ap, row }) => [ap.id, row])).toEqual(
            named.flatMap(({ ap, rank }) => (fleet.rows[rank] ? [[ap.id, fleet.rows[rank]]] : [])),
          );
          expect(fleet.n).toBe(linesOf(fleet).length);
        });
      }),
    );
  });

  test('a line that did not change stays the same object, and each that did is told with what it was', () => {
    const before = begun();
    const after = ticked(before, [{ at: 7, state: 'offline', down: null, since: 5 }], 'told');
    expect(after.byRank.flatMap((line, rank) => (line === before.byRank[rank] ? [] : [rank]))).toEqual([7]);
    expect(after.changes).toEqual([{ before: before.byRank[7], after: after.byRank[7] }]);
    expect(joined(after, named, after.rows, null)).toBe(after);
  });

  test('rows of another roster make every line anew', () => {
    const before = begun();
    const other = namesOf({
      ...roster,
      siteAt,
      sites: roster.sites.map((site) => ({ ...site, name: `New ${site.name}` })),
    });
    const after = joined(before, other, before.rows, null);
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
      const take = createOrder(passes, order, keysOf(parseSort(text)));
      play(script, skip, (fleet) => {
        expect(take(fleet)).toEqual(
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
  const quiet = (fleet: Joined): Joined => {
    const { state = 'meets', since = 0 } = fleet.rows[3] ?? {};
    return ticked(fleet, [{ at: 3, state, down: 77, since: since ?? 0 }], 'told');
  };
  test.each([
    ['order', () => createOrder(() => true, comparatorOf(parseSort(null)))],
    ['counts', () => createTally(({ site }) => site.region)],
    ['points', createPoints],
  ])('leaves the %s the same object: nothing is drawn for it', (_, make) => {
    const take: (fleet: Joined) => unknown = make();
    const before = begun();
    const kept = take(before);
    expect(take(quiet(before))).toBe(kept);
  });
});

test('a tick looks at the lines that changed, and at no others', () => {
  const looked = { passes: 0, key: 0 };
  const order = createOrder(() => ++looked.passes > 0, comparatorOf(parseSort(null)));
  const tally = createTally(() => String(++looked.key > 0));
  const before = begun();
  order(before);
  tally(before);
  expect(looked).toEqual({ passes: N, key: N });
  const after = ticked(before, [{ at: 3, state: 'maint', down: 1, since: 2 }], 'told');
  order(after);
  tally(after);
  expect(looked).toEqual({ passes: N + 2, key: N + 2 });
});
