/** Why: figures of an access point are those of whichever probe judged it at the time. */
import type { State } from '#state';

/** Which probe judged the access point from when to when, ms since 1970; the last without an end where one does still. Rising. */
export function watchedOf(
  registry: Pick<State['registry'], 'bindings'>,
  ap: string,
): { probe: string; from_ms: number; to_ms: number }[] {
  return registry
    .bindings()
    .filter(({ access_point, judges }) => access_point === ap && judges)
    .map(({ probe, from, to }) => ({ probe, from_ms: from, to_ms: to ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => a.from_ms - b.from_ms);
}
