/** Why: messages that are not about one alert: many at once in a digest, and what is wrong with Carrel itself. */
import { type JsonObject, type Language, numberIn, type Severity, textIn } from '#contract';
import { leadText, monthName, PAPER_WORDS } from '../report/paper-words.ts';
import { troubleOf } from '../said/said.ts';
import { say } from '../said/say.ts';
import { oneLine } from './escape.ts';
import { type Message, type MessageInput, messageOf, webhookBody } from './message.ts';
import { wordsOf } from './words/index.ts';

interface Frame {
  lang: Language;
  severity: Severity;
  publicUrl: string;
  uncertain: boolean;
}

/** A digest of more would be read by nobody; the page has them all. */
const SHOWN = 50;

/** One line per incident, those that go on first; an incident that began and ended is told once. */
export function digestMessage(inputs: readonly MessageInput[], frame: Frame): { message: Message; data: object } {
  const words = wordsOf(frame.lang);
  const newest = new Map(inputs.map((input) => [input.alert.id, input]));
  const sorted = [...newest.values()].toSorted(
    (a, b) => Number(isOver(a)) - Number(isOver(b)) || a.alert.since - b.alert.since,
  );
  const line = (input: MessageInput): string => {
    const title = messageOf({ ...input, kind: 'firing', unackedMinutes: null }).title;
    const zone = input.site?.zone ?? input.zone ?? 'UTC';
    return `${words.format.dateTime(input.alert.since, zone)}: ${title} (${isOver(input) ? words.digest.over : words.digest.open})`;
  };
  const lines = sorted.slice(0, SHOWN).map(line);
  if (sorted.length > SHOWN) lines.push(words.digest.more(sorted.length - SHOWN));
  const title = words.digest.title(sorted.length);
  const message: Message = {
    lang: frame.lang,
    kind: 'digest',
    severity: frame.severity,
    title,
    remarks: frame.uncertain ? [words.uncertain] : [],
    facts: [],
    sections: [{ heading: words.headings.next, lines: [words.next.look] }].concat({ heading: title, lines }).reverse(),
    link: { label: words.links.open, url: `${frame.publicUrl}/alerts` },
    act: null,
    short: `${title}. ${lines[0] ?? ''}`,
  };
  const items = inputs.map((input) => webhookBody(input, messageOf(input)));
  return { message, data: { version: 1, kind: 'digest', title, items, possibly_repeated: frame.uncertain } };
}

function isOver({ alert }: MessageInput): boolean {
  return alert.resolved_at !== null;
}

/** What a notice is about, as a page. */
function pathOf(detail: JsonObject, lang: Language): string {
  const code = textIn(detail, 'code', 20);
  if (code === 'nobody') return `/alerts/${numberIn(detail, 'incident', 1, 9e15) ?? ''}`;
  if (code !== 'report') return '/settings?part=telling';
  const revision = numberIn(detail, 'revision', 1, 1e6);
  return `/reports/${encodeURIComponent(textIn(detail, 'month', 7) ?? '')}?lang=${lang}${revision === undefined ? '' : `&revision=${revision}`}`;
}

function reportTold(detail: JsonObject, lang: Language): [string, string] {
  const { notices } = wordsOf(lang);
  const paper = PAPER_WORDS[lang];
  const n = (name: string): number => numberIn(detail, name, 0, 1e9) ?? 0;
  const month = monthName(textIn(detail, 'month', 7) ?? '', paper);
  const figures = { met: n('met'), not_met: n('not_met'), not_enough_data: n('not_enough_data') };
  const title = n('revision') > 1 ? notices.reportRevised(month, n('revision')) : notices.report(month);
  return [title, leadText(figures, paper)];
}

/** `detail.code`: failing, works, nobody, gap, report, test. Times inside are UTC: Carrel itself has no zone. */
export function noticeMessage(detail: JsonObject, frame: Frame): { message: Message; data: object } {
  const words = wordsOf(frame.lang);
  const { notices, format } = words;
  const text = (name: string): string => textIn(detail, name, 300) ?? '';
  const at = (name: string): string => `${format.dateTime(numberIn(detail, name, 0, 9e15) ?? 0, 'UTC')} UTC`;
  const inZone = (name: string): string =>
    format.dateTime(numberIn(detail, name, 0, 9e15) ?? 0, textIn(detail, 'zone', 64) ?? 'UTC');
  const said: Readonly<Record<string, () => [string, string]>> = {
    failing: () => [
      notices.failing(text('receiver')),
      notices.failingText(say(troubleOf(detail['error']), frame.lang, 'UTC'), at('since')),
    ],
    works: () => [
      notices.works(text('receiver')),
      notices.worksText(format.duration(numberIn(detail, 'ms', 0, 9e15) ?? 0)),
    ],
    nobody: () => [notices.nobodyReacted(text('title')), words.next.look],
    gap: () => [notices.gap(text('rotation'), inZone('from'), inZone('to')), ''],
    report: () => reportTold(detail, frame.lang),
    certificate: () => [notices.certificate(text('name'), at('at')), ''],
    test: () => [notices.test, notices.testText],
  };
  const [title, sentence] = said[text('code')]?.() ?? ['Carrel', ''];
  const message: Message = {
    lang: frame.lang,
    kind: 'notice',
    severity: frame.severity,
    title: oneLine(title),
    remarks: [...(sentence ? [sentence] : []), ...(frame.uncertain ? [words.uncertain] : [])],
    facts: [],
    sections: [],
    link: {
      label: text('code') === 'report' ? oneLine(title) : 'Carrel',
      url: `${frame.publicUrl}${pathOf(detail, frame.lang)}`,
    },
    act: null,
    short: oneLine(`${title}. ${sentence}`),
  };
  return { message, data: { version: 1, kind: 'notice', title: message.title, text: sentence, code: text('code') } };
}
