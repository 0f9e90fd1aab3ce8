/** The first rows that a page shows are those that the whole begins with, for whoever may see which sites. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AP_STATES, type LiveRow, type Roster, unpackRoster } from '#contract';
import { createChannel } from '../../dashboard/live/channel.ts';
import { ALL } from '../../dashboard/live/channel-name.ts';
import { indexOf } from '../../dashboard/live/roster-index.ts';
import { createSlots } from '../../dashboard/live/slots.ts';
import { createRowTable } from '../../dashboard/live/table.ts';
import { totalsOf } from '../../dashboard/live/tally.ts';
import { unpackFirst } from '../../dashboard/web/first.ts';
import { joined, type Line, linesOf, NO_FLEET, namesOf } from '../../dashboard/web/fleet.ts';
import { createOrder } from '../../dashboard/web/kept-order.ts';
import { rowsOf } from '../../dashboard/web/live-rows.ts';
import { parseSort, WORST_FIRST } from '../../dashboard/web/order.ts';
import { numbers, rosterOf, rowOf } from '../web/fleet-fixture.ts';
import { comparatorOf, valuesOf } from '../web/plain.ts';

const AT = 1_800_000_000_123;
const N = 150;
const begun = rosterOf(N);
/** Every seventh site has a second access point. */
const roster: Roster = {
  ...begun,
  access_points: begun.access_points.flatMap((ap, i) =>
    i % 7 === 0 ? [ap, { ...ap, id: `${ap.id}-wifi`, name: 'Wi-Fi', target_mbps: 50 }] : [ap],
  ),
};
const random = numbers(3);
const known = roster.access_points.map(({ id, site }, i): LiveRow => ({ ...rowOf(i % N, AT, random), ap: id, site }));

const lives = fc.array(
  fc.record({
    state: fc.constantFrom(...AP_STATES),
    // Many began at the same time, or within the same second.
    since: fc.option(fc.integer({ min: 0, max: 4000 }).map((ms) => AT - 1_000_000 + ms)),
    gone: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);
const scopes = fc.constantFrom(
  undefined,
  { sites: ['site-3', 'site-7'], regions: [] },
  { sites: [], regions: ['Utena county'] },
);

test('they are the first of all in the order of the table, with the same figures, names and places', () => {
  fc.assert(
    fc.property(lives, scopes, (some, scope) => {
      const live = some.map(({ gone, ...values }) => (gone ? null : values));
      const slots = createSlots();
      const rows = createRowTable(slots.ap);
      for (const [i, row] of known.entries()) {
        const values = live[i % live.length];
        if (values) rows.put(slots.of(row.ap), { ...row, ...values });
      }
      const channel = createChannel({ scope, channel: ALL, slots, epoch: '' });
      channel.setRoster(indexOf(roster));
      const inScope = channel.slots().flatMap((slot) => rows.row(slot) ?? []);
      const totals = { ...totalsOf(inScope, AT), need_action: 0 };
      const first = unpackFirst({ ...channel.first(rows, AT), totals }, 1, AT);

      const whole = unpackRoster(channel.roster());
      const ids = channel.aps();
      const values = rowsOf(channel.all(rows, AT), AT, ids);
      const fleet = joined(NO_FLEET, namesOf(whole), { rows: values, version: 1, places: null });
      const all = linesOf(fleet).sort(comparatorOf(parseSort(null)));
      const shown = Array.from(createOrder(() => true, WORST_FIRST)(first.fleet), (rank) => first.fleet.byRank[rank]);
      expect(shown.map(told)).toEqual(all.slice(0, 60).map(told));
      expect(first.fleet.n).toBe(all.length);
    }),
    { numRuns: 40 },
  );
});

/** What a row shows; places, hours and contracts come with the details. */
const told = (line: Line | undefined) =>
  line && {
    row: valuesOf(line.row),
    ap: line.ap,
    name: line.name,
    rank: line.rank,
    site: [line.site.id, line.site.zone, line.site.isp, line.site.metered],
  };

test('what stands around them is that of all', () => {
  const slots = createSlots();
  const nothing = createRowTable(slots.ap);
  const channel = createChannel({ scope: undefined, channel: ALL, slots, epoch: '' });
  channel.setRoster(indexOf(roster));
  const first = channel.first(nothing, AT);
  expect(first.places).toEqual([]);
  expect(first.regions).toEqual(
    [...new Set(roster.sites.map(({ region }) => region))].sort(new Intl.Collator('lt').compare),
  );
  expect(new Set(first.isps)).toEqual(new Set(roster.sites.map(({ isp }) => isp)));
  expect(first.metered).toBe(roster.sites.some(({ metered }) => metered));
  expect(first.target_mbps).toBeNull();
  channel.setRoster(indexOf(begun));
  expect(channel.first(nothing, AT).target_mbps).toBe(30);
});
