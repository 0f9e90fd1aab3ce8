/** Why: decides what is known of each missing frame: told to be lost, perhaps still on the probe, or gone without a word. */
import type { DeliveryGap, DeliveryRun, GapState, ProbeDelivery } from '#contract';
import type { RunDelivery } from '#state';
import { uncovered } from './run.ts';

/** What the server knows of the probe now. */
export interface Now {
  nowMs: number;
  online: boolean;
  /** The run that it said it is in; null when it said nothing. */
  run: string | null;
  /** The gate saw two connections fight over the id. */
  fought: boolean;
}

const GAPS_SHOWN = 200;
/** Frames in flight overtake each other, and a backlog begins to flow a moment after the newest frame. */
const SETTLE_MS = 120_000;
/** Live frames of two runs side by side for so long: no restart looks like that. */
const CLONE_MS = 300_000;
/** Without news of both for so long, it is over. */
const CLONE_OVER_MS = 3_600_000;

export function deliveryOf(probe: string, runs: readonly RunDelivery[], now: Now): ProbeDelivery {
  const newest = [...runs].sort((a, b) => b.lastMs - a.lastMs || b.firstMs - a.firstMs);
  const current = newest.find(({ run }) => run === now.run) ?? newest[0];
  const mayCome = !now.online || (current?.waiting ?? 0) > 0;
  const gaps = newest.flatMap((run) => gapsOf(run, now.nowMs, mayCome)).sort((a, b) => b.since - a.since);
  const missing: Record<GapState, number> = { explained: 0, awaited: 0, unexplained: 0 };
  for (const gap of gaps) missing[gap.state] += gap.n;
  for (const run of newest) missing.unexplained += run.unlisted;
  return {
    probe,
    complete: gaps.length === 0 && missing.unexplained === 0,
    cloned: now.fought || clonedAt(runs, now.nowMs) !== null,
    since: lowest(runs.map(({ firstMs }) => firstMs)),
    last: newest[0]?.lastMs ?? null,
    frames: runs.reduce((sum, run) => sum + run.frames, 0),
    duplicates: runs.reduce((sum, run) => sum + run.duplicates, 0),
    missing,
    gaps: gaps.slice(0, GAPS_SHOWN),
    runs: newest.map(viewOf),
  };
}

/** Ascending. What was told to be lost counts also beyond the highest number that arrived. */
function gapsOf(run: RunDelivery, nowMs: number, mayCome: boolean): DeliveryGap[] {
  const gaps: DeliveryGap[] = [];
  const tell = (from: number, to: number, since: number, state: GapState, kind: DeliveryGap['class']): number =>
    gaps.push({ run: run.run, from, to, n: to - from + 1, state, class: kind, since });
  for (const lost of run.lost)
    for (const { from, to } of uncovered(lost, run.arrived)) tell(from, to, lost.at, 'explained', lost.class);
  let next = 0;
  for (const { from, to, at } of run.arrived) {
    const state = mayCome || nowMs - at < SETTLE_MS ? 'awaited' : 'unexplained';
    if (from > next)
      for (const part of uncovered({ from: next, to: from - 1 }, run.lost)) tell(part.from, part.to, at, state, null);
    next = to + 1;
  }
  return gaps;
}

/**
 * Since when two runs have both been live, which one device cannot be; null when none are.
 * @param runs of one probe
 */
export function clonedAt(runs: readonly RunDelivery[], nowMs: number): number | null {
  const live = runs.flatMap(({ liveFirstMs: from, liveLastMs: to }) =>
    from !== null && to !== null && nowMs - to < CLONE_OVER_MS ? [{ from, to }] : [],
  );
  const starts = live.flatMap((a, i) =>
    live.slice(i + 1).flatMap((b) => {
      const from = Math.max(a.from, b.from);
      return Math.min(a.to, b.to) - from > CLONE_MS ? [from] : [];
    }),
  );
  return lowest(starts);
}

function viewOf(run: RunDelivery): DeliveryRun {
  return {
    run: run.run,
    frames: run.frames,
    duplicates: run.duplicates,
    highest: run.arrived.at(-1)?.to ?? null,
    first: run.firstMs,
    last: run.lastMs,
  };
}

function lowest(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => Math.min(a, b));
}
