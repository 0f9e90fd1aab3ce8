/** Why: whoever asks "why is there (no) alert here" gets the chain of reasons of each rule: state, evidence, what holds people back, what is waited for. */
import { type AlertExplanation, type AlertRule, hasHours, type Language } from '#contract';
import type { Incident } from '#state';
import { type Said, type Told, toldList } from '../said/said.ts';
import { say, sayAll } from '../said/say.ts';
import { steadyRuleWords } from './condition-words.ts';
import type { Context } from './context.ts';
import { explainDark, type Sight } from './dark.ts';
import { emptyDarkInstance } from './dark-instance.ts';
import { type EpisodeState, FRESH_MS, type Overlays, overlaysSaid, SETTLE_MS } from './episode.ts';
import type { FleetEntry } from './fleet.ts';
import { membersOf } from './group.ts';
import { type Memories, STEADY_RULES } from './memory.ts';
import { evidenceOf, judgeSlow, nextDue, viewOf } from './slow.ts';
import { emptySlowInstance } from './slow-instance.ts';
import { slowParams } from './slow-params.ts';
import { explainSlow, slowRuleWords } from './slow-words.ts';
import { darkParams } from './work.ts';

type Worded = AlertExplanation['rules'][number];
/** Before it is worded. */
interface Explained extends Omit<Worded, 'reasons' | 'words' | 'overlays' | 'timers'> {
  reasons: Told[];
  words?: Said[];
  overlays: Said[];
  timers: { what: Said; due: number }[];
}
/** `subject`: the access point unless said. */
type Held = (rule: AlertRule, subject?: string) => { overlays: Overlays; incident: Incident | null };

export function explainAll(
  ap: string,
  entry: FleetEntry | null,
  memories: Memories,
  sight: Sight | null,
  context: Context,
  closedToday: Said | null,
  held: Held,
  lang: Language,
): AlertExplanation {
  if (!entry) return { ap, rules: [] };
  const noHours: Said[] = hasHours(entry.site.opening)
    ? closedToday === null
      ? []
      : [closedToday]
    : [{ code: 'site.no_hours' }];
  const rules = [
    explainedSlow(entry, memories, context, noHours, held),
    explainedDark(entry, memories, sight, context, noHours, held),
    ...STEADY_RULES.flatMap((rule) => explainedSteady(rule, entry, memories, context, held)),
    ...explainedGroups(entry, memories, held),
  ];
  return { ap, rules: rules.map((one) => worded(one, lang, entry.site.zone)) };
}

function worded({ reasons, words, overlays, timers, ...one }: Explained, lang: Language, zone: string): Worded {
  return {
    ...one,
    reasons: sayAll(reasons, lang, zone),
    ...(words && { words: sayAll(words, lang, zone).join(' ') }),
    overlays: sayAll(overlays, lang, zone),
    timers: timers.map(({ what, due }) => ({ what: say(what, lang, zone), due })),
  };
}

function explainedSlow(
  entry: FleetEntry,
  memories: Memories,
  context: Context,
  noHours: Said[],
  held: Held,
): Explained {
  const { rule: memory, episode } = memories.slow.get(entry.ap.id) ?? emptySlowInstance;
  const params = slowParams(entry, context);
  const { condition, since, evidenceAt } = judgeSlow(memory, context.now, params);
  const late = condition === 'firing' && !episode.open;
  const due = nextDue(memory, context.now, params);
  return {
    rule: 'slow',
    // Known only from tests that came too late to call anybody: one fresh test decides.
    condition: late ? 'suspect' : condition,
    words: slowRuleWords(params),
    reasons: [...noHours, ...explainSlow(memory, context.now, params), ...heldReasons(episode, held('slow'))],
    evidence: evidenceOf(memory).map(viewOf),
    overlays: wordsOf(episode, held('slow')),
    timers: [
      ...(due === null ? [] : [{ what: { code: 'timer.retest' } as const, due }]),
      ...(late && since !== null && evidenceAt !== null
        ? [{ what: { code: 'timer.too_old' } as const, due: evidenceAt + FRESH_MS }]
        : []),
      ...settleTimer(episode),
    ],
    incident: held('slow').incident?.id ?? null,
  };
}

