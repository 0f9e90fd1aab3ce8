import { describe, expect, test } from 'vitest';
import { hasHours, isOpen, openSince } from '../../dashboard/alert/opening.ts';

const weekdays = {
  zone: 'Europe/Vilnius',
  opening: [...Array.from({ length: 5 }, () => [[540, 1080]] as const), [], []],
} as const;
const always = { zone: 'Europe/Vilnius', opening: Array.from({ length: 7 }, () => [[0, 1440]] as const) };
const at = (iso: string): number => Date.parse(iso);

describe('opening hours', () => {
  test('follow the wall clock of the site in winter and in summer', () => {
    expect(isOpen(weekdays, at('2026-11-19T07:00:00Z'))).toBe(true); // Thursday 09:00 EET
    expect(isOpen(weekdays, at('2026-11-19T06:59:59Z'))).toBe(false);
    expect(isOpen(weekdays, at('2026-07-16T06:00:00Z'))).toBe(true); // 09:00 EEST
    expect(isOpen(weekdays, at('2026-07-16T15:00:00Z'))).toBe(false); // 18:00: closed
  });
  test('know the week day there, not here', () => {
    expect(isOpen({ ...weekdays, zone: 'Pacific/Auckland' }, at('2026-11-22T20:30:00Z'))).toBe(true); // Monday 09:30 there
    expect(isOpen(weekdays, at('2026-11-22T20:30:00Z'))).toBe(false); // Sunday here
  });
  test('tell since when it is open', () => {
    expect(openSince(weekdays, at('2026-11-19T14:05:10Z'))).toBe(at('2026-11-19T07:00:00Z'));
    expect(openSince(weekdays, at('2026-11-19T17:00:00Z'))).toBeNull();
  });
  test('join midnight where a site never closes', () => {
    const now = at('2026-11-19T14:05:00Z');
    expect(now - (openSince(always, now) ?? now)).toBeGreaterThan(6 * 86_400_000);
  });
  test('keep the true start of a day on which the clock changed', () => {
    const night = { zone: 'Europe/Vilnius', opening: Array.from({ length: 7 }, () => [[60, 1440]] as const) };
    expect(openSince(night, at('2026-03-29T09:00:00Z'))).toBe(at('2026-03-28T23:00:00Z')); // 01:00 EET, before the jump
    expect(openSince(night, at('2026-10-25T09:00:00Z'))).toBe(at('2026-10-24T22:00:00Z')); // 01:00 EEST, before the clock went back
  });
  test('that are not set are told apart from closed days', () => {
    expect(hasHours(weekdays.opening)).toBe(true);
    expect(hasHours([[], [], [], [], [], [], []])).toBe(false);
  });
});
