/**
 * Why: availability counts within opening hours, which begin at any minute. An hour's rollup therefore keeps what was known when, as runs
 * (`u1800d600-1200`: up, down, unknown, in seconds), mostly one run; the figure stays exact without the samples.
 */
import { intersect, type Span, subtract, totalMs, union } from '#contract';

/** Spans in seconds; each a union. */
export interface KnownSpans {
  up: readonly Span[];
  down: readonly Span[];
}

/** The runs of [from_s, to_s). Where both were told, down stands: an outage is timed, a sample speaks for its slot. */
export function runsOf(from_s: number, to_s: number, seen: { up: readonly Span[]; down: readonly Span[] }): string {
  const whole: Span[] = [[from_s, to_s]];
  const down = intersect(whole, union(seen.down));
  const up = subtract(intersect(whole, union(seen.up)), down);
  const known = [...up.map((span) => ['u', span] as const), ...down.map((span) => ['d', span] as const)].sort(
    (a, b) => a[1][0] - b[1][0],
  );
  let text = '';
  let at = from_s;
  for (const [state, [from, to]] of known) {
    if (from > at) text += `-${from - at}`;
    text += `${state}${to - from}`;
    at = to;
  }
  return at < to_s ? `${text}-${to_s - at}` : text;
}

/** The runs again as spans, seconds since 1970. */
export function spansOfRuns(runs: string, from_s: number): KnownSpans {
  const up: Span[] = [];
  const down: Span[] = [];
  let at = from_s;
  for (const [, state, length] of runs.matchAll(/([ud-])(\d+)/g)) {
    const to = at + Number(length);
    if (state === 'u') up.push([at, to]);
    else if (state === 'd') down.push([at, to]);
    at = to;
  }
  return { up, down };
}

/** Seconds up and down of the runs within [from, to), seconds since 1970. */
export function knownWithin(runs: string, from_s: number, within: readonly Span[]): { up_s: number; down_s: number } {
  const { up, down } = spansOfRuns(runs, from_s);
  // The spans are in seconds here, whatever the name of the sum says.
  return { up_s: totalMs(intersect(up, within)), down_s: totalMs(intersect(down, within)) };
}
