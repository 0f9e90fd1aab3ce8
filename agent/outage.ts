/** Why: when the line is dead nobody can be told; the probe remembers from when to when, and tells it afterwards. */
import type { Sample } from './sampler.ts';

export interface OutageWatch {
  /** The outage that this sample ends; null otherwise. Times are monotonic ms. */
  see(sample: Sample): Outage | null;
  /** The outage that is still going on, up to `nowMs`: told at a stop, since the next run cannot know of it. */
  open(nowMs: number): Outage | null;
}
export interface Outage {
  from: number;
  to: number;
  first_failure: number;
}

/** Unknown reachability neither begins nor ends an outage. */
export function createOutageWatch(): OutageWatch {
  let since: { from: number; first_failure: number } | null = null;
  return {
    see({ monoMs, values }) {
      const up = values.internet_up ?? null;
      if (up === 0) since ??= { from: monoMs, first_failure: values.first_failure ?? 0 };
      if (up !== 1 || since === null) return null;
      const outage = { ...since, to: monoMs };
      since = null;
      return outage;
    },
    open: (nowMs) => (since === null ? null : { ...since, to: Math.round(nowMs) }),
  };
}
