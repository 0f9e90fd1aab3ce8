import { describe, expect, it } from 'vitest';
import type { Frame } from '#contract';
import type { FeedFrame } from '#feed';
import { type Batch, isKnown } from '#store';
import { batchOfFrames, createBatchBuilder } from '../../broker/consumer.ts';
import { outageEvent, testEvent } from './batches.ts';

const WALL = Date.UTC(2026, 10, 20, 12);
const frameOf = (change: Partial<Frame>): Frame => ({
  v: 1,
  boot: 'b',
  run: 'r',
  seq: 0,
  wall: WALL,
  mono: 0,
  sync: 1,
  t: [],
  m: {},
  e: [],
  ...change,
});
const fed = (frame: Partial<Frame>, change: Partial<FeedFrame> = {}): FeedFrame => ({
  position: 0,
  receivedMs: WALL,
  probe: 'p-1',
  frame: frameOf(frame),
  offsetMs: WALL,
  approx: false,
  late: false,
  ...change,
});

/** Columns with null where nothing is known. */
const columnsOf = ({ samples }: Batch): unknown =>
  Object.fromEntries(
    Object.entries(samples.columns).map(([name, column]) => [
      name,
      Array.from(column, (value) => (isKnown(value) ? value : null)),
    ]),
  );

describe('frames become a batch', () => {
  it('in whole seconds, rounded at the half', () => {
    const { samples } = batchOfFrames([fed({ t: [0, 60_499, 119_500], m: { rtt_ms: [1, 2, 3] } })]);
    expect(samples.t_s.map((t) => t - WALL / 1000)).toEqual([0, 60, 120]);
  });

  it('with a hole where a frame lacks a metric, whichever comes first', () => {
    const batch = batchOfFrames([
      fed({ t: [0], m: { rtt_ms: [1] } }),
      fed({ t: [1000, 2000], m: { cpu_pct: [5, null] } }),
      fed({ t: [3000], m: { rtt_ms: [2] } }),
    ]);
    expect(columnsOf(batch)).toEqual({ rtt_ms: [1, null, null, 2], cpu_pct: [null, 5, null, null] });
  });

  it('on the grid of each metric and within its bounds', () => {
    const batch = batchOfFrames([
      fed({ t: [0, 1000], m: { rtt_ms: [0.1 + 0.2, 59_999.98], wan_rx_mbps: [12.34567, 0] } }),
    ]);
    expect(columnsOf(batch)).toEqual({ rtt_ms: [0.3, 60_000], wan_rx_mbps: [12.346, 0] });
  });

  it('with events at their own wall time and rates to a thousandth', () => {
    const { events } = batchOfFrames([
      fed(
        { e: [testEvent('t-1', { at: 1234.5, rate_mbps: 29.99949 }), outageEvent('o-1', 0, 5000)] },
        { approx: true },
      ),
    ]);
    expect(events).toMatchObject([
      { probe: 'p-1', t_ms: WALL + 1235, approx: true, event: { rate_mbps: 29.999 } },
      { t_ms: WALL + 5000 },
    ]);
  });

  it('and says which rows came from which frame', () => {
    const { frames } = batchOfFrames([
      fed({ seq: 7, t: [0, 1000], e: [testEvent('t-1')] }),
      fed({ seq: 8, t: [2000] }),
    ]);
    expect(frames).toEqual([
      { probe: 'p-1', run: 'r', seq: 7, firstSample: 0, samples: 2, firstEvent: 0, events: 1 },
      { probe: 'p-1', run: 'r', seq: 8, firstSample: 2, samples: 1, firstEvent: 1, events: 0 },
    ]);
  });

  it('one after another, each with its own values, however many rows they have', () => {
    const builder = createBatchBuilder();
    const t = Array.from({ length: 600 }, (_, i) => i * 1000);
    const add = (value: number, frames: number): void => {
      for (let i = 0; i < frames; i++) builder.add([fed({ t, m: { rtt_ms: t.map(() => value) } })]);
    };
    add(1, 1);
    const first = builder.take();
    add(2, 5);
    builder.add([fed({ t: [0], m: { cpu_pct: [7] } })]);
    const second = builder.take();
    expect(columnsOf(first)).toEqual({ rtt_ms: Array(600).fill(1) });
    expect(columnsOf(second)).toEqual({
      rtt_ms: [...Array(3000).fill(2), null],
      cpu_pct: [...Array(3000).fill(null), 7],
    });
    add(3, 1);
    expect(columnsOf(builder.take())).toEqual({ rtt_ms: Array(600).fill(3) });
  });

  it('never before 1970', () => {
    expect(batchOfFrames([fed({ t: [0], e: [testEvent('t-1', { at: 0 })] }, { offsetMs: -5000 })])).toMatchObject({
      samples: { t_s: [0] },
      events: [{ t_ms: 0 }],
    });
  });
});
