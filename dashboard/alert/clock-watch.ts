/**
 * Why: how wrong a probe's clock is. A frame that arrives late looks like a slow clock, so slow is believed only when every frame of a while
 * says so; a clock that is ahead cannot be explained by waiting.
 */
export interface ClockWatch {
  /** How far the probe's clock is ahead (negative: behind), ms; null while it cannot be told. */
  skewMs(probe: string, wallMs: number, receivedMs: number): number | null;
  /** The same, by the frames that were seen so far. */
  last(probe: string): number | null;
  /** The clock is at most so far behind, ms: what the quickest frame took, lateness and all. Null where it is ahead, or before any frame. */
  behindMost(probe: string): number | null;
}

const KEEP = 5;
const SPAN_MS = 15 * 60_000;
/** Frames of one such stretch count as one, so that those kept span `SPAN_MS` however often they come. */
const STRETCH_MS = SPAN_MS / 4;

interface Seen {
  receivedMs: number;
  behindMs: number;
}

export function createClockWatch(): ClockWatch {
  const seen = new Map<string, Seen[]>();
  return {
    skewMs(probe, wallMs, receivedMs) {
      const behindMs = receivedMs - wallMs;
      // One that was ahead and is not any more was set: what was seen before says nothing of it now.
      const known = (seen.get(probe) ?? []).filter((one) => behindMs < 0 || one.behindMs >= 0);
      const last = known.at(-1);
      const same = last !== undefined && receivedMs - last.receivedMs < STRETCH_MS;
      const frames = same
        ? [...known.slice(0, -1), { ...last, behindMs: Math.min(last.behindMs, behindMs) }]
        : [...known, { receivedMs, behindMs }].slice(-KEEP);
      seen.set(probe, frames);
      return behindMs < 0 ? -behindMs : skewOf(frames);
    },
    last: (probe) => skewOf(seen.get(probe) ?? []),
    behindMost(probe) {
      const least = Math.min(...(seen.get(probe) ?? []).map(({ behindMs }) => behindMs));
      return Number.isFinite(least) && least >= 0 ? least : null;
    },
  };
}

function skewOf(frames: readonly Seen[]): number | null {
  const [first, last] = [frames[0], frames.at(-1)];
  if (!first || !last) return null;
  if (last.behindMs < 0) return -last.behindMs;
  const spans = frames.length === KEEP && last.receivedMs - first.receivedMs >= SPAN_MS;
  return spans ? 0 - Math.min(...frames.map((one) => one.behindMs)) : null;
}
