/** Why: every sentence that people are sent, as one shape; each language is one object of it (en.ts, lt.ts, ru.ts). */
import type { AlertRule, Severity } from '#contract';
import type { Format } from '../../said/format.ts';

/** What a title is made of. `place` is the library, with the line's name where it has several. */
export interface TitleParts {
  rule: AlertRule;
  place: string;
  target: string;
  /** Newest measured value; null where there is none. */
  value: string | null;
  /** What the incident says of itself, in this language. */
  told: string;
}

export interface Words {
  format: Format;
  title(parts: TitleParts): string;
  prefix: { resolved: string; closed: string; update: string; reminder: string; test: string };
  /** It began and ended before it could be told: `Was below 30 Mb/s 09:10-10:05: ...`. */
  past(title: string, from: string, to: string): string;
  labels: {
    site: string;
    provider: string;
    measured: string;
    contract: string;
    since: string;
    until: string;
    confirmed: string;
    excluded: string;
    others: string;
    cause: string;
    urgency: string;
  };
  headings: { why: string; tests: string; next: string };
  measured(parts: { median: string; tests: number; below: number; target: string; best: string }): string;
  after(duration: string): string;
  confirmed: {
    retests(n: number): string;
    servers(n: number): string;
    span(duration: string): string;
    silence: string;
  };
  excluded: {
    othersCounted(most: string): string;
    othersUnknown: string;
    cpu(percent: number): string;
    inconclusive(n: number): string;
  };
  others(n: number, provider: string): string;
  nobodyElse(provider: string): string;
  causes: Record<'unknown' | 'power' | 'lan' | 'access_line' | 'provider' | 'server' | 'agent', string>;
  revised: string;
  urgency: Record<Severity, string>;
  openUntil(time: string): string;
  closedUntil(at: string): string;
  closed: string;
  test: {
    below: string;
    passed: string;
    inconclusive: string;
    notMeasured: string;
    download: string;
    retest: string;
    others(rate: string): string;
    othersUnknown: string;
  };
  next: {
    nothing: string;
    power: string;
    call(provider: string): string;
    callWithTests(provider: string): string;
    othersCounted: string;
    othersUnknown: string;
    contractLow(contract: string): string;
    group(provider: string): string;
    groupElsewhere: string;
    uplink: string;
    look: string;
    /** For what is not about the line itself. */
    rules: Record<Exclude<AlertRule, 'slow' | 'dark' | 'group' | 'quality'>, string>;
    quality(provider: string): string;
    acknowledge: string;
  };
  theProvider: string;
  reminder(minutes: number): string;
  ackEnded: string;
  uncertain: string;
  /** A receiver takes less than there is to say. */
  tooLong: string;
  member(name: string, since: string): string;
  moreMembers(n: number): string;
  /** How a group stands while it goes on. */
  groupNow(lasting: number, recovered: number): string;
  links: { open: string; act: string };
  /** The page behind a link in a message. */
  act: {
    title: string;
    what: string;
    howLong: string;
    ack: string;
    silence: string;
    closedToday: string;
    openToday: string;
    note: string;
    testNow: string;
    hours(n: number): string;
    hoursUntil(hours: string, until: string): string;
    untilOpens(at: string): string;
    untilCloses(at: string): string;
    acked(until: string): string;
    silenced(until: string): string;
    closed(until: string): string;
    opened: string;
    notClosed: string;
    noSite: string;
    closedReason: string;
    silenceReason(incident: number): string;
    noted: string;
    tested: string;
    noTest: string;
    over: string;
    expired: string;
    used: string;
    wrong: string;
    wrongForm: string;
    already: string;
  };
  digest: {
    title(n: number): string;
    open: string;
    over: string;
    more(n: number): string;
  };
  notices: {
    failing(receiver: string): string;
    failingText(error: string, since: string): string;
    works(receiver: string): string;
    worksText(duration: string): string;
    nobodyReacted(title: string): string;
    gap(rotation: string, from: string, to: string): string;
    certificate(name: string, at: string): string;
    report(month: string): string;
    reportRevised(month: string, revision: number): string;
    test: string;
    testText: string;
  };
}
