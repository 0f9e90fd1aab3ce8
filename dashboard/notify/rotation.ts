/** Why: who is on call is a pure question of rotation, overrides and moment, by the wall clock of a zone; gaps are found before they are felt. */
import { isOpen, localTime, momentOf, openSpans, type Rotation, type RotationOverride, type Shift } from '#contract';
import type { GapWhy } from '../said/sayings-server.ts';

/** The person on call at `at`; null when nobody is. The last override that holds then decides. */
export function onCallAt(rotation: Rotation, overrides: readonly RotationOverride[], at: number): string | null {
  const override = overrides.findLast(({ from, to }) => from <= at && at < to);
  if (override) return override.user;
  if (rotation.hours && !isOpen({ zone: rotation.zone, opening: rotation.hours }, at)) return null;
  return rotation.members[turnAt(rotation, at)] ?? null;
}

/** Shifts within [from, to), joined where the person stays. */
export function shiftsOf(
  rotation: Rotation,
  overrides: readonly RotationOverride[],
  from: number,
  to: number,
): Shift[] {
  const edges = [...new Set([from, ...edgesOf(rotation, overrides, from, to), to])]
    .filter((at) => at >= from && at <= to)
    .toSorted((a, b) => a - b);
  const shifts: Shift[] = [];
  for (const [index, start] of edges.entries()) {
    const end = edges[index + 1];
    if (end === undefined) break;
    const user = onCallAt(rotation, overrides, start);
    const before = shifts.at(-1);
    if (before && before.user === user) before.to = end;
    else shifts.push({ user, from: start, to: end });
  }
  return shifts;
}

/** When nobody could be reached: no one is on call, or who is has no way to be told. `reach` answers with why not, or null. */
export function gapsOf(
  rotation: Rotation,
  overrides: readonly RotationOverride[],
  { from, to, reach }: { from: number; to: number; reach(user: string): GapWhy | null },
): { from: number; to: number; why: GapWhy }[] {
  return shiftsOf(rotation, overrides, from, to).flatMap((shift) => {
    const why: GapWhy | null = shift.user === null ? { kind: 'nobody' } : reach(shift.user);
    // Outside its hours a rotation is not meant to have anybody, unless an override says "nobody" in them.
    const meant = shift.user !== null || !rotation.hours || isMissing(rotation, shift);
    return why === null || !meant ? [] : [{ from: shift.from, to: shift.to, why }];
  });
}

function isMissing({ zone, hours }: Rotation, { from, to }: Shift): boolean {
  return hours !== null && openSpans({ zone, opening: hours }, from, to).length > 0;
}

function turnAt(rotation: Rotation, at: number): number {
  const { zone, days, start_day: first, handover, members } = rotation;
  const { dayNumber } = localTime(zone, at);
  const day = at < momentOf(zone, dayNumber, handover) ? dayNumber - 1 : dayNumber;
  const turn = Math.floor((day - first) / days);
  return members.length === 0 ? 0 : ((turn % members.length) + members.length) % members.length;
}

/** Every moment at which somebody else may be on call. */
function edgesOf(rotation: Rotation, overrides: readonly RotationOverride[], from: number, to: number): number[] {
  const { zone, handover, hours } = rotation;
  const edges = overrides.flatMap((override) => [override.from, override.to]);
  const last = localTime(zone, to).dayNumber;
  for (let day = localTime(zone, from).dayNumber; day <= last; day++) edges.push(momentOf(zone, day, handover));
  if (hours) edges.push(...openSpans({ zone, opening: hours }, from, to).flat());
  return edges;
}
