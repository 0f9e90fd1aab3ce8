/**
 * Why: 300 libraries behind one failing provider are one incident. Many access points in trouble at once that share a provider, region or
 * test server, while others are well, have one cause; their own incidents are covered by it, and are judged on all the same.
 */
import type { Judgement } from './episode.ts';

/** What an access point is doing now, as the detector sees it. */
export interface Standing {
  ap: string;
  /** `isp:Name`, `region:Name`, `server:name`. */
  keys: readonly string[];
  trouble: 'dark' | 'slow' | null;
  /** When the trouble began. */
  onset: number;
}
export interface GroupRule {
  /** At least so many, and at least this share of those that report. */
  sites: number;
  share: number;
  waitMs: number;
}
export interface Found {
  key: string;
  trouble: 'dark' | 'slow';
  aps: readonly string[];
  /** Of how many. */
  of: number;
  since: number;
}
/** Everything vanishing at once is our own line, not theirs. */
export const UPLINK = 'uplink';

export interface GroupMemory {
  v: 1;
  trouble: 'dark' | 'slow';
  /** Seen first, before anybody is told. */
  pendingSince: number | null;
  condition: 'ok' | 'suspect' | 'firing';
  since: number | null;
  until: number | null;
  /** Of how many, when it began. */
  of: number;
  members: Readonly<Record<string, { since: number; until: number | null }>>;
}

/** What was told last of its members. */
export interface LastSaid {
  at: number;
  members: number;
  lasting: number;
}

/** While members come and go, who was told of the group hears so in one message, at most so often. */
const UPDATE_EVERY_MS = 30 * 60_000;
const ONSET_MS = 30 * 60_000;
const VANISH_MS = 2 * 60_000;
/** Of the sites outside the key; more, and the key is not the cause. */
const OUTSIDE_SHARE = 0.1;
const EXPLAINS = 0.8;
const REMAIN_SHARE = 0.1;

/** Groups in trouble now; the most specific key that explains most of it wins. Pure. */
export function findGroups(standings: readonly Standing[], now: number, rule: GroupRule): Found[] {
  return (['dark', 'slow'] as const).flatMap((trouble) => {
    const recent = standings.filter((one) => one.trouble === trouble && now - one.onset <= ONSET_MS);
    if (recent.length < rule.sites) return [];
    const found = foundBy(standings, recent, trouble, rule);
    // One provider of several that explains it all is the better answer, however large it is.
    const explained = found.length === 1 && (found[0]?.of ?? 0) < standings.length;
    const uplink = trouble === 'dark' && !explained ? vanished(standings, recent) : null;
    return uplink ? [uplink] : found;
  });
}

function vanished(standings: readonly Standing[], recent: readonly Standing[]): Found | null {
  const onsets = recent.map((one) => one.onset).sort((a, b) => a - b);
  const half = Math.ceil(standings.length / 2);
  const from = onsets.findIndex((onset, n) => (onsets[n + half - 1] ?? Number.POSITIVE_INFINITY) - onset <= VANISH_MS);
  // A network that hangs on one provider altogether cannot tell the two apart by numbers alone.
  const keys = new Set(standings.map((one) => one.keys[0]));
  if (from < 0 || keys.size < 2) return null;
  return {
    key: UPLINK,
    trouble: 'dark',
    aps: recent.map((one) => one.ap),
    of: standings.length,
    since: onsets[from] ?? 0,
  };
}

function foundBy(
  standings: readonly Standing[],
  recent: readonly Standing[],
  trouble: 'dark' | 'slow',
  rule: GroupRule,
): Found[] {
  const total = counted(standings);
  const hit = counted(recent);
  const candidates = [...hit]
    .map(([key, n]) => ({ key, n, of: total.get(key) ?? n }))
    .filter(({ n, of }) => n >= Math.max(rule.sites, rule.share * of))
    .filter(({ n, of }) => {
      const outside = standings.length - of;
      return outside === 0 || (recent.length - n) / outside < OUTSIDE_SHARE || n / of >= EXPLAINS;
    })
    .sort((a, b) => a.of - b.of);
  const whole = candidates.find(({ n }) => n >= EXPLAINS * recent.length);
  return distinct(whole ? [whole] : candidates, recent).map(({ key, of }) => {
    const members = recent.filter((one) => one.keys.includes(key));
    return { key, trouble, aps: members.map((one) => one.ap), of, since: Math.min(...members.map((one) => one.onset)) };
  });
}

