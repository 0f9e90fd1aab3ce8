/**
 * Why: a batch of frames or a tick is first worked out on a draft of the rules' memories; only when the draft is committed
 * does it become what the engine believes. A failed commit leaves nothing behind.
 */
import type { AlertRule, Severity, TestReason, TestView, ThroughputEvent } from '#contract';
import type { Said, Told } from '../said/said.ts';
import type { Fault } from '../said/sayings-site.ts';
import type { CauseEvidence } from './cause.ts';
import { type Context, overlaysOf } from './context.ts';
import type { DarkEvent, DarkParams } from './dark.ts';
import { type DarkInstance, emptyDarkInstance, reduceDarkInstance, withCauseEvidence } from './dark-instance.ts';
import { type EpisodeEffect, noOverlays, type Overlays, reduceEpisode } from './episode.ts';
import type { FleetEntry } from './fleet.ts';
import { updateOf } from './group.ts';
import {
  emptySteadyInstance,
  type GroupInstance,
  type IncidentDetail,
  type Memories,
  type SteadyInstance,
  type SteadyRuleName,
} from './memory.ts';
import type { SlowEvent } from './slow.ts';
import { evidenceOf, viewOf } from './slow.ts';
import { emptySlowInstance, reduceSlowInstance, type SlowInstance } from './slow-instance.ts';
import { slowParams } from './slow-params.ts';
import { endReasons, fireReasons, retroReasons, slowValue } from './slow-words.ts';
import { judgeSteady, type Observation, reduceSteady, type SteadyRule } from './steady.ts';
import { testViewOf } from './test-view.ts';

/** What an incident is made of when it opens. */
export interface Opening {
  headline: Said;
  reasons: readonly Told[];
  evidence?: readonly TestView[];
  detail?: IncidentDetail;
  severity: Severity;
}
/** What the transaction must write besides memories. */
export type Action =
  | ({ kind: 'open'; rule: AlertRule; subject: string; since: number } & Opening)
  | {
      kind: 'close';
      rule: AlertRule;
      subject: string;
      at: number;
      ended: NonNullable<IncidentDetail['ended']>;
      reasons: readonly Told[];
      evidence: readonly TestView[];
    }
  | {
      kind: 'tell';
      rule: AlertRule;
      subject: string;
      what: 'firing' | 'update' | 'resolved' | 'closed';
      severity: Severity;
    }
  | { kind: 'parent'; rule: AlertRule; subject: string; parent: string | null }
  | { kind: 'detail'; rule: AlertRule; subject: string; detail: IncidentDetail }
  | ({ kind: 'retro'; rule: AlertRule; subject: string; since: number; until: number } & Opening)
  | { kind: 'retest'; probe: string; reason: TestReason; avoid: string | null };

export interface Work extends Memories {
  actions: Action[];
  /** False while only "last seen" moved: that may wait for the next commit. */
  urgent: boolean;
}

export function emptyWork(): Work {
  return { slow: new Map(), dark: new Map(), steady: new Map(), group: new Map(), actions: [], urgent: false };
}
export function copyOf(work: Work): Work {
  return {
    slow: new Map(work.slow),
    dark: new Map(work.dark),
    steady: new Map(work.steady),
    group: new Map(work.group),
    actions: [...work.actions],
    urgent: work.urgent,
  };
}

/** Takes one throughput test at its wall time. */
export function workTest(
  work: Work,
  memories: Memories,
  entry: FleetEntry,
  probe: string,
  at: number,
  event: ThroughputEvent,
  context: Context,
): void {
  workSlow(work, memories, entry, { kind: 'test', test: testViewOf(entry.ap.id, probe, at, event) }, context);
}