function explainedDark(
  entry: FleetEntry,
  memories: Memories,
  sight: Sight | null,
  context: Context,
  noHours: Said[],
  held: Held,
): Explained {
  const instance = memories.dark.get(entry.ap.id) ?? emptyDarkInstance;
  const { rule, episode, cause } = instance;
  const params = darkParams(entry, context);
  const waits = rule.phase !== 'firing' && rule.lastSeen !== null && context.now < context.graceUntil;
  return {
    rule: 'dark',
    condition: rule.phase,
    words: [{ code: 'dark.rule', after: params.darkAfterMs }],
    reasons: [
      ...noHours,
      ...explainDark(rule, sight, context.now, params),
      ...(instance.since !== null && cause && cause.cause !== 'unknown' ? cause.reasons : []),
      ...heldReasons(episode, held('dark')),
    ],
    evidence: [],
    overlays: wordsOf(episode, held('dark')),
    timers: [
      ...(waits ? [{ what: { code: 'timer.grace' } as const, due: context.graceUntil }] : []),
      ...settleTimer(episode),
    ],
    incident: held('dark').incident?.id ?? null,
  };
}

/** Only those that have something to say. */
function explainedSteady(
  rule: (typeof STEADY_RULES)[number],
  entry: FleetEntry,
  memories: Memories,
  context: Context,
  held: Held,
): Explained[] {
  const subject = rule === 'server' ? serverOf(memories, entry.ap.id) : entry.ap.id;
  const instance = memories.steady.get(`${rule} ${subject}`);
  if (!instance || instance.rule.condition === 'unknown') return [];
  const { condition, badSince, what } = instance.rule;
  const now = held(rule, subject);
  const { incident } = now;
  const reasons: Told[] =
    condition === 'ok'
      ? [{ code: 'any.well' }]
      : incident
        ? toldList(incident.reasons)
        : [{ code: 'any.so', faults: what, since: badSince }];
  return [
    {
      rule,
      condition,
      words: [steadyRuleWords(rule, context.table, entry.site, slowParams(entry, context))],
      reasons: [...reasons, ...heldReasons(instance.episode, now)],
      evidence: [],
      overlays: wordsOf(instance.episode, now),
      timers: [],
      incident: incident?.id ?? null,
    },
  ].filter(() => condition !== 'ok' || context.now - instance.rule.at < 86_400_000);
}

/** The test server that it used last. */
function serverOf(memories: Memories, ap: string): string {
  const tests = memories.slow.get(ap)?.rule.tests ?? [];
  const last = tests.findLast((test) => 'server' in test && test.server !== '');
  return last && 'server' in last ? `server:${last.server}` : '';
}

/** The larger incidents that it belongs to now. */
function explainedGroups({ ap }: FleetEntry, memories: Memories, held: Held): Explained[] {
  return [...memories.group].flatMap(([key, { rule, episode }]): Explained[] => {
    if (!membersOf(rule).includes(ap.id)) return [];
    const now = held('group', key);
    return [
      {
        rule: 'group',
        condition: rule.condition,
        reasons: now.incident ? toldList(now.incident.reasons) : [{ code: 'held.gathering' }],
        evidence: [],
        overlays: wordsOf(episode, now),
        timers: [],
        incident: now.incident?.id ?? null,
      },
    ];
  });
}

/** What holds people back from an incident that lasts, in words. Who has it is said by itself. */
export function overlaysOfIncident(
  incident: Incident,
  memories: Memories,
  overlays: Overlays,
  lang: Language,
): string[] {
  const { rule, ap } = incident;
  const instance =
    rule === 'slow' || rule === 'dark' || rule === 'group'
      ? memories[rule].get(ap)
      : memories.steady.get(`${rule} ${ap}`);
  return instance ? sayAll(overlaysSaid(instance.episode, overlays, false), lang, 'UTC') : [];
}

function wordsOf(episode: EpisodeState, { overlays, incident }: ReturnType<Held>): Said[] {
  return overlaysSaid(episode, overlays, incident?.acknowledged_at != null);
}

function heldReasons(episode: EpisodeState, { overlays, incident }: ReturnType<Held>): Said[] {
  if (!episode.open) return [];
  const { told, parentEndedAt, chronic } = episode.open;
  const reasons: Said[] = [];
  if (overlays.silenced) reasons.push({ code: 'held.silenced' });
  if (overlays.maintenance) reasons.push({ code: 'held.maintenance' });
  if (overlays.inhibitedBy) reasons.push({ code: 'held.inhibited', incident: incident?.parent ?? null });
  if (overlays.gathering) reasons.push({ code: 'held.gathering' });
  if (!told && parentEndedAt !== null) reasons.push({ code: 'held.settling', at: parentEndedAt });
  if (told) reasons.push({ code: 'held.told' });
  if (episode.flapping) reasons.push({ code: 'held.flapping' });
  if (chronic) reasons.push({ code: 'held.chronic' });
  return reasons;
}

function settleTimer({ open }: EpisodeState): Explained['timers'] {
  return open && !open.told && open.parentEndedAt !== null
    ? [{ what: { code: 'timer.settling' }, due: open.parentEndedAt + SETTLE_MS }]
    : [];
}
