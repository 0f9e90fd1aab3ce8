/** Why: the shapes of the JSON API under /api/v1, written once for the server and for the page. Times are ms since 1970 unless a name ends in _s. */
import type { Role } from './access.ts';
import type { BudgetReport, JobReport, OpeningHours } from './control.ts';
import type { WhyCode } from './live.ts';
import type { LimitedBy, TestMethod, TestReason, TestSeries, Verdict } from './throughput.ts';

/** What is known about an access point now. Severity order for lists: offline, below, nodata, maint, meets. */
export const AP_STATES = ['offline', 'below', 'nodata', 'maint', 'meets'] as const;
export type ApState = (typeof AP_STATES)[number];

export interface Site {
  id: string;
  name: string;
  region: string;
  isp: string;
  /** IANA zone. */
  zone: string;
  /** Index 0 = Monday; local minutes. */
  opening: OpeningHours;
  /** Contracted download speed, Mb/s; null when not known. */
  contract_mbps: number | null;
  metered: boolean;
  lat: number | null;
  lon: number | null;
  notes: string;
}
export interface AccessPoint {
  id: string;
  site: string;
  name: string;
  target_mbps: number;
}
export interface Probe {
  id: string;
  /** The access point that it watches now; null when unbound. */
  access_point: string | null;
  created_at: number;
  /** False when its credential is revoked. */
  admitted: boolean;
}

/** One line of the live table. Null = unknown, never 0. Times are whole seconds. */
export interface LiveRow {
  ap: string;
  site: string;
  state: ApState;
  /** Why this state; the sentence is made from it and the figures, where it is shown. */
  why_code: WhyCode;
  since: number | null;
  /** Last valid test. */
  down_mbps: number | null;
  down_at: number | null;
  /** Median of the last valid tests, at most three of 48 h, and how many they are. */
  median_mbps: number | null;
  median_n: number;
  verdict: Verdict | null;
  /** From the newest sample. */
  wan_rx_mbps: number | null;
  wan_tx_mbps: number | null;
  rtt_ms: number | null;
  loss_pct: number | null;
  cpu_pct: number | null;
  clients: number | null;
  last_seen: number | null;
  probe: string | null;
  probe_online: boolean | null;
  alert: number | null;
}
/** What changes only when somebody edits. `hash` names the version. It travels as RosterColumns (live.ts). */
export interface Roster {
  hash: string;
  sites: Site[];
  access_points: AccessPoint[];
  /** When they were made is for their own list: a number that nothing repeats is a fifth of the bytes. */
  probes: RosterProbe[];
}
export type RosterProbe = Omit<Probe, 'created_at'>;
export interface Totals {
  meets: number;
  below: number;
  offline: number;
  nodata: number;
  maint: number;
  total: number /** Mean of the last valid tests of all access points with one, Mb/s. */;
  mean_mbps: number | null /** How many went into the mean. */;
  mean_n: number;
  /**
   * Incidents that nobody has taken on and nothing silences, one for each cause: those of
   * `/alerts?condition=firing&acknowledged=false&silenced=false&covered=false`.
   */
  need_action: number;
}
/** What is wrong with Carrel itself, in words for the page: a database that is down, no SMTP configured, wal half full. */
export interface HealthNotice {
  code: string;
  severity: 'info' | 'warning' | 'critical';
  text: string;
  since: number | null;
}

