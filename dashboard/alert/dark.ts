/**
 * Why: when an access point counts as dark: its probe gives no sign of life for a while within opening hours.
 * Unknown is its own case: a probe never seen, and the first while after a start of the server, are not dark.
 */
import type { Said } from '../said/said.ts';

export interface DarkParams {
  /** Silence in opening hours after which it is dark, ms. */
  darkAfterMs: number;
  /** A probe that speaks rarely by design (metered, satellite) is given longer while its connection stands. */
  quietByDesign: boolean;
  /** Nothing is called dark before (wall ms): the server has only just started, or its clock was set. */
  graceUntil: number;
  /** Start of the open stretch that holds the time; null when closed. */
  openSince(at: number): number | null;
}
/** What is known of the judging probe's connection now. */
export interface Sight {
  online: boolean /** When `online` last changed. */;
  since: number;
  lastSeen: number | null;
  byWill: boolean;
}
export interface DarkMemory {
  v: 1;
  phase: 'unknown' | 'ok' | 'firing';
  /** Last sign of life ever, ms. */
  lastSeen: number | null;
  rhythm: Rhythm;
}
/** Longest wait between two signs of life on one connection (begun at `since`, last sign `at`), this hour and the one before. */
export interface Rhythm {
  since: number;
  at: number;
  hour: number;
  longest: number;
  before: number;
}
/** `sight: null`: no admitted probe judges this access point. */
export type DarkEvent = { kind: 'frame'; receivedMs: number } | { kind: 'look'; sight: Sight | null };
export type DarkEffect =
  | { kind: 'fire'; since: number; reasons: Said[] }
  | { kind: 'resolve'; at: number; reasons: Said[] };
export interface DarkStep {
  memory: DarkMemory;
  effects: DarkEffect[];
}

const QUIET_BY_DESIGN_MS = 30 * 60_000;
const HOUR = 3_600_000;
export const emptyDarkMemory: DarkMemory = {
  v: 1,
  phase: 'unknown',
  lastSeen: null,
  rhythm: { since: 0, at: 0, hour: 0, longest: 0, before: 0 },
};

/** One step of the rule. Pure; times in ms. */
export function reduceDark(memory: DarkMemory, event: DarkEvent, now: number, params: DarkParams): DarkStep {
  if (event.kind === 'frame') return takeFrame(memory, event.receivedMs);
  if (!event.sight) return withoutProbe(memory, now);
  // It ends with a frame: while firing, neither pings nor a connection count.
  if (memory.phase === 'firing') return { memory, effects: [] };
  const seen = withSign(memory, event.sight);
  const judged = judge(seen, event.sight, now, params);
  if (judged.verdict !== 'dark') return { memory: samePhase(seen, judged.verdict), effects: [] };
  return {
    memory: { ...seen, phase: 'firing' },
    effects: [
      { kind: 'fire', since: seen.lastSeen ?? now, reasons: judgedReasons(seen, event.sight, judged, now, params) },
    ],
  };
}

/** What the rule thinks now; also when nothing fires. */
export function explainDark(memory: DarkMemory, sight: Sight | null, now: number, params: DarkParams): Said[] {
  if (!sight) return [{ code: 'dark.no_probe' }];
  const seen = memory.phase === 'firing' ? memory : withSign(memory, sight);
  const reasons = judgedReasons(seen, sight, judge(seen, sight, now, params), now, params);
  return memory.phase === 'firing' ? [...reasons, { code: 'dark.ends_when' }] : reasons;
}

function takeFrame(memory: DarkMemory, receivedMs: number): DarkStep {
  // A frame that was received before the silence began says nothing new (replays after a restart).
  if (memory.lastSeen !== null && receivedMs <= memory.lastSeen) return { memory, effects: [] };
  const next: DarkMemory = { ...memory, lastSeen: receivedMs, phase: 'ok' };
  if (memory.phase !== 'firing') return { memory: next, effects: [] };
  const silent = memory.lastSeen === null ? null : receivedMs - memory.lastSeen;
  return {
    memory: next,
    effects: [{ kind: 'resolve', at: receivedMs, reasons: [{ code: 'dark.ended', at: receivedMs, silent }] }],
  };
}

