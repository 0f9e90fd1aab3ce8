/** Why: everything that is refused is counted by its reason, so that nothing disappears without a trace. */
export interface Tally {
  count(reason: string): void;
  all(): Readonly<Record<string, number>>;
}

export function createTally(): Tally {
  const counts = new Map<string, number>();
  return {
    count(reason) {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    },
    all: () => Object.fromEntries(counts),
  };
}
