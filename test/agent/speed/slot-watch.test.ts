import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Watched, watchSlot } from '../../../agent/speed/slot-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Watches a slot that is due in ten minutes, while visitors use what `mbps` says at each second; tells when it ended, s. */
async function watched(
  mbps: (second: number) => number | null,
  provenMbps: number | null = 50,
): Promise<Watched & { atS: number }> {
  let [second, bytes] = [0, 0];
  const abort = new AbortController();
  const end = watchSlot({
    dueMs: 600_000,
    targetMbps: 30,
    provenMbps,
    read() {
      const rate = mbps(second);
      bytes += (rate ?? 0) * 125_000;
      return rate === null ? null : bytes;
    },
    clock: { monoMs: () => second * 1000 },
    signal: abort.signal,
  });
  let result: Watched | undefined;
  void end.then((found) => {
    result = found;
  });
  while (!result && second < 3000) {
    second += 1;
    await vi.advanceTimersByTimeAsync(1000);
  }
  abort.abort();
  return { ...(await end), atS: second };
}

test('visitors who download at the target end it with a proof, before the slot is due', async () => {
  expect(await watched((second) => (second > 100 ? 34 : 3))).toMatchObject({ proof: { rateMbps: 34 }, atS: 103 });
});

test('on a quiet line the test is due at its slot', async () => {
  expect(await watched(() => 5)).toMatchObject({ proof: null, waited: 0, othersMbps: 5, atS: 600 });
});

test('visitors above 70 % of what the line proved make it wait, three times three minutes at most', async () => {
  expect(await watched(() => 25, 35)).toMatchObject({ proof: null, waited: 3, atS: 600 + 3 * 180 });
  expect(await watched((second) => (second < 700 ? 25 : 1), 35)).toMatchObject({ waited: 1, atS: 780 });
});

test('while it waits, the proof may still come', async () => {
  expect(await watched((second) => (second < 650 ? 25 : 31), 35)).toMatchObject({ proof: { rateMbps: 31 }, waited: 1 });
});

test('counters that are gone prove nothing and make nobody wait', async () => {
  expect(await watched((second) => (second % 3 === 0 ? null : 90))).toMatchObject({ proof: null, waited: 0, atS: 600 });
});
