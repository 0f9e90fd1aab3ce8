/** Why: what the person on call reads, decided in one pure place, in that person's language; each channel only dresses it. */
import type { AlertView, DeliveryKind, Language, Severity, Site, Span } from '#contract';
import { escapeHtml, oneLine } from './escape.ts';
import { factsOf } from './message-facts.ts';
import { nextOf, testLine } from './message-lines.ts';
import { wordsOf } from './words/index.ts';
import type { Words } from './words/words.ts';

export interface MessageInput {
  kind: 'firing' | 'update' | 'resolved' | 'closed' | 'past';
  alert: AlertView;
  /** Null when the registry no longer knows it, and for what is not about one site. */
  site: Site | null;
  /** Of what is not about one site. */
  zone?: string | null;
  /** The library, with the line's name where it has several. */
  place: string;
  targetMbps: number;
  /** Base of links, without a trailing slash. */
  publicUrl: string;
  lang: Language;
  /** When it is open next or now, holidays and closed days heeded; null where that is not within a week. */
  openNext: Span | null;
  /** Moment of the message, for "open until". */
  now: number;
  /** Other access points of the same provider with an open incident; null where there is no provider. */
  others: number | null;
  /** Minutes since somebody was told first and nobody took it on; null in the first message. */
  unackedMinutes?: number | null;
  /** How loud it is, where that differs from the alert's: news of what was told already wakes nobody. */
  severity?: Severity;
  /** An update because the acknowledgement ended. */
  ackEnded?: boolean;
  /** An earlier attempt may have arrived. */
  uncertain?: boolean;
  /** Where this receiver acts without signing in; null where it cannot. */
  actUrl?: string | null;
}
/** Ready to be dressed. All texts are without markup and may hold what somebody typed as a name: each channel escapes. */
export interface Message {
  lang: Language;
  kind: DeliveryKind;
  severity: Severity;
  /** One line. */
  title: string;
  /** Said before everything else: a reminder, a possible repeat. */
  remarks: string[];
  facts: [label: string, value: string][];
  sections: { heading: string; lines: string[] }[];
  link: { label: string; url: string } | null;
  act: { label: string; url: string } | null;
  /** Title and the one or two things to know, for where every sign costs. */
  short: string;
}

/** The message of one transition. The same input gives the same text: repeats are true repeats. */
export function messageOf(input: MessageInput): Message {
  const { kind, alert, publicUrl, lang, severity = alert.severity } = input;
  const words = wordsOf(lang);
  const title = oneLine(titleOf(input, words));
  const over = isOver(input);
  const act = input.actUrl != null && !over ? { label: words.links.act, url: input.actUrl } : null;
  const urgency = over ? words.next.nothing : words.urgency[severity];
  const zone = zoneOf(input);
  return {
    lang,
    kind,
    severity,
    title,
    remarks: remarksOf(input, words),
    facts: factsOf(input, words, zone),
    sections: sectionsOf(input, words, zone),
    link: { label: words.links.open, url: `${publicUrl}/alerts/${alert.id}` },
    act,
    short: `${title}. ${words.labels.since} ${words.format.time(alert.since, zone)}. ${urgency}`,
  };
}

/** It tells that something has ended. */
export function isOver({ kind }: { kind: DeliveryKind }): boolean {
  return kind === 'resolved' || kind === 'closed' || kind === 'past';
}

/** Plain text, as mail and most chats show it. */
export function textOf({ title, remarks, facts, sections, link, act }: Message): string {
  return [
    title,
    ...(remarks.length > 0 ? ['', ...remarks] : []),
    ...(facts.length > 0 ? ['', ...facts.map(([name, value]) => `${name}: ${value}`)] : []),
    ...sections.flatMap(({ heading, lines }) => ['', heading, ...lines.map((line) => `- ${line}`)]),
    '',
    ...(act ? [`${act.label}: ${act.url}`] : []),
    ...(link ? [`${link.label}: ${link.url}`] : []),
    '',
  ].join('\n');
}

