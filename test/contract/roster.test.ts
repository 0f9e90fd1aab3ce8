/** The roster travels as columns; what comes out is what went in. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinRoster, packRoster, partOfRoster, type Roster, slugOf, unpackRoster } from '#contract';

const opening = Array.from({ length: 7 }, () => []);
const site = (id: string, name: string): Roster['sites'][number] => ({
  ...{ id, name, region: 'Utena', isp: 'Telia', zone: 'Europe/Vilnius', opening, contract_mbps: 100, metered: false },
  ...{ lat: 55.6, lon: 25.8, notes: '' },
});
const rosterOf = (sites: Roster['sites']): Roster & { list: string } => ({
  ...{ hash: 'h', list: 'l', sites },
  access_points: sites.map(({ id }, i) => ({ id: i % 2 ? `${id}-wifi` : id, site: id, name: 'Net', target_mbps: 30 })),
  probes: sites.map(({ id }, i) => ({ id: `${id}-pi`, access_point: i % 2 ? null : id, admitted: i % 2 === 0 })),
});

test('sites named by their name, by a code, and in letters that make no id come back as they were', () => {
  const debeikiai = 'Anykščių r. Debeikių filialas';
  const roster = rosterOf([
    site(slugOf(debeikiai), debeikiai),
    site('lt-0042', 'Zarasų biblioteka'),
    site('semey-1', 'Семей'),
  ]);
  expect(unpackRoster(packRoster(roster))).toEqual({ ...roster, siteAt: [0, 1, 2] });
});

test('a name makes the same id on both sides, whatever letters and spaces it has', () => {
  const parts = fc.constantFrom(
    'Anykščių',
    'r.',
    ' ',
    '',
    'a',
    'Łódź',
    'ΑΣ',
    '-',
    '7',
    'x'.repeat(30),
    'İ',
    'e\u0301',
    '\u0301',
    'ß',
    'ß'.repeat(19),
    'ß'.repeat(40),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(parts, fc.string()), { maxLength: 8 }), (words) => {
      const name = words.join(' ');
      fc.pre(slugOf(name) !== '');
      // Also after one that begins alike: what they share is worked out once.
      const names = [words.slice(0, -1).join(' '), name, `${name} 7`, `${name}x`].filter((one) => slugOf(one) !== '');
      const roster = rosterOf(names.map((one) => site(slugOf(one), one)));
      expect(packRoster(roster).sites.id).toEqual(names.map(() => 0));
      expect(unpackRoster(packRoster(roster)).sites.map(({ id }) => id)).toEqual(names.map(slugOf));
    }),
  );
});

test('names and details are parts that join to the whole, and the details are not in the names', () => {
  const packed = packRoster(rosterOf([site('a', 'A'), site('b', 'B')]));
  const [names, details] = [partOfRoster(packed, 'names'), partOfRoster(packed, 'details')];
  expect(joinRoster(names, details)).toEqual(packed);
  expect(JSON.stringify(names)).not.toContain('55.6');
  expect(unpackRoster(names).sites.map(({ id, name, lat }) => [id, name, lat])).toEqual([
    ['a', 'A', null],
    ['b', 'B', null],
  ]);
});

test('an id that its name makes is not sent', () => {
  const packed = packRoster(rosterOf([site('zarasu-biblioteka', 'Zarasų biblioteka'), site('lt-0042', 'Zarasai')]));
  expect(packed.sites.id).toEqual([0, 'lt-0042']);
});
