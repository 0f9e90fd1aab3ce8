/**
 * Why: an open incident waits for somebody, or somebody has it, or it is silenced: each stands in one list, each cause once, and all of
 * them are counted, however many one page shows.
 */
import { type AlertCounts, type Silence, type Silenced, silenceCovers } from '#contract';
import type { Incident, State } from '#state';
import { inForce } from './context.ts';
import type { Fleet } from './fleet.ts';
import { readDetail } from './memory.ts';

export type Sees = ((site: string) => boolean) | null;
export type Order = 'newest' | 'worst';
export interface OpenFilter {
  /** Null: who sees everything. */
  sees: Sees;
  /** False: without those that an incident covers that is seen too. */
  covered: boolean;
  acknowledged?: boolean | undefined;
  /** By a silence or planned works, now. */
  silenced?: boolean | undefined;
  order: Order;
  /** Of the last one before; an unknown one begins anew. */
  cursor?: string | undefined;
  /** At most so many. */
  limit: number;
}
export interface OpenPage {
  items: Incident[];
  next: string | null;
}
export interface OpenList {
  page(filter: OpenFilter): OpenPage;
  /** Each cause once. */
  counts(sees: Sees): AlertCounts;
}

interface Standing {
  incident: Incident;
  /** Empty where it is about no single site. */
  site: string;
  silencedUntil: number | null;
}

export interface OpenListDeps {
  state: { alerts: Pick<State['alerts'], 'silences'> };
  fleet: () => Fleet;
  now: () => number;
  /** All that are firing. */
  open: () => readonly Incident[];
}

export function createOpenList({ state, fleet, now, open }: OpenListDeps): OpenList {
  const standings = (): Standing[] => {
    const held = inForce(state.alerts.silences(now()), now());
    const { byAp } = fleet();
    return open().map((incident) => {
      const site = byAp.get(incident.ap)?.site ?? null;
      return { incident, site: site?.id ?? '', silencedUntil: silencedUntil(held, { ap: incident.ap, site }) };
    });
  };
  return {
    page({ order, cursor, limit, acknowledged, silenced, ...who }) {
      const { keyOf, cursorOf, keyIn } = ORDERS[order];
      const after = cursor === undefined ? null : keyIn(cursor);
      const found = seen(standings(), who)
        .filter((one) => acknowledged === undefined || isTaken(one) === acknowledged)
        .filter((one) => silenced === undefined || (one.silencedUntil !== null) === silenced)
        .map((one) => ({ one, key: keyOf(one) }))
        .filter(({ key }) => after === null || compare(key, after) > 0)
        .sort((a, b) => compare(a.key, b.key));
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return {
        items: items.map(({ one }) => one.incident),
        next: found.length > limit && last ? cursorOf(last.key) : null,
      };
    },
    counts(sees) {
      const all = seen(standings(), { sees, covered: false });
      const free = all.filter((one) => one.silencedUntil === null);
      const acknowledged = free.filter(isTaken).length;
      return { need_action: free.length - acknowledged, acknowledged, silenced: all.length - free.length };
    },
  };
}

const isTaken = ({ incident }: Standing): boolean => incident.acknowledged_at !== null;

/** When the last of those in force ends that cover it, ms since 1970; null: none does. */
export function silencedUntil(held: readonly Silence[], what: Silenced): number | null {
  const ends = held.flatMap((one) => (silenceCovers(one, what) ? [one.until] : []));
  return ends.length === 0 ? null : Math.max(...ends);
}

/** Who sees only some libraries does not see the incident of many: theirs are not hidden behind it. */
function seen(all: readonly Standing[], { sees, covered }: Pick<OpenFilter, 'sees' | 'covered'>): Standing[] {
  const mine = sees ? all.filter(({ site }) => sees(site)) : all;
  if (covered) return [...mine];
  const known = new Set(mine.map(({ incident }) => incident.id));
  return mine.filter(({ incident }) => incident.parent === null || !known.has(incident.parent));
}

type Key = readonly number[];
/** A page begins after the key of the last one, also when that incident is over meanwhile. */
const ORDERS: Record<Order, { keyOf(one: Standing): Key; cursorOf(key: Key): string; keyIn(cursor: string): Key }> = {
  newest: {
    keyOf: ({ incident }) => [-incident.id],
    cursorOf: ([id = 0]) => String(-id),
    keyIn: (cursor) => [-Number(cursor)],
  },
  worst: {
    keyOf: worstKey,
    cursorOf: (key) => key.join('.'),
    keyIn: (cursor) => cursor.split('.').map(Number),
  },
};

/** What waits for somebody first, then many at once, dark before slow, the longest first. */
function worstKey({ incident, silencedUntil }: Standing): Key {
  const { id, rule, since, detail, acknowledged_at } = incident;
  const members = rule === 'group' ? (readDetail(detail).members ?? []).length : 0;
  return [Number(acknowledged_at !== null || silencedUntil !== null), -members, Number(rule === 'slow'), since, id];
}

function compare(a: Key, b: Key): number {
  for (const [i, value] of a.entries()) {
    const difference = value - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
