/** Why: whoever asks "why is there (no) alert here" gets the chain of reasons of each rule: state, evidence, what holds people back, what is waited for. */
import { type AlertExplanation, type AlertRule, hasHours } from '#contract';
import type { Incident } from '#state';
import type { Context } from './context.ts';
import { explainDark, type Sight } from './dark.ts';
import { emptyDarkInstance } from './dark-instance.ts';
import { type EpisodeState, FRESH_MS, type Overlays, overlayWords, SETTLE_MS } from './episode.ts';
import type { FleetEntry } from './fleet.ts';
import { type Memories, STEADY_RULES } from './memory.ts';
import { evidenceOf, judgeSlow, nextDue, viewOf } from './slow.ts';
import { emptySlowInstance } from './slow-instance.ts';
import { slowParams } from './slow-params.ts';
import { explainSlow, slowRuleWords } from './slow-words.ts';
import { dateTime, duration } from './words.ts';
import { darkParams } from './work.ts';

type Explained = AlertExplanation['rules'][number];
type Held = (rule: AlertRule) => { overlays: Overlays; incident: Incident | null };

export function explainAll(
  ap: string,
  entry: FleetEntry | null,
  memories: Memories,
  sight: Sight | null,
  context: Context,
  closedToday: string | null,
  held: Held,
): AlertExplanation {
  if (!entry) return { ap, rules: [] };
  const noHours = hasHours(entry.site.opening)
    ? closedToday === null
      ? []
      : [`Closed today: ${closedToday}. Nothing is judged, and nobody is called.`]
    : ['This site has no opening hours, so nothing is judged here; set them to be alerted.'];
  return {
    ap,
    rules: [
      explainedSlow(entry, memories, context, noHours, held),
      explainedDark(entry, memories, sight, context, noHours, held),
      ...STEADY_RULES.flatMap((rule) => explainedSteady(rule, entry, memories, context, held)),
    ],
  };
}

function explainedSlow(
  entry: FleetEntry,
  memories: Memories,
  context: Context,
  noHours: string[],
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
    reasons: [...noHours, ...explainSlow(memory, context.now, params), ...heldReasons(episode, held('slow'), entry)],
    evidence: evidenceOf(memory).map(viewOf),
    overlays: wordsOf(episode, held('slow')),
    timers: [
      ...(due === null ? [] : [{ what: 'retest', due }]),
      ...(late && since !== null && evidenceAt !== null
        ? [{ what: 'evidence too old to call anybody', due: evidenceAt + FRESH_MS }]
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
  noHours: string[],
  held: Held,
): Explained {
  const instance = memories.dark.get(entry.ap.id) ?? emptyDarkInstance;
  const { rule, episode, cause } = instance;
  const params = darkParams(entry, context);
  const waits = rule.phase !== 'firing' && rule.lastSeen !== null && context.now < context.graceUntil;
  return {
    rule: 'dark',
    condition: rule.phase,
    words: `It fires after ${duration(params.darkAfterMs)} without a sign of life in opening hours, and ends when frames come again.`,
    reasons: [
      ...noHours,
      ...explainDark(rule, sight, context.now, params),
      ...(instance.since !== null && cause && cause.cause !== 'unknown' ? cause.reasons : []),
      ...heldReasons(episode, held('dark'), entry),
    ],
    evidence: [],
    overlays: wordsOf(episode, held('dark')),
    timers: [...(waits ? [{ what: 'grace after a start', due: context.graceUntil }] : []), ...settleTimer(episode)],
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
  const instance = memories.steady.get(`${rule} ${entry.ap.id}`);
  if (!instance || instance.rule.condition === 'unknown') return [];
  const { condition, badSince, what } = instance.rule;
  const { incident } = held(rule);
  const since = badSince === null ? '' : ` since ${dateTime(badSince, entry.site.zone)}`;
  const reasons =
    condition === 'ok' ? ['All is well.'] : [...(incident?.reasons ?? [`${what || 'It is so'}${since}.`])];
  return [
    {
      rule,
      condition,
      reasons: [...reasons, ...heldReasons(instance.episode, held(rule), entry)],
      evidence: [],
      overlays: wordsOf(instance.episode, held(rule)),
      timers: [],
      incident: incident?.id ?? null,
    },
  ].filter(() => condition !== 'ok' || context.now - instance.rule.at < 86_400_000);
}

function wordsOf(episode: EpisodeState, { overlays, incident }: ReturnType<Held>): string[] {
  return overlayWords(episode, overlays, incident?.acknowledged_at != null);
}

function heldReasons(episode: EpisodeState, { overlays, incident }: ReturnType<Held>, { site }: FleetEntry): string[] {
  if (!episode.open) return [];
  const { told, parentEndedAt } = episode.open;
  const reasons: string[] = [];
  if (overlays.silenced)
    reasons.push('It is silenced: nobody is told until the silence ends; it is judged all the same.');
  if (overlays.maintenance) reasons.push('Maintenance is planned for this time: nobody is told until it ends.');
  if (overlays.inhibitedBy)
    reasons.push(
      `It is part of a larger incident${incident?.parent ? ` (${incident.parent})` : ''}: that one is told.`,
    );
  if (overlays.gathering) reasons.push('Others are in trouble too: whether it is one cause is being found out.');
  if (!told && parentEndedAt !== null)
    reasons.push(
      `The larger incident ended at ${dateTime(parentEndedAt, site.zone)}: it is told if it lasts half an hour more.`,
    );
  if (told) reasons.push('It was told.');
  if (episode.flapping)
    reasons.push('It came and went four times in a day: it goes into the daily summary until a day was quiet.');
  if (episode.open.chronic) reasons.push('It lasts for more than 14 days: it goes into the daily summary.');
  return reasons;
}

function settleTimer({ open }: EpisodeState): { what: string; due: number }[] {
  return open && !open.told && open.parentEndedAt !== null
    ? [{ what: 'settling after a larger incident', due: open.parentEndedAt + SETTLE_MS }]
    : [];
}
