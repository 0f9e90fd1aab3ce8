import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OpeningHours, ThroughputSeries } from '#contract';
import {
  axisTicks,
  fitting,
  frameOf,
  isolated,
  missingSpans,
  parseRange,
  placeOf,
  type Range,
  summarize,
  tickLabel,
  timeTicks,
} from '../../dashboard/web/charts/series.ts';
import { bandOf, hasBand, hasMarks, nameOf, sumOfUsual, usualOf } from '../../dashboard/web/charts/usual.ts';
import { fieldOf, MOVES, momentOfField, moved, parseStretch } from '../../dashboard/web/charts/zoom.ts';
import { hoursInWords, nextChange } from '../../dashboard/web/hours.ts';

const HOUR = 3_600_000;
const VILNIUS = 'Europe/Vilnius';
const at = (iso: string) => Date.parse(iso);
const weekdays = (from: number, to: number): OpeningHours =>
  [0, 1, 2, 3, 4, 5, 6].map((day) => (day < 5 ? [[from, to] as const] : []));

describe('opening hours', () => {
  test('hours are told in words, and when they next change', () => {
    expect(hoursInWords(weekdays(600, 1080))).toBe('Mon to Fri 10:00 to 18:00');
    expect(hoursInWords([[], [], [], [], [], [], []])).toBe('hours not set');
    expect(nextChange({ opening: weekdays(600, 1080), zone: VILNIUS }, at('2026-11-19T14:15:00Z'))).toEqual({
      open: true,
      at: at('2026-11-19T16:00:00Z'),
    });
    expect(nextChange({ opening: weekdays(600, 1080), zone: VILNIUS }, at('2026-11-20T16:00:00Z'))).toEqual({
      open: false,
      at: at('2026-11-23T08:00:00Z'),
    });
  });
});

