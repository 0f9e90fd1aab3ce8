/** Why: the lists of an alert's message: each test as one line, and what to do next in the order to do it. */
import type { AlertView, TestView } from '#contract';
import type { MessageInput } from './message.ts';
import type { Words } from './words/words.ts';

/** `Thu 19 Nov 2026, 14:05: 11.2 Mb/s, below, tcp download, others' traffic 1.2 Mb/s, retest`. */
export function testLine(test: TestView, words: Words, zone: string): string {
  const said = words.test;
  const parts = [
    test.rate_mbps === null ? said.notMeasured : words.format.measured(test.rate_mbps),
    { fail: said.below, pass: said.passed, inconclusive: said.inconclusive }[test.verdict],
    `${test.method} ${said.download}`,
    test.other_mbps === null ? said.othersUnknown : said.others(words.format.measured(test.other_mbps)),
    ...(test.reason === 'confirm' || test.reason === 'recovery' ? [said.retest] : []),
  ];
  return `${words.format.dateTime(test.at, zone)}: ${parts.join(', ')}`;
}

export function nextOf(input: MessageInput, words: Words): string[] {
  const { kind, alert } = input;
  if (kind !== 'firing' && kind !== 'update') return [words.next.nothing];
  return [...stepsOf(input, words), ...(alert.acknowledged_by === null ? [words.next.acknowledge] : [])];
}

function stepsOf({ alert, site, targetMbps }: MessageInput, { next, theProvider, format }: Words): string[] {
  const provider = site?.isp || theProvider;
  switch (alert.rule) {
    case 'dark':
      return [next.power, next.call(provider)];
    case 'slow': {
      const contract = site?.contract_mbps ?? null;
      if (contract !== null && contract < targetMbps) return [next.contractLow(format.mbps(contract))];
      const known = alert.evidence.some((test) => test.verdict === 'fail' && test.other_mbps !== null);
      return [`${next.callWithTests(provider)}; ${known ? next.othersCounted : next.othersUnknown}`];
    }
    case 'group':
      return [groupStep(alert, next)];
    case 'quality':
      return [next.quality(provider)];
    default:
      return [next.rules[alert.rule]];
  }
}

/** By what they share: `isp:Name`, `region:Name`, `server:name`, `uplink`. */
function groupStep({ ap, site_name }: AlertView, next: Words['next']): string {
  if (ap === 'uplink') return next.uplink;
  if (ap.startsWith('isp:')) return next.group(site_name);
  return ap.startsWith('server:') ? next.rules.server : next.groupElsewhere;
}
