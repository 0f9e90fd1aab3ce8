/** Why: what the page of the fleet shows of each probe, which of them it shows and in what order, decided purely. */
import { type ClockSource, finder, PROBE_TROUBLES, type ProbeFleet, type ProbeTrouble } from '#contract';
import type { Named } from './fleet.ts';
import { compareValues, type Value } from './order.ts';

/** Null: unknown, never 0. Times in ms, amounts in bytes. */
export interface ProbeRow {
  /** Place in the answer. */
  at: number;
  id: string;
  /** What it watches; null where that is nothing. */
  named: Named | null;
  /** Worst first. */
  troubles: readonly ProbeTrouble[];
  online: boolean;
  seenAt: number | null;
  version: string | null;
  wanted: number | null;
  reported: number | null;
  error: string | null;
  clock: ClockSource | null;
  skewMs: number | null;
  waiting: number | null;
  waitingS: number | null;
  spent: number | null;
  limit: number | null;
}

export const PROBE_SORTS = [
  'trouble',
  'name',
  'probe',
  'seen',
  'version',
  'config',
  'clock',
  'waiting',
  'data',
] as const;
export type ProbeSortKey = (typeof PROBE_SORTS)[number];
export interface ProbeSort {
  by: ProbeSortKey;
  descending: boolean;
}
/** Empty lists narrow nothing; several of a kind widen, kinds narrow each other. */
export interface ProbeFilter {
  q: string;
  troubles: readonly ProbeTrouble[];
  versions: readonly string[];
  metered: boolean;
}

/** `named`: what there is to watch. */
export function probeRows(fleet: ProbeFleet, named: readonly Named[]): ProbeRow[] {
  const byAp = new Map(named.map((one) => [one.ap.id, one]));
  const word = (place: number | null | undefined): string | null =>
    place == null ? null : (fleet.words[place] ?? null);
  return fleet.id.map((id, i): ProbeRow => {
    const [ap, seen] = [fleet.access_point[i], fleet.seen[i] ?? null];
    return {
      ...{ at: i, id, named: byAp.get(ap === 0 ? id : (ap ?? '')) ?? null },
      troubles: troublesOf(fleet.troubles[i] ?? 0),
      ...{ online: fleet.online[i] === 1, seenAt: seen === null ? null : fleet.at - seen * 1000 },
      ...{ version: word(fleet.version[i]), error: word(fleet.error[i]) },
      ...{ wanted: fleet.wanted[i] ?? null, reported: fleet.reported[i] ?? null },
      ...{ clock: clockOf(fleet.clock[i]), skewMs: fleet.skew_ms[i] ?? null },
      ...{ waiting: fleet.waiting[i] ?? null, waitingS: fleet.waiting_s[i] ?? null },
      ...{ spent: fleet.spent_bytes[i] ?? null, limit: fleet.limit_bytes[i] ?? null },
    };
  });
}

const clockOf = (code: number | null | undefined): ClockSource | null =>
  code === 0 || code === 1 || code === 2 ? code : null;

/** Each combination once: most probes have none. */
const combinations = new Map<number, readonly ProbeTrouble[]>();
function troublesOf(bits: number): readonly ProbeTrouble[] {
  const known = combinations.get(bits) ?? PROBE_TROUBLES.filter((_, i) => (bits >> i) & 1);
  combinations.set(bits, known);
  return known;
}

/** "-seen" is descending; anything unknown is worst first. */
export function parseProbeSort(text: string | null): ProbeSort {
  const by = PROBE_SORTS.find((key) => key === text?.replace(/^-/, ''));
  return by ? { by, descending: text?.startsWith('-') ?? false } : { by: 'trouble', descending: false };
}
export const probeSortText = ({ by, descending }: ProbeSort): string | null =>
  by === 'trouble' && !descending ? null : `${descending ? '-' : ''}${by}`;

export function parseTroubles(text: string | null): ProbeTrouble[] {
  const wanted = (text ?? '').split(',');
  return PROBE_TROUBLES.filter((trouble) => wanted.includes(trouble));
}

/** Every word of `q` must occur in the probe's id, or in name, region or provider of what it watches. */
export function probePasser({ q, troubles, versions, metered }: ProbeFilter): (row: ProbeRow) => boolean {
  const finds = finder(q);
  return (row) => {
    if (troubles.length > 0 && !troubles.some((trouble) => row.troubles.includes(trouble))) return false;
    if (versions.length > 0 && !versions.includes(row.version ?? '')) return false;
    if (metered && row.named?.site.metered !== true) return false;
    const { id, named } = row;
    return named ? finds(id, named.name, named.site.region, named.site.isp) : finds(id);
  };
}

const worst = ({ troubles: [first] }: ProbeRow): number =>
  first === undefined ? PROBE_TROUBLES.length : PROBE_TROUBLES.indexOf(first);
const VALUES: Record<ProbeSortKey, (row: ProbeRow) => Value> = {
  trouble: worst,
  name: ({ named }) => named?.rank ?? null,
  probe: ({ id }) => id,
  seen: ({ seenAt }) => seenAt,
  version: ({ version }) => version,
  config: ({ wanted, reported }) => (wanted === null ? null : wanted - (reported ?? 0)),
  clock: ({ clock, skewMs }) => (clock === 0 ? Number.MAX_VALUE : skewMs === null ? null : Math.abs(skewMs)),
  waiting: ({ waitingS, waiting }) => waitingS ?? waiting,
  data: ({ spent, limit }) => (spent === null || !limit ? null : spent / limit),
};

/** Unknown values stand last in both directions; equal ones by the worst trouble, then the longest silent, then the id. */
export function probeOrder({ by, descending }: ProbeSort): (a: ProbeRow, b: ProbeRow) => number {
  const value = VALUES[by];
  return (a, b) =>
    compareValues(value(a), value(b), descending) ||
    worst(a) - worst(b) ||
    (a.seenAt ?? 0) - (b.seenAt ?? 0) ||
    a.at - b.at;
}

/** How many run each version, most first; null: unknown. */
export function versionsOf(rows: readonly ProbeRow[]): { version: string | null; n: number }[] {
  const counts = new Map<string | null, number>();
  for (const { version } of rows) counts.set(version, (counts.get(version) ?? 0) + 1);
  return [...counts]
    .map(([version, n]) => ({ version, n }))
    .sort((a, b) => b.n - a.n || compareValues(a.version, b.version, true));
}

export function troubleCounts(rows: readonly ProbeRow[]): Record<ProbeTrouble, number> {
  const counts = { away: 0, clock: 0, refused: 0, waiting: 0, data: 0, config: 0, outdated: 0, never: 0 };
  for (const { troubles } of rows) for (const trouble of troubles) counts[trouble] += 1;
  return counts;
}
