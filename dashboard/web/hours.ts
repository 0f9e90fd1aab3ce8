/** Why: opening hours as people read them, and when they next change. */
import { type Hours, hasHours, type OpeningHours, openSpans } from '#contract';
import { weekdayName } from './format.ts';
import { words } from './words.ts';

/** "09:05" */
export const hhmm = (minutes: number) =>
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
  const name = (i: number) => weekdayName(i);
  return groups
    .filter((group) => group.text !== '')
    .map(
      ({ first, last, text: hours }) =>
        `${first === last ? name(first) : words.hours.span(name(first), name(last))} ${hours}`,
    )
    .join(', ');
}

/** Minutes after 00:00 of "09:05", as a time field has it. */
export function minuteOf(clock: string): number {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return hour * 60 + minute;
}

/** When it next closes (open now) or opens (closed now); null where neither happens within eight days. */
export function nextChange(hours: Hours, now: number): { open: boolean; at: number | null } {
  const horizon = now + 8 * 86_400_000;
  const [next] = openSpans(hours, now, horizon);
  if (!next) return { open: false, at: null };
  return next[0] <= now ? { open: true, at: next[1] >= horizon ? null : next[1] } : { open: false, at: next[0] };
}
