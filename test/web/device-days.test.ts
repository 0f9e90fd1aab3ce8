/** The bars of devices: what is not over, what nobody knows, what was most. */
import { describe, expect, test } from 'vitest';
import type { DeviceDays } from '#contract';
import {
  anyKnown,
  daysOf,
  devicesSpec,
  hasDays,
  sumOfDays,
  uncounted,
} from '../../dashboard/web/charts/device-days.ts';
import { frameOf } from '../../dashboard/web/charts/series.ts';

const VILNIUS = 'Europe/Vilnius';
const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-19T14:15:00Z');
const frame = frameOf('7d', NOW, VILNIUS, []);
const columns = (devices: (number | null)[]): DeviceDays => ({
  ...{ ap: 'a', zone: VILNIUS, from: frame.from, to: frame.from + 7 * 24 * HOUR, devices, at_once: devices },
  t: devices.map((_, i) => frame.from + i * 24 * HOUR),
});
const days = daysOf(columns([30, 0, null, 50, 40, 20, 12]), frame, NOW);

describe('devices by day', () => {
  test('today is not over, and no day is beyond what is shown', () => {
    expect(days.map(({ soFar }) => soFar)).toEqual([false, false, false, false, false, false, true]);
    expect(days.at(-1)?.x).toBe((frame.from + 6 * 24 * HOUR + NOW) / 2);
  });

  test('a day that nobody counted has no bar and is missing; one without a device has a bar of 0', () => {
    const spec = devicesSpec(days, frame);
    expect(spec.bars?.map(({ value }) => value)).toEqual([30, 0, 50, 40, 20, 12]);
    expect(spec.missing).toEqual([[frame.from + 48 * HOUR, frame.from + 72 * HOUR]]);
    const closed = [[frame.from + 48 * HOUR, frame.from + 72 * HOUR] as const];
    expect(uncounted(daysOf(columns([1, 1, null]), { ...frame, closed }, NOW))).toEqual([]);
  });

  test('the middle and the most are of open days that are over', () => {
    const sum = sumOfDays(days);
    expect([sum.median, sum.days, sum.most?.devices, sum.unknown]).toEqual([30, 5, 50, 1]);
    const closed = [[frame.from + 24 * HOUR, frame.from + 48 * HOUR] as const];
    expect(sumOfDays(daysOf(columns([30, 0, 50, null]), { ...frame, closed }, NOW))).toMatchObject({
      median: 30,
      days: 2,
    });
    expect(sumOfDays(daysOf(columns([null, null]), frame, NOW)).median).toBeNull();
    expect(anyKnown(daysOf(columns([null, null]), frame, NOW))).toBe(false);
  });

  test('are shown from a week to a year', () => {
    const shown = (['1h', '24h', '7d', '30d', '12mo'] as const).filter((range) =>
      hasDays(frameOf(range, NOW, VILNIUS, [])),
    );
    expect(shown).toEqual(['7d', '30d', '12mo']);
  });
});
