import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundToStep } from '#contract';
import { quantiles } from '#lib/histogram';
import type { RollupRow } from '#store';
import {
  addEvent,
  addSamples,
  emptyHour,
  type Hour,
  hourRuns,
  hoursOfEvent,
  rollupColumns,
  rollupOfHour,
} from '../../broker/rollup/hour.ts';
import { mergeRollups } from '../../broker/rollup/merge.ts';
import { createSeenFrames } from '../../broker/store/seen-frames.ts';
import { batchOf, outageEvent, type TestFrame, testEvent } from '../store/batches.ts';
import { anyFrames, START_S } from './arbitrary.ts';

/** Frames, each taken once, as rollups of hours by their start. */
function hoursOf(frames: readonly TestFrame[]): RollupRow[] {
  const hours = new Map<number, Hour>();
  const at = (start: number): Hour => {
    const hour = hours.get(start) ?? emptyHour('p', start);
    hours.set(start, hour);
    return hour;
  };
  const seen = createSeenFrames();
  for (const frame of frames) {
    if (!seen.add(frame.probe, frame.run ?? 'run-1', frame.seq)) continue;
    const { samples, events } = batchOf(frame);
    const columns = rollupColumns(samples);
    for (const { hour_s, from, to } of hourRuns(samples)) addSamples(at(hour_s), samples.t_s, columns, from, to);
    for (const event of events) for (const start of hoursOfEvent(event)) addEvent(at(start), event);
  }
  return [...hours.values()].map((hour) => rollupOfHour(hour, 1)).sort((a, b) => a.t_s - b.t_s);
}
const ticks = (count: number, step: number, from = 0): number[] =>
  Array.from({ length: count }, (_, i) => START_S + from + i * step);
const upAt = (t: number[], up = (_: number) => 1): TestFrame => ({
  probe: 'p',
  seq: 0,
  t,
  m: { internet_up: t.map((_, i) => up(i)) },
});

describe('a rollup of an hour', () => {
  it('is the same for every order and repetition of its frames', () => {
    fc.assert(
      fc.property(
        anyFrames(3).chain((frames) =>
          fc.tuple(fc.constant(frames), fc.shuffledSubarray([...frames, ...frames], { minLength: frames.length * 2 })),
        ),
        ([frames, mixed]) => {
          expect(hoursOf(mixed)).toEqual(hoursOf(frames));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('splits its hour into up, down and unknown, and says when', () => {
    fc.assert(
      fc.property(anyFrames(2), (frames) => {
        for (const { up_s, down_s, unknown_s, runs } of hoursOf(frames)) {
          expect(up_s + down_s + unknown_s).toBe(3600);
          expect([...runs.matchAll(/\d+/g)].reduce((sum, [length]) => sum + Number(length), 0)).toBe(3600);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('counts, sums and bounds every metric exactly', () => {
    const t = ticks(60, 60);
    const rtt = t.map((_, i) => (i % 3 === 0 ? null : roundToStep('rtt_ms', 10 + i / 10)));
    const [row] = hoursOf([{ probe: 'p', seq: 0, t, m: { rtt_ms: rtt, wan_rx_bytes: t.map(() => 2 ** 40) } }]);
    const known = rtt.filter((value) => value !== null);
    expect(row?.metrics.rtt_ms).toEqual({
      count: 40,
      sum: roundToStep(
        'rtt_ms',
        known.reduce((a, b) => a + b, 0),
      ),
      min: 10.1,
      max: 15.9,
      last: 15.9,
    });
    expect(row?.metrics.wan_rx_bytes?.sum).toBe(60 * 2 ** 40);
    expect(row?.samples).toBe(60);
  });
});

describe('availability of an hour', () => {
  it('is known where samples speak, and silence is unknown', () => {
    expect(hoursOf([upAt(ticks(30, 60))])[0]).toMatchObject({
      up_s: 1800,
      down_s: 0,
      unknown_s: 1800,
      runs: 'u1800-1800',
    });
  });

  it('follows the rhythm of a probe that samples every five minutes', () => {
    expect(hoursOf([upAt(ticks(12, 300, 90))])[0]).toMatchObject({ up_s: 3600, runs: 'u3600' });
  });

  it('takes an outage over the samples, to the second, into each hour that it touched', () => {
    const rows = hoursOf([
      upAt(ticks(120, 60)),
      { probe: 'p', seq: 1, t: [], e: [{ t_ms: (START_S + 3700) * 1000, event: outageEvent('o', 0, 130_000) }] },
    ]);
    expect(rows.map(({ runs }) => runs)).toEqual(['u3570d30', 'd100u3500']);
  });

  it('counts a slot with both by its share', () => {
    expect(hoursOf([upAt(ticks(4, 15), (i) => (i === 0 ? 0 : 1))])[0]).toMatchObject({ up_s: 45, down_s: 15 });
  });
});

describe('a day', () => {
  it('is the sum of its hours, however they are grouped', () => {
    fc.assert(
      fc.property(anyFrames(24), (frames) => {
        const hours = hoursOf(frames).filter(({ t_s }) => t_s >= START_S);
        const at = { probe: 'p', tier: 'day' as const, t_s: START_S, version: 1 };
        const day = mergeRollups(hours, at);
        const [morning, evening] = [hours.filter((_, i) => i % 2 === 0), hours.filter((_, i) => i % 2 === 1)];
        expect(mergeRollups([...evening, ...morning], at)).toEqual(day);
        expect(day.up_s + day.down_s + day.unknown_s).toBe(86_400);
        expect(day.tests.n).toBe(hours.reduce((sum, { tests }) => sum + tests.n, 0));
        const rtt = frames.flatMap(({ m }) => m?.rtt_ms ?? []).filter((value) => value !== null);
        expect(day.metrics.rtt_ms?.count ?? 0).toBe(rtt.length);
        expect(day.metrics.rtt_ms?.sum ?? 0).toBe(
          roundToStep(
            'rtt_ms',
            rtt.reduce((a, b) => a + b, 0),
          ),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('counts planned tests downwards by verdict; a confirming test is conditioned on a bad one', () => {
    const at = START_S * 1000;
    const events = [
      testEvent('a'),
      testEvent('b', { verdict: 'fail', rate_mbps: 12 }),
      testEvent('c', { verdict: 'inconclusive', rate_mbps: null }),
      testEvent('d', { reason: 'confirm' }),
      testEvent('e', { dir: 'up' }),
      testEvent('f', { series: 'line', drawn: true }),
      testEvent('g', { series: 'hours', drawn: true }),
    ];
    const [row] = hoursOf([{ probe: 'p', seq: 0, t: [], e: events.map((event) => ({ t_ms: at, event })) }]);
    expect(row?.tests).toEqual({ n: 4, passed: 2, failed: 1, inconclusive: 1 });
  });
});

it('nothing at all has no percentile', () => {
  expect(quantiles({ zero: 0, bins: new Map() }, [0.5])).toEqual([null]);
});
