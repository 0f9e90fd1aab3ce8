/** The stretch before: by the clock of the site, whatever its clocks did meanwhile. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { localTime } from '#contract';
import {
  beforeOf,
  calendarBefore,
  earlierTests,
  lineOver,
  lineThrough,
  moveDays,
  nearestTest,
  sameTimes,
  timeBefore,
  valuesAt,
} from '../../dashboard/web/charts/before.ts';
import { frameOf } from '../../dashboard/web/charts/series.ts';
import type { TestMark } from '../../dashboard/web/charts/throughput-spec.ts';

const HOUR = 3_600_000;
const VILNIUS = 'Europe/Vilnius';
const at = (iso: string) => Date.parse(iso);
const inHours = ({ from, to }: { from: number; to: number }) => (to - from) / HOUR;
const NOW = at('2026-11-19T14:15:00Z');

describe('what a stretch is compared with', () => {
  test('a day and a week: seven days of the calendar before; longer ones: as many whole days as they touch', () => {
    const days = (range: '1h' | '24h' | '7d' | '30d' | '12mo') => beforeOf(frameOf(range, NOW, VILNIUS, []))?.days;
    expect([days('1h'), days('24h'), days('7d'), days('30d')]).toEqual([7, 7, 7, 30]);
    // By weeks, so that a Monday is compared with a Monday.
    expect(days('12mo')).toBe(371);
    expect(beforeOf({ from: NOW - 401 * 24 * HOUR, to: NOW, zone: VILNIUS })).toBeNull();
  });

  test('begins and ends at the same time of the clock, when that was changed too', () => {
    // Clocks were set back on 25 October.
    const week = { from: at('2026-10-26T22:00:00Z'), to: at('2026-11-02T22:00:00Z'), zone: VILNIUS };
    const before = beforeOf(week);
    expect(before).toEqual({ days: 7, from: at('2026-10-19T21:00:00Z'), to: at('2026-10-26T22:00:00Z') });
    expect([inHours(week), before && inHours(before)]).toEqual([168, 169]);
    const spring = beforeOf({ from: at('2026-03-29T21:00:00Z'), to: at('2026-04-05T21:00:00Z'), zone: VILNIUS });
    expect(spring && inHours(spring)).toBe(167);
  });

  test('of a day of 25 hours are the last 24, which the server knows by samples', () => {
    const before = beforeOf({ from: at('2026-11-01T00:00:00Z'), to: at('2026-11-02T00:00:00Z'), zone: VILNIUS });
    expect(before && inHours(before)).toBe(24);
    expect(before?.to).toBe(at('2026-10-26T00:00:00Z'));
  });

  test('never overlaps with it, and lies whole days of the calendar away', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400 * 24 * 60 }),
        fc.integer({ min: 10, max: 390 * 24 * 60 }),
        (ago, long) => {
          const to = NOW - ago * 60_000;
          const before = beforeOf({ from: to - long * 60_000, to, zone: VILNIUS });
          expect(before?.to ?? Infinity).toBeLessThanOrEqual(to - long * 60_000 + HOUR);
          expect(localTime(VILNIUS, to).dayNumber - localTime(VILNIUS, before?.to ?? 0).dayNumber).toBe(before?.days);
        },
      ),
    );
  });
});

describe('the same time of the clock', () => {
  test('is found over a change of clocks, and is none where it was skipped', () => {
    expect(timeBefore(VILNIUS, at('2026-10-28T08:00:00Z'), 7)).toBe(at('2026-10-21T07:00:00Z'));
    // 03:30 on 29 March was none.
    expect(timeBefore(VILNIUS, at('2026-04-05T00:30:00Z'), 7)).toBeNull();
    expect(moveDays(VILNIUS, at('2026-10-21T07:00:12.345Z'), 7)).toBe(at('2026-10-28T08:00:12.345Z'));
  });

  test('gives each bucket the earlier one of the same hour; what is not there is a gap', () => {
    const hours = (from: number, n: number) => ({
      t: Array.from({ length: n }, (_, i) => from + i * HOUR),
      bucket_s: 3600,
    });
    const now = hours(at('2026-10-28T06:00:00Z'), 4);
    const then = hours(at('2026-10-21T06:00:00Z'), 3);
    const places = sameTimes(now, then, VILNIUS, 7);
    // 08:00 in Vilnius was at 05:00 in UTC a week before.
    expect(places).toEqual([null, 0, 1, 2]);
    expect(valuesAt(places, [5, null, 7])).toEqual([null, 5, null, 7]);
  });

  test('gives each day of the calendar the day of then, also of 25 hours', () => {
    const day = (iso: string, hours = 24) => ({ from: at(iso), to: at(iso) + hours * HOUR });
    const now = [day('2026-10-31T22:00:00Z'), day('2026-11-01T22:00:00Z'), day('2026-11-02T22:00:00Z')];
    const then = {
      t: [at('2026-10-24T21:00:00Z'), at('2026-10-25T22:00:00Z')],
      to: at('2026-10-26T22:00:00Z'),
      p50: [40, null],
    };
    expect(calendarBefore(now, then, VILNIUS, 7)).toEqual([40, null, null]);
  });
});

describe('medians of then', () => {
  const days = (n: number) => Array.from({ length: n }, (_, i) => ({ from: i * 10, to: i * 10 + 10, x: i * 10 + 5 }));

  test('of a few days stand by themselves, of many they are a line, with gaps where there is none', () => {
    expect(lineOver(days(2), [40, null])).toEqual([
      ...[0, 10].map((x) => ({ at: x, value: 40 })),
      ...[10, 10, 20, 20].map((x) => ({ at: x, value: null })),
    ]);
    expect(lineOver(days(30), [40, null, 42]).slice(0, 4)).toEqual([
      ...[40, null, 42, null].map((value, i) => ({ at: i * 10 + 5, value })),
    ]);
  });
});

describe('tests of then', () => {
  const mark = (iso: string, rate: number | null) => ({ at: at(iso), rate }) as TestMark;
  const tests = earlierTests(
    [mark('2026-11-11T15:00:00Z', 40), mark('2026-11-12T08:00:00Z', null), mark('2026-11-12T09:00:00Z', 44)],
    VILNIUS,
    7,
  );

  test('stand at the same time of now; those that could not tell are none', () => {
    expect(tests.map(({ x, rate }) => [new Date(x).toISOString().slice(0, 16), rate])).toEqual([
      ['2026-11-18T15:00', 40],
      ['2026-11-19T09:00', 44],
    ]);
  });

  test('are told where they were near, never one of another part of the day', () => {
    expect(nearestTest(tests, at('2026-11-19T10:30:00Z'))?.rate).toBe(44);
    expect(nearestTest(tests, at('2026-11-19T11:01:00Z'))).toBeUndefined();
  });

  test('are not joined over a night', () => {
    const night = [[at('2026-11-18T16:00:00Z'), at('2026-11-19T07:00:00Z')] as const];
    expect(lineThrough(tests, night).map(({ value }) => value)).toEqual([40, null, 44]);
    expect(
      lineThrough(
        tests.map((one, i) => ({ ...one, x: i * HOUR })),
        [],
      ).map(({ value }) => value),
    ).toEqual([40, 44]);
  });
});
