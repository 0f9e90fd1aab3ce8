/** Retries spread out: never sooner than the floor, never later than the cap, and not all at the same time. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBackoff } from '#lib/backoff';

test('each wait is below its ceiling, which doubles up to the cap', () => {
  const backoff = createBackoff({ baseMs: 100, capMs: 1000, random: () => 0.999_999 });
  expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([100, 200, 400, 800, 1000, 1000]);
  backoff.reset();
  expect(backoff.next()).toBe(100);
});

test('no wait is below the floor or above the cap, whatever chance says and however long it goes on', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1, maxLength: 80 }),
      (chances) => {
        const left = [...chances];
        const backoff = createBackoff({ baseMs: 50, capMs: 5000, floorMs: 20, random: () => left.shift() ?? 0 });
        for (const _ of chances) {
          const wait = backoff.next();
          expect(wait).toBeGreaterThanOrEqual(20);
          expect(wait).toBeLessThanOrEqual(5000);
        }
      },
    ),
  );
});

test('1,200 probes that lose the server at once come back over the whole width of the ceiling', () => {
  const waits = Array.from({ length: 1200 }, () => createBackoff({ baseMs: 10_000, capMs: 60_000 }).next());
  const tenths = new Set(waits.map((wait) => Math.floor(wait / 1000)));
  expect(tenths.size).toBeGreaterThanOrEqual(10);
});
