/**
 * Why: a fleet's availability over a month reads 36,000 days. DuckDB only says of each probe which of its days were of one state throughout, as
 * bits, and gives the runs of the others; what lies within opening hours is added here. A join with the opening hours took three times as long.
 */
import type { JS } from '@duckdb/node-api';
import type { Span } from '#contract';
import { knownWithin } from '../rollup/runs.ts';
import { numbersOf, type Standing } from './duckdb-standing.ts';
import { type AvailabilityGroup, type KnownSeconds, TIER_S } from './store.ts';

/** Days or hours whose bits one number holds exactly. */
const BITS = 52;
const HALF_BITS = 26;
/** More probes than this are not worth a list. */
const MOST_LISTED = 200;

/**
 * Two rows per source: lists of probe, stretch of BITS days or hours, and its bits; and one text of the runs of those that are not of one
 * state. Those are a tenth: asked for by themselves, the texts of the others are not looked at. Null: nothing to ask.
 */
export function knownSql(sources: readonly Standing[], groups: readonly AvailabilityGroup[]): string | null {
  const probes = new Set(groups.flatMap(({ probes: of }) => of));
  const all = sources.flatMap(({ file, tier, from_s, to_s, where }, source) => {
    const length = TIER_S[tier];
    const ids = (): number[] => [...probes].flatMap((probe) => file.ids.get(probe) ?? []);
    const listed = probes.size > MOST_LISTED ? '' : ` AND r.probe IN (${[0, ...ids()].join(', ')})`;
    const from = `FROM ${file.alias}.rollups r WHERE ${where}${listed}`;
    const slot = `(r.t_s::BIGINT - ${firstOf(from_s, length)}) // ${length}`;
    const few = (to_s - from_s) / length <= BITS;
    const [part, bit] = few ? ['0', slot] : [`${slot} // ${BITS}`, `${slot} % ${BITS}`];
    const bits = (state: 'up_s' | 'down_s'): string =>
      `bit_or(CASE WHEN r.${state} = ${length} THEN 1::BIGINT << (${bit}) ELSE 0 END)::DOUBLE`;
    return [
      `SELECT ${source}, list(probe), list(part), list(up), list(down), NULL FROM (
        SELECT r.probe, (${part})::DOUBLE AS part, ${bits('up_s')} AS up, ${bits('down_s')} AS down ${from} GROUP BY r.probe${few ? '' : `, ${part}`})`,
      `SELECT ${source}, NULL, NULL, NULL, NULL, string_agg(concat(r.probe, ' ', ${slot}, ' ', r.runs), ',') ${from}
        AND r.up_s < ${length} AND r.down_s < ${length} AND r.unknown_s < ${length}`,
    ];
  });
  return all.length === 0 ? null : all.join(' UNION ALL ');
}

export interface Known {
  /** Rows of `knownSql` over these sources. */
  add(rows: readonly JS[][], sources: readonly Standing[]): void;
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

  function addBits({ file, ...source }: Standing, [ids = [], parts = [], up = [], down = []]: number[][]): void {
    const open = groups.map(({ spans }) => openSeconds(spans, source));
    const known = knownIn(file);
    for (const [i, id] of ids.entries())
      for (const of of known[id] ?? []) {
        const seconds = open[of.group] ?? [];
        const first = (parts[i] ?? 0) * BITS;
        of.up_s += sumOfBits(up[i] ?? 0, first, seconds);
        of.down_s += sumOfBits(down[i] ?? 0, first, seconds);
      }
  }

  /** `probe slot runs` of each hour or day in which the line changed. */
  function addMixed({ file, tier, from_s }: Standing, texts: string): void {
    const length = TIER_S[tier];
    const first = firstOf(from_s, length);
    const touching = groups.map(({ spans }) => spansBySlot(spans, first, length));
    const known = knownIn(file);
    for (let at = 0; at < texts.length; ) {
      const afterId = texts.indexOf(' ', at);
      const afterSlot = texts.indexOf(' ', afterId + 1);
      const comma = texts.indexOf(',', afterSlot);
      const slot = Number(texts.slice(afterId + 1, afterSlot));
      const runs = texts.slice(afterSlot + 1, comma < 0 ? undefined : comma);
      for (const of of known[Number(texts.slice(at, afterId))] ?? []) {
        const part = knownWithin(runs, first + slot * length, touching[of.group]?.get(slot) ?? []);
        of.up_s += part.up_s;
        of.down_s += part.down_s;
      }
      at = comma < 0 ? texts.length : comma + 1;
    }
  }

  return {
    add(rows, sources) {
      for (const [index, ...lists] of rows) {
        const source = sources[Number(index)];
        const mixed = lists.pop();
        if (source && typeof mixed === 'string') addMixed(source, mixed);
        else if (source) addBits(source, lists.map(numbersOf));
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

/** In halves: whole numbers of 32 bits are much faster, and a fleet's month has a hundred thousand bits. */
function sumOfBits(bits: number, firstSlot: number, seconds: readonly number[]): number {
  return (
    sumOfHalf(bits % 2 ** HALF_BITS, firstSlot, seconds) +
    sumOfHalf(Math.floor(bits / 2 ** HALF_BITS), firstSlot + HALF_BITS, seconds)
  );
}

function sumOfHalf(bits: number, firstSlot: number, seconds: readonly number[]): number {
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
