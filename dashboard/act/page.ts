/** Why: the page behind a link in a message: what it is about and what can be done, as plain HTML that needs no script. */
import { escapeHtml } from '../notify/escape.ts';
import type { Message } from '../notify/message.ts';
import type { Words } from '../notify/words/words.ts';

export interface ActPage {
  words: Words;
  /** Null where there is nothing to show: the link has ended or is wrong. */
  message: Message | null;
  /** What has just been done, or why nothing was. */
  said: { text: string; wrong: boolean } | null;
  /** Where the forms go; null where nothing can be done (any more). */
  action: string | null;
  /** Ends of a silence. */
  silences: { value: string; label: string }[];
  /** Ends of an acknowledgement, hours, with when that is. */
  acks: { value: string; label: string }[];
  canTest: boolean;
  /** Address of the incident in the signed-in page. */
  open: string;
}

export function actHtml({ words, message, said, action, silences, acks, canTest, open }: ActPage): string {
  const { act } = words;
  const title = message?.title ?? act.title;
  const form = (name: string, inner: string): string =>
    `<form method="post" action="${escapeHtml(action ?? '')}"><input type="hidden" name="do" value="${name}">${inner}</form>`;
  const options = (list: ActPage['acks']): string =>
    list.map(({ value, label }) => `<option value="${escapeHtml(value)}">${escapeHtml(label)}</option>`).join('');
  const forms = [
    `<h2>${escapeHtml(act.what)}</h2>`,
    form(
      'ack',
      `<select name="for" aria-label="${escapeHtml(act.howLong)}">${options(acks)}</select><button class="go">${escapeHtml(act.ack)}</button>`,
    ),
    form(
      'silence',
      `<select name="for" aria-label="${escapeHtml(act.howLong)}">${options(silences)}</select><button>${escapeHtml(act.silence)}</button>`,
    ),
    form('closed', `<button>${escapeHtml(act.closedToday)}</button>`),
    ...(canTest ? [form('test', `<button>${escapeHtml(act.testNow)}</button>`)] : []),
    form(
      'note',
      `<textarea name="text" rows="2" maxlength="500" required aria-label="${escapeHtml(act.note)}"></textarea><button>${escapeHtml(act.note)}</button>`,
    ),
  ];
  return [
    `<!doctype html><html lang="${message?.lang ?? 'en'}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">',
    `<title>${escapeHtml(title)} · Carrel</title><link rel="stylesheet" href="/a/act.css"></head><body>`,
    '<header>Carrel</header><main>',
    ...(said ? [`<p class="said${said.wrong ? ' wrong' : ''}" role="status">${escapeHtml(said.text)}</p>`] : []),
    ...(message ? [`<h1>${escapeHtml(message.title)}</h1>`, factsHtml(message)] : []),
    ...(action === null ? [] : forms),
    `<p><a href="${escapeHtml(open)}">${escapeHtml(words.links.open)}</a></p>`,
    '</main></body></html>',
  ].join('\n');
}

function factsHtml({ facts }: Message): string {
  const rows = facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<dl>${rows.join('')}</dl>`;
}
