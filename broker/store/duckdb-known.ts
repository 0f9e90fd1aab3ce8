/**
 * Why: a fleet's availability over a month reads 36,000 days. DuckDB only says of each probe which of its days were of one state throughout, as
 * bits, and gives the runs of the others; what lies within opening hours is added here. A join with the opening hours took three times as long.
 */
import type { JS } from '@duckdb/node-api';
import { knownWithin } from '../rollup/runs.ts';
import { type AvailabilityGroup, type KnownSeconds, type RollupTier, TIER_S } from './store.ts';

/** Rollups of one file that stand. */
export interface StandingRows {
  file: { alias: string; ids: ReadonlyMap<string, number> };
  tier: RollupTier;
  from_s: number;
  /** Of the table `r`. */
  where: string;
}

/** Days or hours whose bits one number holds exactly. */
const BITS = 52;
/** More probes than this are not worth a list. */
const MOST_LISTED = 200;

/** One row per source, probe and stretch of BITS days or hours. Null: nothing to ask. A filter would join the texts of all rows first; a case does not. */
export function knownSql(sources: readonly StandingRows[], groups: readonly AvailabilityGroup[]): string | null {
  const probes = new Set(groups.flatMap(({ probes: of }) => of));
  const all = sources.map(({ file, tier, from_s, where }, source) => {
    const length = TIER_S[tier];
    const ids = [...probes].flatMap((probe) => file.ids.get(probe) ?? []);
    const listed = probes.size > MOST_LISTED ? '' : ` AND r.probe IN (${[0, ...ids].join(', ')})`;
    return `SELECT ${source} AS source, p.name, k.part::DOUBLE, k.up::DOUBLE, k.down::DOUBLE, k.mixed FROM (
      SELECT probe, slot // ${BITS} AS part, bit_or(1::BIGINT << slot % ${BITS}) FILTER (up_s = ${length}) AS up,
        bit_or(1::BIGINT << slot % ${BITS}) FILTER (down_s = ${length}) AS down,
        string_agg(CASE WHEN greatest(up_s, down_s, unknown_s) < ${length} THEN slot || ' ' || runs END, ',') AS mixed
      FROM (SELECT r.probe, (r.t_s::BIGINT - ${firstOf(from_s, length)}) // ${length} AS slot, r.up_s, r.down_s, r.unknown_s, r.runs FROM ${file.alias}.rollups r WHERE ${where}${listed})
      GROUP BY probe, part) k JOIN ${file.alias}.probes p ON p.id = k.probe`;
  });
  return all.length === 0 ? null : all.join(' UNION ALL ');
}

/** Ascending by group, then probe; only probes with anything known in their spans. */
export function knownOfRows(
  rows: readonly JS[][],
  sources: readonly StandingRows[],
  groups: readonly AvailabilityGroup[],
): KnownSeconds[] {
  const open = sources.map((source) => groups.map(({ spans }) => openSeconds(spans, source)));
  const merged = groups.map(({ probes }, group) => {
    const members = [...new Set(probes)].sort();
    return new Map(members.map((probe): [string, KnownSeconds] => [probe, { probe, group, up_s: 0, down_s: 0 }]));
  });
  // By probe: a network may have a group for each site, and a row concerns few of them.
  const ofProbe = new Map<string, { of: KnownSeconds; spans: AvailabilityGroup['spans'] }[]>();
  for (const [group, members] of merged.entries())
    for (const of of members.values()) {
      const known = ofProbe.get(of.probe);
      const one = { of, spans: groups[group]?.spans ?? [] };
      if (known) known.push(one);
      else ofProbe.set(of.probe, [one]);
    }
  for (const [index, name, part, up, down, mixed] of rows) {
    const source = sources[Number(index)];
    if (!source) continue;
    const parts = typeof mixed === 'string' ? mixed.split(',') : [];
    for (const { of, spans } of ofProbe.get(String(name)) ?? []) {
      const seconds = open[Number(index)]?.[of.group];
      if (!seconds) continue;
      of.up_s += sumOfBits(Number(up), Number(part) * BITS, seconds);
      of.down_s += sumOfBits(Number(down), Number(part) * BITS, seconds);
      for (const one of parts) addMixed(of, one, source, spans);
    }
  }
  return merged.flatMap((of) => [...of.values()].filter(({ up_s, down_s }) => up_s + down_s > 0));
}

/** `slot runs` of an hour or day in which the line changed. */
function addMixed(
  of: KnownSeconds,
  text: string,
  { tier, from_s }: StandingRows,
  spans: AvailabilityGroup['spans'],
): void {
  const blank = text.indexOf(' ');
  const length = TIER_S[tier];
  const part = knownWithin(
    text.slice(blank + 1),
    firstOf(from_s, length) + Number(text.slice(0, blank)) * length,
    spans,
  );
  of.up_s += part.up_s;
  of.down_s += part.down_s;
}

/** The beginning of the first hour or day that starts in the range. */
function firstOf(from_s: number, length_s: number): number {
  return Math.ceil(Math.max(0, from_s) / length_s) * length_s;
}

function sumOfBits(bits: number, firstSlot: number, seconds: readonly number[]): number {
  let sum = 0;
  for (let rest = bits, slot = firstSlot; rest > 0; rest = Math.floor(rest / 2), slot++)
    if (rest % 2 === 1) sum += seconds[slot] ?? 0;
  return sum;
}

/** Seconds of each hour or day of the source, from its first on, that lie within the spans. */
function openSeconds(spans: AvailabilityGroup['spans'], { tier, from_s }: StandingRows): number[] {
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
