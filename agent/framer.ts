/** Why: samples and events become frames: the only place that gives sequence numbers, and the one that encodes. */
import { randomBytes } from 'node:crypto';
import { encodeFrame, type Frame, type FrameEvent, METRIC_NAMES, type MetricName } from '#contract';
import { nodeRawDeflate } from '#lib/raw-deflate';
import type { Sample } from './sampler.ts';
import type { LostRange, SpooledFrame } from './spool.ts';
import type { WallClock } from './wall.ts';

type WithoutStamp<E> = E extends FrameEvent ? Omit<E, 'id' | 'at'> : never;
/** An event before it has an id and a time. */
export type NewEvent = WithoutStamp<FrameEvent>;

export interface Framer {
  /** Joins the batch; a full batch becomes a frame. */
  sample(sample: Sample): void;
  /** Travels with the next frame; `now`: a frame is made at once, of what waits too. `atMs` is monotonic, now by default. */
  event(event: NewEvent, when: 'now' | 'next', atMs?: number): void;
  /** What waits becomes a frame; nothing happens when nothing waits. */
  flush(): void;
  setBatch(samples: number): void;
  readonly run: string;
}

/** Far below the contract's 256 a frame, so that a frame stays small. */
const MAX_EVENTS = 32;

export function createFramer(deps: {
  wall: WallClock;
  batch: number;
  takeLost(): LostRange[];
  onFrame(frame: SpooledFrame, content: Frame): void;
}): Framer {
  const { wall, takeLost, onFrame } = deps;
  const run = randomBytes(16).toString('hex');
  let batch = deps.batch;
  let seq = 0;
  let samples: Sample[] = [];
  let events: FrameEvent[] = [];

  function stamp(event: NewEvent, atMs = wall.monoMs()): FrameEvent {
    return { ...event, id: randomBytes(16).toString('hex'), at: Math.round(atMs) };
  }
  function flush(): void {
    for (const { run: lostRun, from, to, class: kind } of takeLost())
      events.push(stamp({ kind: 'lost', run: lostRun, from, to, n: to - from + 1, class: kind }));
    if (samples.length === 0 && events.length === 0) return;
    const frame: Frame = {
      v: 1,
      boot: wall.boot,
      run,
      seq,
      wall: Math.round(wall.wallMs()),
      mono: Math.round(wall.monoMs()),
      sync: wall.sync(),
      t: samples.map((sample) => sample.monoMs),
      m: columnsOf(samples),
      e: events,
    };
    seq += 1;
    samples = [];
    events = [];
    onFrame({ run, seq: frame.seq, bytes: encodeFrame(frame, nodeRawDeflate) }, frame);
  }
  return {
    run,
    sample(sample) {
      const last = samples.at(-1);
      // The contract wants rising times; two samples of one millisecond can only be a forced one on its slot.
      if (last && Math.round(sample.monoMs) <= Math.round(last.monoMs)) return;
      samples.push(sample);
      if (samples.length >= batch) flush();
    },
    event(event, when, atMs) {
      events.push(stamp(event, atMs));
      if (when === 'now' || events.length >= MAX_EVENTS) flush();
    },
    flush,
    setBatch(count) {
      batch = count;
      if (samples.length >= batch) flush();
    },
  };
}

function columnsOf(samples: readonly Sample[]): Frame['m'] {
  const columns: Partial<Record<MetricName, (number | null)[]>> = {};
  for (const name of METRIC_NAMES) {
    const column = samples.map((sample) => sample.values[name] ?? null);
    if (column.some((value) => value !== null)) columns[name] = column;
  }
  return columns;
}