export function htmlOf({ lang, title, remarks, facts, sections, link, act }: Message): string {
  const list = (items: string[]): string => `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
  const rows = facts
    .map(([name, value]) => `<tr><th align="left">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`)
    .join('');
  return [
    `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head><body>`,
    `<h1>${escapeHtml(title)}</h1>`,
    ...remarks.map((remark) => `<p>${escapeHtml(remark)}</p>`),
    ...(rows ? [`<table cellpadding="4">${rows}</table>`] : []),
    ...sections.flatMap(({ heading, lines }) => [`<h2>${escapeHtml(heading)}</h2>`, list(lines)]),
    ...[act, link].flatMap((one) =>
      one ? [`<p><a href="${escapeHtml(one.url)}">${escapeHtml(one.label)}</a></p>`] : [],
    ),
    '</body></html>',
  ].join('\n');
}

/** The webhook's JSON. Keys are only ever added. */
export function webhookBody(input: MessageInput, message: Message): object {
  const { kind, alert, targetMbps } = input;
  const { id, rule, ap, site, site_name, severity, reasons, evidence, since, fired_at, resolved_at } = alert;
  return {
    version: 1,
    kind,
    id,
    rule,
    severity,
    title: message.title,
    text: textOf(message),
    link: message.link?.url ?? null,
    act: message.act?.url ?? null,
    site,
    site_name,
    access_point: ap,
    target_mbps: targetMbps,
    since,
    fired_at,
    resolved_at: kind === 'firing' || kind === 'update' ? null : resolved_at,
    reasons,
    evidence,
    possibly_repeated: input.uncertain === true,
  };
}

function zoneOf({ site, zone }: MessageInput): string {
  return site?.zone ?? zone ?? 'UTC';
}

function titleOf(input: MessageInput, words: Words): string {
  const { kind, alert, place, targetMbps } = input;
  const newest = alert.rule === 'slow' ? alert.evidence.findLast((test) => test.verdict === 'fail') : undefined;
  const title = words.title({
    rule: alert.rule,
    place,
    target: words.format.mbps(targetMbps),
    value: newest?.rate_mbps == null ? null : words.format.measured(newest.rate_mbps),
    told: alert.title,
  });
  const zone = zoneOf(input);
  switch (kind) {
    case 'firing':
      return input.unackedMinutes == null ? title : `${words.prefix.reminder}${title}`;
    case 'update':
      return `${input.ackEnded ? words.prefix.reminder : words.prefix.update}${title}`;
    case 'resolved':
      return `${words.prefix.resolved}${title}`;
    case 'closed':
      return `${words.prefix.closed}${title}`;
    case 'past':
      return words.past(
        title,
        words.format.time(alert.since, zone),
        words.format.time(alert.resolved_at ?? alert.since, zone),
      );
  }
}

function remarksOf({ kind, alert, unackedMinutes, ackEnded, uncertain }: MessageInput, words: Words): string[] {
  const lasting = alert.members.filter(({ until }) => until === null).length;
  return [
    ...(kind === 'update' && alert.members.length > 0 ? [words.groupNow(lasting, alert.members.length - lasting)] : []),
    ...(unackedMinutes == null ? [] : [words.reminder(unackedMinutes)]),
    ...(ackEnded ? [words.ackEnded] : []),
    ...(uncertain ? [words.uncertain] : []),
  ];
}

const MEMBERS_SHOWN = 20;

function sectionsOf(input: MessageInput, words: Words, zone: string): Message['sections'] {
  const { alert } = input;
  // Of news, who is still in trouble; how many are not any more stands before it.
  const shown = input.kind === 'update' ? alert.members.filter(({ until }) => until === null) : alert.members;
  const members = shown
    .slice(0, MEMBERS_SHOWN)
    .map((one) => words.member(one.site_name, words.format.dateTime(one.since, zone)));
  if (shown.length > MEMBERS_SHOWN) members.push(words.moreMembers(shown.length - MEMBERS_SHOWN));
  const tests = alert.evidence.map((test) => testLine(test, words, zone));
  return [
    ...(alert.reasons.length > 0 ? [{ heading: words.headings.why, lines: alert.reasons }] : []),
    ...(members.length > 0 ? [{ heading: words.labels.others, lines: members }] : []),
    ...(tests.length > 0 ? [{ heading: words.headings.tests, lines: tests }] : []),
    { heading: words.headings.next, lines: nextOf(input, words) },
  ];
}
