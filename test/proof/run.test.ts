/** Why: the proof is only as good as its sets: held against a plain set of numbers, in any order, with any repeats. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addFrame, addLost, newRun, uncovered } from '../../dashboard/proof/run.ts';

const RUNS = { numRuns: 300 };

test('in whatever order frames come, the intervals hold exactly them, and repeats are counted', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 120 }), (numbers) => {
      const run = newRun('r', 0);
      for (const [i, seq] of numbers.entries()) addFrame(run, seq, i);
      const known = new Set(numbers);
      const held = run.arrived.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
      expect(held).toEqual([...known].sort((a, b) => a - b));
      expect([run.frames, run.duplicates]).toEqual([known.size, numbers.length - known.size]);
      for (const [i, one] of run.arrived.entries())
        expect(one.from).toBeGreaterThan((run.arrived[i - 1]?.to ?? -2) + 1);
    }),
    RUNS,
  );
});

test('losses told in any order and more than once cover exactly what was told', () => {
  const range = fc
    .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 8 }))
    .map(([from, n]) => ({ from, to: from + n, class: 'frame' as const, at: 0 }));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 30 }), (told) => {
      const run = newRun('r', 0);
      for (const one of told) addLost(run, one);
      const all = { from: 0, to: 60 };
      const missing = uncovered(all, run.lost).flatMap(({ from, to }) =>
        Array.from({ length: to - from + 1 }, (_, i) => from + i),
      );
      const free = Array.from({ length: 61 }, (_, i) => i).filter(
        (seq) => !told.some(({ from, to }) => from <= seq && seq <= to),
      );
      expect(missing).toEqual(free);
    }),
    RUNS,
  );
});

test('a gap keeps the time at which it was noticed while it is filled', () => {
  const run = newRun('r', 0);
  addFrame(run, 0, 1000);
  addFrame(run, 10, 2000);
  addFrame(run, 9, 3000);
  addFrame(run, 5, 4000);
  expect(run.arrived).toEqual([
    { from: 0, to: 0, at: 1000 },
    { from: 5, to: 5, at: 2000 },
    { from: 9, to: 10, at: 2000 },
  ]);
});

test('a probe that leaves out every second number costs bounded memory, and what is missing is still counted', () => {
  const run = newRun('r', 0);
  for (let seq = 0; seq < 4000; seq += 2) addFrame(run, seq, seq);
  expect(run.arrived.length).toBe(512);
  const listed = run.arrived.slice(1).reduce((sum, one, i) => sum + one.from - (run.arrived[i]?.to ?? 0) - 1, 0);
  expect(listed + run.unlisted).toBe(1999);
});
