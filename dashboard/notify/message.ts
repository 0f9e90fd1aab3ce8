/** Why: what the person on call reads, decided in one pure place: title, text, HTML mail and the webhook's body. */
import type { AlertView, Site, TestView } from '#contract';
import { clockTime, dateTime, duration, mbps, measured } from '../alert/words.ts';

export interface MessageInput {
  kind: 'firing' | 'resolved';
  alert: AlertView;
  /** Null when the registry no longer knows it. */
  site: Site | null;
  targetMbps: number;
  /** Base of links, without a trailing slash. */
  publicUrl: string;
}
export interface Message {
  title: string;
  /** One fact or instruction each. */
  text: string;
  html: string;
  link: string;
}

/** The message of one transition. The same input gives the same text: repeats are true repeats. */
export function messageOf(input: MessageInput): Message {
  const { kind, alert, publicUrl } = input;
  const title = oneLine(kind === 'resolved' ? `Resolved: ${alert.title}` : alert.title);
  const link = `${publicUrl}/alerts/${alert.id}`;
  const facts = factsOf(input);
  const tests = alert.evidence.map((test) => testLine(test, zoneOf(input)));
  const next = kind === 'firing' ? nextSteps(input) : ['Nothing to do.'];
  const text = [
    title,
    '',
    ...facts.map(([name, value]) => `${name}: ${value}`),
    '',
    'Why we say so',
    ...alert.reasons.map((reason) => `- ${reason}`),
    ...(tests.length > 0 ? ['', 'Tests', ...tests.map((line) => `- ${line}`)] : []),
    '',
    'What to do next',
    ...next.map((step) => `- ${step}`),
    '',
    link,
    '',
  ].join('\n');
  return { title, text, html: htmlOf(title, facts, alert.reasons, tests, next, link), link };
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
    text: message.text,
    link: message.link,
    site,
    site_name,
    access_point: ap,
    target_mbps: targetMbps,
    since,
    fired_at,
    resolved_at: kind === 'resolved' ? resolved_at : null,
    reasons,
    evidence,
  };
}

function zoneOf({ site }: MessageInput): string {
  return site?.zone ?? 'UTC';
}

function factsOf(input: MessageInput): [string, string][] {
  const { kind, alert, site, targetMbps } = input;
  const zone = zoneOf(input);
  const facts: [string, string][] = [
    ['Site', site ? [site.name, site.region].filter(Boolean).join(', ') : alert.site_name],
  ];
  if (site?.isp) facts.push(['Provider', site.isp]);
  const lows = alert.evidence.filter((test) => test.verdict === 'fail');
  const newest = alert.rule === 'slow' ? alert.evidence.at(-1) : undefined;
  if (newest?.rate_mbps != null)
    facts.push([
      'Measured',
      `${measured(newest.rate_mbps)} at ${clockTime(newest.at, zone)}, ${lows.length} tests below the target of ${mbps(targetMbps)}`,
    ]);
  if (site?.contract_mbps != null && alert.rule === 'slow') facts.push(['Contract', mbps(site.contract_mbps)]);
  facts.push(['Since', `${dateTime(alert.since, zone)} (${zone})`]);
  if (kind === 'resolved' && alert.resolved_at !== null)
    facts.push(['Until', `${dateTime(alert.resolved_at, zone)}, after ${duration(alert.resolved_at - alert.since)}`]);
  return facts;
}

/** `Thu 19 Nov 2026, 14:05: 11.2 Mb/s, failed, tcp download, others' traffic 1.2 Mb/s, retest`. */
function testLine(test: TestView, zone: string): string {
  const rate = test.rate_mbps === null ? 'not measured' : measured(test.rate_mbps);
  const others = test.other_mbps === null ? "others' traffic unknown" : `others' traffic ${measured(test.other_mbps)}`;
  const retest = test.reason === 'confirm' || test.reason === 'recovery' ? ', retest' : '';
  return `${dateTime(test.at, zone)}: ${rate}, ${test.verdict === 'fail' ? 'below' : 'passed'}, ${test.method} download, ${others}${retest}`;
}

function nextSteps({ alert, site }: MessageInput): string[] {
  const provider = site?.isp || 'the provider';
  if (alert.rule === 'dark') {
    return [
      'Ask the library whether it has power and whether the router is on.',
      `If it has, call ${provider}.`,
      'Acknowledge it, so that others know you have it.',
    ];
  }
  const below = site?.contract_mbps != null && site.contract_mbps < (alert.evidence.at(-1)?.target_mbps ?? 0);
  return [
    below
      ? `The contract promises less than the target (${mbps(site?.contract_mbps ?? 0)}); the provider may be right.`
      : `Call ${provider} with the tests above; ${othersKnown(alert) ? 'what others used at the time is counted in' : 'the probe could not see what others used at the time'}.`,
    'Acknowledge it, so that others know you have it. It can wait until working hours.',
  ];
}

/** A provider asks first whether visitors were using the line: the letter must not claim what the probe cannot see. */
function othersKnown(alert: AlertView): boolean {
  return alert.evidence.some((test) => test.verdict === 'fail' && test.other_mbps !== null);
}

function htmlOf(
  title: string,
  facts: [string, string][],
  reasons: string[],
  tests: string[],
  next: string[],
  link: string,
): string {
  const list = (items: string[]): string => `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
  const rows = facts
    .map(([name, value]) => `<tr><th align="left">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`)
    .join('');
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><body>',
    `<h1>${escapeHtml(title)}</h1>`,
    `<table cellpadding="4">${rows}</table>`,
    '<h2>Why we say so</h2>',
    list(reasons),
    ...(tests.length > 0 ? ['<h2>Tests</h2>', list(tests)] : []),
    '<h2>What to do next</h2>',
    list(next),
    `<p><a href="${escapeHtml(link)}">Open the alert</a></p>`,
    '</body></html>',
  ].join('\n');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Titles become mail subjects: no line break may start a header of its own. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
