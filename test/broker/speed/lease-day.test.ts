import { describe, expect, test } from 'vitest';
import { leaseDay } from './lease-day.ts';

describe('a day of 1,200 libraries at the desk for leases', () => {
  test('on 1 Gb/s everybody is served, and nobody waits', () => {
    const day = leaseDay({});
    expect(day).toMatchObject({ unanswered: 0, late: 0, told: {} });
    expect(day.slots).toBeGreaterThan(7200);
    expect(day.served).toBe(day.slots);
    expect(day.peakShare).toBeLessThanOrEqual(0.8);
    expect(day.sentShare).toBeLessThanOrEqual(day.peakShare);
    expect(day.waitP99S).toBeLessThan(5);
  });

  test.each([
    ['on a small line', { uplinkMbps: 100 }],
    ['when all of them come within one minute', { herd: true }],
    ['both', { herd: true, uplinkMbps: 100 }],
  ])('%s it stays within 80 %%, and each slot is served or told why', (_, options) => {
    const day = leaseDay(options);
    expect(day).toMatchObject({ unanswered: 0, late: 0 });
    expect(day.peakShare).toBeLessThanOrEqual(0.8);
    expect(day.sentShare).toBeLessThanOrEqual(0.8);
    const told = Object.values(day.told).reduce((sum, count) => sum + count, 0);
    expect(day.served + told).toBe(day.slots);
  });
});
