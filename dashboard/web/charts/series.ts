/** Why: what a chart shows, decided before anything is drawn: where data is missing, what is closed, how high the axis goes, where its ticks are. */
import {
  hasHours,
  intersect,
  localTime,
  type Measurements,
  momentOf,
  type OpeningHours,
  openSpans,
  type Span,
  subtract,
  union,
  weekdayOf,
} from '#contract';
import { clock, day, exact, NBSP, weekdayName } from '../format.ts';

export const RANGES = ['1h', '24h', '7d', '30d', '12mo'] as const;
export type Range = (typeof RANGES)[number];
/** `points`: buckets asked for, about two pixels each on a desk. `refreshMs`: how often an open page asks again. */
const DAY_MS = 86_400_000;
const PLANS = {
  '1h': { ms: 3_600_000, points: 60, refreshMs: 15_000 },
  '24h': { ms: 86_400_000, points: 288, refreshMs: 60_000 },
  '7d': { ms: 7 * 86_400_000, points: 336, refreshMs: 300_000 },
  '30d': { ms: 30 * 86_400_000, points: 360, refreshMs: 600_000 },
  '12mo': { ms: 365 * 86_400_000, points: 366, refreshMs: 3_600_000 },
} as const satisfies Record<Range, { ms: number; points: number; refreshMs: number }>;

export interface Frame {
  range: Range;
  from: number;
  to: number;
  points: number;
  zone: string;
  closed: readonly Span[];
  /** What of `closed` is drawn: over a month the nights would be stripes that hide the days, over a year also the weekends. */
  sunken: readonly Span[];
}

export const parseRange = (text: string | null): Range => RANGES.find((range) => range === text) ?? '24h';

/** The end of the range: steady within a refresh, so that a tick of the clock does not ask again. */
export const steadyEnd = (range: Range, now: number): number =>
  Math.ceil(now / PLANS[range].refreshMs) * PLANS[range].refreshMs;

/** `from`: the beginning of a stretch of one's own; else the range's: weeks, months and years begin with a whole day, of which today is the last. */
export function frameOf(
  range: Range,
  to: number,
  zone: string,
  opening: OpeningHours,
  from: number = beginOf(range, to, zone),
): Frame {
  const closed = hasHours(opening) ? subtract([[from, to]], openSpans({ zone, opening }, from, to)) : [];
  return withClosed({ range, from, to, points: PLANS[range].points, zone, closed: [], sunken: [] }, closed);
}

/** The same frame, closed in more of it: holidays and closed days are known to the server. */
export function withClosed(frame: Frame, more: readonly Span[]): Frame {
  const { range, from, to, zone } = frame;
  const closed = intersect([[from, to]], union([...frame.closed, ...more]));
  const shut = range === '12mo' ? [] : range === '30d' ? wholeDays(closed, zone) : closed;
  return { ...frame, closed, sunken: shut };
}

function beginOf(range: Range, to: number, zone: string): number {
  const { ms } = PLANS[range];
  if (ms <= DAY_MS) return to - ms;
  // The end is not part of the range: at midnight the last day is the one before.
  const first = localTime(zone, to - 1).dayNumber + 1 - ms / DAY_MS;
  // A year is shown by weeks, and they begin on Monday.
  return momentOf(zone, range === '12mo' ? first - weekdayOf(first) : first, 0);
}

/** What of the spans is whole days of the zone. */
function wholeDays(spans: readonly Span[], zone: string): Span[] {
  return spans.flatMap(([from, to]): Span[] => {
    const first = localTime(zone, from);
    const start = momentOf(zone, first.dayNumber + (first.minuteOfDay === 0 ? 0 : 1), 0);
    const end = momentOf(zone, localTime(zone, to).dayNumber, 0);
    return start < end ? [[start, end]] : [];
  });
}

/**
 * Spans without any sample that should have had one: not closed, and not the bucket that is still being filled. What was closed meanwhile is left
 * out where it is drawn; over a month it would cut what is missing into stripes.
 */
export function missingSpans(
  { t, count, bucket_s }: Pick<Measurements, 't' | 'count' | 'bucket_s'>,
  { from, to, closed, sunken }: Pick<Frame, 'from' | 'to' | 'closed' | 'sunken'>,
  now: number,
): Span[] {
  const bucketMs = bucket_s * 1000;
  const empty: [number, number][] = [];
  const add = (a: number, b: number) => {
    const last = empty.at(-1);
    if (last && last[1] >= a) last[1] = Math.max(last[1], b);
    else if (a < b) empty.push([a, b]);
  };
  const end = Math.min(to, now - bucketMs);
  add(from, Math.min(t[0] ?? end, end));
  t.forEach((at, i) => {
    if ((count[i] ?? 0) === 0) add(Math.max(from, at), Math.min(at + bucketMs, end));
  });
  const last = t.at(-1);
  if (last !== undefined) add(last + bucketMs, end);
  const open = empty.flatMap((span): Span[] => {
    const parts = subtract([span], closed);
    const [first, last] = [parts[0], parts.at(-1)];
    return first && last ? [[first[0], last[1]]] : [];
  });
  return subtract(open, sunken);
}

