/** Why: what is told about what is wrong: rules, incidents, causes, reasons, silences; the shapes of the JSON API. Times are ms since 1970. */
import type { ApState, ChronicView, Page, TestView } from './api.ts';
import type { DeliveryView } from './notify.ts';

/**
 * What can be wrong. `slow`: below the target. `dark`: not reachable. `silent`: its probe is connected and measures nothing. `quality`:
 * loss or latency. `device`: heat, disk, memory or power of the probe. `budget`: data budget spent. `clock`: wrong time. `weak`: the probe
 * cannot measure the target. `cloned`: two devices under one identity. `server`: a test server in trouble. `outdated`: old agent.
 * `database`: a store refuses. `group`: many access points with one cause.
 */
export const ALERT_RULES = [
  'slow',
  'dark',
  'silent',
  'quality',
  'device',
  'budget',
  'clock',
  'weak',
  'cloned',
  'server',
  'outdated',
  'database',
  'group',
] as const;
export type AlertRule = (typeof ALERT_RULES)[number];
/** Who was to blame for an outage, by what the probe stored while it was away; `unknown` until that has come. */
export const OUTAGE_CAUSES = ['unknown', 'power', 'lan', 'access_line', 'provider', 'server', 'agent'] as const;
export type OutageCause = (typeof OUTAGE_CAUSES)[number];
export interface CauseView {
  cause: OutageCause;
  /** It was told otherwise before. */
  revised: boolean;
  reasons: string[];
}
/** An access point in a group incident. */
export interface AlertMember {
  ap: string;
  site: string;
  site_name: string;
  since: number;
  /** Null while it lasts. */
  until: number | null;
}
/** `page`: somebody is woken; `ticket`: in working hours; `digest`: once a day. */
export type Severity = 'page' | 'ticket' | 'digest';
export type AlertCondition = 'firing' | 'resolved';
export interface AlertView {
  id: number;
  rule: AlertRule;
  /** The access point; for what is not about one, a key such as `isp:Name`, `server:main`, `store:duckdb`. */
  ap: string;
  /** Empty where it is not about one site. */
  site: string;
  site_name: string;
  condition: AlertCondition;
  severity: Severity;
  /** Title and sentences with evidence, as the person on call reads them. */
  title: string;
  reasons: string[];
  evidence: TestView[];
  since: number;
  fired_at: number;
  resolved_at: number | null;
  acknowledged_by: string | null;
  acknowledged_at: number | null;
  acknowledged_until: number | null;
  deliveries: DeliveryView[];
  /** The group incident that covers it; while it does, nobody is told of this one. */
  parent: number | null;
  /** Of a group. */
  members: AlertMember[];
  /** Of an outage; null for other rules. */
  cause: CauseView | null;
  /** How it ended: `closed`: its rule, site or probe is gone; `revised`: late data shows that it was not so. */
  ended: 'recovered' | 'closed' | 'revised' | null;
  /** It was over before anybody knew, so nobody was told. */
  retro: boolean;
  /** What keeps people from being told of one that lasts, or has them told in another way, in words. */
  overlays?: string[];
  /** Who has it, or has the incident that covers it; of one that lasts. */
  taken_by?: string | null;
  /** When the last silence or planned works end that hold it now, ms since 1970; of one that lasts, null where nothing does. */
  silenced_until?: number | null;
}
/** Of all that last and that who asks may see, one for each cause: each is in one of these. */
export interface AlertCounts {
  /** Nobody has it and nothing silences it. */
  need_action: number;
  /** Somebody has it and nothing silences it. */
  acknowledged: number;
  silenced: number;
}
/** GET /api/v1/alerts. */
export interface AlertPage extends Page<AlertView> {
  counts: AlertCounts;
}
/** GET /api/v1/alerts/explain?ap=: the chain of reasons for each rule, also when nothing fires. */
export interface AlertExplanation {
  ap: string;
  rules: {
    rule: AlertRule;
    condition: 'ok' | 'suspect' | 'firing' | 'unknown' | 'recovering' | 'no_data';
    reasons: string[];
    evidence: TestView[];
    /** The rule and its values here, in a sentence. */
    words?: string;
    /** What keeps people from being told, in words; the condition is judged all the same. */
    overlays?: string[];
    /** What is waited for, and until when. */
    timers?: { what: string; due: number }[];
    /** The incident that lasts. */
    incident?: number | null;
  }[];
  /** Null where the store did not answer. */
  chronic?: ChronicView | null;
}
export interface Silence {
  id: number;
  /** `maintenance`: planned work, by us or the provider. */
  kind?: 'silence' | 'maintenance';
  /** Of one access point, one site, a region or a provider; where all four are null, of everything. */
  ap: string | null;
  site: string | null;
  region?: string | null;
  isp?: string | null;
  /** Within `from` and `until` it holds only then. */
  weekly?: WeeklyHours | null;
  reason: string;
  by: string;
  from: number;
  until: number;
}

