import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  age,
  bytes,
  clock,
  cut,
  day,
  full,
  mbps,
  moment,
  NBSP,
  percent,
  plural,
  rate,
  zoneName,
} from '../../dashboard/web/format.ts';

const at = (iso: string) => Date.parse(iso);

describe('figures', () => {
  test('29.96 shows as 29.9: a figure is cut, never rounded over the target', () => {
    expect(cut(29.96)).toBe('29.9');
    expect(cut(29.999)).toBe('29.9');
    expect(cut(30)).toBe('30.0');
  });

  test('a cut figure is never above the true one and at most a tenth below it', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (value) => {
        const shown = Number(cut(value).replaceAll(',', ''));
        expect(shown).toBeLessThanOrEqual(value + 1e-6);
        expect(value - shown).toBeLessThan(0.1 + 1e-6);
      }),
    );
  });

  test('the noise of binary fractions is no reason to lose a tenth', () => {
    expect(cut(0.1 + 0.2)).toBe('0.3');
    expect(cut(8.3)).toBe('8.3');
    expect(cut(1.1 * 3)).toBe('3.3');
  });

  test('thousands are separated and a minus is a minus', () => {
    expect(cut(1234.56)).toBe('1,234.5');
    expect(cut(-0.04)).toBe('0.0');
    expect(cut(-2.35)).toBe('−2.3');
  });

  test('a quiet line is shown as quiet, not as nothing', () => {
    expect(rate(0)).toBe('0.0');
    expect(rate(0.004)).toBe(`<${NBSP}0.01`);
    expect(rate(0.049)).toBe('0.04');
    expect(rate(12.34)).toBe('12.3');
  });

  test('units stay with their figure', () => {
    expect(mbps(30)).toBe(`30${NBSP}Mb/s`);
    expect(mbps(29.96)).toBe(`29.9${NBSP}Mb/s`);
    expect(bytes(2_449_999)).toBe(`2.4${NBSP}MB`);
    expect(bytes(999)).toBe(`999${NBSP}B`);
  });

  test('99.96 % is not 100 %, and a share of nothing is unknown', () => {
    expect(percent(9996, 10_000)).toBe(`99.9${NBSP}%`);
    expect(percent(0, 0)).toBeNull();
  });

  test('one site, two sites', () => {
    expect(plural(1, { one: '{n} site', other: '{n} sites' })).toBe('1 site');
    expect(plural(1200, { one: '{n} site', other: '{n} sites' })).toBe('1,200 sites');
  });
});

describe('times', () => {
  test('an age names its two largest units', () => {
    expect(age(18_900)).toBe(`18${NBSP}s`);
    expect(age(59 * 60_000)).toBe(`59${NBSP}min`);
    expect(age(130 * 60_000)).toBe(`2${NBSP}h 10${NBSP}min`);
    expect(age(52 * 3_600_000)).toBe(`2${NBSP}d 4${NBSP}h`);
    expect(age(-5000)).toBe(`0${NBSP}s`);
  });

  test('a moment is told in the site’s zone, also on the days when clocks change', () => {
    expect(clock(at('2026-11-19T14:15:00Z'), 'Europe/Vilnius')).toBe('16:15');
    expect(clock(at('2026-10-25T00:30:00Z'), 'Europe/Vilnius')).toBe('03:30');
    expect(clock(at('2026-10-25T01:30:00Z'), 'Europe/Vilnius')).toBe('03:30');
    expect(clock(at('2026-03-29T01:00:00Z'), 'Europe/Vilnius')).toBe('04:00');
  });

  test('a moment is as short as it stays clear', () => {
    const now = at('2026-11-19T14:15:00Z');
    const shown = (iso: string) => moment(at(iso), now, 'Europe/Vilnius');
    expect(shown('2026-11-18T22:05:00Z')).toBe('00:05');
    expect(shown('2026-11-18T15:00:00Z')).toBe('Wed 17:00');
    expect(shown('2026-11-03T09:12:00Z')).toBe(`3${NBSP}Nov 11:12`);
    expect(shown('2025-11-03T09:12:00Z')).toBe(`3${NBSP}Nov 2025 11:12`);
  });

  test('a date names its week day, and a zone its place', () => {
    expect(full(at('2026-11-19T14:15:00Z'), 'Europe/Vilnius')).toBe(`Thu 19${NBSP}Nov 2026, 16:15`);
    expect(day(at('2026-11-19T23:15:00Z'), 'Europe/Vilnius')).toBe(`20${NBSP}Nov`);
    expect(zoneName('America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
  });

  test('a zone that this browser does not know is read as UTC instead of failing the page', () => {
    expect(clock(at('2026-11-19T14:15:00Z'), 'Mars/Olympus')).toBe('14:15');
  });
});
