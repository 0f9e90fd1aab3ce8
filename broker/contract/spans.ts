/** Why: opening hours, outages and evidence are all stretches of time; three set operations answer every question about them. */
export type Span = readonly [from_ms: number, to_ms: number];

/** The same time as rising spans that do not touch. */
export function union(spans: readonly Span[]): Span[] {
  const joined: [number, number][] = [];
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (from >= to) continue;
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** Time that is in both; each must be a union. */
export function intersect(a: readonly Span[], b: readonly Span[]): Span[] {
  const both: Span[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [aFrom, aTo] = a[i] ?? [0, 0];
    const [bFrom, bTo] = b[j] ?? [0, 0];
    if (Math.max(aFrom, bFrom) < Math.min(aTo, bTo)) both.push([Math.max(aFrom, bFrom), Math.min(aTo, bTo)]);
    if (aTo < bTo) i++;
    else j++;
  }
  return both;
}

/** Time that is in `a` and not in `b`; each must be a union. */
export function subtract(a: readonly Span[], b: readonly Span[]): Span[] {
  const rest: Span[] = [];
  let j = 0;
  for (const [from, to] of a) {
    let at = from;
    while (j < b.length && (b[j]?.[1] ?? 0) <= at) j++;
    for (let k = j; k < b.length && (b[k]?.[0] ?? to) < to; k++) {
      const [cutFrom, cutTo] = b[k] ?? [to, to];
      if (cutFrom > at) rest.push([at, cutFrom]);
      at = Math.max(at, cutTo);
    }
    if (at < to) rest.push([at, to]);
  }
  return rest;
}

export function totalMs(spans: readonly Span[]): number {
  return spans.reduce((sum, [from, to]) => sum + to - from, 0);
}
