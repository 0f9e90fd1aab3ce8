/** Why: opening hours are local minutes; charts and words need them as moments. Days of 23 and 25 hours come out right. */
import type { OpeningHours } from '#contract';
import { type Local, local } from './format.ts';
import { words } from './words.ts';

export type Span = readonly [from: number, to: number];

/** The moment of a local wall clock. In the hour that does not exist it is the same time after the jump; of two it is the first. */
export function momentOf(zone: string, year: number, month: number, day: number, minutes: number): number {
  const wanted = Date.UTC(year, month - 1, day, 0, minutes);
  const shown = (ms: number) => asUtc(local(ms, zone));
  const guess = wanted - (shown(wanted - 86_400_000) - (wanted - 86_400_000));
  return shown(guess) === wanted ? guess : wanted - (shown(guess) - guess);
}

const asUtc = (at: Local) => Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second);

/** Open spans within [from, to), joined where they touch (a site that is open all day has one). */
export function openSpans(opening: OpeningHours, zone: string, from: number, to: number): Span[] {
  const spans: [number, number][] = [];
  const first = local(from - 86_400_000, zone);
  const days = Math.ceil((to - from) / 86_400_000) + 3;
  for (let i = 0; i < days; i++) {
    const date = new Date(Date.UTC(first.year, first.month - 1, first.day + i));
    for (const [a, b] of opening[(date.getUTCDay() + 6) % 7] ?? []) {
      const at = (minutes: number) =>
        momentOf(zone, date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), minutes);
      const span: [number, number] = [Math.max(from, at(a)), Math.min(to, at(b))];
      if (span[0] >= span[1]) continue;
      const before = spans.at(-1);
      if (before && before[1] >= span[0]) before[1] = Math.max(before[1], span[1]);
      else spans.push(span);
    }
  }
  return spans;
}

/** What lies in [from, to) outside the spans, which rise and do not overlap. */
export function outside(spans: readonly Span[], from: number, to: number): Span[] {
  const rest: Span[] = [];
  let at = from;
  for (const [a, b] of spans) {
    if (a > at) rest.push([at, Math.min(a, to)]);
    at = Math.max(at, b);
  }
  if (at < to) rest.push([at, to]);
  return rest;
}

/** The parts of `spans` that lie within `others`; both rise. */
export function within(spans: readonly Span[], others: readonly Span[]): Span[] {
  return spans.flatMap(([a, b]) =>
    others.flatMap(([c, d]): Span[] => (Math.max(a, c) < Math.min(b, d) ? [[Math.max(a, c), Math.min(b, d)]] : [])),
  );
}

/** Whether hours are set at all; without any, nothing is drawn as closed. */
export const hasHours = (opening: OpeningHours): boolean => opening.some((day) => day.length > 0);

const hhmm = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** "Mon to Fri 10:00 to 18:00, Sat 10:00 to 15:00"; "always" for every hour of the week. */
export function hoursInWords(opening: OpeningHours): string {
  if (!hasHours(opening)) return words.hours.notSet;
  const text = opening.map((day) =>
    day.map(([a, b]) => words.hours.span(hhmm(a), hhmm(b))).join(` ${words.hours.and} `),
  );
  if (text.every((day) => day === words.hours.span('00:00', '24:00'))) return words.hours.always;
  const groups: { first: number; last: number; text: string }[] = [];
  text.forEach((day, i) => {
    const before = groups.at(-1);
    if (before && before.text === day) before.last = i;
    else groups.push({ first: i, last: i, text: day });
  });
  const name = (i: number) => words.weekdays[i] ?? '';
  return groups
    .filter((group) => group.text !== '')
    .map(
      ({ first, last, text: hours }) =>
        `${first === last ? name(first) : words.hours.span(name(first), name(last))} ${hours}`,
    )
    .join(', ');
}

/** When it next closes (open now) or opens (closed now); null where neither happens within eight days. */
export function nextChange(opening: OpeningHours, zone: string, now: number): { open: boolean; at: number | null } {
  const horizon = now + 8 * 86_400_000;
  const [next] = openSpans(opening, zone, now, horizon);
  if (!next) return { open: false, at: null };
  return next[0] <= now ? { open: true, at: next[1] >= horizon ? null : next[1] } : { open: false, at: next[0] };
}
