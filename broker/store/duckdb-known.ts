/**
 * Why: a fleet's availability over a month reads 36,000 days. DuckDB only says of each probe on which of its days it was up throughout, as
 * bits, and gives the runs of the others; what lies within opening hours is added here. A join with the opening hours took three times as long.
 */
import type { Span } from '#contract';
import { knownWithin } from '../rollup/runs.ts';
import { bytesOf, type Cell, type Numbers, numbersOf } from './duckdb-cells.ts';
import type { Standing } from './duckdb-standing.ts';
import { type AvailabilityGroup, type KnownSeconds, TIER_S } from './store.ts';

/** Days or hours whose bits one whole number holds: any month of days, of whatever zone. */
const BITS = 32;
/** More probes than this are not worth a list. */
const MOST_LISTED = 200;

/**
 * Two rows per source: lists of probe, stretch of BITS days or hours, and the bits of those that were up throughout; and of all others lists
 * of probe, day or hour and length of runs, and all runs as one. Those are a tenth: asked for by themselves, the texts of the first are not
 * looked at. Null: nothing to ask.
 */
export function knownSql(sources: readonly Standing[], groups: readonly AvailabilityGroup[]): string | null {
  const probes = new Set(groups.flatMap(({ probes: of }) => of));
  const all = sources.flatMap(({ file, tier, from_s, to_s, where }, source) => {
    const length = TIER_S[tier];
    const ids = (): number[] => [...probes].flatMap((probe) => file.ids.get(probe) ?? []);
    const listed = probes.size > MOST_LISTED ? '' : ` AND r.probe IN (${[0, ...ids()].join(', ')})`;
    const from = `FROM ${file.alias}.rollups r WHERE ${where}${listed}`;
    const slot = `(r.t_s - ${firstOf(from_s, length)}::UINTEGER) // ${length}::UINTEGER`;
    const few = (to_s - from_s) / length <= BITS;
    const [part, bit] = few ? ['0', slot] : [`${slot} // ${BITS}::UINTEGER`, `${slot} % ${BITS}::UINTEGER`];
    return [
      `SELECT ${source}, list(probe::INTEGER), list(part), list(up), NULL, NULL FROM (
        SELECT r.probe, (${part})::INTEGER AS part, bit_or(1::UINTEGER << (${bit})) AS up ${from} AND r.up_s = ${length} GROUP BY r.probe${few ? '' : `, ${part}`})`,
      `SELECT ${source}, list(r.probe::INTEGER), list((${slot})::INTEGER), NULL, list(strlen(r.runs)::INTEGER), encode(string_agg(r.runs, '')) ${from}
        AND r.up_s < ${length} AND r.unknown_s < ${length}`,
    ];
  });
  return all.length === 0 ? null : all.join(' UNION ALL ');
}

export interface Known {
  /** Rows of `knownSql` over these sources. */
  add(rows: readonly Cell[][], sources: readonly Standing[]): void;
  /** Ascending by group, then probe; only probes with anything known in their spans. */
  all(): KnownSeconds[];
}

export function createKnown(groups: readonly AvailabilityGroup[]): Known {
  const merged = groups.map(({ probes }, group) =>
    [...new Set(probes)].sort().map((probe): KnownSeconds => ({ probe, group, up_s: 0, down_s: 0 })),
  );
  // By probe: a network may have a group for each site, and a row concerns few of them.
  const ofProbe = new Map<string, KnownSeconds[]>();
  for (const one of merged.flat()) {
    const known = ofProbe.get(one.probe);
    if (known) known.push(one);
    else ofProbe.set(one.probe, [one]);
  }

  /** By the numbers of the file. */
  const knownIn = ({ names }: Standing['file']): readonly (readonly KnownSeconds[] | undefined)[] =>
    names.map((name) => ofProbe.get(name));

  function addBits({ file, ...source }: Standing, [ids, parts, up]: readonly Numbers[]): void {
    if (!ids || !parts || !up) return;
    const open = groups.map(({ spans }) => openSeconds(spans, source));
    const known = knownIn(file);
    for (let i = 0; i < ids.length; i++)
      for (const of of known[ids[i] ?? 0] ?? []) {
        of.up_s += sumOfBits(up[i] ?? 0, (parts[i] ?? 0) * BITS, open[of.group] ?? []);
      }
  }

  /** The runs of each hour or day in which the line changed, one after another. */
  function addMixed({ file, tier, from_s }: Standing, lists: readonly Numbers[], runs: string): void {
    const [ids, slots, lengths] = [lists[0], lists[1], lists[3]];
    if (!ids || !slots || !lengths) return;
    const length = TIER_S[tier];
    const first = firstOf(from_s, length);
    const touching = groups.map(({ spans }) => spansBySlot(spans, first, length));
    const known = knownIn(file);
    for (let i = 0, at = 0; i < ids.length; i++) {
      const slot = slots[i] ?? 0;
      const end = at + (lengths[i] ?? 0);
      for (const of of known[ids[i] ?? 0] ?? []) {
        const part = knownWithin(runs, first + slot * length, touching[of.group]?.get(slot) ?? [], at, end);
        of.up_s += part.up_s;
        of.down_s += part.down_s;
      }
      at = end;
    }
  }

  return {
    add(rows, sources) {
      for (const [index, ...cells] of rows) {
        const source = sources[Number(index)];
        const runs = bytesOf(cells.pop());
        if (source && runs.length > 0) addMixed(source, cells.map(numbersOf), Buffer.from(runs).toString('latin1'));
        else if (source) addBits(source, cells.map(numbersOf));
      }
    },
    all: () => merged.flatMap((of) => of.filter(({ up_s, down_s }) => up_s + down_s > 0)),
  };
}

/** The beginning of the first hour or day that starts in the range. */
function firstOf(from_s: number, length_s: number): number {
  return Math.ceil(Math.max(0, from_s) / length_s) * length_s;
}

/** Which spans each hour or day holds a part of. */
function spansBySlot(spans: AvailabilityGroup['spans'], first_s: number, length_s: number): Map<number, Span[]> {
  const slots = new Map<number, Span[]>();
  for (const span of spans)
    for (let slot = Math.floor((span[0] - first_s) / length_s); first_s + slot * length_s < span[1]; slot++) {
      const known = slots.get(slot);
      if (known) known.push(span);
      else slots.set(slot, [span]);
    }
  return slots;
}

function sumOfBits(bits: number, firstSlot: number, seconds: readonly number[]): number {
  let sum = 0;
  for (let rest = bits | 0, slot = firstSlot; rest !== 0; rest >>>= 1, slot++)
    if ((rest & 1) === 1) sum += seconds[slot] ?? 0;
  return sum;
}

/** Seconds of each hour or day of the source, from its first on, that lie within the spans. */
function openSeconds(spans: AvailabilityGroup['spans'], { tier, from_s }: Pick<Standing, 'tier' | 'from_s'>): number[] {
  const length = TIER_S[tier];
  const first = firstOf(from_s, length);
  const seconds: number[] = [];
  for (const [from, to] of spans)
    for (let slot = Math.max(0, Math.floor((from - first) / length)); first + slot * length < to; slot++) {
      const start = first + slot * length;
      while (seconds.length <= slot) seconds.push(0);
      seconds[slot] = (seconds[slot] ?? 0) + Math.max(0, Math.min(to, start + length) - Math.max(from, start));
    }
  return seconds;
}
