/**
 * Why: the state database (SQLite by node:sqlite): registry, people, alerts, outbox. One file, one connection, main thread only.
 * All calls are synchronous; `transaction` is BEGIN IMMEDIATE and rolls back on a throw.
 */
import type {
  AccessPoint,
  AlertRule,
  AuditAction,
  AuditEntry,
  AuditFacts,
  BudgetReport,
  ComplianceRevision,
  DesiredMessage,
  Job,
  JsonObject,
  LostClass,
  Probe,
  ReportedMessage,
  Role,
  Severity,
  Silence,
  Site,
  SiteScope,
} from '#contract';

import type { ChannelState } from './channels.ts';
import type { EscalationState } from './escalations.ts';
import type { JudgedBefore } from './history.ts';
import type { OnCallState } from './oncall.ts';
import type { OutboxState } from './outbox-types.ts';
import type { PushState } from './push.ts';
import type { SiteNoteState } from './site-notes.ts';

export interface State {
  transaction<T>(work: () => T): T;
  registry: RegistryState;
  people: PeopleState;
  alerts: AlertState;
  outbox: OutboxState;
  channels: ChannelState;
  push: PushState;
  oncall: OnCallState;
  escalations: EscalationState;
  delivery: DeliveryState;
  reports: ReportState;
  notes: SiteNoteState;
  /** Small named values: alert cursor, epoch, set-up token hash. */
  keep: { get(key: string): string | null; set(key: string, value: string): void; delete(key: string): void };
  /** Who did what: administrator actions, log-ins, revocations. Never secrets. */
  audit(at: number, who: string, action: AuditAction, facts: AuditFacts): void;
  /** Forgets audit entries before the time, and messages of resolved incidents that had left or were given up before it. */
  trim(beforeMs: number): void;
  /** Newest first; `before` is an id. */
  auditTrail(filter: { before?: number; limit: number }): AuditEntry[];
  /** A whole copy as of one moment, readable by its owner only. @throws CarrelError STATE_UNWRITABLE */
  copyTo(path: string): Promise<void>;
  close(): void;
}

/** A probe watches an access point from a time to a time; moving it adds a binding and never rewrites history. */
export interface Binding {
  probe: string;
  access_point: string;
  from: number;
  to: number | null;
  judges: boolean;
}
export interface DesiredRow extends DesiredMessage {
  probe: string;
}

export interface RegistryState {
  /** Rises with every change of sites, access points, probes or bindings while the server runs. Costs nothing to ask. */
  revision(): number;
  /** By id. The same list, frozen, until a site changes. */
  sites(): readonly Site[];
  site(id: string): Site | null;
  /**
   * Inserts or replaces. Until `at`, ms since 1970, what is replaced held; without it the site was never otherwise.
   * @throws CarrelError SITE_INVALID with the fields.
   */
  putSite(site: Site, at?: number): 'created' | 'updated';
  /**
   * With its access points, notes and silences.
   * @throws CarrelError SITE_UNKNOWN, SITE_CONFLICT when a probe has ever watched it
   */
  dropSite(id: string): void;
  /** By id. The same list, frozen, until an access point changes. */
  accessPoints(): readonly AccessPoint[];
  accessPoint(id: string): AccessPoint | null;
  /** As `putSite`. @throws CarrelError ACCESS_POINT_INVALID, SITE_UNKNOWN */
  putAccessPoint(ap: AccessPoint, at?: number): 'created' | 'updated';
  /** What past time is judged by, of sites and access points that were edited. The same until the next edit. */
  judgedBefore(): JudgedBefore;
  probes(): Probe[];
  probe(id: string): Probe | null;
  /**
   * What the probe measured at the access point from `watchedSince` on (ms since 1970; `at` when not given or later) counts there.
   * @throws CarrelError PROBE_EXISTS, ACCESS_POINT_UNKNOWN, PROBE_INVALID when another probe judged the access point after `watchedSince`
   */
  addProbe(id: string, accessPoint: string | null, at: number, watchedSince?: number): void;
  bind(probe: string, accessPoint: string, at: number): void;
  bindings(): Binding[];
  /** The access point that the probe judged at `at`; null when unbound then. */
  accessPointOf(probe: string, at: number): string | null;
  /** Stores only the SHA-256 of the token; replaces an older one; readmits. */
  setCredential(probe: string, tokenSha256: Uint8Array, at: number): void;
  /** Null when there is none or it was revoked. */
  credential(probe: string): Uint8Array | null;
  revoke(probe: string, at: number): void;
  /** Version and jobs that the probe should have. Null before the first `putDesired`. */
  desired(probe: string): DesiredMessage | null;
  /** Stores the configuration; raises the version when it differs from what is stored. */
  putDesired(probe: string, config: DesiredMessage['config']): DesiredMessage;
  /** Adds a job (raises the version); drops expired ones. */
  addJob(probe: string, job: Job, at: number): DesiredMessage;
  reported(probe: string): (ReportedMessage & { at: number }) | null;
  putReported(probe: string, message: ReportedMessage, at: number): void;
  /** The accounts that probes told, of all that have told one. */
  budgets(): BudgetReport[];
  /** Of the first `limit` admitted probes whose id is larger than `after` (empty: from the first), by id. */
  told(after: string, limit: number): Told[];
}

/** What a probe should do, and what it last said. */
export interface Told {
  probe: string;
  access_point: string | null;
  /** Version of the configuration that it should have; null before there is one. */
  wanted: number | null;
  /** Seconds of measuring in one frame, as it is told; null before it is. */
  frame_s: number | null;
  reported: (Omit<ReportedMessage, 'jobs'> & { at: number }) | null;
}

