import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Line } from '../../dashboard/web/fleet.ts';
import { hold, rowKeys, windowOf } from '../../dashboard/web/held.ts';
import { createOrder } from '../../dashboard/web/kept-order.ts';
import {
  columnsText,
  keysOf,
  namesText,
  parseColumns,
  parseNames,
  parseSort,
  passerOf,
  type Sort,
  sortText,
} from '../../dashboard/web/order.ts';
import { sitesCsv } from '../../dashboard/web/sites-csv.ts';
import { readViews, withView } from '../../dashboard/web/views.ts';
import { numbers, rosterOf, rowOf } from './fleet-fixture.ts';

const roster = rosterOf(200);
const random = numbers(3);
const lines: Line[] = roster.sites.flatMap((site, i): Line[] => {
  const ap = roster.access_points[i];
  return ap
    ? [{ site, ap, name: site.name, rank: i, row: rowOf(Number(site.id.slice(5)), 1_000_000_000, random) }]
    : [];
});
const ids = (found: readonly Line[]) => found.map(({ ap }) => ap.id);
const orderOf = (some: readonly Line[], sort: Sort) => {
  const fleet = { version: 1, byRank: some, n: some.length, named: some, changes: null };
  return ids(Array.from(createOrder(() => true, keysOf(sort))(fleet)).flatMap((rank) => some[rank] ?? []));
};
const stateAt = new Map(lines.map((line) => [line.ap.id, line.row.state]));

describe('order', () => {
  test('worst first: offline, below, no data, maintenance, meets', () => {
    const states = orderOf(lines, parseSort(null)).map((id) => stateAt.get(id));
    expect([...new Set(states)]).toEqual(['offline', 'below', 'nodata', 'maint', 'meets']);
  });

  test('unknown values stand last in both directions', () => {
    const down = new Map(lines.map((line) => [line.ap.id, line.row.down_mbps]));
    for (const text of ['down', '-down']) {
      const values = orderOf(lines, parseSort(text)).map((id) => down.get(id) ?? null);
      const known = values.filter((value) => value !== null);
      expect(values.slice(known.length).every((value) => value === null)).toBe(true);
      expect(known).toEqual([...known].sort((a, b) => (text === 'down' ? a - b : b - a)));
    }
  });

  test('a sort in the address is read back, and nonsense is worst first', () => {
    expect(sortText(parseSort('-rtt'))).toBe('-rtt');
    expect(sortText(parseSort('state'))).toBeNull();
    expect(parseSort('drop table')).toEqual({ by: 'state', descending: false });
  });
});

const ALL = { q: '', states: [], regions: [], isps: [], metered: false };
describe('search', () => {
  const search = (q: string) => lines.filter(passerOf({ ...ALL, q }));

  test('finds without diacritics, by several words, by probe', () => {
    expect(search('siauliai').length).toBe(20);
    expect(ids(search('UTENA debeikiu')).length).toBeGreaterThan(0);
    expect(ids(search('probe-17')).includes('site-17')).toBe(true);
    expect(search('utena klaipeda')).toEqual([]);
  });

  test('states and region narrow together', () => {
    const found = lines.filter(passerOf({ ...ALL, states: ['below'], regions: ['Utena county'] }));
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(({ row, site }) => row.state === 'below' && site.region === 'Utena county')).toBe(true);
  });
});

describe('the address', () => {
  test('any names survive the way into the address and back', () => {
    const names = fc.array(fc.string({ minLength: 1 }), { maxLength: 4 });
    fc.assert(
      fc.property(names, (some) => {
        expect(parseNames(namesText(some))).toEqual(some);
      }),
    );
    expect(parseNames('Utena county')).toEqual(['Utena county']);
  });

  test('columns are read back in their order; none known is all', () => {
    expect(parseColumns('isp,down,nonsense')).toEqual(['down', 'isp']);
    expect(columnsText(parseColumns('down,isp'))).toBe('down,isp');
    expect(columnsText(parseColumns('nonsense'))).toBeNull();
  });

  test('saved views: the same name is replaced, and what cannot be read is none', () => {
    const first = withView([], { name: 'Mine', query: 'q=a' });
    expect(withView(first, { name: 'Mine', query: 'q=b' })).toEqual([{ name: 'Mine', query: 'q=b' }]);
    expect(readViews(JSON.stringify(first))).toEqual(first);
    for (const text of [null, 'x', '{}', '[1,{"name":2}]']) expect(readViews(text)).toEqual([]);
  });
});