/** GET /api/v1/measurements: bucketed columns of one metric of one probe. A bucket without samples has count 0 and nulls: a gap. */
export interface Measurements {
  probe: string;
  metric: string;
  unit: string;
  from: number;
  to: number;
  bucket_s: number;
  t: number[];
  count: number[];
  min: (number | null)[];
  mean: (number | null)[];
  max: (number | null)[];
  /** Within 2 %, from hours or days, where the metric has histograms (rtt_ms); null in a bucket that is not all of these. */
  p10?: (number | null)[];
  p50?: (number | null)[];
  p90?: (number | null)[];
  /** The median of all hours and days of the answer together that have a histogram; left out where there is none. */
  median?: number | null;
}
/** GET /api/v1/tests?ap=&from=&to=&limit=: newest first. */
export interface TestView {
  id: string;
  ap: string;
  probe: string;
  at: number;
  method: TestMethod;
  dir: 'down' | 'up';
  verdict: Verdict;
  marginal: boolean;
  reason: TestReason;
  target_mbps: number;
  rate_mbps: number | null;
  app_mbps: number | null;
  other_mbps: number | null;
  bytes: number;
  dur_ms: number;
  limited_by: LimitedBy | null;
  cpu_pct: number | null;
  wan: string;
  server: string;
  /** Share of the test's packets that were lost, %. */
  loss_pct?: number;
  /** Round trip before and during the load, ms. */
  rtt_idle_ms?: number;
  rtt_loaded_ms?: number;
  /** `line`: outside the opening hours, what the line can do by itself. */
  series?: TestSeries;
  /** The line gives more for a moment than for long. */
  burst_shaped?: boolean;
}
/** GET /api/v1/availability?ap=&from=&to=: the share of the opening hours with working internet. What nobody saw is unknown, not down. */
export interface AvailabilityView {
  ap: string;
  from: number;
  /** Never later than now. */
  to: number;
  /** Opening time, s; the other three add up to it. */
  expected_s: number;
  up_s: number;
  down_s: number;
  unknown_s: number;
  /** up / (up + down), %; null where nothing is known. */
  percent: number | null;
  /** Rising stretches of opening time, the longest 500 of each. */
  down: (readonly [from: number, to: number])[];
  unknown: (readonly [from: number, to: number])[];
  /** Where the calendar had it closed in spite of its weekly hours. */
  closed: (readonly [from: number, to: number])[];
}
/** GET /api/v1/outages?ap=&from=&to=: outages that ended in the range, newest first, also outside opening hours. */
export interface OutageView {
  id: string;
  ap: string;
  probe: string;
  from: number;
  to: number;
  /** As in the metric table. */
  first_failure: number;
}
/** GET /api/v1/access-points/:ap/test: the newest test that somebody asked for, and what became of it. */
export interface AskedTest {
  job: string;
  probe: string;
  asked_at: number;
  expires: number;
  /** `waiting`: the probe has not answered yet. */
  state: 'waiting' | JobReport['state'];
  /** The probe's own words. */
  detail: string;
  /** The result, also an inconclusive one; null while there is none, or when the test could not begin. */
  test: TestView | null;
}
/** A part of the explanation of an access point: do its planned tests fail more often than chance explains? */
export interface ChronicView {
  /** How far back tests were looked at. */
  days: number;
  /** Planned tests with a verdict, and those of them that failed. */
  n: number;
  fails: number;
  /** The cumulative sum, 0 to `alarm_at`; each fail adds 1.61, each pass takes 0.59 away. */
  score: number;
  alarm_at: number;
  /** It reached the alarm, and has not come back to 0 since. */
  below: boolean;
}
/** GET /api/v1/access-points/:ap/costs: what monitoring costs the line of the probe that judges it, in the current month (UTC). */
export interface TestCosts {
  probe: string;
  /** `YYYY-MM` */
  month: string;
  /** Tests that cost something, and their bytes. */
  tests: number;
  tests_bytes: number;
  /** Everything that monitoring used, tests included; null where the probe has not told. */
  all_bytes: number | null;
  /** What tests may cost in the month, and what is left of it for planned ones; null before the probe has a configuration. */
  budget_bytes: number | null;
  left_bytes: number | null;
  /** The probe's own account, which is what counts; null where it has not told one for this month: then the two above are reckoned from its tests. */
  account: (BudgetReport & { at: number }) | null;
  /** What a test that is asked for now will take: as the last ones did. */
  next_bytes: number;
}
export interface Page<T> {
  items: T[];
  next: string | null;
}
/** RFC 9457. `code` is ours, `errors` names each wrong field. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: { field: string; message: string }[];
  /** Where the server failed: its log tells more under this number. */
  request?: string;
}
export interface Me {
  name: string;
  role: Role;
  csrf: string;
}
/** POST /api/v1/sites/import: one line each, 1-based line numbers of the file. */
export interface ImportReport {
  encoding: 'utf-8' | 'windows-1257' | 'utf-16le';
  separator: ',' | ';' | '\t';
  created: number;
  updated: number;
  /** Lines that say what is known already. */
  unchanged: number;
  refused: number;
  lines: {
    line: number;
    id: string | null;
    outcome: 'created' | 'updated' | 'unchanged' | 'refused';
    /** Of one that is updated: fields of the API that get another value. */
    fields: string[];
    messages: string[];
  }[];
}
/** GET and POST /api/v1/backup: one copy of the running server. Times in ms since 1970. */
export interface BackupView {
  /** Folder on the machine of the server. */
  dir: string;
  state: 'running' | 'done' | 'failed';
  since: number;
  until: number | null;
  bytes: number | null;
  files: number | null;
  counts: { sites: number; probes: number; users: number; samples: number; events: number; rollups: number } | null;
  error: { code: string; message: string } | null;
}
/** A line that a database refuses for ever, with its own words. */
export interface QuarantinedEntry {
  /** When it was set aside, ms since 1970; null where that cannot be read. */
  at: number | null;
  line: string;
  reason: string;
}
/** GET /api/v1/quarantine: one per database, and `payloads` for what was acknowledged but is no frame. */
export interface QuarantineShelf {
  store: string;
  /** All that lie here. */
  count: number;
  /** The newest of them, newest first. */
  lines: QuarantinedEntry[];
}
/** POST /api/v1/quarantine/replay. */
export interface ReplayReport {
  /** Lines that the database has taken now. */
  taken: number;
  /** Lines that it refused again. */
  refused: number;
}
/** POST /api/v1/probes: shown once. `command` installs the agent on a probe. */
export interface ProbeCredential {
  id: string;
  token: string;
  ca: string | null;
  broker: string;
  /** MQTT over WebSocket on the page's port; null where it would show the credential to the network. */
  broker_ws?: string | null;
  file: string;
  command: string;
}
