/**
 * Why: a fleet's availability over a month reads 36,000 days. DuckDB only says of each probe on which of its days it was up throughout, as
 * bits, and gives the runs of the others; what lies within opening hours is added here. A join with the opening hours took three times as long.
 */
import type { Span } from '#contract';
import { knownWithin } from '../rollup/runs.ts';
import { type Columns, NO_NUMBERS, NO_TEXTS } from './duckdb-columns.ts';
import type { Standing } from './duckdb-standing.ts';
import { type AvailabilityGroup, type KnownSeconds, TIER_S } from './store.ts';

/** Days or hours whose bits one whole number holds: any month of days, of whatever zone. */
const BITS = 32;
/** More probes than this are not worth a list. */
const MOST_LISTED = 200;

/**
 * A row per source, probe and stretch of BITS days or hours, with the bits of those that were up throughout; and one for each other day or
 * hour, with its runs. Those are a tenth: asked for by themselves, the texts of the first are not looked at. Null: nothing to ask.
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
      `SELECT ${source}, r.probe, (${part})::INTEGER, bit_or(1::UINTEGER << (${bit})), '' ${from} AND r.up_s = ${length} GROUP BY r.probe${few ? '' : `, ${part}`}`,
      `SELECT ${source}, r.probe, (${slot})::INTEGER, 0::UINTEGER, r.runs ${from} AND r.up_s < ${length} AND r.unknown_s < ${length}`,
    ];
  });
  return all.length === 0 ? null : all.join(' UNION ALL ');
}

export interface Known {
  /** Rows of `knownSql` over these sources. */
  add(rows: readonly Columns[], sources: readonly Standing[]): void;
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

  /** What rows of a source are held against. */
  function matterOf({ file, tier, from_s }: Standing) {
    const length = TIER_S[tier];
    const first = firstOf(from_s, length);
    return {
      length,
      first,
      /** By the numbers of the file. */
      known: file.names.map((name) => ofProbe.get(name)),
      open: groups.map(({ spans }) => openSeconds(spans, first, length)),
      touching: groups.map(({ spans }) => spansBySlot(spans, first, length)),
    };
  }

  function take({ count, numbers, texts }: Columns, matters: readonly ReturnType<typeof matterOf>[]): void {
    const [of = NO_NUMBERS, ids = NO_NUMBERS, slots = NO_NUMBERS, up = NO_NUMBERS] = numbers;
    const { bytes, from, length } = texts[4] ?? NO_TEXTS;
    const runs = Buffer.from(bytes.buffer).toString('latin1');
    for (let i = 0; i < count; i++) {
      const matter = matters[of[i] ?? 0];
      const [slot, size, at] = [slots[i] ?? 0, length[i] ?? 0, from[i] ?? 0];
      for (const one of matter?.known[ids[i] ?? 0] ?? []) {
        if (!matter) continue;
        if (size === 0) {
          one.up_s += sumOfBits(up[i] ?? 0, slot * BITS, matter.open[one.group] ?? []);
          continue;
        }
        const spans = matter.touching[one.group]?.get(slot) ?? [];
        const part = knownWithin(runs, matter.first + slot * matter.length, spans, at, at + size);
        one.up_s += part.up_s;
        one.down_s += part.down_s;
      }
    }
  }

  return {
    add(rows, sources) {
      const matters = sources.map(matterOf);
      for (const columns of rows) take(columns, matters);
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

/** Seconds of each hour or day from the first on that lie within the spans. */
function openSeconds(spans: AvailabilityGroup['spans'], first: number, length: number): number[] {
  const seconds: number[] = [];
  for (const [from, to] of spans)
    for (let slot = Math.max(0, Math.floor((from - first) / length)); first + slot * length < to; slot++) {
      const start = first + slot * length;
      while (seconds.length <= slot) seconds.push(0);
      seconds[slot] = (seconds[slot] ?? 0) + Math.max(0, Math.min(to, start + length) - Math.max(from, start));
    }
  return seconds;
}