/** The span that holds the moment; undefined where none does. */
export const spanAt = (spans: readonly Span[], at: number): Span | undefined =>
  spans.find(([from, to]) => at >= from && at < to);

/** Index of the last that is not above `at` in a rising list; 0 where all are. */
export function placeOf(rising: readonly number[], at: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** Indices of values that have no neighbour to be joined with: drawn as dots, or they would vanish. */
export function isolated(values: readonly (number | null)[]): number[] {
  return values.flatMap((value, i) =>
    value !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null ? [i] : [],
  );
}

/** Ticks from 0 to the first nice number at or above `max`, in at most four steps. */
export function axisTicks(max: number): number[] {
  const rough = Math.max(max, 1e-3) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step =
    [1, 1.5, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * (1 - 1e-9)) ??
    10 * power;
  const steps = Math.max(1, Math.ceil(max / step - 1e-9));
  return Array.from({ length: steps + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

export const tickLabel = exact;

export interface Tick {
  at: number;
  label: string;
}

const NOON = 720;

/** Time ticks on round local times: ten minutes for an hour, hours for a day, days for a week, Mondays for a month. */
export function timeTicks({ range, from, to, zone }: Pick<Frame, 'range' | 'from' | 'to' | 'zone'>): Tick[] {
  const first = localTime(zone, from).dayNumber;
  const days = Array.from({ length: Math.ceil((to - from) / 86_400_000) + 2 }, (_, i) => {
    const at = (minutes: number) => momentOf(zone, first + i, minutes);
    return { weekday: weekdayOf(first + i), date: new Date((first + i) * 86_400_000).getUTCDate(), at };
  });
  const ticks = days.flatMap(({ weekday, date, at }): Tick[] => {
    if (range === '12mo') return date === 1 ? [{ at: at(0), label: day(at(0), zone) }] : [];
    // A day's name stands in its middle.
    if (range === '30d') return weekday === 0 ? [{ at: at(NOON), label: day(at(NOON), zone) }] : [];
    if (range === '7d') return [{ at: at(NOON), label: `${weekdayName(weekday)}${NBSP}${date}` }];
    if (range === '24h')
      return [0, 4, 8, 12, 16, 20].map((hour) => ({
        at: at(hour * 60),
        label: hour === 0 ? day(at(0), zone) : clock(at(hour * 60), zone),
      }));
    return Array.from({ length: 144 }, (_, i) => at(i * 10))
      .filter((ms) => ms >= from && ms <= to)
      .map((ms) => ({ at: ms, label: clock(ms, zone) }));
  });
  return ticks.filter(({ at }) => at >= from && at <= to);
}

/** Every tick, every second, every third...: as many as fit in `widthPx` with their labels, and none whose label would leave it. */
export function fitting(ticks: readonly Tick[], from: number, to: number, widthPx: number, charPx: number): Tick[] {
  const widest = Math.max(1, ...ticks.map(({ label }) => label.length)) * charPx;
  const place = (at: number) => ((at - from) / (to - from)) * widthPx;
  const inside = ticks.filter(({ at }) => place(at) + widest / 2 <= widthPx + 12);
  const [first, second] = inside;
  if (!first || !second) return [...inside];
  const every = Math.max(1, Math.ceil((widest + 14) / (place(second.at) - place(first.at))));
  return inside.filter((_, i) => i % every === 0);
}

export interface Summary {
  n: number;
  low: number;
  mean: number;
  high: number;
}

/** Lowest, mean (weighted by samples) and highest of a range; null without a sample. */
export function summarize({
  count,
  min,
  mean,
  max,
}: Pick<Measurements, 'count' | 'min' | 'mean' | 'max'>): Summary | null {
  let n = 0;
  let sum = 0;
  let low = Infinity;
  let high = -Infinity;
  count.forEach((c, i) => {
    const m = mean[i];
    if (c === 0 || m === null || m === undefined) return;
    n += c;
    sum += c * m;
    low = Math.min(low, min[i] ?? m);
    high = Math.max(high, max[i] ?? m);
  });
  return n === 0 ? null : { n, low, mean: sum / n, high };
}
