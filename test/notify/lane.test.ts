import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterFailure, afterSuccess, newLane, taken } from '../../dashboard/notify/lane.ts';

const rate = { perS: 2, burst: 3 };

describe("one receiver's pace", () => {
  test('is a bucket: a burst, then as fast as its rate', () => {
    let lane = newLane(rate, 0);
    const times: number[] = [];
    for (let now = 0; now <= 2000; now += 100) {
      for (let next = taken(lane, rate, now); next; next = taken(lane, rate, now)) {
        lane = next;
        times.push(now);
      }
    }
    expect(times).toEqual([0, 0, 0, 500, 1000, 1500, 2000]);
  });
  test('never gives more than burst and rate allow, whatever the times are, also when the clock is set back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -500, max: 2000 }), { maxLength: 60 }), (steps) => {
        let [lane, now, sent, passed] = [newLane(rate, 0), 0, 0, 0];
        for (const step of steps) {
          now += step;
          passed += Math.max(0, step) + (step < 0 ? -step : 0);
          const next = taken(lane, rate, now);
          if (next) [lane, sent] = [next, sent + 1];
        }
        expect(sent).toBeLessThanOrEqual(rate.burst + (passed * rate.perS) / 1000 + 1);
      }),
    );
  });
  test('is left alone after a failure, and after five in a row tried at most every 30 seconds', () => {
    let lane = newLane(rate, 0);
    const waits: number[] = [];
    for (let n = 1; n <= 7; n++) {
      lane = afterFailure(lane, 1000, { attempts: 1, afterMs: null, random: () => 0 });
      waits.push(lane.notBefore - 1000);
    }
    expect(waits).toEqual([500, 500, 500, 500, 30_000, 30_000, 30_000]);
    expect(taken(lane, rate, 30_999)).toBeNull();
    expect(taken(lane, rate, 31_000)).not.toBeNull();
    expect(afterSuccess(lane)).toMatchObject({ failures: 0, notBefore: 0 });
  });
  test('waits as long as the receiver asks', () => {
    const lane = afterFailure(newLane(rate, 0), 0, { attempts: 1, afterMs: 120_000, random: () => 1 });
    expect(lane.notBefore).toBe(120_000);
  });
});
