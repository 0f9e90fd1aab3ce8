/**
 * Why: what each route of /api/v1 answers with when all is well, as types. `npm run docs` makes the schemas of openapi.json from it, so that
 * the description is as true as the types are; test/dashboard/openapi.test.ts holds real answers against them.
 */
import type {
  AccessPoint,
  AlertExplanation,
  AlertPage,
  AlertView,
  AskedTest,
  AuditEntry,
  AvailabilityView,
  BackupView,
  BudgetReport,
  CalendarView,
  Callee,
  ChannelKindView,
  ChannelTestResult,
  ChannelView,
  ClosedToday,
  ComplianceReport,
  DeviceDays,
  EscalationView,
  ImportReport,
  IncidentNote,
  LiveFirst,
  LivePoll,
  LiveRow,
  LiveSnapshot,
  MapLayer,
  Me,
  Measurements,
  NetworkView,
  OutageView,
  Page,
  PolicyView,
  Probe,
  ProbeCredential,
  ProbeDelivery,
  ProbeFleet,
  ProbeHeard,
  Problem,
  PushDeviceView,
  PushView,
  QuarantineShelf,
  ReplayReport,
  ReportMonth,
  Role,
  RosterColumns,
  RotationView,
  RulesView,
  SavedView,
  ScreenView,
  Silence,
  Site,
  SiteNote,
  SiteScope,
  StateHistory,
  TestCosts,
  TestView,
  ThroughputGroups,
  ThroughputSeries,
} from '#contract';

/** A route, and the status where it is not 200. `null`: no body; `Other`: no JSON, as its summary says. */
export interface Answers {
  'GET /access-points': Page<AccessPointNow>;
  'GET /access-points/{ap}/costs': TestCosts;
  'GET /access-points/{ap}/costs 204': null;
  'GET /access-points/{ap}/test': AskedTest;
  'GET /access-points/{ap}/test 204': null;
  'POST /access-points 201': AccessPoint;
  'POST /access-points/{ap}/test 202': TestAsked;
  'PUT /access-points/{ap}': AccessPoint;

  'GET /alerts': AlertPage;
  'GET /alerts/explain': AlertExplanation;
  'GET /alerts/{id}': AlertView;
  'GET /alerts/{id}/escalation': EscalationView;
  'GET /alerts/{id}/escalation 204': null;
  'GET /alerts/{id}/notes': Page<IncidentNote>;
  'POST /alerts/{id}/ack': AlertView;
  'POST /alerts/{id}/notes 201': IncidentNote;
  'POST /alerts/{id}/resolve': AlertView;
  'GET /silences': Page<Silence>;
  'POST /silences 201': Silence;
  'DELETE /silences/{id} 204': null;
  'GET /rules': RulesView;
  'PUT /rules': RulesView;
  'GET /calendar': CalendarView;
  'PUT /calendar': CalendarView;
  'GET /sites/{site}/closed-today': ClosedToday;
  'POST /sites/{site}/closed-today': ClosedToday;
  'DELETE /sites/{site}/closed-today 204': null;

  'GET /availability': AvailabilityView;
  'GET /devices': DeviceDays;
  'GET /measurements': Measurements;
  'GET /outages': Page<OutageView>;
  'GET /tests': Page<TestView>;
  'GET /throughput': ThroughputGroups;
  'GET /throughput/series': ThroughputSeries;
  'GET /reports': { items: ReportMonth[] };
  'GET /reports/compliance': ComplianceReport;
  'GET /probes/{probe}/delivery': ProbeDelivery;
  'GET /fleet': ProbeFleet;
  'GET /probes/{probe}/heard': ProbeHeard;
  'GET /network': NetworkView;
  'PUT /network': NetworkView;

  'GET /live': Other;
  'GET /live/delta': LivePoll;
  'GET /live/first': LiveFirst;
  'GET /live/history': StateHistory;
  'GET /live/snapshot': LiveSnapshot;
  'GET /live/tail': Other;
  'GET /roster': RosterColumns;
  'GET /roster 304': null;
  'GET /map-layers': { items: MapLayer[] };
  'GET /map-layers/{id}': Other;
  'POST /map-layers 201': MapLayer;
  'DELETE /map-layers/{id} 204': null;

  'GET /sites': Page<Site>;
  'GET /sites/export': Other;
  'GET /sites/{site}': SiteWithAccessPoints;
  'GET /sites/{site}/notes': Page<SiteNote>;
  'POST /sites/{site}/notes 201': SiteNote;
  'DELETE /sites/{site}/notes/{id} 204': null;
  'POST /sites 201': Site;
  'POST /sites/import': ImportReport;
  'PUT /sites/{site}': Site;
  'DELETE /sites/{site} 204': null;
  'GET /probes': Page<ProbeNow>;
  'GET /probes/{probe}': ProbeNow;
  'POST /probes 201': ProbeCredential;
  'POST /probes/{probe}/credential 201': ProbeCredential;
  'POST /probes/{probe}/rebind': ProbeNow;
  'POST /probes/{probe}/revoke 204': null;
  'DELETE /probes/{probe} 204': null;

