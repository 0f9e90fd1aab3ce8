/**
 * Why: a transition, the rules' memory, the reader's cursor and the messages that must leave become durable together.
 * A crash before the commit repeats the work from the same cursor; after it, the work is a repeat that changes nothing.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Silence, TestReason, TestView } from '#contract';
import type { Incident, State } from '#state';
import type { Cursor } from '#store';
import type { Target } from '../notify/targets.ts';
import { readEvidence } from './memory.ts';
import type { Action, Work } from './work.ts';

export interface Commit {
  state: State;
  work: Work;
  /** Null when the work did not come from the wal. */
  cursor: Cursor | null;
  now: number;
  targets: readonly Target[];
}
export interface Committed {
  /** Incidents that changed. */
  incidents: number[];
  /** Probes whose `desired` must be published again. */
  probes: string[];
}

const CURSOR_KEY = 'alerts.cursor';
/** A retest that has not begun by then is not wanted any more. */
const JOB_TTL_MS = 10 * 60_000;

/** @throws CarrelError STATE_UNWRITABLE, ...: then nothing was written. */
export function commitWork({ state, work, cursor, now, targets }: Commit): Committed {
  return state.transaction(() => {
    const done: Committed = { incidents: [], probes: [] };
    for (const [ap, memory] of work.slow) state.alerts.setMemory('slow', ap, JSON.stringify(memory));
    for (const [ap, memory] of work.dark) state.alerts.setMemory('dark', ap, JSON.stringify(memory));
    for (const action of work.actions) applyAction(state, action, now, targets, done);
    if (cursor) state.keep.set(CURSOR_KEY, JSON.stringify(cursor));
    return done;
  });
}

/** Where the engine stands in the wal; null before the first commit. */
export function readCursor(state: State): Cursor | null {
  const text = state.keep.get(CURSOR_KEY);
  return text === null ? null : (JSON.parse(text) as Cursor);
}

/** FIRING to every target that has not got one of this incident yet: after a fire, and when a silence ends. Answers whether any was added. */
export function addFiring(state: State, incident: number, targets: readonly Target[], now: number): boolean {
  const known = new Set(state.outbox.ofIncident(incident).map((item) => `${item.channel} ${item.target}`));
  const missing = targets.filter(({ channel, label }) => !known.has(`${channel} ${label}`));
  for (const target of missing) addItem(state, incident, 'firing', target.channel, target.label, now);
  return missing.length > 0;
}

/** The silence in force that covers the access point; null when there is none. */
export function silenceOver(
  silences: readonly Silence[],
  ap: string,
  site: string | null,
  now: number,
): Silence | null {
  return (
    silences.find(
      (silence) =>
        silence.from <= now &&
        now < silence.until &&
        (silence.ap === ap || (silence.ap === null && silence.site !== null && silence.site === site)),
    ) ?? null
  );
}

function applyAction(state: State, action: Action, now: number, targets: readonly Target[], done: Committed): void {
  switch (action.kind) {
    case 'fire': {
      if (state.alerts.openOf(action.rule, action.ap)) return;
      const id = state.alerts.add(incidentOf(action, now));
      if (!silenceOver(state.alerts.silences(now), action.ap, action.site, now)) addFiring(state, id, targets, now);
      done.incidents.push(id);
      return;
    }
    case 'resolve': {
      const incident = state.alerts.openOf(action.rule, action.ap);
      if (!incident) return;
      state.alerts.update(resolved(incident, action));
      addResolved(state, incident.id, now);
      done.incidents.push(incident.id);
      return;
    }
    case 'retest':
      if (addRetest(state, action.probe, action.reason, now)) done.probes.push(action.probe);
  }
}

function incidentOf(action: Action & { kind: 'fire' }, now: number): Omit<Incident, 'id'> {
  const { rule, ap, since, title, reasons, evidence } = action;
  return {
    rule,
    ap,
    condition: 'firing',
    since: Math.round(since),
    fired_at: now,
    resolved_at: null,
    title,
    reasons,
    evidence: JSON.stringify(evidence),
    acknowledged_by: null,
    acknowledged_at: null,
    acknowledged_until: null,
  };
}

function resolved(incident: Incident, action: Action & { kind: 'resolve' }): Incident {
  const known = readEvidence(incident.evidence);
  const added = action.evidence.filter((test: TestView) => !known.some((one) => one.id === test.id));
  return {
    ...incident,
    condition: 'resolved',
    resolved_at: Math.max(incident.since, Math.round(action.at)),
    reasons: [...incident.reasons, ...action.reasons],
    evidence: JSON.stringify([...known, ...added]),
  };
}

/** Only to those that got FIRING, or still will: the outbox keeps their order, and delivery drops it when FIRING failed. */
function addResolved(state: State, incident: number, now: number): void {
  for (const item of state.outbox.ofIncident(incident)) {
    if (item.kind === 'firing' && (item.state === 'sent' || item.state === 'waiting'))
      addItem(state, incident, 'resolved', item.channel, item.target, now);
  }
}

function addItem(
  state: State,
  incident: number,
  kind: 'firing' | 'resolved',
  channel: Target['channel'],
  target: string,
  now: number,
): void {
  const receiver = createHash('sha256').update(`${channel} ${target}`).digest('hex').slice(0, 8);
  state.outbox.add({
    incident,
    channel,
    target,
    kind,
    idempotencyKey: `carrel-${installation(state)}-${incident}-${kind}-${receiver}`,
    createdAt: now,
  });
}

/** Keys of two installations that share a receiver never collide. */
function installation(state: State): string {
  const known = state.keep.get('alerts.installation');
  if (known !== null) return known;
  const made = randomUUID().slice(0, 8);
  state.keep.set('alerts.installation', made);
  return made;
}

/** At most one waiting retest per probe. */
function addRetest(state: State, probe: string, reason: TestReason, now: number): boolean {
  const desired = state.registry.desired(probe);
  if (!desired) return false;
  const ended = new Set(
    (state.registry.reported(probe)?.jobs ?? [])
      .filter((job) => ['finished', 'failed', 'expired'].includes(job.state))
      .map((job) => job.id),
  );
  const waiting = desired.jobs.some(
    (job) => (job.reason === 'confirm' || job.reason === 'recovery') && job.expires > now && !ended.has(job.id),
  );
  if (waiting) return false;
  state.registry.addJob(
    probe,
    { id: randomUUID(), type: 'test.now', reason, not_before: now, expires: now + JOB_TTL_MS },
    now,
  );
  return true;
}
