import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addValue, emptyHistogram, encodeHistogram } from '#lib/histogram';
import type { AvailabilityGroup, RollupRow } from '#store';
import { addKnown, addTotals, cutGroups } from '../../broker/rollup/cut.ts';
import { knownOf, totalsOf } from '../../broker/rollup/totals.ts';

const HOURS = 12;

const hour = fc.record({
  probe: fc.constantFrom('p-1', 'p-2', 'p-10'),
  hour: fc.nat({ max: HOURS - 1 }),
  up_s: fc.nat({ max: 3600 }),
});
const hours = fc
  .uniqueArray(hour, { selector: ({ probe, hour: of }) => `${probe}/${of}`, maxLength: 30 })
  .map((all) => all.map(rowOf));

function rowOf({ probe, hour: of, up_s }: { probe: string; hour: number; up_s: number }): RollupRow {
  const rates = emptyHistogram();
  for (let i = 0; i < up_s % 4; i++) addValue(rates, 1 + up_s / 7 + i * 30);
  const down_s = 3600 - up_s;
  return {
    probe,
    tier: 'hour',
    t_s: of * 3600,
    version: 1,
    samples: 60,
    up_s,
    down_s,
    unknown_s: 0,
    runs: `${up_s > 0 ? `u${up_s}` : ''}${down_s > 0 ? `d${down_s}` : ''}`,
    tests: { n: up_s % 4, passed: up_s % 2, failed: up_s % 3, inconclusive: 0 },
    histograms: { rtt_ms: '', rate_mbps: encodeHistogram(rates) },
    metrics: {},
  };
}

it('tests before and after a moment are, added up, those of all', () => {
  fc.assert(
    fc.property(hours, fc.nat({ max: HOURS }), (rows, at) => {
      const [before, after] = [rows.filter(({ t_s }) => t_s < at * 3600), rows.filter(({ t_s }) => t_s >= at * 3600)];
      const parts = [totalsOf(before, 'rate_mbps'), totalsOf(after, 'rate_mbps')] as const;
      expect(addTotals(...parts)).toEqual(totalsOf(rows, 'rate_mbps'));
    }),
  );
});

it('so is what is known within opening hours that the moment cuts', () => {
  const spans = fc
    .uniqueArray(fc.nat({ max: HOURS * 3600 }), { minLength: 2, maxLength: 8 })
    .map((all) => all.sort((a, b) => a - b))
    .map((all) =>
      all.flatMap((from, i) => (i % 2 === 0 && i + 1 < all.length ? [[from, all[i + 1] ?? 0] as const] : [])),
    );
  const groups: fc.Arbitrary<AvailabilityGroup[]> = fc.array(
    fc.record({ probes: fc.subarray(['p-1', 'p-2', 'p-10', 'p-3']), spans }),
    { maxLength: 3 },
  );
  fc.assert(
    fc.property(hours, groups, fc.nat({ max: HOURS }), (rows, all, at) => {
      const [before, after] = cutGroups(all, at * 3600);
      for (const { spans: of } of before) for (const [, to] of of) expect(to).toBeLessThanOrEqual(at * 3600);
      for (const { spans: of } of after) for (const [from] of of) expect(from).toBeGreaterThanOrEqual(at * 3600);
      expect(addKnown(knownOf(rows, before), knownOf(rows, after))).toEqual(knownOf(rows, all));
    }),
  );
});