/** Some hours of some weekdays, by the clock of an IANA zone. */
export interface WeeklyHours {
  /** 0 = Monday. */
  days: readonly number[];
  /** Minutes after 00:00; it ends on the day after where `to` is not later than `from`. */
  from: number;
  to: number;
  zone: string;
}

/** One value that a rule may be given. */
export interface RuleParameter {
  name: string;
  rule: AlertRule;
  type: 'number' | 'switch' | 'word';
  description: string;
  unit: string | null;
  default: number | boolean | string;
  /** False: for all sites together only. */
  perSite: boolean;
  min?: number;
  max?: number;
  words?: readonly string[];
}
export type RuleValues = Readonly<Record<string, number | boolean | string>>;
/** What differs from the defaults: for all sites, for metered ones, for one site; the more specific wins. */
export interface RuleChanges {
  all: RuleValues;
  metered: RuleValues;
  sites: Readonly<Record<string, RuleValues>>;
}
/** GET /api/v1/rules; PUT replaces `page`. `file` wins over it. */
export interface RulesView {
  parameters: RuleParameter[];
  page: RuleChanges;
  file: RuleChanges | null;
}

/** One or more local days: closed in spite of weekly hours and holidays, or open on a holiday. */
export interface CalendarEntry {
  /** Null: all sites. */
  site: string | null;
  /** YYYY-MM-DD in the zone of the site, both days included. */
  from: string;
  to: string;
  reason: string;
  open: boolean;
  /** ms since 1970: when it was told, if its first day had begun by then; until then it was open as planned. Set by the server. */
  since?: number;
}
/** GET and POST /api/v1/sites/:site/closed-today. */
export interface ClosedToday {
  /** Somebody closed the library for this very day. */
  closed: boolean;
  /** Of the answer to POST: nobody is called before. */
  until: number | null;
}
/** GET and PUT /api/v1/calendar. */
export interface CalendarView {
  entries: CalendarEntry[];
  /** Of all entries, also those that the asker does not see. Sent back as If-Match, it keeps a change of somebody else. */
  version: string;
  year: number;
  /** Those that the sites are in. */
  countries: string[];
  /** Of that year. `provisional`: by the moon, may be announced a day off. */
  holidays: { country: string; date: string; name: string; provisional: boolean }[];
}

/** The mark under which an incident of a rule is shown. */
export const RULE_STATE: Readonly<Record<AlertRule, ApState>> = {
  slow: 'below',
  dark: 'offline',
  silent: 'nodata',
  quality: 'below',
  device: 'nodata',
  budget: 'nodata',
  clock: 'nodata',
  weak: 'nodata',
  cloned: 'nodata',
  server: 'below',
  outdated: 'nodata',
  database: 'offline',
  group: 'offline',
};

/** The title of an alert or of its message where the name of its library stands above it already. */
export const withoutPlace = (title: string, place: string): string =>
  place === '' ? title : title.replace(`: ${place}, `, ': ').replace(`: ${place}`, '');
