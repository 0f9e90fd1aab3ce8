/**
 * Why: what is the case (the condition) and whether anybody is told (silence, maintenance, a larger incident) are two things. The condition
 * is judged by its rule and is never changed by what stands here; this is the life of an incident on top of it: opened, told once, ended.
 */
import type { Severity } from '#contract';
import type { Said } from '../said/said.ts';

export type Condition = 'unknown' | 'ok' | 'suspect' | 'firing' | 'recovering' | 'no_data';
/** What a rule says now. */
export interface Judgement {
  condition: Condition;
  /** Of the episode that lasts: when it began by the measurements' own time. Null without one. */
  since: number | null;
  /** Newest evidence that it is so; old evidence opens nothing. */
  evidenceAt: number | null;
  /** Of the episode that ended last, and how. */
  until: number | null;
  ended: 'recovered' | 'revised' | 'closed';
  severity: Severity;
}
/** What keeps people from being told. None of it touches the condition. */
export interface Overlays {
  silenced: boolean;
  maintenance: boolean;
  /** The group incident, or the worse rule, that covers it. */
  inhibitedBy: string | null;
  /** Whether something larger covers it is being found out; it is told a little later or not at all. */
  gathering: boolean;
  /** Outside opening hours: only what can wait is held. */
  closed: boolean;
}
export interface OpenEpisode {
  n: number;
  since: number;
  firedAt: number;
  told: boolean;
  chronic: boolean;
  parent: string | null;
  /** When the larger incident ended: it is told only if it lasts `SETTLE_MS` after that, by evidence from after it. */
  parentEndedAt: number | null;
}
export interface EpisodeState {
  /** Episodes so far. */
  count: number;
  open: OpenEpisode | null;
  /** When the last ones began, at most `FLAPS`. */
  recent: readonly number[];
  flapping: boolean;
}
export type EpisodeEffect =
  | { kind: 'open'; since: number }
  | { kind: 'close'; at: number; ended: Judgement['ended'] }
  /** `why` is a word for logs and the explanation. */
  | { kind: 'tell'; what: 'firing' | 'update' | 'resolved' | 'closed'; severity: Severity; why: TellReason }
  | { kind: 'parent'; parent: string | null };
export type TellReason = 'fired' | 'flapping' | 'held' | 'settled' | 'covered' | 'chronic' | 'ended';
export interface EpisodeStep {
  state: EpisodeState;
  effects: EpisodeEffect[];
}

/** Evidence older than this when it is judged opens no incident: nobody is called for what may be over. */
export const FRESH_MS = 30 * 60_000;
export const SETTLE_MS = 30 * 60_000;
const CHRONIC_MS = 14 * 86_400_000;
const FLAPS = 4;
const FLAP_MS = 24 * 3_600_000;

export const noEpisode: EpisodeState = { count: 0, open: null, recent: [], flapping: false };
export const noOverlays: Overlays = {
  silenced: false,
  maintenance: false,
  inhibitedBy: null,
  gathering: false,
  closed: false,
};

/** One step. Pure; times in ms. The same judgement twice changes nothing. */
export function reduceEpisode(state: EpisodeState, judged: Judgement, overlays: Overlays, now: number): EpisodeStep {
  const calm = calmed(state, now);
  if (!calm.open) return begin(calm, judged, overlays, now);
  const live = isLive(judged.condition);
  return live ? lasts(calm, calm.open, judged, overlays, now) : end(calm, calm.open, judged, now);
}

/** The overlays in force, each a word for a list. */
export function overlaysSaid(state: EpisodeState, overlays: Overlays, acknowledged: boolean): Said[] {
  const words: [boolean, Said][] = [
    [overlays.silenced, { code: 'overlay.silenced' }],
    [overlays.maintenance, { code: 'overlay.maintenance' }],
    [overlays.inhibitedBy !== null, { code: 'overlay.inhibited' }],
    [overlays.closed, { code: 'overlay.closed' }],
    [acknowledged, { code: 'overlay.acknowledged' }],
    [state.flapping, { code: 'overlay.flapping' }],
    [state.open?.chronic === true, { code: 'overlay.chronic' }],
  ];
  return words.flatMap(([is, word]) => (is ? [word] : []));
}

/** No data leaves an open episode open: nothing was seen that ends it. */
function isLive(condition: Condition): boolean {
  return condition === 'firing' || condition === 'recovering' || condition === 'no_data';
}

