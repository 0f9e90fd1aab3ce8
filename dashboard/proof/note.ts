/** Why: of a frame only a few words matter to the proof; between two commits they are all that is kept of it. */
import type { LostEvent } from '#contract';
import type { FeedFrame } from '#feed';
import type { RunDelivery } from '#state';
import { addFrame, addLost, newRun } from './run.ts';

export interface FrameNote {
  run: string;
  boot: string;
  seq: number;
  atMs: number;
  /** Made just now, by a trusted clock: not from a backlog. */
  live: boolean;
  waiting: number | null;
  lost: readonly LostEvent[];
}

/** A frame that is this old on arrival comes from a backlog. */
export const LIVE_MS = 120_000;
/** A device that starts its agent again and again: its oldest runs are forgotten first. */
const MAX_RUNS = 64;
const NOTHING: readonly LostEvent[] = [];

export function noteOf({ frame, receivedMs, offsetMs, approx }: FeedFrame): FrameNote {
  const lost = frame.e.filter((event) => event.kind === 'lost');
  return {
    run: frame.run,
    boot: frame.boot,
    seq: frame.seq,
    atMs: receivedMs,
    live: !approx && Math.abs(receivedMs - (offsetMs + frame.mono)) < LIVE_MS,
    waiting: frame.m.spool_frames?.findLast((value) => value !== null) ?? null,
    lost: lost.length > 0 ? lost : NOTHING,
  };
}

/** The runs after these notes. `changed` must be stored, `forgotten` dropped. The given runs are changed in place. */
export function withNotes(
  runs: readonly RunDelivery[],
  notes: readonly FrameNote[],
): { runs: RunDelivery[]; changed: RunDelivery[]; forgotten: string[] } {
  const byRun = new Map(runs.map((run) => [run.run, run]));
  const changed = new Set<RunDelivery>();
  const runOf = (name: string, atMs: number): RunDelivery => {
    const run = byRun.get(name) ?? newRun(name, atMs);
    byRun.set(name, run);
    changed.add(run);
    run.lastMs = Math.max(run.lastMs, atMs);
    return run;
  };
  for (const note of notes) {
    takeFrame(runOf(note.run, note.atMs), note);
    for (const { run, from, to, class: kind } of note.lost)
      addLost(runOf(run, note.atMs), { from, to, class: kind, at: note.atMs });
  }
  const newest = [...byRun.values()].sort((a, b) => b.lastMs - a.lastMs || b.firstMs - a.firstMs);
  const kept = newest.slice(0, MAX_RUNS);
  return {
    runs: kept,
    changed: kept.filter((run) => changed.has(run)),
    forgotten: newest.slice(MAX_RUNS).map((run) => run.run),
  };
}

function takeFrame(run: RunDelivery, { boot, seq, atMs, live, waiting }: FrameNote): void {
  const newest = seq > (run.arrived.at(-1)?.to ?? -1);
  if (!addFrame(run, seq, atMs)) return;
  run.boot = boot;
  if (newest && waiting !== null) run.waiting = waiting;
  if (!live) return;
  run.liveFirstMs ??= atMs;
  run.liveLastMs = atMs;
}
