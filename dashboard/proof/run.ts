/** Why: what has arrived of a run is a set of intervals: ten numbers for a year of frames. Adding a frame and counting repeats, purely. */
import type { Arrived, RunDelivery, ToldLost } from '#state';

/** Of a hostile or broken probe that leaves out every second number: beyond, the oldest gap is only counted. */
const MAX_INTERVALS = 512;
const MAX_LOST = 256;

export function newRun(run: string, atMs: number): RunDelivery {
  return {
    run,
    boot: '',
    arrived: [],
    lost: [],
    frames: 0,
    duplicates: 0,
    unlisted: 0,
    firstMs: atMs,
    lastMs: atMs,
    liveFirstMs: null,
    liveLastMs: null,
    waiting: null,
  };
}

/** Puts the frame's number in (in place); false when it was there already. */
export function addFrame(run: RunDelivery, seq: number, atMs: number): boolean {
  const { arrived } = run;
  const above = firstAbove(arrived, seq);
  const before = arrived[above - 1];
  const after = arrived[above];
  if (before && seq <= before.to) {
    run.duplicates += 1;
    return false;
  }
  run.frames += 1;
  const joinsBefore = before !== undefined && before.to + 1 === seq;
  const joinsAfter = after !== undefined && after.from - 1 === seq;
  if (joinsBefore && joinsAfter) {
    before.to = after.to;
    arrived.splice(above, 1);
  } else if (joinsBefore) before.to = seq;
  else if (joinsAfter) after.from = seq;
  // In the middle of a gap: what is missing below it was noticed when the gap was.
  else arrived.splice(above, 0, { from: seq, to: seq, at: Math.min(atMs, after?.at ?? atMs) });
  if (arrived.length > MAX_INTERVALS) foldOldestGap(run);
  return true;
}

/** Index of the first interval that begins above `seq`. The newest is asked first: frames mostly come in order. */
function firstAbove(arrived: readonly Arrived[], seq: number): number {
  let low = 0;
  let high = arrived.length;
  if ((arrived.at(-1)?.from ?? 0) <= seq) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((arrived[middle]?.from ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function foldOldestGap(run: RunDelivery): void {
  const [first, second] = run.arrived;
  if (!first || !second) return;
  run.unlisted += second.from - first.to - 1;
  run.arrived.splice(0, 2, { from: first.from, to: second.to, at: first.at });
}

/** The probe told a loss (in place). The same may be told twice: a crash between telling and forgetting repeats it. */
export function addLost(run: RunDelivery, told: ToldLost): void {
  const lost: ToldLost[] = [];
  for (const one of [...run.lost, ...uncovered(told, run.lost)].sort((a, b) => a.from - b.from)) {
    const last = lost.at(-1);
    if (last && last.class === one.class && last.to + 1 === one.from) last.to = one.to;
    else lost.push({ ...one });
  }
  run.lost = lost.slice(-MAX_LOST);
}

/** The parts of the range that no part of `ranges` (ascending, not overlapping) covers. */
export function uncovered<R extends { from: number; to: number }>(
  range: R,
  ranges: readonly { from: number; to: number }[],
): R[] {
  const parts: R[] = [];
  let from = range.from;
  for (const one of ranges) {
    if (one.to < from) continue;
    if (one.from > range.to) break;
    if (one.from > from) parts.push({ ...range, from, to: one.from - 1 });
    from = one.to + 1;
  }
  if (from <= range.to) parts.push({ ...range, from });
  return parts;
}
