/** Why: who sleeps is woken by a page only; everything else waits until the quiet hours end, by that person's own clock. */
import { type Callee, localTime, momentOf } from '#contract';

type Sleeper = Pick<Callee, 'quiet' | 'zone'>;

export function isQuiet({ quiet, zone }: Sleeper, at: number): boolean {
  if (!quiet) return false;
  const { minuteOfDay } = localTime(zone, at);
  return quiet.from <= quiet.to
    ? minuteOfDay >= quiet.from && minuteOfDay < quiet.to
    : minuteOfDay >= quiet.from || minuteOfDay < quiet.to;
}

/** The next moment at which the quiet hours end; `at` where there are none. */
export function quietEnd({ quiet, zone }: Sleeper, at: number): number {
  if (!quiet) return at;
  const { dayNumber } = localTime(zone, at);
  const today = momentOf(zone, dayNumber, quiet.to);
  return today > at ? today : momentOf(zone, dayNumber + 1, quiet.to);
}