export interface User {
  name: string;
  role: Role;
  passwordHash: string;
  email: string | null;
  createdAt: number;
  /** What a librarian or coordinator may see; for others it has no meaning. */
  scope?: SiteScope | null;
}
export interface SessionRow {
  idSha256: string;
  user: string;
  csrf: string;
  createdAt: number;
  lastSeenAt: number;
  expiresAt: number;
}
export interface ApiToken {
  id: number;
  name: string;
  role: Role;
  user: string;
  tokenSha256: string;
  createdAt: number;
  revokedAt: number | null;
}
export interface PeopleState {
  users(): User[];
  user(name: string): User | null;
  putUser(user: User): void;
  /** The sessions end with it; tokens are revoked by whoever removes the user. */
  dropUser(name: string): void;
  addSession(session: SessionRow): void;
  session(idSha256: string): SessionRow | null;
  touchSession(idSha256: string, at: number): void;
  dropSession(idSha256: string): void;
  /** Those that have not expired. */
  sessions(now: number): SessionRow[];
  /** All sessions of a user, when the password or role changes. */
  dropSessionsOf(user: string): void;
  dropExpiredSessions(now: number): void;
  addToken(token: Omit<ApiToken, 'id' | 'revokedAt'>): number;
  tokenBySha256(tokenSha256: string): ApiToken | null;
  tokens(): ApiToken[];
  revokeToken(id: number, at: number): void;
}

/** One episode of one rule at one access point. */
export interface Incident {
  id: number;
  rule: AlertRule;
  ap: string;
  condition: 'firing' | 'resolved';
  since: number;
  fired_at: number;
  resolved_at: number | null;
  title: string;
  /** Sentences as codes with their figures; text where an older version stored it. */
  reasons: (string | JsonObject)[];
  /** Ids of the tests that decided (TestView ids), with their values as they were, as JSON of TestView[]. */
  evidence: string;
  acknowledged_by: string | null;
  acknowledged_at: number | null;
  acknowledged_until: number | null;
  severity: Severity;
  /** The group incident that covers it. */
  parent: number | null;
  /** JSON: cause, members, how it ended; see dashboard/alert/memory.ts. */
  detail: string;
}
export interface AlertState {
  add(incident: Omit<Incident, 'id'>): number;
  update(incident: Incident): void;
  get(id: number): Incident | null;
  /** The open (firing) one of this rule and access point. */
  openOf(rule: AlertRule, ap: string): Incident | null;
  /** The newest one of this rule and access point, open or over. */
  lastOf(rule: AlertRule, ap: string): Incident | null;
  open(): Incident[];
  /** Newest first; `before` is an id. */
  list(filter: {
    condition?: 'firing' | 'resolved';
    acknowledged?: boolean;
    before?: number;
    limit: number;
  }): Incident[];
  /** Episodes that were over when they became known and began within [from, to), ms; oldest first. */
  retro(from: number, to: number): Incident[];
  /** The rule's memory per access point, JSON; committed together with incidents and outbox. */
  memory(rule: AlertRule, ap: string): string | null;
  setMemory(rule: AlertRule, ap: string, json: string): void;
  memories(rule: AlertRule): { ap: string; json: string }[];
  /** Those that have not ended: in force, and planned ones (`from` after `now`). */
  silences(now: number): Silence[];
  addSilence(silence: Omit<Silence, 'id'>): number;
  endSilence(id: number, at: number): void;
}

/** Frames `from` to `to` arrived. `at`: when the server first saw one of them, or noticed that those below were missing. */
export interface Arrived {
  from: number;
  to: number;
  at: number;
}
/** Frames that the probe said it had to drop, and when it said so. */
export interface ToldLost {
  from: number;
  to: number;
  class: LostClass;
  at: number;
}
/** What has arrived of one run of an agent. Times are the server's. */
export interface RunDelivery {
  run: string;
  /** Empty while only losses are known. */
  boot: string;
  /** Ascending, neither touching nor overlapping. */
  arrived: Arrived[];
  /** Ascending, not overlapping. */
  lost: ToldLost[];
  /** Each number counted once; repeats are `duplicates`. */
  frames: number;
  duplicates: number;
  /** Missing numbers in gaps that are not kept one by one any more. */
  unlisted: number;
  firstMs: number;
  lastMs: number;
  /** First and last arrival of a frame that had just been made, by a trusted clock. */
  liveFirstMs: number | null;
  liveLastMs: number | null;
  /** Frames that the probe said were waiting, in its newest one. */
  waiting: number | null;
}
export interface DeliveryState {
  runs(probe: string): RunDelivery[];
  put(probe: string, run: RunDelivery): void;
  drop(probe: string, run: string): void;
  /** Runs of which nothing came since; answers with how many. */
  forget(beforeMs: number): number;
}

/** A closed month's report as it was issued. Never changed, only followed by another revision. */
export interface ReportIssue extends ComplianceRevision {
  month: string;
  /** The ComplianceReport without what comes from other issues, JSON, deflated. */
  body: Uint8Array;
}
export interface ReportState {
  add(issue: ReportIssue): void;
  /** The newest, or the one asked for. */
  issue(month: string, revision?: number): ReportIssue | null;
  /** Oldest first. */
  revisions(month: string): ComplianceRevision[];
  /** Closed months with their newest revision, newest month first. */
  months(): { month: string; revision: number; closed_at: number }[];
}

export type { Channel, ReceiverHealth } from './channels.ts';
export type { Escalation } from './escalations.ts';
export type { JudgedBefore, PastHours, PastTarget } from './history.ts';
export { openState } from './open.ts';
export type { OutboxItem } from './outbox-types.ts';
export type { PushDevice } from './push.ts';
export { accessPointProblems, type FieldProblems, isZone, siteProblems } from './site-rules.ts';