/** Several providers at once: each site belongs to the first key that explains it. */
function distinct<T extends { key: string; n: number }>(candidates: readonly T[], recent: readonly Standing[]): T[] {
  const left = new Set(recent);
  return candidates.filter(({ key, n }) => {
    const own = [...left].filter((one) => one.keys.includes(key));
    if (own.length < EXPLAINS * n) return false;
    for (const one of own) left.delete(one);
    return true;
  });
}

function counted(standings: readonly Standing[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { keys } of standings) for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** One step of one group: gathers, is told, loses members, ends when at most a tenth remain. */
export function reduceGroup(
  memory: GroupMemory | null,
  found: Found | null,
  inTrouble: (ap: string) => { onset: number } | null,
  now: number,
  rule: GroupRule,
): GroupMemory | null {
  if (memory?.condition === 'firing') return followed(memory, found, inTrouble, now);
  if (!found)
    return memory === null || memory.condition === 'ok' ? memory : { ...memory, condition: 'ok', pendingSince: null };
  const members = Object.fromEntries(found.aps.map((ap) => [ap, { since: inTrouble(ap)?.onset ?? now, until: null }]));
  const pendingSince = memory?.pendingSince ?? now;
  const fires = now - pendingSince >= rule.waitMs;
  return {
    v: 1,
    trouble: found.trouble,
    pendingSince: fires ? null : pendingSince,
    condition: fires ? 'firing' : 'suspect',
    since: found.since,
    until: memory?.until ?? null,
    of: found.of,
    members,
  };
}

function followed(
  memory: GroupMemory,
  found: Found | null,
  inTrouble: (ap: string) => { onset: number } | null,
  now: number,
): GroupMemory {
  let changed = false;
  const members: Record<string, { since: number; until: number | null }> = {};
  for (const [ap, member] of Object.entries(memory.members)) {
    const until = inTrouble(ap) ? null : (member.until ?? now);
    changed ||= until !== member.until;
    members[ap] = until === member.until ? member : { ...member, until };
  }
  for (const ap of found?.aps ?? []) {
    if (members[ap]) continue;
    members[ap] = { since: inTrouble(ap)?.onset ?? now, until: null };
    changed = true;
  }
  const all = Object.values(members);
  const remaining = all.filter((member) => member.until === null).length;
  if (remaining <= REMAIN_SHARE * all.length) return { ...memory, members, condition: 'ok', until: now };
  return changed ? { ...memory, members } : memory;
}

/** Whether its members are told again; only of a group that was told. `said` null: it is being told now. */
export function updateOf(
  { members }: GroupMemory,
  said: LastSaid | null,
  now: number,
): { said: LastSaid; tell: boolean } {
  const all = Object.values(members);
  const lasting = all.filter(({ until }) => until === null).length;
  const current = { at: now, members: all.length, lasting };
  if (!said) return { said: current, tell: false };
  const changed =
    all.length !== said.members ||
    lasting !== said.lasting ||
    all.some(({ until }) => until !== null && until > said.at);
  return changed && now - said.at >= UPDATE_EVERY_MS ? { said: current, tell: true } : { said, tell: false };
}

/** Access points that the group covers now. */
export function membersOf(memory: GroupMemory): string[] {
  return memory.condition === 'ok'
    ? []
    : Object.entries(memory.members).flatMap(([ap, { until }]) => (until === null ? [ap] : []));
}

export function judgeGroup({ condition, since, until }: GroupMemory, now: number): Judgement {
  return { condition, since, evidenceAt: now, until, ended: 'recovered', severity: 'page' };
}