test('a selection as a table: exact values, unknown is empty, no cell is run by a spreadsheet', () => {
  const [line] = lines;
  if (!line) throw new Error('the fixture has lines');
  const evil = { ...line, name: '=1+1, "x"', row: { ...line.row, down_mbps: 29.96, down_at: 0, rtt_ms: null } };
  const cells = sitesCsv([evil]).split('\r\n')[1] ?? '';
  expect(cells).toContain(`,"'=1+1, ""x""",`);
  expect(cells).toContain(',29.96,1970-01-01T00:00:00.000Z,');
  expect(sitesCsv([])).toMatch(/^\ufeffsite,access_point,.*last_seen\r\n$/);
});

describe('rows hold still under pointer and focus', () => {
  const held = (shown: readonly number[], wanted: readonly number[], on: boolean) => {
    const { order, moved } = hold(Uint32Array.from(shown), Uint32Array.from(wanted), on);
    return { order: [...order], moved };
  };

  test('held rows keep their places and what moved is counted', () => {
    expect(held([0, 1, 2, 3], [3, 0, 1, 2], true)).toEqual({ order: [0, 1, 2, 3], moved: 1 });
    expect(held([0, 1, 2], [2, 1, 0], false)).toEqual({ order: [2, 1, 0], moved: 0 });
  });

  test('whatever happens, held rows never change their order, none is lost and none is doubled', () => {
    const some = fc.uniqueArray(fc.nat(30), { maxLength: 20 });
    fc.assert(
      fc.property(some, some, (shown, wanted) => {
        const { order, moved } = held(shown, wanted, true);
        expect([...order].sort()).toEqual([...wanted].sort());
        const stayed = shown.filter((rank) => wanted.includes(rank));
        expect(order.filter((rank) => stayed.includes(rank))).toEqual(stayed);
        expect(moved === 0).toBe(order.join() === wanted.join());
      }),
    );
  });
});

test('a line that is drawn still keeps its row, one that comes takes a row that is free, and no row stands for two', () => {
  const some = fc.uniqueArray(fc.nat(30), { maxLength: 20 });
  fc.assert(
    fc.property(fc.array(some, { maxLength: 6 }), (drawings) => {
      let keys = new Map<number, number>();
      for (const ranks of drawings) {
        const last = keys;
        keys = rowKeys(last, ranks);
        expect([...keys.keys()]).toEqual(ranks);
        expect(new Set(keys.values()).size).toBe(ranks.length);
        for (const [rank, key] of last) if (ranks.includes(rank)) expect(keys.get(rank)).toBe(key);
        const known = [...last.values()];
        const made = [...keys.values()].filter((key) => !known.includes(key));
        expect(made.length).toBe(Math.max(0, ranks.length - last.size));
      }
    }),
  );
});

describe('windowing', () => {
  test('every row is drawn or stands in a gap, exactly once, and the focused row is always drawn', () => {
    fc.assert(
      fc.property(
        fc.nat(2000),
        fc.integer({ min: -20, max: 2100 }),
        fc.nat(60),
        fc.option(fc.nat(2100)),
        fc.nat(2000),
        (count, first, height, pinned, known) => {
          const segments = windowOf(count, first, first + height, pinned);
          const rows = segments.reduce((sum, segment) => sum + (segment.kind === 'gap' ? segment.rows : 1), 0);
          const drawn = segments.flatMap((segment) => (segment.kind === 'row' ? [segment.index] : []));
          expect(rows).toBe(count);
          expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
          if (pinned !== null && pinned < count) expect(drawn).toContain(pinned);
          expect(drawn.length).toBeLessThanOrEqual(height + 1);
          const begun = windowOf(count, first, first + height, pinned, Math.min(known, count));
          expect(begun.reduce((sum, segment) => sum + (segment.kind === 'gap' ? segment.rows : 1), 0)).toBe(count);
          expect(begun.flatMap((segment) => (segment.kind === 'row' ? [segment.index] : []))).toEqual(
            drawn.filter((index) => index < known),
          );
        },
      ),
    );
  });
});
