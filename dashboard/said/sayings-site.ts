/** Why: what can be said of a site, its probe and those around it, as codes with their figures. Kept in the state database: fields are only added. */
import type { AlertRule } from '#contract';

/** What is wrong with a probe, a line or a server, with its figure. `text`: as an older version wrote it, English. */
export type Fault =
  | { kind: 'hot'; celsius: number }
  | { kind: 'disk' | 'memory'; percent: number }
  | { kind: 'voltage' }
  | { kind: 'loss'; percent: number }
  | { kind: 'rtt'; ms: number }
  /** Above 0: it is fast. */
  | { kind: 'skew'; ms: number }
  | { kind: 'weak_tests'; n: number }
  | { kind: 'agent'; version: string }
  | { kind: 'low_sites'; low: number; sites: number }
  /** `error`: a database's own words. */
  | { kind: 'refused'; error: string }
  | { kind: 'text'; text: string };

/** What members of a group share. */
export interface GroupKey {
  kind: 'isp' | 'region' | 'server' | 'uplink';
  /** Empty for `uplink`. */
  name: string;
}
/** An alias: an interface would be no JsonObject. */
type Share = { seen: number; samples: number; ms: number };

/** Moments and stretches in ms. */
export interface SiteSayings {
  'dark.title': { place: string };
  'dark.no_probe': object;
  'dark.probe_gone': object;
  'dark.never': object;
  'dark.last_sign': { at: number; ms: number; connection: 'stands' | 'broke' | 'closed' };
  'dark.so_far': { limit: number; silence: number };
  'dark.closed': object;
  'dark.grace': { at: number };
  'dark.silent': { silence: number; limit: number };
  'dark.ends_when': object;
  'dark.ended': { at: number; silent: number | null };
  'dark.rule': { after: number };

  'cause.power': { samples: number; expected: number };
  'cause.agent': object;
  'cause.waiting': object;
  'cause.worked': { working: number; samples: number };
  'cause.lan': Share;
  'cause.access_line': Share;
  'cause.names': Share;
  'cause.internet': Share;
  'cause.server': Share;

  'group.title': { trouble: 'dark' | 'slow'; n: number; of: number; key: GroupKey };
  'group.begun': { n: number; of: number; key: GroupKey; since: number };
  'group.covers': object;
  'group.recovered': { n: number; of: number };
  'group.ends_when': object;

  'device.title': { place: string; faults: readonly Fault[] };
  'device.lasts': { faults: readonly Fault[]; ms: number };
  'device.effect': object;
  'quality.title': { place: string; faults: readonly Fault[] };
  'quality.lasts': { faults: readonly Fault[]; ms: number };
  'quality.effect': object;
  'budget.title': { place: string };
  'budget.spent': { at: number };
  'budget.advice': object;
  'weak.title': { place: string };
  'weak.limited': { faults: readonly Fault[] };
  'silent.title': { place: string };
  'silent.no_valid': { since: number | null };
  'cloned.title': { place: string };
  'cloned.both': { probe: string };
  'outdated.title': { place: string };
  'outdated.agent': { faults: readonly Fault[]; current: string };
  'clock.title': { place: string; faults: readonly Fault[] };
  'clock.skew': { faults: readonly Fault[] };
  'database.title': { name: string };
  'database.refuses': { name: string; ms: number; faults: readonly Fault[] };
  'database.effect': object;
  'server.title': { server: string };
  'server.low': { faults: readonly Fault[] };
  /** The title of an incident that an older version stored without its facts. */
  'any.title': { rule: AlertRule; place: string };
  'any.over': object;
  'any.well': object;
  'any.so': { faults: readonly Fault[]; since: number | null };
  'any.unregistered': object;
  'any.declared_over': { who: string };

  /** `why`: as somebody typed it. */
  'site.closed_today': { why: string };
  /** `name`: as in the table of holidays. */
  'site.holiday': { name: string; provisional: boolean };
  'site.no_hours': object;
  'held.silenced': object;
  'held.maintenance': object;
  'held.inhibited': { incident: number | null };
  'held.gathering': object;
  'held.settling': { at: number };
  'held.told': object;
  'held.flapping': object;
  'held.chronic': object;
  /** One word each, for a list. */
  'overlay.silenced': object;
  'overlay.maintenance': object;
  'overlay.inhibited': object;
  'overlay.closed': object;
  'overlay.acknowledged': object;
  'overlay.flapping': object;
  'overlay.chronic': object;
  /** What is waited for. */
  'timer.retest': object;
  'timer.too_old': object;
  'timer.settling': object;
  'timer.grace': object;
}
