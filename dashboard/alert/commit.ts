/**
 * Why: a transition, the rules' memory, the reader's cursor and the messages that must leave become durable together.
 * A crash before the commit repeats the work from the same cursor; after it, the work is a repeat that changes nothing.
 */
import { randomUUID } from 'node:crypto';
import type { Silence, TestReason, TestView } from '#contract';
import type { Incident, State } from '#state';
import type { Cursor } from '#store';
import type { NoticePlanner } from '../notify/plan.ts';
import { readEvidence } from './memory.ts';
import { SEVERITY } from './view.ts';
import type { Action, Work } from './work.ts';

export interface Commit {
  state: State;
  work: Work;
  /** Null when the work did not come from the wal. */
  cursor: Cursor | null;
  now: number;
  notices: NoticePlanner;
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
export function commitWork({ state, work, cursor, now, notices }: Commit): Committed {
  return state.transaction(() => {
    const done: Committed = { incidents: [], probes: [] };
    for (const [ap, memory] of work.slow) state.alerts.setMemory('slow', ap, JSON.stringify(memory));
    for (const [ap, memory] of work.dark) state.alerts.setMemory('dark', ap, JSON.stringify(memory));
    for (const action of work.actions) applyAction(state, action, now, notices, done);
    if (cursor) state.keep.set(CURSOR_KEY, JSON.stringify(cursor));
    return done;
  });
}

/** Where the engine stands in the wal; null before the first commit. */
export function readCursor(state: State): Cursor | null {
  const text = state.keep.get(CURSOR_KEY);
  return text === null ? null : (JSON.parse(text) as Cursor);
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

function applyAction(state: State, action: Action, now: number, notices: NoticePlanner, done: Committed): void {
  switch (action.kind) {
    case 'fire': {
      if (state.alerts.openOf(action.rule, action.ap)) return;
      const made = incidentOf(action, now);
      const incident = { ...made, id: state.alerts.add(made) };
      if (!silenceOver(state.alerts.silences(now), action.ap, action.site, now))
        notices.plan({ incident, kind: 'firing', severity: incident.severity }, now);
      done.incidents.push(incident.id);
      return;
    }
    case 'resolve': {
      const incident = state.alerts.openOf(action.rule, action.ap);
      if (!incident) return;
      const over = resolved(incident, action);
      state.alerts.update(over);
      notices.plan({ incident: over, kind: 'resolved', severity: over.severity }, now);
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
    severity: SEVERITY[rule],
    parent: null,
    detail: '{}',
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
