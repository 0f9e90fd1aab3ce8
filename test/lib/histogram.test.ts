import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  addHistogram,
  addValue,
  countOf,
  emptyHistogram,
  encodeHistogram,
  HISTOGRAM_ERROR,
  type Histogram,
  quantiles,
} from '#lib/histogram';
import { createHistogramSum, decodeHistogram } from '#lib/histogram-sum';

const values = fc.array(
  fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 600_000 }).map((n) => n / 10),
    fc.double({ min: 0.001, max: 400_000, noNaN: true }),
  ),
  { minLength: 1, maxLength: 300 },
);
const histogramOf = (all: readonly number[]): Histogram => {
  const histogram = emptyHistogram();
  for (const value of all) addValue(histogram, value);
  return histogram;
};
const SHARES = [0, 0.05, 0.1, 0.5, 0.9, 0.95, 0.99, 1];

it('every percentile lies within 2 % of the exact one', () => {
  expect(HISTOGRAM_ERROR).toBe(0.02);
  fc.assert(
    fc.property(values, (all) => {
      const sorted = [...all].sort((a, b) => a - b);
      const found = quantiles(histogramOf(all), SHARES);
      for (const [i, share] of SHARES.entries()) {
        const exact = sorted[Math.max(1, Math.ceil(share * all.length)) - 1] ?? Number.NaN;
        expect(Math.abs((found[i] ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * HISTOGRAM_ERROR * (1 + 1e-9));
      }
    }),
  );
});

it('histograms of parts add up to that of the whole, in every order', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const [ab, ba] = [histogramOf(a), histogramOf(b)];
      addHistogram(ab, histogramOf(b));
      addHistogram(ba, histogramOf(a));
      expect(encodeHistogram(ab)).toBe(encodeHistogram(histogramOf([...a, ...b])));
      expect(encodeHistogram(ba)).toBe(encodeHistogram(ab));
      expect(countOf(ab)).toBe(a.length + b.length);
    }),
  );
});

it('a histogram is written and read without loss, in a few hundred bytes', () => {
  fc.assert(
    fc.property(values, (all) => {
      const histogram = histogramOf(all);
      const again = decodeHistogram(encodeHistogram(histogram));
      expect(again.zero).toBe(histogram.zero);
      expect([...again.bins].sort(([a], [b]) => a - b)).toEqual([...histogram.bins].sort(([a], [b]) => a - b));
    }),
  );
  const day = histogramOf(Array.from({ length: 1440 }, (_, i) => 10 + (i % 400) / 10));
  expect(encodeHistogram(day).length).toBeLessThan(200);
});

it('many histograms are summed from their texts as one by one, in whatever pieces the texts come', () => {
  const sum = createHistogramSum();
  fc.assert(
    fc.property(fc.array(fc.oneof(values, fc.constant([])), { maxLength: 6 }), fc.nat({ max: 5 }), (all, split) => {
      const texts = all.map((some) => encodeHistogram(histogramOf(some)));
      const whole = histogramOf(all.flat());
      const before = texts.slice(0, split).join(',');
      const after = texts.slice(split).join(',');
      sum.add(`${before};${after}`, 0, before.length);
      sum.add(`${before};${after}`, before.length + 1);
      expect(sum.count()).toBe(countOf(whole));
      expect(sum.takeEncoded()).toBe(encodeHistogram(whole));
      sum.add(texts.join(','));
      expect(sum.takeQuantiles(SHARES)).toEqual(quantiles(whole, SHARES));
    }),
  );
});

it('of a text that is cut short what can be read is summed, and the next text is whole', () => {
  const many = encodeHistogram(histogramOf(Array.from({ length: 500 }, (_, i) => 1 + i)));
  const one = encodeHistogram(histogramOf([20]));
  fc.assert(
    fc.property(fc.nat({ max: many.length }), (length) => {
      const sum = createHistogramSum();
      sum.add(`${many.slice(0, length)},${one}`);
      expect(sum.count()).toBe(countOf(decodeHistogram(many.slice(0, length))) + 1);
    }),
  );
});
