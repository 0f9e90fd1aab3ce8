/**
 * Why: availability counts within opening hours, which begin at any minute. An hour's rollup therefore keeps what was known when, as runs
 * (`u1800d600-1200`: up, down, unknown, in seconds), mostly one run; the figure stays exact without the samples.
 */
import { intersect, type Span, subtract, union } from '#contract';

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

/**
 * Seconds up and down of the runs within the spans (ascending, apart; seconds since 1970). A fleet's month asks this for each day in which
 * a line changed: nothing is made on the way, and the runs may lie at [at, to) of a text of many.
 */
export function knownWithin(
  runs: string,
  from_s: number,
  within: readonly Span[],
  at = 0,
  to = runs.length,
): { up_s: number; down_s: number } {
  let [up_s, down_s] = [0, 0];
  let span = 0;
  let start = from_s;
  for (let next = at; next < to; ) {
    const state = runs.charCodeAt(next++);
    let length = 0;
    for (; next < to && isDigit(runs.charCodeAt(next)); next++) length = length * 10 + runs.charCodeAt(next) - DIGIT_0;
    const end = start + length;
    if (state === UP || state === DOWN) {
      let open_s = 0;
      for (let one = within[span]; one && one[0] < end; one = within[++span]) {
        open_s += Math.max(0, Math.min(one[1], end) - Math.max(one[0], start));
        if (one[1] > end) break; // it reaches into the next run
      }
      if (state === UP) up_s += open_s;
      else down_s += open_s;
    }
    start = end;
  }
  return { up_s, down_s };
}

const [UP, DOWN, DIGIT_0] = ['u', 'd', '0'].map((character) => character.charCodeAt(0)) as [number, number, number];

function isDigit(code: number): boolean {
  return code >= DIGIT_0 && code < DIGIT_0 + 10;
}

/** Runs of the hours of [from_s, to_s), ascending, as runs of the whole; what lies between them is unknown. */
export function joinRuns(hours: readonly { t_s: number; runs: string }[], from_s: number, to_s: number): string {
  let text = '';
  let [state, length] = ['-', 0];
  const add = (next: string, seconds: number): void => {
    if (next === state) length += seconds;
    else if (seconds > 0) {
      if (length > 0) text += state + length;
      [state, length] = [next, seconds];
    }
  };
  let at = from_s;
  for (const { t_s, runs } of hours) {
    add('-', t_s - at);
    at = t_s;
    for (const [, next = '-', seconds] of runs.matchAll(/([ud-])(\d+)/g)) {
      add(next, Number(seconds));
      at += Number(seconds);
    }
  }
  add('-', to_s - at);
  return length > 0 ? text + state + length : text;
}
