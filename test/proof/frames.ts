/** Why: frames as the log gives them to the proof, with nothing in them but what it looks at. */
import type { FrameEvent, LostClass } from '#contract';
import type { FeedFrame } from '#feed';
import { NOON } from '../alert/tests.ts';

export interface Given {
  probe?: string;
  run?: string;
  seq: number;
  /** Arrival, s after noon. */
  atS?: number;
  /** Age on arrival, s. */
  ageS?: number;
  waiting?: number;
  lost?: [run: string, from: number, to: number, kind?: LostClass][];
  position?: number;
}

export function arrival({
  probe = 'a',
  run = 'r',
  seq,
  atS = seq,
  ageS = 0,
  waiting,
  lost = [],
  position = 0,
}: Given): FeedFrame {
  const receivedMs = NOON + atS * 1000;
  const wall = receivedMs - ageS * 1000;
  const e = lost.map(
    ([of, from, to, kind = 'frame'], i): FrameEvent => ({
      id: `${run}-${seq}-${i}`,
      at: wall,
      kind: 'lost',
      run: of,
      from,
      to,
      n: to - from + 1,
      class: kind,
    }),
  );
  const m = waiting === undefined ? {} : { spool_frames: [waiting] };
  const t = waiting === undefined ? [] : [wall];
  const frame = { v: 1 as const, boot: `boot-${run}`, run, seq, wall, mono: wall, sync: 1 as const, t, m, e };
  return { position, receivedMs, probe, frame, offsetMs: 0, approx: false, late: false };
}
