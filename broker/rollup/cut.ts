/**
 * Why: what a month under way says of its older days stays while its newest hours come. The answer to a question about both is that of each
 * added up, to the last digit: rollups are made so that they can be added.
 */
import type { AvailabilityGroup, KnownSeconds, RollupTotal } from '../store/store.ts';
import { addTests, mergeEncoded } from './merge.ts';

/** The groups with their spans before the moment, and with those from it on. */
export function cutGroups(
  groups: readonly AvailabilityGroup[],
  at_s: number,
): [AvailabilityGroup[], AvailabilityGroup[]] {
  const within = (from_s: number, to_s: number): AvailabilityGroup[] =>
    groups.map(({ probes, spans }) => ({
      probes,
      spans: spans
        .filter(([from, to]) => from < to_s && to > from_s)
        .map(([from, to]) => [Math.max(from, from_s), Math.min(to, to_s)] as const),
    }));
  return [within(Number.NEGATIVE_INFINITY, at_s), within(at_s, Number.POSITIVE_INFINITY)];
}

/** Of two stretches of time, each ascending by probe; so is the answer. */
export function addTotals(a: readonly RollupTotal[], b: readonly RollupTotal[]): RollupTotal[] {
  return merged(a, b, byProbe, (one, other) => ({
    probe: one.probe,
    tests: addTests(one.tests, other.tests),
    histogram:
      one.histogram && other.histogram
        ? mergeEncoded([one.histogram, other.histogram])
        : one.histogram || other.histogram,
  }));
}

/** Of two stretches of time, each ascending by group, then probe; so is the answer. */
export function addKnown(a: readonly KnownSeconds[], b: readonly KnownSeconds[]): KnownSeconds[] {
  return merged(
    a,
    b,
    (one, other) => one.group - other.group || byProbe(one, other),
    ({ probe, group, up_s, down_s }, other) => ({
      probe,
      group,
      up_s: up_s + other.up_s,
      down_s: down_s + other.down_s,
    }),
  );
}

function byProbe(a: { probe: string }, b: { probe: string }): number {
  return a.probe === b.probe ? 0 : a.probe < b.probe ? -1 : 1;
}

/** Both in order; what is equal in both becomes one. */
function merged<T>(a: readonly T[], b: readonly T[], order: (a: T, b: T) => number, add: (a: T, b: T) => T): T[] {
  const all: T[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [one, other] = [a[i], b[j]];
    if (one === undefined || other === undefined) break;
    const way = order(one, other);
    all.push(way === 0 ? add(one, other) : way < 0 ? one : other);
    if (way <= 0) i += 1;
    if (way >= 0) j += 1;
  }
  return [...all, ...a.slice(i), ...b.slice(j)];
}
