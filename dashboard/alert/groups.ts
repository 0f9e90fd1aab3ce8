/** Why: looks for groups in trouble and carries each one on; what they cover is known before anything else is judged. */
import type { AlertMember } from '#contract';
import type { GroupKey } from '../said/sayings-site.ts';
import { type Context, overlaysOf } from './context.ts';
import type { Covers } from './covers.ts';
import type { Sight } from './dark.ts';
import { noEpisode, noOverlays, type Overlays, reduceEpisode } from './episode.ts';
import type { Fleet } from './fleet.ts';
import {
  type Found,
  findGroups,
  type GroupMemory,
  type GroupRule,
  judgeGroup,
  membersOf,
  reduceGroup,
  UPLINK,
} from './group.ts';
import type { Memories } from './memory.ts';
import { standingsOf, troubleOf } from './standing.ts';
import { type Opening, type Work, workGroup } from './work.ts';

export interface Groups {
  work: Work;
  memories: Memories;
  fleet: Fleet;
  context: Context;
  sightOf(probe: string | null): Sight | null;
  covers: Covers;
}

export function workGroups(all: Groups): void {
  const { work, memories, fleet, context, sightOf, covers } = all;
  const { now, table } = context;
  const drafted = { ...memories, dark: withDraft(memories.dark, work.dark), slow: withDraft(memories.slow, work.slow) };
  const rule: GroupRule = {
    sites: table.on('group', null) ? table.number('group.sites', null) : Number.POSITIVE_INFINITY,
    share: table.number('group.share_pct', null) / 100,
    waitMs: table.number('group.wait_s', null) * 1000,
  };
  const standings = standingsOf(fleet, drafted, sightOf, (entry) => context.hours(entry).open(now), now);
  const found = new Map(findGroups(standings, now, rule).map((one) => [one.key, one]));
  const groups = withDraft(memories.group, work.group);
  for (const key of new Set([...groups.keys(), ...found.keys()]))
    workOne(all, key, found.get(key) ?? null, rule, (ap, trouble) => {
      const entry = fleet.byAp.get(ap);
      const now_ = entry && troubleOf(entry, drafted, sightOf(entry.probe), now);
      // Who is dark has not recovered from being slow.
      return now_ && (now_.trouble === trouble || now_.trouble === 'dark') ? { onset: now_.onset } : null;
    });
  covers.read({ group: withDraft(memories.group, work.group), dark: drafted.dark });
}

function workOne(
  { work, memories, fleet, context }: Groups,
  key: string,
  found: Found | null,
  rule: GroupRule,
  inTrouble: (ap: string, trouble: GroupMemory['trouble']) => { onset: number } | null,
): void {
  const { now } = context;
  const before = work.group.get(key) ?? memories.group.get(key) ?? null;
  const trouble = before?.rule.condition === 'firing' ? before.rule.trouble : (found?.trouble ?? 'dark');
  const next = reduceGroup(before?.rule ?? null, found, (ap) => inTrouble(ap, trouble), now, rule);
  if (!next || (next === before?.rule && !before.episode.open)) return;
  const overlays = overlaysOfGroup(key, next, fleet, context);
  const step = reduceEpisode(before?.episode ?? noEpisode, judgeGroup(next, now), overlays, now);
  workGroup(work, memories, key, next, step.effects, step.state, () => groupOpening(key, next, fleet, now), now);
}

/** Works at its provider, or at all that are in trouble: it is judged and covers them, and is told when the works end and it lasts. */
function overlaysOfGroup(key: string, group: GroupMemory, fleet: Fleet, context: Context): Overlays {
  const own = overlaysOf(context, 'group', key, null);
  const held = ({ silenced, maintenance }: Overlays): boolean => silenced || maintenance;
  if (held(own)) return own;
  if (context.silences.length === 0) return noOverlays;
  const each = membersOf(group).map((ap) => overlaysOf(context, 'group', ap, fleet.byAp.get(ap) ?? null));
  if (each.length === 0 || !each.every(held)) return noOverlays;
  return {
    ...noOverlays,
    silenced: each.some((one) => one.silenced),
    maintenance: each.some((one) => one.maintenance),
  };
}

function groupOpening(key: string, group: GroupMemory, fleet: Fleet, now: number): Opening {
  const members: AlertMember[] = Object.entries(group.members).map(([ap, { since, until }]) => {
    const site = fleet.byAp.get(ap)?.site;
    return { ap, site: site?.id ?? '', site_name: site?.name ?? ap, since: Math.round(since), until };
  });
  const lasting = members.filter((one) => one.until === null).length;
  const [n, of, about] = [members.length, Math.max(group.of, members.length), keyOf(key)];
  return {
    headline: { code: 'group.title', trouble: group.trouble, n, of, key: about },
    reasons: [
      { code: 'group.begun', n, of, key: about, since: group.since ?? now },
      { code: 'group.covers' },
      lasting <= 0.1 * n ? { code: 'group.recovered', n: n - lasting, of: n } : { code: 'group.ends_when' },
    ],
    severity: 'page',
    detail: { members },
  };
}

/** `isp:Name`, `region:Name`, `server:name`, `uplink`. */
function keyOf(key: string): GroupKey {
  const colon = key.indexOf(':');
  const kind = KINDS.find((one) => one === key.slice(0, colon));
  return key === UPLINK || !kind ? { kind: 'uplink', name: '' } : { kind, name: key.slice(colon + 1) };
}
const KINDS = ['isp', 'region', 'server'] as const;

function withDraft<K, V>(base: ReadonlyMap<K, V>, draft: ReadonlyMap<K, V>): Map<K, V> {
  if (draft.size === 0) return base as Map<K, V>;
  return new Map([...base, ...draft]);
}
