import fc from 'fast-check';
import { expect, it } from 'vitest';
import { intersect, type Span, totalMs, union } from '#contract';
import { joinRuns, knownWithin, runsOf } from '../../broker/rollup/runs.ts';

const HOUR = 3600;
const START = 1_790_000_000 - (1_790_000_000 % HOUR);
const spans = (to: number): fc.Arbitrary<Span[]> =>
  fc
    .array(
      fc
        .tuple(fc.integer({ min: -HOUR, max: to }), fc.integer({ min: 1, max: HOUR }))
        .map(([from, length]): Span => [START + from, START + from + length]),
      { maxLength: 8 },
    )
    .map((some) => [...union(some)]);

it('what was known within opening hours is what the spans say, second by second', () => {
  fc.assert(
    fc.property(spans(2 * HOUR), spans(2 * HOUR), spans(2 * HOUR), (up, down, open) => {
      const whole: Span[] = [[START, START + 2 * HOUR]];
      const runs = runsOf(START, START + 2 * HOUR, { up, down });
      const isDown = intersect(whole, down);
      const all = totalMs(intersect(intersect(whole, union([...up, ...down])), open));
      const down_s = totalMs(intersect(isDown, open));
      expect(knownWithin(runs, START, open)).toEqual({ up_s: all - down_s, down_s });
    }),
    { numRuns: 300 },
  );
});

it('hours joined to a day know what the hours know, and what lies between them is unknown', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 5 }), spans(6 * HOUR), spans(6 * HOUR)), {
        selector: ([hour]) => hour,
        maxLength: 6,
      }),
      spans(6 * HOUR),
      (found, open) => {
        const hours = found
          .sort(([a], [b]) => a - b)
          .map(([hour, up, down]) => {
            const t_s = START + hour * HOUR;
            return { t_s, runs: runsOf(t_s, t_s + HOUR, { up, down }) };
          });
        const day = joinRuns(hours, START, START + 6 * HOUR);
        const parts = hours.map(({ t_s, runs }) => knownWithin(runs, t_s, open));
        expect(knownWithin(day, START, open)).toEqual({
          up_s: parts.reduce((sum, { up_s }) => sum + up_s, 0),
          down_s: parts.reduce((sum, { down_s }) => sum + down_s, 0),
        });
        expect(day).not.toMatch(/u\d+u|d\d+d|-\d+-/);
        expect([...day.matchAll(/\d+/g)].reduce((sum, [length]) => sum + Number(length), 0)).toBe(6 * HOUR);
      },
    ),
    { numRuns: 200 },
  );
});