/** Takes a test or the passing of time into the rule *slow*. */
export function workSlow(work: Work, memories: Memories, entry: FleetEntry, event: SlowEvent, context: Context): void {
  const ap = entry.ap.id;
  const before = work.slow.get(ap) ?? memories.slow.get(ap) ?? emptySlowInstance;
  const params = slowParams(entry, context);
  const quiet =
    !before.episode.open && (before.rule.head.condition === 'ok' || before.rule.head.condition === 'unknown');
  const overlays = quiet && event.kind === 'tick' ? noOverlays : overlaysOf(context, 'slow', ap, entry);
  const { instance, effects } = reduceSlowInstance(before, event, context.now, params, overlays);
  if (instance === before) return;
  work.slow.set(ap, instance);
  work.urgent = true;
  for (const effect of effects) {
    if (effect.kind === 'retest')
      work.actions.push({
        kind: 'retest',
        probe: entry.probe ?? effect.probe,
        reason: effect.reason,
        avoid: effect.avoid,
      });
    else if (effect.kind === 'retro')
      work.actions.push({
        kind: 'retro',
        rule: 'slow',
        subject: ap,
        since: effect.episode.since,
        until: effect.episode.until ?? effect.episode.since,
        headline: { code: 'slow.title_was', target: entry.ap.target_mbps, place: placeOf(entry) },
        reasons: retroReasons(effect.episode, params),
        severity: 'digest',
      });
    else
      pushEffect(
        work,
        'slow',
        ap,
        effect,
        () => slowOpening(entry, instance, context, params),
        () => ({
          reasons:
            event.kind === 'over' && event.closed ? [{ code: 'dark.probe_gone' }] : endReasons(instance.rule, params),
          evidence: instance.rule.closedAt === null ? evidenceOf(instance.rule).slice(-5).map(viewOf) : [],
        }),
      );
  }
}

function slowOpening(
  entry: FleetEntry,
  { rule }: SlowInstance,
  { now }: Context,
  params: ReturnType<typeof slowParams>,
): Opening {
  return {
    headline: { code: 'slow.title', target: entry.ap.target_mbps, place: placeOf(entry), value: slowValue(rule) },
    reasons: fireReasons(rule, now, params),
    evidence: evidenceOf(rule).map(viewOf),
    severity: rule.head.episodes.at(-1)?.hard ? 'page' : 'ticket',
  };
}

/** Takes a frame's arrival or a look at the connection into the rule *dark*. */
export function workDark(work: Work, memories: Memories, entry: FleetEntry, event: DarkEvent, context: Context): void {
  const ap = entry.ap.id;
  const before = work.dark.get(ap) ?? memories.dark.get(ap) ?? emptyDarkInstance;
  const overlays = (): Overlays => overlaysOf(context, 'dark', ap, entry);
  const { instance, effects } = reduceDarkInstance(before, event, context.now, darkParams(entry, context), overlays);
  if (instance === before) return;
  work.dark.set(ap, instance);
  for (const effect of effects) {
    work.urgent = true;
    pushEffect(
      work,
      'dark',
      ap,
      effect,
      () => ({
        headline: { code: 'dark.title', place: placeOf(entry) },
        reasons: instance.reasons,
        severity: 'page',
        detail: { cause: instance.cause },
      }),
      () => ({ reasons: instance.reasons, evidence: [] }),
    );
  }
}

/** What a probe stored while it was away arrives. */
export function workCause(
  work: Work,
  memories: Memories,
  entry: FleetEntry,
  add: (evidence: CauseEvidence) => CauseEvidence,
  context: Context,
): void {
  const ap = entry.ap.id;
  const before = work.dark.get(ap) ?? memories.dark.get(ap);
  if (!before || before.since === null) return;
  const after: DarkInstance = withCauseEvidence(before, add(before.evidence), context.now, SAMPLE_MS);
  if (after === before) return;
  work.dark.set(ap, after);
  if (after.cause === before.cause || !after.cause) return;
  work.urgent = true;
  work.actions.push({ kind: 'detail', rule: 'dark', subject: ap, detail: { cause: after.cause } });
}
const SAMPLE_MS = 60_000;

