/**
 * Why: a transition, the rules' memory, the reader's cursor and the messages that must leave become durable together.
 * A crash before the commit repeats the work from the same cursor; after it, the work is a repeat that changes nothing.
 */
import { randomUUID } from 'node:crypto';
import { ALERT_RULES, type AlertRule, type Severity, type TestView } from '#contract';
import type { Incident, State } from '#state';
import type { Cursor } from '#store';
import type { NoticePlanner } from '../notify/plan.ts';
import type { Said, Told } from '../said/said.ts';
import { inEnglish } from '../said/say.ts';
import { type IncidentDetail, readDetail, readEvidence } from './memory.ts';
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
    for (const [ap, one] of work.slow) state.alerts.setMemory('slow', ap, JSON.stringify(one));
    for (const [ap, one] of work.dark) state.alerts.setMemory('dark', ap, JSON.stringify(one));
    for (const [key, one] of work.group) state.alerts.setMemory('group', key, JSON.stringify(one));
    for (const [key, one] of work.steady) {
      const { rule, subject } = splitKey(key);
      if (rule) state.alerts.setMemory(rule, subject, JSON.stringify(one));
    }
    const ended = new Map<string, Incident>();
    for (const action of work.actions) applyAction(state, action, now, notices, done, ended);
    if (cursor) state.keep.set(CURSOR_KEY, JSON.stringify(cursor));
    done.incidents = [...new Set(done.incidents)];
    return done;
  });
}

/** Where the engine stands in the wal; null before the first commit. */
export function readCursor(state: State): Cursor | null {
  const text = state.keep.get(CURSOR_KEY);
  return text === null ? null : (JSON.parse(text) as Cursor);
}

/** `<rule> <subject>`. */
export function splitKey(key: string): { rule: AlertRule | null; subject: string } {
  const space = key.indexOf(' ');
  const name = key.slice(0, space);
  return { rule: ALERT_RULES.find((rule) => rule === name) ?? null, subject: key.slice(space + 1) };
}

/** `ended`: what was closed in this transaction, so that its end can still be told. */
function applyAction(
  state: State,
  action: Action,
  now: number,
  notices: NoticePlanner,
  done: Committed,
  ended: Map<string, Incident>,
): void {
  if (action.kind === 'retest') {
    if (addRetest(state, action, now)) done.probes.push(action.probe);
    return;
  }
  if (action.kind === 'retro') {
    done.incidents.push(addRetro(state, action, now));
    return;
  }
  const key = `${action.rule} ${action.subject}`;
  const open = state.alerts.openOf(action.rule, action.subject);
  if (action.kind === 'open') {
    if (!open) done.incidents.push(state.alerts.add(incidentOf(action, now)));
    return;
  }
  // What explains an outage arrives when it is over.
  const incident =
    open ?? ended.get(key) ?? (action.kind === 'detail' ? state.alerts.lastOf(action.rule, action.subject) : null);
  if (!incident) return;
  done.incidents.push(incident.id);
  switch (action.kind) {
    case 'close': {
      if (!open) return;
      const over = closed(open, action);
      state.alerts.update(over);
      ended.set(key, over);
      return;
    }
    case 'tell':
      notices.plan({ incident, kind: action.what, severity: action.severity }, now);
      return;
    case 'parent': {
      const { rule, subject } = splitKey(action.parent ?? '');
      const parent = rule ? state.alerts.openOf(rule, subject) : null;
      state.alerts.update({ ...incident, parent: parent?.id ?? null });
      return;
    }
    case 'detail': {
      const detail = JSON.stringify({ ...readDetail(incident.detail), ...action.detail });
      state.alerts.update({ ...incident, title: titleOf(action.detail) ?? incident.title, detail });
    }
  }
}

function incidentOf(action: Action & { kind: 'open' }, now: number): Omit<Incident, 'id'> {
  return blank(action.rule, action.subject, action.since, now, action);
}

function addRetro(state: State, action: Action & { kind: 'retro' }, now: number): number {
  const made = blank(action.rule, action.subject, action.since, now, action);
  const detail: IncidentDetail = { ...readDetail(made.detail), ended: 'recovered', retro: true };
  return state.alerts.add({
    ...made,
    condition: 'resolved',
    resolved_at: action.until,
    detail: JSON.stringify(detail),
  });
}

function blank(
  rule: AlertRule,
  ap: string,
  since: number,
  now: number,
  opening: {
    headline: Said;
    reasons: readonly Told[];
    evidence?: readonly TestView[];
    detail?: IncidentDetail;
    severity: Severity;
  },
): Omit<Incident, 'id'> {
  return {
    rule,
    ap,
    condition: 'firing',
    since: Math.round(since),
    fired_at: now,
    resolved_at: null,
    title: inEnglish(opening.headline),
    reasons: [...opening.reasons],
    evidence: JSON.stringify(opening.evidence ?? []),
    acknowledged_by: null,
    acknowledged_at: null,
    acknowledged_until: null,
    severity: opening.severity,
    parent: null,
    detail: JSON.stringify({ ...opening.detail, headline: opening.headline }),
  };
}

function titleOf({ headline }: IncidentDetail): string | null {
  return headline ? inEnglish(headline) : null;
}

function closed(incident: Incident, action: Action & { kind: 'close' }): Incident {
  const known = readEvidence(incident.evidence);
  const added = action.evidence.filter((test) => !known.some((one) => one.id === test.id));
  return {
    ...incident,
    condition: 'resolved',
    resolved_at: Math.max(incident.since, Math.round(action.at)),
    reasons: [...incident.reasons, ...action.reasons],
    evidence: JSON.stringify([...known, ...added]),
    detail: JSON.stringify({ ...readDetail(incident.detail), ended: action.ended }),
  };
}

/** At most one waiting retest per probe. */
function addRetest(state: State, { probe, reason, avoid }: Action & { kind: 'retest' }, now: number): boolean {
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
    {
      id: randomUUID(),
      type: 'test.now',
      reason,
      not_before: now,
      expires: now + JOB_TTL_MS,
      ...(avoid ? { avoid } : {}),
    },
    now,
  );
  return true;
}
