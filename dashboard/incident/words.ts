/** Why: what the incident's own page says beyond the words of messages (dashboard/notify/words), as one shape with one object per language. */
import type { AlertRule, ChannelKind, DeliveryKind, DeliveryState, Language } from '#contract';
import type { LineAction } from './changes.ts';
import { en } from './words-en.ts';
import { lt } from './words-lt.ts';
import { ru } from './words-ru.ts';

export interface IncidentWords {
  incident(id: number): string;
  all: string;
  refresh: string;
  rule: Record<AlertRule, string>;
  over: string;
  since(at: string, age: string): string;
  lasted(from: string, to: string, age: string): string;
  last(value: string, at: string): string;
  canWait: string;
  cannotWait: string;
  openUntil(at: string, left: string): string;
  openAlways: string;
  closedUntil(at: string, left: string): string;
  closed: string;
  someOpen(open: number, of: number): string;
  allClosed(n: number, at: string, left: string): string;
  libraries(n: number, name: string): string;
  taken(who: string, until: string): string;
  silenced(until: string, who: string, reason: string): string;
  why: string;
  tests: string;
  near: { provider: string; here: string; some: string };
  nearIn(region: string, bad: number, total: number, isp: string): string;
  nearElsewhere(bad: number, total: number): string;
  nearAll(bad: number, total: number, isp: string): string;
  members: string;
  /** How many are not shown. */
  moreMembers(n: number): string;
  /** Lines of a log that are not shown. */
  earlier(n: number): string;
  chart: {
    title: string;
    group: string;
    line(tests: number, below: number, gone: string): string;
    lines(n: number, of: number): string;
  };
  now: string;
  target(mbps: string): string;
  table: string;
  time: string;
  what: string;
  connected: string;
  noInternet: string;
  nothingHeard: string;
  provider: string;
  contract: string;
  toSite: string;
  changed: string;
  nothingChanged: string;
  change: {
    started(agent: string): string;
    restarted(agent: string): string;
    edited(who: string, action: string): string;
  };
  action: Readonly<Record<LineAction, string>>;
  told: string;
  toldNobody: string;
  fired: string;
  acked(who: string): string;
  resolved: string;
  sentTo(channel: string, target: string | null): string;
  channel: Record<ChannelKind, string>;
  kind: Record<DeliveryKind, string>;
  delivery: Record<DeliveryState, string>;
  next(at: string): string;
  notes: string;
  noNotes: string;
  add: string;
  actions: string;
  gotIt: string;
  until(at: string): string;
  orSilence: string;
  minutes15: string;
  hour: string;
  untilAt(at: string): string;
  other: string;
  more: string;
  testCost(mb: string): string;
  mayNotAct: string;
  /** For the script: what it says while there is no connection. */
  live: Record<'sending' | 'willSend' | 'refused' | 'offline' | 'standing' | 'minutes' | 'hours', string>;
}

export const INCIDENT_WORDS: Readonly<Record<Language, IncidentWords>> = { en, lt, ru };
