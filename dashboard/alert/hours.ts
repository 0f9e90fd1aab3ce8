/**
 * Why: rules count opening time, and ask for it thousands of times a minute. The open stretches of the days around now are worked out once
 * per site and day; further away they are worked out when asked. Weekly hours, minus closures and holidays.
 */
import { type Hours, openSpans, type Span, subtract, totalMs } from '#contract';

export interface SiteHours {
  open(at: number): boolean;
  /** Start of the open stretch that holds the time; null when closed. */
  openSince(at: number): number | null;
  openMinutes(from: number, to: number): number;
}

const DAY_MS = 86_400_000;
const BACK_MS = 3 * DAY_MS;
const AHEAD_MS = 2 * DAY_MS;

/** `closed`: stretches in which it is closed in spite of its weekly hours. */
export function siteHours(hours: Hours, closed: (from: number, to: number) => readonly Span[]): SiteHours {
  let kept: { from: number; to: number; spans: readonly Span[] } | null = null;
  const direct = (from: number, to: number): readonly Span[] => {
    const open = openSpans(hours, from, to);
    const without = open.length > 0 ? closed(from, to) : [];
    return without.length > 0 ? subtract(open, without) : open;
  };
  /** The stretches that may touch [from, to); more than asked for when they are kept. */
  const around = (from: number, to: number): readonly Span[] => {
    if (kept && kept.from <= from && to <= kept.to) return kept.spans;
    if (to - from > BACK_MS) return direct(from, to);
    const start = Math.floor(from / DAY_MS) * DAY_MS - DAY_MS;
    kept = { from: start, to: start + BACK_MS + AHEAD_MS, spans: direct(start, start + BACK_MS + AHEAD_MS) };
    return kept.spans;
  };
  const holding = (at: number): Span | undefined => around(at, at + 1).find(([from, to]) => from <= at && at < to);
  return {
    open: (at) => holding(at) !== undefined,
    openSince(at) {
      const span = holding(at);
      if (!span) return null;
      // It may have begun before what is kept.
      return kept && span[0] === kept.from ? (direct(at - 7 * DAY_MS, at + 1).at(-1)?.[0] ?? null) : span[0];
    },
    openMinutes(from, to) {
      if (to <= from) return 0;
      const spans = around(from, to).flatMap(([start, end]): Span[] =>
        start < to && end > from ? [[Math.max(start, from), Math.min(end, to)]] : [],
      );
      return totalMs(spans) / 60_000;
    },
  };
}