/** One observation of a condition that is so or not. `entry` null: it is not about a site. */
export function workSteady(
  work: Work,
  memories: Memories,
  rule: SteadyRuleName,
  subject: string,
  entry: FleetEntry | null,
  seen: Observation,
  timing: SteadyRule,
  opening: (what: readonly Fault[]) => Opening,
  context: Context,
): void {
  const key = `${rule} ${subject}`;
  const before: SteadyInstance = work.steady.get(key) ?? memories.steady.get(key) ?? emptySteadyInstance;
  const memory = reduceSteady(before.rule, seen, timing);
  if (memory === before.rule && !before.episode.open) return;
  const { severity } = opening(memory.what);
  const step = reduceEpisode(
    before.episode,
    judgeSteady(memory, context.now, severity),
    overlaysOf(context, rule, subject, entry),
    context.now,
  );
  if (memory === before.rule && step.state === before.episode) return;
  work.steady.set(key, { rule: memory, episode: step.state });
  for (const effect of step.effects) {
    work.urgent = true;
    pushEffect(
      work,
      rule,
      subject,
      effect,
      () => opening(memory.what),
      () => ({ reasons: [{ code: 'any.over' }], evidence: [] }),
    );
  }
}

/** A group's next state; its incident follows. */
export function workGroup(
  work: Work,
  memories: Memories,
  key: string,
  next: GroupInstance['rule'],
  effects: readonly EpisodeEffect[],
  episode: GroupInstance['episode'],
  opening: () => Opening,
  now: number,
): void {
  const before = work.group.get(key) ?? memories.group.get(key);
  const { said, tell } = episode.open?.told ? updateOf(next, before?.said ?? null, now) : { said: null, tell: false };
  if (before?.rule === next && before.episode === episode && before.said === said) return;
  work.group.set(key, { rule: next, episode, said });
  work.urgent = true;
  for (const effect of effects)
    pushEffect(work, 'group', key, effect, opening, () => ({ reasons: opening().reasons.slice(-1), evidence: [] }));
  if (before && before.rule.members !== next.members && episode.open) {
    const { detail = {}, headline } = opening();
    work.actions.push({ kind: 'detail', rule: 'group', subject: key, detail: { ...detail, headline } });
  }
  // It wakes nobody: who has it on the table sees how it goes.
  if (tell) work.actions.push({ kind: 'tell', rule: 'group', subject: key, what: 'update', severity: 'digest' });
}

export function darkParams(entry: FleetEntry, context: Context): DarkParams {
  const { site, quietByDesign } = entry;
  return {
    darkAfterMs: context.table.number('dark.after_s', site) * 1000,
    graceUntil: context.graceUntil,
    quietByDesign,
    openSince: (at) => (context.table.on('dark', site) ? context.hours(entry).openSince(at) : null),
  };
}

/** The site's name, with the access point's where the site has more than its own one. */
export function placeOf({ ap, site }: FleetEntry): string {
  return ap.id === site.id || ap.name === site.name ? site.name : `${site.name}, ${ap.name}`;
}

/** Turns what the life of an incident says into what must be written. */
export function pushEffect(
  work: Work,
  rule: AlertRule,
  subject: string,
  effect: EpisodeEffect,
  opening: () => Opening,
  closing: () => { reasons: readonly Told[]; evidence: readonly TestView[] },
): void {
  switch (effect.kind) {
    case 'open':
      work.actions.push({ kind: 'open', rule, subject, since: effect.since, ...opening() });
      return;
    case 'close':
      work.actions.push({ kind: 'close', rule, subject, at: effect.at, ended: effect.ended, ...closing() });
      return;
    case 'tell':
      work.actions.push({ kind: 'tell', rule, subject, what: effect.what, severity: effect.severity });
      return;
    case 'parent':
      work.actions.push({ kind: 'parent', rule, subject, parent: effect.parent });
  }
}
