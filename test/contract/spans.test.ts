import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intersect, type Span, subtract, union } from '#contract';

describe('spans', () => {
  const spans = fc
    .array(
      fc.tuple(fc.nat(60), fc.nat(20)).map(([from, length]): Span => [from, from + length]),
      { maxLength: 10 },
    )
    .map(union);
  const holds = (set: readonly Span[], at: number): boolean => set.some(([from, to]) => at >= from && at < to);

  it('intersect and subtract as sets of moments do', () => {
    fc.assert(
      fc.property(spans, spans, (a, b) => {
        const both = intersect(a, b);
        const rest = subtract(a, b);
        for (let at = 0; at < 90; at++) {
          expect(holds(both, at)).toBe(holds(a, at) && holds(b, at));
          expect(holds(rest, at)).toBe(holds(a, at) && !holds(b, at));
        }
      }),
    );
  });
});