describe('charts', () => {
  const from = at('2026-11-19T00:00:00Z');
  const columns = (counts: number[]) => ({ t: counts.map((_, i) => from + i * HOUR), count: counts, bucket_s: 3600 });

  test('hours without a sample are missing, but neither closed ones nor the one that is being filled', () => {
    const closed = [[from, from + HOUR] as const];
    const frame = { from, to: from + 6 * HOUR, closed, sunken: closed };
    expect(missingSpans(columns([0, 0, 5, 0, 0, 0]), frame, from + 5.5 * HOUR)).toEqual([
      [from + HOUR, from + 2 * HOUR],
      [from + 3 * HOUR, from + 4.5 * HOUR],
    ]);
  });

  test('a probe that never sent has nothing but missing data', () => {
    const frame = { from, to: from + 6 * HOUR, closed: [], sunken: [] };
    expect(missingSpans({ t: [], count: [], bucket_s: 3600 }, frame, from + 7 * HOUR)).toEqual([
      [from, from + 6 * HOUR],
    ]);
  });

  test('a value between two gaps is drawn as a dot, or it would vanish', () => {
    expect(isolated([1, null, 2, 3, null, 4])).toEqual([0, 5]);
  });

  test('the axis begins at 0, holds the highest value and has at most four steps', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e6, noNaN: true }), (max) => {
        const ticks = axisTicks(max);
        expect(ticks[0]).toBe(0);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(max * (1 - 1e-6));
        expect(ticks.length).toBeLessThanOrEqual(5);
      }),
    );
    expect(axisTicks(60)).toEqual([0, 15, 30, 45, 60]);
    expect(axisTicks(0.2).map(tickLabel)).toEqual(['0', '0.05', '0.1', '0.15', '0.2']);
  });

  test('time ticks stand on local hours, days and Mondays', () => {
    const to = at('2026-11-19T14:15:00Z');
    const labels = (range: Range) =>
      timeTicks(frameOf(range, to, VILNIUS, [])).map(({ label }) => label.replace('\u00a0', ' '));
    expect(labels('1h')).toEqual(['15:20', '15:30', '15:40', '15:50', '16:00', '16:10']);
    expect(labels('24h')).toEqual(['20:00', '19 Nov', '04:00', '08:00', '12:00', '16:00']);
    expect(labels('7d')[0]).toBe('Fri 13');
    expect(labels('30d')).toEqual(['26 Oct', '2 Nov', '9 Nov', '16 Nov']);
  });

  test('labels never overlap and never leave the chart, however narrow it is', () => {
    const frame = frameOf('7d', at('2026-11-19T14:15:00Z'), VILNIUS, []);
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 1400 }), (width) => {
        const boxes = fitting(timeTicks(frame), frame.from, frame.to, width, 8).map(({ at: tick, label }) => {
          const middle = ((tick - frame.from) / (frame.to - frame.from)) * width;
          return [middle - label.length * 4, middle + label.length * 4] as const;
        });
        for (const [i, box] of boxes.entries()) if (i > 0) expect(box[0]).toBeGreaterThan(boxes[i - 1]?.[1] ?? 0);
        expect(boxes.at(-1)?.[1] ?? 0).toBeLessThanOrEqual(width + 14);
      }),
    );
    expect(fitting(timeTicks(frame), frame.from, frame.to, 1000, 8)).toHaveLength(7);
  });

  test('a mean is weighted by samples, and of nothing there is none', () => {
    expect(summarize({ count: [1, 3, 0], min: [10, 20, null], mean: [10, 30, null], max: [10, 40, null] })).toEqual({
      n: 4,
      low: 10,
      mean: 25,
      high: 40,
    });
    expect(summarize({ count: [0], min: [null], mean: [null], max: [null] })).toBeNull();
  });

  test('a week is seven days of the site, today the last of them, and a year begins on a Monday', () => {
    const to = at('2026-11-19T14:15:00Z');
    const begins = (range: Range) => new Date(frameOf(range, to, VILNIUS, []).from).toISOString();
    expect(begins('24h')).toBe('2026-11-18T14:15:00.000Z');
    expect(begins('7d')).toBe('2026-11-12T22:00:00.000Z');
    expect(begins('30d')).toBe('2026-10-20T21:00:00.000Z'); // summer time
    expect(begins('12mo')).toBe('2025-11-16T22:00:00.000Z');
    // At midnight today has not begun.
    expect(frameOf('7d', at('2026-11-19T22:00:00Z'), VILNIUS, []).from).toBe(at('2026-11-12T22:00:00Z'));
  });

  test('over a month only whole closed days are drawn, and they do not cut what is missing', () => {
    const to = at('2026-11-19T14:15:00Z');
    const frame = frameOf('30d', to, VILNIUS, weekdays(600, 1080));
    expect(frame.sunken.map(([a, b]) => (b - a) / HOUR)).toEqual([49, 48, 48, 48]); // clocks are set back on the first Sunday
    const t = Array.from({ length: 30 }, (_, i) => frame.from + i * 24 * HOUR);
    // From Tuesday to Friday.
    const count = t.map((ms) => (ms >= at('2026-11-10T00:00:00Z') && ms < at('2026-11-13T00:00:00Z') ? 0 : 24));
    const missing = missingSpans({ t, count, bucket_s: 86_400 }, frame, to);
    expect(missing).toEqual([[at('2026-11-11T08:00:00Z'), at('2026-11-13T16:00:00Z')]]);
    expect(frameOf('12mo', to, VILNIUS, weekdays(600, 1080)).sunken).toEqual([]);
  });

  test('a range that nobody offers is a day', () => {
    expect(parseRange('2y')).toBe('24h');
    expect(parseRange('12mo')).toBe('12mo');
  });
});