function begin(state: EpisodeState, judged: Judgement, overlays: Overlays, now: number): EpisodeStep {
  const { condition, since, evidenceAt } = judged;
  if (condition !== 'firing' || since === null || evidenceAt === null || now - evidenceAt > FRESH_MS)
    return { state, effects: [] };
  const recent = [...state.recent, now].slice(-FLAPS);
  const flaps = recent.length === FLAPS && now - (recent[0] ?? now) < FLAP_MS;
  const open: OpenEpisode = {
    n: state.count + 1,
    since,
    firedAt: now,
    told: false,
    chronic: false,
    parent: overlays.inhibitedBy,
    parentEndedAt: null,
  };
  const begun: EpisodeState = { count: state.count + 1, open, recent, flapping: state.flapping || flaps };
  const effects: EpisodeEffect[] = [{ kind: 'open', since }];
  if (overlays.inhibitedBy !== null) effects.push({ kind: 'parent', parent: overlays.inhibitedBy });
  if (isHeld(overlays, judged.severity)) return { state: begun, effects };
  // The fourth in a day is told as flapping; after that it goes into the summary until a day was quiet.
  effects.push({
    kind: 'tell',
    what: 'firing',
    severity: state.flapping ? 'digest' : judged.severity,
    why: flaps && !state.flapping ? 'flapping' : 'fired',
  });
  return { state: { ...begun, open: { ...open, told: true } }, effects };
}

function lasts(
  state: EpisodeState,
  open: OpenEpisode,
  judged: Judgement,
  overlays: Overlays,
  now: number,
): EpisodeStep {
  const effects: EpisodeEffect[] = [];
  let next = withParent(open, overlays, now, effects);
  const severity = state.flapping || next.chronic ? 'digest' : judged.severity;
  if (!next.told && !isHeld(overlays, judged.severity) && hasSettled(next, judged, now)) {
    effects.push({ kind: 'tell', what: 'firing', severity, why: next.parentEndedAt === null ? 'held' : 'settled' });
    next = { ...next, told: true };
  }
  if (!next.chronic && now - next.since > CHRONIC_MS) {
    next = { ...next, chronic: true };
    if (next.told && !isHeld(overlays, judged.severity))
      effects.push({ kind: 'tell', what: 'update', severity: 'digest', why: 'chronic' });
  }
  return { state: next === state.open ? state : { ...state, open: next }, effects };
}

/** A larger incident takes it in: who was told of it hears so, once; nobody else does. */
function withParent(open: OpenEpisode, { inhibitedBy }: Overlays, now: number, effects: EpisodeEffect[]): OpenEpisode {
  if (open.parent === inhibitedBy) return open;
  effects.push({ kind: 'parent', parent: inhibitedBy });
  if (inhibitedBy === null) return { ...open, parent: null, parentEndedAt: now };
  if (open.told && open.parent === null)
    effects.push({ kind: 'tell', what: 'update', severity: 'digest', why: 'covered' });
  return { ...open, parent: inhibitedBy, parentEndedAt: null };
}

function hasSettled(open: OpenEpisode, judged: Judgement, now: number): boolean {
  if (open.parentEndedAt === null) return judged.condition === 'firing';
  const fresh = judged.evidenceAt !== null && judged.evidenceAt > open.parentEndedAt;
  return judged.condition === 'firing' && fresh && now - open.parentEndedAt >= SETTLE_MS;
}

function end(state: EpisodeState, open: OpenEpisode, judged: Judgement, now: number): EpisodeStep {
  const at = Math.max(open.since, judged.until ?? now);
  const effects: EpisodeEffect[] = [{ kind: 'close', at, ended: judged.ended }];
  // Only who heard that it began hears that it ended.
  if (open.told)
    effects.push({
      kind: 'tell',
      what: judged.ended === 'closed' ? 'closed' : 'resolved',
      severity: state.flapping || open.chronic ? 'digest' : judged.severity,
      why: 'ended',
    });
  return { state: { ...state, open: null }, effects };
}

function isHeld({ silenced, maintenance, inhibitedBy, gathering, closed }: Overlays, severity: Severity): boolean {
  return silenced || maintenance || gathering || inhibitedBy !== null || (closed && severity !== 'page');
}

function calmed(state: EpisodeState, now: number): EpisodeState {
  const last = state.recent.at(-1);
  return state.flapping && last !== undefined && now - last >= FLAP_MS ? { ...state, flapping: false } : state;
}
