/** Why: a report that expects other tests than probes make calls a good line unknown, or a silent one good. */
import { describe, expect, it } from 'vitest';
import { momentOf, type OpeningHours, type Span } from '#contract';
import { slotsOf } from '../../../agent/speed/slots.ts';
import { openTimes } from '../../../dashboard/query/open-time.ts';

const ZONE = 'Europe/Vilnius';
const DAY_MS = 86_400_000;
const FIRST = Date.UTC(2026, 9, 1) / DAY_MS;
const midnight = (day: number): number => momentOf(ZONE, FIRST + day, 0);

const week = (...days: OpeningHours[number][]): OpeningHours => Array.from({ length: 7 }, (_, i) => days[i] ?? []);
const HOURS: Record<string, OpeningHours> = {
  'by day': week([[540, 1020]], [[540, 1020]]),
  'with a break': week([
    [540, 720],
    [780, 1020],
  ]),
  always: week(...Array(7).fill([[0, 1440]])),
  'from Friday to Sunday without a break': week([], [], [], [], [[600, 1440]], [[0, 1440]], [[0, 900]]),
  'past midnight': week(
    ...Array(7).fill([
      [0, 120],
      [1320, 1440],
    ]),
  ),
  'past midnight once a week': week([], [], [], [], [], [[1200, 1440]], [[0, 180]]),
};

/** On how many days of the month a probe makes tests of opening hours. */
function daysOfProbe(opening: OpeningHours, closed: readonly number[]): number {
  const dates = closed.map((day) => new Date((FIRST + day) * DAY_MS).toISOString().slice(0, 10));
  const plan = { zone: ZONE, opening, closed: dates, testsPerDay: 1 };
  return [...Array(31).keys()].filter((day) =>
    slotsOf(plan, FIRST + day, new Uint8Array(32)).some(({ series }) => series === 'hours'),
  ).length;
}

function timeOf(opening: OpeningHours, from: number, to: number, closed: readonly number[] = []) {
  const spans = closed.map((day): Span => [midnight(day), midnight(day + 1)]);
  const site = { id: 's', name: '', region: '', isp: '', zone: ZONE, opening };
  const rest = { contract_mbps: null, metered: false, lat: null, lon: null, notes: '' };
  return openTimes(() => spans)({ ...site, ...rest }, from, to);
}

describe('the days on which tests are expected', () => {
  it.each(Object.entries(HOURS))('are those on which probes make them: open %s', (_, opening) => {
    for (const closed of [[], [13], [2, 3, 4, 9], [24]])
      expect(timeOf(opening, midnight(0), midnight(31), closed).days).toBe(daysOfProbe(opening, closed));
  });

  it('of a library that never closes are all, with the hour that comes twice', () => {
    expect(timeOf(week(...Array(7).fill([[0, 1440]])), midnight(0), midnight(31))).toMatchObject({
      days: 31,
      seconds: 31 * 86_400 + 3600,
    });
  });

  it('begin with that on which a probe came while it was open, and not after it had closed', () => {
    const weekdays = week(...Array(5).fill([[540, 1020]]));
    const at = (hour: number): number => midnight(0) + hour * 3_600_000; // a Thursday
    expect(timeOf(weekdays, at(12), midnight(4)).days).toBe(2);
    expect(timeOf(weekdays, at(18), midnight(4)).days).toBe(1);
    expect(timeOf(weekdays, midnight(4), midnight(4)).days).toBe(0);
  });

  it('do not hold a night that began in the month before', () => {
    const friday = week([], [], [], [], [[1200, 1440]], [[0, 180]]);
    const saturday = midnight(2);
    expect(timeOf(friday, saturday, saturday + DAY_MS)).toMatchObject({ days: 0, seconds: 3 * 3600 });
  });
});