describe('what is usual of a line', () => {
  const start = at('2026-10-23T21:00:00Z');
  const days = [0, 24, 49, 73, 97].map((h) => start + h * HOUR);
  const series: ThroughputSeries = {
    ...{ ap: 'a', zone: VILNIUS, bucket: 'day', from: start, to: days[4] ?? 0, t: days.slice(0, 4), error: 0.02 },
    ...{ passed: [5, 0, 0, 1], failed: [1, 0, 0, 1], inconclusive: [0, 1, 0, 0] },
    ...{ p10: [20, null, null, 10], p50: [40, null, null, 25], p90: [50, null, null, 40] },
    stretch: { from: start, to: days[4] ?? 0, n: 8, p50: 30 },
  };
  const now = (days[3] ?? 0) + 10 * HOUR;
  const frame = {
    ...frameOf('30d', now, VILNIUS, [], start + 12 * HOUR),
    closed: [[days[1] ?? 0, days[2] ?? 0] as const],
  };
  const usual = usualOf(series, frame, now);

  test('a day of 25 hours is one, gaps stay gaps, and today is not over', () => {
    expect(usual.map((one) => nameOf(one, 'day', VILNIUS, now).replaceAll('\u00a0', ' '))).toEqual([
      ...['Sat 24 Oct', 'Sun 25 Oct, 25 h', 'Mon 26 Oct', 'Tue 27 Oct, so far'],
    ]);
    expect(usual.map(({ closed, values }) => [closed, values?.mid ?? null])).toEqual([
      ...[
        [false, 40],
        [true, null],
        [false, null],
        [false, 25],
      ],
    ]);
    expect(bandOf(usual, now).map(({ from, to, soFar }) => [from, to, soFar])).toEqual([
      [days[0], days[1], false],
      [days[3], now, true],
    ]);
  });

  test('each bucket is found by the middle of what is in view of it', () => {
    expect(usual[0]?.x).toBe(start + 18 * HOUR);
    expect(
      usual.map(({ x }) =>
        placeOf(
          usual.map(({ from }) => from),
          x,
        ),
      ),
    ).toEqual([0, 1, 2, 3]);
    expect([start - 1, now + HOUR].map((moment) => placeOf(days, moment))).toEqual([0, 3]);
  });

  test('the range adds up to what its buckets say', () => {
    expect(sumOfUsual(usual)).toEqual({ passed: 6, failed: 2, inconclusive: 1, told: 2, fell: 2, medians: [25, 40] });
    expect(sumOfUsual([]).medians).toBeNull();
  });

  test('a day has no band, a week has marks too, a year has none', () => {
    const told = (range: Range) => [hasBand, hasMarks].map((has) => has(frameOf(range, now, VILNIUS, [])));
    expect([told('24h'), told('7d'), told('30d'), told('12mo')]).toEqual([
      ...[
        [false, true],
        [true, true],
        [true, true],
        [true, false],
      ],
    ]);
  });

  test('weeks are named by their first and last day, with the year where it is another one', () => {
    const [first] = usual;
    if (!first) throw new Error('there is one');
    const week = { ...first, from: at('2025-12-28T22:00:00Z'), to: at('2026-01-04T22:00:00Z') };
    expect(nameOf(week, 'week', VILNIUS, now).replaceAll('\u00a0', ' ')).toBe('29 Dec 2025 – 4 Jan');
  });
});

describe('zooming', () => {
  const now = at('2026-11-19T14:15:00Z');
  const day = { from: now - 24 * HOUR, to: now };

  test('closer and wider keep the middle, aside keeps the width, and nothing is shown of the future', () => {
    expect(moved(day, 'in', now)).toEqual({ from: now - 18 * HOUR, to: now - 6 * HOUR });
    expect(moved(moved(day, 'in', now), 'out', now)).toEqual(day);
    expect(moved(day, 'earlier', now)).toEqual({ from: now - 36 * HOUR, to: now - 12 * HOUR });
    expect(moved(day, 'later', now)).toEqual(day);
  });

  test('whatever is pressed, the address can be read back', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...MOVES), { maxLength: 40 }), (moves) => {
        const { from, to } = moves.reduce((stretch, move) => moved(stretch, move, now), day);
        expect(to).toBeLessThanOrEqual(now);
        expect(parseStretch(new URLSearchParams({ from: String(from), to: String(to) }))).toEqual({ from, to });
      }),
    );
    for (const query of ['from=1', 'from=9&to=1', 'from=x&to=9999999', 'from=1&to=2'])
      expect(parseStretch(new URLSearchParams(query))).toBeNull();
  });

  test('a time of a field is one of the site, also in summer', () => {
    expect(momentOfField('2026-07-01T12:00', VILNIUS)).toBe(at('2026-07-01T09:00:00Z'));
    for (const one of [now, at('2026-03-29T03:30:00Z')])
      expect(momentOfField(fieldOf(one, VILNIUS), VILNIUS)).toBe(one);
    expect(momentOfField('', VILNIUS)).toBeNaN();
  });
});