  'GET /me': Me;
  'GET /me 204': null;
  'POST /login': Me & { token?: string };
  'POST /logout 204': null;
  'GET /setup': { needed: boolean };
  'POST /setup': Me;
  'PUT /me/password': Me;
  'GET /me/sessions': Page<OpenSession & { here: boolean }>;
  'DELETE /me/sessions/{id} 204': null;
  'GET /me/views': { items: SavedView[] };
  'PUT /me/views': { items: SavedView[] };
  'GET /sessions': Page<OpenSession>;
  'DELETE /sessions/{id} 204': null;
  'GET /users': Page<Person>;
  'POST /users 201': Person;
  'PUT /users/{name}': Person;
  'DELETE /users/{name} 204': null;
  'GET /tokens': Page<Token>;
  'POST /tokens 201': { id: number; name: string; role: Role; token: string };
  'DELETE /tokens/{id} 204': null;
  'GET /audit': Page<AuditEntry>;
  'GET /screens': { items: ScreenView[] };
  'POST /screens 201': { screen: ScreenView; code: string; link: string };
  'POST /screens/pair': { name: string };
  'DELETE /screens/{id} 204': null;

  'GET /channels': Page<ChannelView>;
  'GET /channels/kinds': Page<ChannelKindView>;
  'POST /channels 201': ChannelView;
  'POST /channels/test': ChannelTestResult;
  'PUT /channels/{id}': ChannelView;
  'DELETE /channels/{id} 204': null;
  'GET /push': PushView;
  'POST /push/devices 201': PushDeviceView;
  'POST /push/devices/moved 204': null;
  'DELETE /push/devices/{id} 204': null;
  'POST /push/test': ChannelTestResult;
  'POST /push/receipts 204': null;
  'GET /on-call/people': Page<Callee>;
  'PUT /on-call/people/{user}': Callee;
  'GET /on-call/policies': Page<PolicyView>;
  'POST /on-call/policies 201': PolicyView;
  'PUT /on-call/policies/{id}': PolicyView;
  'DELETE /on-call/policies/{id} 204': null;
  'GET /on-call/rotations': Page<RotationView>;
  'POST /on-call/rotations 201': RotationView;
  'PUT /on-call/rotations/{id}': RotationView;
  'DELETE /on-call/rotations/{id} 204': null;
  'POST /on-call/rotations/{id}/overrides 201': RotationView;
  'DELETE /on-call/overrides/{id} 204': null;

  'GET /backup': { backup: BackupView | null };
  'POST /backup 202': BackupView;
  'GET /quarantine': { items: QuarantineShelf[] };
  'POST /quarantine/replay': ReplayReport;
  'DELETE /quarantine': { dropped: number };
}

/** Every refusal (RFC 9457). */
export type Refusal = Problem;
/** A file, a table or a stream. */
export type Other = unknown;

interface AccessPointNow extends AccessPoint {
  live: (LiveRow & { why: string }) | null;
  /** Since its last sign of life, ms. */
  age_ms: number | null;
  /** Since its last valid test, ms. */
  test_age_ms: number | null;
}
interface TestAsked {
  job: string;
  probe: string;
  expires: number;
  /** In words. */
  cost: string;
  cost_bytes: number;
  /** Whether the probe is connected now. */
  online: boolean;
}
interface SiteWithAccessPoints extends Site {
  /** As people write them, such as Mo-Fr 10:00-18:00. */
  opening_text: string;
  access_points: AccessPoint[];
}
interface ProbeNow extends Probe {
  online: boolean;
  /** Since when it is connected or away; null before it was ever seen. */
  since: number | null;
  last_seen: number | null;
  age_ms: number | null;
  desired_version: number | null;
  /** What the probe said of its configuration; null before it has. */
  reported: {
    version: number;
    ok: boolean;
    error: string | null;
    agent: string;
    at: number;
    budget?: BudgetReport;
  } | null;
}
interface OpenSession {
  id: string;
  user: string;
  created_at: number;
  last_seen_at: number;
  expires_at: number;
}
interface Person {
  name: string;
  role: Role;
  email: string | null;
  created_at: number;
  /** Which sites or regions are seen; null: all. */
  scope: SiteScope | null;
}
interface Token {
  id: number;
  name: string;
  role: Role;
  /** Who made it. */
  user: string;
  created_at: number;
  revoked_at: number | null;
}
