/** Why: what one frame says to each rule: a sign of life, tests, the state of device and line, what was stored while it was away. */
import type { Frame, MetricName } from '#contract';
import type { FeedFrame } from '#feed';
import { withBoot, withSamples } from './cause.ts';
import type { ClockWatch } from './clock-watch.ts';
import { workClock, workSample, workTestFacts } from './conditions.ts';
import type { Context } from './context.ts';
import type { Fleet, FleetEntry } from './fleet.ts';
import type { Memories } from './memory.ts';
import type { ServerWatch } from './server-watch.ts';
import { testViewOf } from './test-view.ts';
import { type Work, workCause, workDark, workTest } from './work.ts';

export interface Taking {
  work: Work;
  memories: Memories;
  context: Context;
  servers: ServerWatch;
  clocks: ClockWatch;
  fleet(probe?: string): Fleet;
  accessPointOf(probe: string, at: number): string | null;
}

/** `timed`: the frame's times are known; else it is only a sign of life. */
export function workFrame(taking: Taking, feedFrame: FeedFrame, timed: boolean): void {
  const { work, memories, context, fleet } = taking;
  const { probe, receivedMs } = feedFrame;
  const index = fleet(probe);
  const judged = index.byAp.get(index.apOfProbe.get(probe) ?? '');
  if (judged) workDark(work, memories, judged, { kind: 'frame', receivedMs }, context);
  const skew = judged ? taking.clocks.skewMs(probe, feedFrame.frame.wall, receivedMs) : null;
  if (judged && skew !== null) workClock(work, memories, judged, skew, receivedMs, context);
  if (!timed) return;
  if (judged) workStored(taking, judged, feedFrame);
  for (const event of feedFrame.frame.e) {
    if (event.kind !== 'throughput') continue;
    // A time in the future is a wrong clock; it cannot be later than its arrival.
    const at = Math.min(feedFrame.offsetMs + event.at, receivedMs);
    const entry = index.byAp.get(taking.accessPointOf(probe, Math.round(at)) ?? '');
    if (!entry) continue;
    taking.servers.take(testViewOf(entry.ap.id, probe, at, event));
    workTest(work, memories, entry, probe, at, event, context);
    workTestFacts(work, memories, entry, event, Math.round(at), context);
  }
  if (judged) workSamples(taking, judged, feedFrame);
}

/** Samples and starts from within the last outage say whose it was. */
function workStored({ work, memories, context }: Taking, entry: FleetEntry, { frame, offsetMs }: FeedFrame): void {
  const dark = work.dark.get(entry.ap.id) ?? memories.dark.get(entry.ap.id);
  if (!dark || dark.since === null) return;
  const { since } = dark;
  const until = dark.until ?? context.now;
  const within = (mono: number, slackMs: number): boolean => {
    const at = offsetMs + mono;
    return at > since && at < until + slackMs;
  };
  const failures = columnOf(frame, 'first_failure');
  const inside = frame.t.flatMap((mono, i) => (within(mono, 0) ? [failures[i] ?? null] : []));
  // A start is told just before the probe is heard again.
  const boots = frame.e.filter((event) => event.kind === 'boot' && within(event.at, 120_000));
  if (inside.length === 0 && boots.length === 0) return;
  workCause(work, memories, entry, (evidence) => boots.reduce(withBoot, withSamples(evidence, inside)), context);
}

function workSamples({ work, memories, context }: Taking, entry: FleetEntry, feedFrame: FeedFrame): void {
  const { frame, offsetMs, receivedMs } = feedFrame;
  for (const [i, mono] of frame.t.entries()) {
    const at = Math.min(offsetMs + mono, receivedMs);
    const value = (name: MetricName): number | null => frame.m[name]?.[i] ?? null;
    workSample(work, memories, entry, at, value, context);
  }
}

function columnOf(frame: Frame, name: MetricName): readonly (number | null)[] {
  return frame.m[name] ?? [];
}
