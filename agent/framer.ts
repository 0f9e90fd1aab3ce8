/** Why: samples and events become frames: the only place that gives sequence numbers, and the one that encodes. */
import { randomBytes } from 'node:crypto';
import { encodeFrame, type Frame, type FrameEvent, METRIC_NAMES, type MetricName } from '#contract';
import { nodeRawDeflate } from '#lib/raw-deflate';
import type { LostRange } from './lost.ts';
import type { Sample } from './sampler.ts';
import type { SpooledFrame } from './spool.ts';
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
const THRIFTY_BATCH = 60;
/** With slower samples too: what is not in a frame yet would not survive a power cut. */
const THRIFTY_MS = 3_600_000;

export function createFramer(deps: {
  wall: WallClock;
  batch: number;
  takeLost(): LostRange[];
  /** Nobody waits for frames: samples of an hour become one, which is a third of the bytes, and events go apart, to be kept longer. */
  thrifty?(): boolean;
  onFrame(frame: SpooledFrame, content: Frame): void;
}): Framer {
  const { wall, takeLost, thrifty = () => false, onFrame } = deps;
  const run = randomBytes(9).toString('base64url'); // of one probe's starts, so 72 bits are plenty
  let batch = deps.batch;
  let seq = 0;
  let samples: Sample[] = [];
  let events: FrameEvent[] = [];

  function stamp(event: NewEvent, atMs = wall.monoMs()): FrameEvent {
    return { ...event, id: randomBytes(16).toString('base64url'), at: Math.round(atMs) };
  }
  function flush(): void {
    for (const { run: lostRun, from, to, class: kind } of takeLost())
      events.push(stamp({ kind: 'lost', run: lostRun, from, to, n: to - from + 1, class: kind }));
    if (samples.length > 0 && events.length > 0 && thrifty()) {
      make([], events);
      make(samples, []);
    } else if (samples.length > 0 || events.length > 0) make(samples, events);
    samples = [];
    events = [];
  }
  function make(ofSamples: readonly Sample[], e: FrameEvent[]): void {
    const frame: Frame = {
      v: 1,
      boot: wall.boot,
      run,
      seq,
      wall: Math.round(wall.wallMs()),
      mono: Math.round(wall.monoMs()),
      sync: wall.sync(),
      t: ofSamples.map((sample) => sample.monoMs),
      m: columnsOf(ofSamples),
      e,
    };
    seq += 1;
    onFrame({ run, seq: frame.seq, event: e.length > 0, bytes: encodeFrame(frame, nodeRawDeflate) }, frame);
  }
  function isFull(): boolean {
    if (!thrifty()) return samples.length >= batch;
    const spanMs = (samples.at(-1)?.monoMs ?? 0) - (samples[0]?.monoMs ?? 0);
    return samples.length >= Math.max(batch, THRIFTY_BATCH) || spanMs >= THRIFTY_MS;
  }
  return {
    run,
    sample(sample) {
      const last = samples.at(-1);
      // The contract wants rising times; two samples of one millisecond can only be a forced one on its slot.
      if (last && Math.round(sample.monoMs) <= Math.round(last.monoMs)) return;
      samples.push(sample);
      if (isFull()) flush();
    },
    event(event, when, atMs) {
      events.push(stamp(event, atMs));
      if (when === 'now' || events.length >= MAX_EVENTS) flush();
    },
    flush,
    setBatch(count) {
      batch = count;
      if (isFull()) flush();
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
