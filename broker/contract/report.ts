/** Why: the month's report, which shows funders whether the target was met. Times are ms since 1970 unless a name ends in _s. */
import type { SiteNote } from './notes.ts';

/** Counts and shares of a month, of one access point or of several together. Null = unknown, never 0. */
export interface ComplianceFigures {
  /** Tests that were to be made in opening hours. */
  planned: number;
  passed: number;
  failed: number;
  inconclusive: number;
  /** (passed + failed) / planned, at most 100. */
  coverage_pct: number | null;
  /** passed / (passed + failed), with its Wilson 95 % interval. */
  share_pct: number | null;
  share_low_pct: number | null;
  share_high_pct: number | null;
  /** Of the tests that passed or failed: exact in a closed month, else within 2 %. */
  median_mbps: number | null;
  p10_mbps: number | null;
  /** Opening time, and what was known of it. */
  expected_s: number;
  up_s: number;
  down_s: number;
  unknown_s: number;
  /** up / (up + down). */
  availability_pct: number | null;
}
export type ComplianceVerdict = 'met' | 'not_met' | 'not_enough_data';
export interface ComplianceRow extends ComplianceFigures {
  ap: string;
  site: string;
  site_name: string;
  region: string;
  isp: string;
  target_mbps: number;
  verdict: ComplianceVerdict;
  /** Which figure decided: `coverage` or `share`. In months that the first versions closed, an English sentence. */
  why: string;
  /** What it is judged by and was edited within the month, in the order of time; left out where nothing was. No part of the CSV. */
  changes?: ComplianceChange[];
}
/**
 * `day`: YYYY-MM-DD by the clock of the site, the first that counts by what followed. Tests are judged by the target that their probe had:
 * before the edit the one, from it on the other.
 */
export type ComplianceChange =
  | { code: 'target'; day: string; from_mbps: number; to_mbps: number }
  /** Opening hours or time zone. */
  | { code: 'hours'; day: string }
  /** Tests that are planned on an open day. */
  | { code: 'plan'; day: string; from: number; to: number };
export interface ComplianceGroup extends ComplianceFigures {
  by: 'site' | 'region' | 'isp' | 'network';
  name: string;
  /** Access points by verdict. */
  met: number;
  not_met: number;
  not_enough_data: number;
}
/** Values of all lines of a group together, within 2 %; null where there are none. */
export interface Percentiles {
  /** How many values. */
  n: number;
  p5: number | null;
  p10: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
}
export interface ThroughputGroup extends Omit<ComplianceGroup, 'median_mbps' | 'p10_mbps'> {
  /** Of the planned tests that passed or failed. */
  rate_mbps: Percentiles;
  /** Of all samples, at any time of day. */
  rtt_ms: Percentiles;
}
/** GET /api/v1/throughput?by=&from=&to=: figures as in the month's report over any range, widened to whole hours. Ascending by name. */
export interface ThroughputGroups {
  by: ThroughputGroup['by'];
  from: number;
  to: number;
  items: ThroughputGroup[];
  next: null;
}
/** A stretch of a zone's calendar: a day has 23 to 25 hours, a week begins on Monday. */
export type CalendarBucket = 'day' | 'week' | 'month';
/**
 * GET /api/v1/throughput/series?ap=&from=&to=&bucket=: the planned tests downwards of one access point, counted by the calendar of its site's
 * zone. Columns: index i is of the bucket that begins at `t[i]` and ends where the next begins, the last at `to`.
 */
export interface ThroughputSeries {
  ap: string;
  /** IANA. */
  zone: string;
  bucket: CalendarBucket;
  /** Of whole buckets: the last may lie in the future. */
  from: number;
  to: number;
  t: number[];
  passed: number[];
  failed: number[];
  inconclusive: number[];
  /** Of the tests that passed or failed, Mb/s; null where there are none. */
  p10: (number | null)[];
  p50: (number | null)[];
  p90: (number | null)[];
  /** Of [from, to) as it was asked for, widened to whole hours and no further: `n` tests that passed or failed, Mb/s. */
  stretch: { from: number; to: number; n: number; p50: number | null };
  /** A percentile lies within this share of the exact one (nearest rank): 0.02. */
  error: number;
}
/**
 * GET /api/v1/devices?ap=&from=&to=: patron devices by day of the site's calendar. Columns: index i is of the day that begins at `t[i]` and ends
 * where the next begins, the last at `to`. Null where nobody counted, never 0.
 */
