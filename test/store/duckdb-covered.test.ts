import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createCovered } from '../../broker/store/duckdb-covered.ts';
import { batchOf } from './batches.ts';

const frames = fc.array(
  fc.record({
    probe: fc.constantFrom('p-1', 'p-2'),
    from: fc.integer({ min: 0, max: 20_000 }),
    step: fc.constantFrom(0, 1, 60, 300, 1000),
    count: fc.integer({ min: 1, max: 5 }),
  }),
  { minLength: 1, maxLength: 12 },
);

it('whatever order frames come in, a second that is there twice is asked about', () => {
  fc.assert(
    fc.property(fc.array(frames, { minLength: 1, maxLength: 4 }), (batches) => {
      const covered = createCovered([]);
      const stored = new Set<string>();
      for (const some of batches) {
        const batch = batchOf(
          ...some.map(({ probe, from, step, count }, seq) => ({
            probe,
            seq,
            t: Array.from({ length: count }, (_, i) => from + i * step),
            m: {},
          })),
        );
        const { suspects, adopt } = covered.examine(
          batch,
          batch.samples.t_s.map((_, row) => row),
        );
        for (const [row, t_s] of batch.samples.t_s.entries()) {
          const probe = batch.samples.probe[row] ?? '';
          const asked = suspects.some((one) => one.probe === probe && one.from_s <= t_s && one.to_s >= t_s);
          if (stored.has(`${probe}/${t_s}`)) expect(asked).toBe(true);
          stored.add(`${probe}/${t_s}`);
        }
        adopt();
      }
    }),
    { numRuns: 300 },
  );
});

it('live frames, and late ones that fill a long gap, are not asked about; what another life wrote is', () => {
  const covered = createCovered([[0, 1000]]);
  const ask = (from: number) => {
    const batch = batchOf({ probe: 'p', seq: from, t: [from, from + 60, from + 120], m: {} });
    const { suspects, adopt } = covered.examine(batch, [0, 1, 2]);
    adopt();
    return suspects.length;
  };
  expect([ask(900), ask(1080), ask(90_000), ask(90_180), ask(50_000), ask(50_060)]).toEqual([1, 0, 0, 0, 0, 1]);
});
