/** Why: what the probe had to drop is told by run and number, so that the server can explain every gap. */
import { integerIn, isObject, LOST_CLASSES, type LostEvent, textIn, wordIn } from '#contract';
import type { SpooledFrame } from './spool.ts';

/** Frames `from` to `to` of `run` that the server will never get. */
export type LostRange = Pick<LostEvent, 'run' | 'from' | 'to' | 'class'>;

export function lossOf({ run, seq, event }: SpooledFrame): LostRange {
  return { run, from: seq, to: seq, class: event ? 'event' : 'frame' };
}

/** Neighbours become one range: a year offline is a handful of events. */
export function addLost(ranges: LostRange[], range: LostRange): void {
  const last = ranges.at(-1);
  if (last && last.run === range.run && last.class === range.class && last.to + 1 === range.from) last.to = range.to;
  else ranges.push({ ...range });
}

/** A range that was kept on disk; null where it is none. */
export function lostOf(kept: unknown): LostRange | null {
  if (!isObject(kept)) return null;
  const run = textIn(kept, 'run', 40);
  const from = integerIn(kept, 'from', 0, Number.MAX_SAFE_INTEGER);
  const to = integerIn(kept, 'to', 0, Number.MAX_SAFE_INTEGER);
  const kind = wordIn(kept, 'class', LOST_CLASSES);
  return run === undefined || from === undefined || to === undefined || !kind ? null : { run, from, to, class: kind };
}