function withoutProbe(memory: DarkMemory, now: number): DarkStep {
  const reasons: Said[] = [{ code: 'dark.probe_gone' }];
  const next = samePhase(memory, 'unknown');
  return { memory: next, effects: memory.phase === 'firing' ? [{ kind: 'resolve', at: now, reasons }] : [] };
}

function withSign(memory: DarkMemory, sight: Sight): DarkMemory {
  const { lastSeen } = sight;
  if (lastSeen === null) return memory;
  const rhythm = sight.online ? withWait(memory.rhythm, sight.since, lastSeen) : memory.rhythm;
  const newer = memory.lastSeen === null || lastSeen > memory.lastSeen;
  return newer || rhythm !== memory.rhythm
    ? { ...memory, rhythm, lastSeen: newer ? lastSeen : memory.lastSeen }
    : memory;
}

function withWait(rhythm: Rhythm, since: number, lastSeen: number): Rhythm {
  if (since === rhythm.since && lastSeen <= rhythm.at) return rhythm;
  const wait = since === rhythm.since ? lastSeen - rhythm.at : 0;
  const hour = Math.floor(lastSeen / HOUR);
  const same = hour === rhythm.hour;
  return {
    since,
    at: lastSeen,
    hour,
    longest: Math.max(same ? rhythm.longest : 0, wait),
    before: same ? rhythm.before : hour === rhythm.hour + 1 ? rhythm.longest : 0,
  };
}

interface Judged {
  verdict: 'dark' | 'ok' | 'unknown';
  why: 'never' | 'heard' | 'closed' | 'grace' | 'silent';
  silence: number;
  limit: number;
}

function judge(memory: DarkMemory, sight: Sight, now: number, params: DarkParams): Judged {
  const { lastSeen } = memory;
  const limit = sight.online ? allowedSilence(memory, params) : params.darkAfterMs;
  if (lastSeen === null) return { verdict: 'unknown', why: 'never', silence: 0, limit };
  // Checked before the opening hours, which cost more: true for nearly all probes at nearly all times.
  if (now - lastSeen < limit) return { verdict: 'ok', why: 'heard', silence: now - lastSeen, limit };
  const opened = params.openSince(now);
  if (opened === null) return { verdict: 'ok', why: 'closed', silence: now - lastSeen, limit };
  const silence = now - Math.max(lastSeen, opened);
  if (silence < limit) return { verdict: 'ok', why: 'heard', silence, limit };
  if (now < params.graceUntil) return { verdict: 'unknown', why: 'grace', silence, limit };
  return { verdict: 'dark', why: 'silent', silence, limit };
}

function judgedReasons(
  { lastSeen }: DarkMemory,
  sight: Sight,
  { why, silence, limit }: Judged,
  now: number,
  params: DarkParams,
): Said[] {
  if (lastSeen === null) return [{ code: 'dark.never' }];
  const connection = sight.online ? 'stands' : sight.byWill ? 'broke' : 'closed';
  const heard: Said = { code: 'dark.last_sign', at: lastSeen, ms: now - lastSeen, connection };
  switch (why) {
    case 'never':
    case 'heard':
      return sight.online ? [heard] : [heard, { code: 'dark.so_far', limit, silence }];
    case 'closed':
      return [heard, { code: 'dark.closed' }];
    case 'grace':
      return [heard, { code: 'dark.grace', at: params.graceUntil }];
    case 'silent':
      return [heard, { code: 'dark.silent', silence, limit }];
  }
}

/** While the connection stands, silence is measured against the probe's own rhythm (keepalive and batches may be rare). */
function allowedSilence(memory: DarkMemory, params: DarkParams): number {
  return Math.max(
    params.darkAfterMs,
    2 * Math.max(memory.rhythm.longest, memory.rhythm.before),
    params.quietByDesign ? QUIET_BY_DESIGN_MS : 0,
  );
}

function samePhase(memory: DarkMemory, phase: DarkMemory['phase']): DarkMemory {
  return memory.phase === phase ? memory : { ...memory, phase };
}
