/** Why: who is called, when and in which order; the shapes of the JSON API under /api/v1/on-call. Times are ms since 1970. */
import type { Severity } from './alerts.ts';
import type { OpeningHours } from './control.ts';
import type { Language } from './notify.ts';

/** A way to reach a person. `channel` null: by mail through the server's own CARREL_SMTP. */
export interface Contact {
  id: number;
  channel: number | null;
  address: string;
}
/** GET and PUT /api/v1/on-call/people/:user. */
export interface Callee {
  user: string;
  lang: Language;
  /** IANA zone of the quiet hours. */
  zone: string;
  /** Local minutes of the day; may pass midnight. Then only pages get through. */
  quiet: { from: number; to: number } | null;
  /** In order: the first is tried first, the next one when it refuses or when the person is called again. */
  contacts: Contact[];
}

/** Turns of `days` days, handed over at `handover` (local minutes) by the wall clock of `zone`. */
export interface Rotation {
  id: number;
  name: string;
  zone: string;
  /** User names, in turn. */
  members: string[];
  days: number;
  /** First day of the first turn of the first member, days since 1970-01-01. */
  start_day: number;
  handover: number;
  /** When somebody is on call; null is always. */
  hours: OpeningHours | null;
}
/** For this time somebody else, or nobody. */
export interface RotationOverride {
  id: number;
  rotation: number;
  user: string | null;
  from: number;
  to: number;
}
/** A stretch with one person, or with nobody. */
export interface Shift {
  user: string | null;
  from: number;
  to: number;
}
/** GET /api/v1/on-call/rotations. */
export interface RotationView extends Rotation {
  /** The hours as a form takes them, such as `Mo-Fr 08:00-17:00`; null is always. */
  hours_text: string | null;
  overrides: RotationOverride[];
  /** Today and the two weeks after. */
  shifts: Shift[];
  /** Times within the next 7 days when nobody can be reached, and why. */
  gaps: { from: number; to: number; why: string }[];
}

/** Who a step tells: exactly one of the three. */
export type StepWho =
  | { person: string; rotation?: never; channel?: never }
  | { rotation: number; person?: never; channel?: never }
  | { channel: number; person?: never; rotation?: never };
export type NotifyStep = { do: 'notify' } & StepWho & {
    /** Only for these; absent: for all. */
    severities?: Severity[];
    /** Only inside or outside working hours; absent: always. */
    hours?: 'working' | 'off';
  };
export type PolicyStep =
  | { do: 'wait'; minutes: number; until?: never }
  | { do: 'wait'; until: 'working'; minutes?: never }
  | NotifyStep
  /** From the first step again, so many times. */
  | { do: 'repeat'; times: number };

/** Working hours of a policy; where it has none, the opening hours of the site count. */
export interface WorkingHours {
  zone: string;
  opening: OpeningHours;
}
/** GET /api/v1/on-call/policies: the first policy that names an alert's severity is followed. */
export interface Policy {
  id: number;
  name: string;
  severities: Severity[];
  steps: PolicyStep[];
  working: WorkingHours | null;
}
/** GET /api/v1/on-call/policies, PUT, POST. */
export interface PolicyView extends Policy {
  /** The working hours as a form takes them; null: the opening hours of the site. */
  working_text: string | null;
}
/** GET /api/v1/alerts/:id/escalation: where calling stands. */
export interface EscalationView {
  policy: string | null;
  state: 'running' | 'done' | 'stopped';
  /** Which of the steps comes next, from 0. */
  step: number;
  round: number;
  /** When; null when nothing comes. */
  due_at: number | null;
  steps: PolicyStep[];
}
/** A remark that somebody made on an incident. */
export interface IncidentNote {
  id: number;
  at: number;
  by: string;
  text: string;
}
