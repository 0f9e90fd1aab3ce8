/** Why: the facts of an alert, each with its evidence: what, how much, since when, what confirms it, what was excluded, who else. */
import type { TestView } from '#contract';
import { isOver, type MessageInput } from './message.ts';
import type { Words } from './words/words.ts';

const WEEK_MS = 7 * 86_400_000;

export function factsOf(input: MessageInput, words: Words, zone: string): [string, string][] {
  const { alert, site } = input;
  const { labels } = words;
  const over = isOver(input);
  const facts: [string, string | null][] = [
    [labels.site, site ? [site.name, site.region].filter(Boolean).join(', ') : alert.site && alert.site_name],
    [labels.provider, site?.isp || null],
    [labels.measured, measuredOf(input, words)],
    [
      labels.contract,
      site?.contract_mbps != null && alert.rule === 'slow' ? words.format.mbps(site.contract_mbps) : null,
    ],
    [labels.since, `${words.format.dateTime(alert.since, zone)} (${zone})`],
    [
      labels.until,
      over && alert.resolved_at !== null
        ? `${words.format.dateTime(alert.resolved_at, zone)}, ${words.after(words.format.duration(alert.resolved_at - alert.since))}`
        : null,
    ],
    [labels.confirmed, confirmedBy(input, words)],
    [labels.excluded, excludedOf(input, words)],
    [
      labels.cause,
      alert.cause ? `${words.causes[alert.cause.cause]}${alert.cause.revised ? ` (${words.revised})` : ''}` : null,
    ],
    [labels.others, over ? null : othersOf(input, words)],
    [labels.urgency, over ? null : urgencyOf(input, words, zone)],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null && fact[1] !== '');
}

function judged({ alert }: MessageInput): (TestView & { rate_mbps: number })[] {
  return alert.evidence.filter(
    (test): test is TestView & { rate_mbps: number } => test.verdict !== 'inconclusive' && test.rate_mbps !== null,
  );
}

function measuredOf(input: MessageInput, words: Words): string | null {
  const tests = judged(input);
  if (input.alert.rule !== 'slow' || tests.length === 0) return null;
  const rates = tests.map((test) => test.rate_mbps).toSorted((a, b) => a - b);
  return words.measured({
    median: words.format.measured(rates[Math.floor((rates.length - 1) / 2)] ?? 0),
    tests: tests.length,
    below: tests.filter((test) => test.verdict === 'fail').length,
    target: words.format.mbps(input.targetMbps),
    best: words.format.measured(rates.at(-1) ?? 0),
  });
}

function confirmedBy(input: MessageInput, words: Words): string | null {
  if (input.alert.rule === 'dark') return words.confirmed.silence;
  const tests = judged(input).filter((test) => test.verdict === 'fail');
  const [first, last] = [tests[0], tests.at(-1)];
  if (!first || !last) return null;
  const retests = tests.filter((test) => test.reason === 'confirm').length;
  return [
    retests > 0 ? words.confirmed.retests(retests) : null,
    words.confirmed.servers(new Set(tests.map((test) => test.server)).size),
    last.at > first.at ? words.confirmed.span(words.format.duration(last.at - first.at)) : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

/** A provider asks first whether visitors were using the line: nothing is claimed that the probe cannot see. */
function excludedOf(input: MessageInput, words: Words): string | null {
  const lows = judged(input).filter((test) => test.verdict === 'fail');
  if (lows.length === 0) return null;
  const others = lows.map((test) => test.other_mbps).filter((rate) => rate !== null);
  const cpu = lows.map((test) => test.cpu_pct).filter((percent) => percent !== null);
  const inconclusive = input.alert.evidence.filter((test) => test.verdict === 'inconclusive').length;
  return [
    others.length > 0
      ? words.excluded.othersCounted(words.format.measured(Math.max(...others)))
      : words.excluded.othersUnknown,
    cpu.length > 0 ? words.excluded.cpu(Math.round(Math.max(...cpu))) : null,
    inconclusive > 0 ? words.excluded.inconclusive(inconclusive) : null,
  ]
    .filter((part) => part !== null)
    .join('; ');
}

function othersOf({ others, site }: MessageInput, words: Words): string | null {
  if (others === null || !site?.isp) return null;
  return others > 0 ? words.others(others, site.isp) : words.nobodyElse(site.isp);
}

function urgencyOf({ alert, site, openNext, now }: MessageInput, words: Words, zone: string): string {
  const urgency = words.urgency[alert.severity];
  if (!site) return urgency;
  if (!openNext) return `${urgency} ${words.closed}`;
  const [from, to] = openNext;
  if (from > now) return `${urgency} ${words.closedUntil(words.format.dateTime(from, zone))}`;
  return to >= now + WEEK_MS ? urgency : `${urgency} ${words.openUntil(words.format.time(to, zone))}`;
}
