/** Why: where calling people stands for each incident, what they remarked, and which links were used; all of it survives kill -9. */
import { type IncidentNote, type PolicyStep, SEVERITIES, type Severity, type WorkingHours } from '#contract';
import type { Database } from './database.ts';
import { stepsOf, workingOf } from './oncall.ts';
import { json, number, numberOrNull, type Row, text, word } from './row.ts';

/** The steps are those of the policy when the incident began: editing it changes nothing that runs. */
export interface Escalation {
  incident: number;
  severity: Severity;
  policy: number | null;
  steps: PolicyStep[];
  working: WorkingHours | null;
  /** The next one. */
  step: number;
  round: number;
  dueAt: number | null;
  state: 'running' | 'done' | 'stopped';
}
export interface EscalationState {
  get(incident: number): Escalation | null;
  put(escalation: Escalation): void;
  /** Running and due, longest waiting first. */
  due(now: number, limit: number): Escalation[];
  /** The wall clock was set back by so much: steps wait no longer for it. */
  shift(byMs: number): void;
  notes(incident: number): IncidentNote[];
  addNote(incident: number, note: Omit<IncidentNote, 'id'>): number;
  /** True the first time; false when this link was used before. Those that ended before `now` are forgotten. */
  useLink(id: string, untilMs: number, now: number): boolean;
}

export function escalationState(database: Database): EscalationState {
  return {
    get(incident) {
      const row = database.get('SELECT * FROM escalations WHERE incident = ?', incident);
      return row && escalationOf(row);
    },
    put({ incident, severity, policy, steps, working, step, round, dueAt, state }) {
      database.run(
        `INSERT INTO escalations (incident, severity, policy, steps, working, step, round, due_at, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (incident) DO UPDATE SET step = ?6, round = ?7, due_at = ?8, state = ?9`,
        incident,
        severity,
        policy,
        JSON.stringify(steps),
        working && JSON.stringify(working),
        step,
        round,
        dueAt,
        state,
      );
    },
    due: (now, limit) =>
      database
        .all(`SELECT * FROM escalations WHERE state = 'running' AND due_at <= ? ORDER BY due_at LIMIT ?`, now, limit)
        .map(escalationOf),
    shift(byMs) {
      database.run(`UPDATE escalations SET due_at = due_at + ? WHERE state = 'running'`, byMs);
    },
    notes: (incident) =>
      database.all('SELECT * FROM incident_notes WHERE incident = ? ORDER BY id', incident).map((row) => ({
        id: number(row, 'id'),
        at: number(row, 'at'),
        by: text(row, 'by'),
        text: text(row, 'text'),
      })),
    addNote: (incident, { at, by, text: said }) =>
      database.run('INSERT INTO incident_notes (incident, at, by, text) VALUES (?, ?, ?, ?)', incident, at, by, said)
        .id,
    useLink(id, untilMs, now) {
      database.run('DELETE FROM used_links WHERE until_ms < ?', now);
      return (
        database.run('INSERT INTO used_links (id, until_ms) VALUES (?, ?) ON CONFLICT DO NOTHING', id, untilMs)
          .changes > 0
      );
    },
  };
}

function escalationOf(row: Row): Escalation {
  return {
    incident: number(row, 'incident'),
    severity: word(row, 'severity', SEVERITIES),
    policy: numberOrNull(row, 'policy'),
    steps: json(row, 'steps', stepsOf),
    working: row['working'] === null ? null : json(row, 'working', workingOf),
    step: number(row, 'step'),
    round: number(row, 'round'),
    dueAt: numberOrNull(row, 'due_at'),
    state: word(row, 'state', ['running', 'done', 'stopped']),
  };
}
