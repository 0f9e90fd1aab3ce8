import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSeenFrames, intervalsOf } from '../../broker/store/seen-frames.ts';

it('frames that were seen are known like in a set, whatever the order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(40), { maxLength: 80 }),
      fc.array(fc.tuple(fc.nat(40), fc.nat(10)), { maxLength: 5 }),
      (seqs, spans) => {
        const seen = createSeenFrames();
        const set = new Set<number>();
        for (const [from, length] of spans) {
          seen.addInterval({ probe: 'p', run: 'r', from, to: from + length });
          for (let seq = from; seq <= from + length; seq++) set.add(seq);
        }
        for (const seq of seqs) {
          expect(seen.add('p', 'r', seq)).toBe(!set.has(seq));
          set.add(seq);
        }
        for (let seq = 0; seq < 60; seq++) expect(seen.has('p', 'r', seq)).toBe(set.has(seq));
        expect(seen.has('p', 'other', seqs[0] ?? 0)).toBe(false);
      },
    ),
  );
});

it('intervals are as few as possible', () => {
  expect(intervalsOf([5, 1, 2, 9, 3, 4])).toEqual([
    [1, 5],
    [9, 9],
  ]);
});