export interface DeviceDays {
  ap: string;
  /** IANA. */
  zone: string;
  /** Of whole days: the last may lie in the future. */
  from: number;
  to: number;
  t: number[];
  /** Distinct devices of the day, so far where it is not over. */
  devices: (number | null)[];
  /** Most devices at the radios at once. */
  at_once: (number | null)[];
}
/** GET /api/v1/reports/compliance?month=. Months are those of each site's time zone. */
export interface ComplianceReport {
  month: string;
  made_at: number;
  /** False while the month goes on: everything counts up to `made_at`. */
  complete: boolean;
  /** How the verdict is reached, by the names of the figures. In months that the first versions closed, English sentences. */
  rule: string;
  groups: ComplianceGroup[];
  rows: ComplianceRow[];
  /** Access points that did not meet the target or were not seen enough, with what the figures say of the cause. */
  exceptions: ComplianceException[];
  /** Stretches below the target that were over when they became known, so that nobody was called; by when they began. */
  retro: ComplianceRetro[];
  /** Counted from 1; null before the month is closed. A closed month changes only by a new revision. */
  revision: number | null;
  /** When this revision was closed. */
  closed_at: number | null;
  /** SHA-256 of the table of this revision (`format=csv`), hexadecimal. */
  sha256: string | null;
  /** Oldest first; empty before the month is closed. */
  revisions: ComplianceRevision[];
  /** Up to twelve closed months before and this one, oldest first: access points by verdict. */
  trend: ComplianceTrend[];
}

/** What the figures of a month say of a cause, the weightiest first. `value` is a share in percent, a count or Mb/s. */
export type ComplianceCause =
  | { code: 'no_probe' }
  | { code: 'silent' | 'down'; percent: number }
  | { code: 'inconclusive'; count: number }
  | { code: 'contract'; mbps: number }
  | { code: 'slow'; percent: number }
  /** Below the target again and again, by a cumulative sum over this many planned tests; told when the month is closed. */
  | { code: 'chronic'; count: number }
  /** The interval of the share holds the share that is asked for: chance alone may have decided. */
  | { code: 'close' };
export interface ComplianceException {
  ap: string;
  site: string;
  site_name: string;
  region: string;
  verdict: Exclude<ComplianceVerdict, 'met'>;
  coverage_pct: number | null;
  share_pct: number | null;
  causes: ComplianceCause[];
  /** What people wrote of that month, oldest first, as it stands now: no part of the issue or of its sum. */
  notes?: Pick<SiteNote, 'at' | 'text' | 'by'>[];
  /** IANA, of the site, where it has notes. */
  zone?: string;
}
/** An episode of the rule *slow* that only late data told of; it belongs to the month in which it began. */
export interface ComplianceRetro {
  ap: string;
  site: string;
  site_name: string;
  region: string;
  /** IANA, of the site. */
  zone: string;
  since: number;
  until: number;
}
/** Revision 1 is the first issue; later ones came with data that arrived after the month was closed. */
export interface ComplianceRevision {
  revision: number;
  closed_at: number;
  sha256: string;
  /** Access points whose figures changed, and those of them whose verdict did; 0 in the first issue. */
  changed: number;
  verdicts_changed: number;
}
export interface ComplianceTrend {
  month: string;
  met: number;
  not_met: number;
  not_enough_data: number;
}
/** GET /api/v1/reports. */
export interface ReportMonth {
  month: string;
  /** Null before the month is closed. */
  revision: number | null;
  closed_at: number | null;
}
