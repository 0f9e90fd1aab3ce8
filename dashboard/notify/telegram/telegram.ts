/**
 * Why: a Telegram chat by a bot. https://core.telegram.org/bots/api#sendmessage: 4,096 signs after entities, HTML with four entities to
 * escape, one message a second and 20 a minute per group; a 429 says how long to wait in its body.
 */
import { integerIn, isObject, parseJson, textIn } from '#contract';
import { httpChannel, httpUrl, JSON_TYPE, matching, type Post, plain, secret } from '../channel.ts';
import { cut, quietMentions } from '../escape.ts';
import { type HttpAnswer, outcomeOfAnswer } from '../http-post.ts';
import type { Message } from '../message.ts';
import type { Outcome } from '../outcome.ts';

const TEXT = 4096;
const chat = matching(/^(-?\d{1,20}|@[A-Za-z0-9_]{5,32})$/, 'a chat number or @channelname');

export const telegram = httpChannel({
  kind: 'telegram',
  fields: [
    secret('token', '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11', matching(/^\d{3,20}:[\w-]{20,80}$/, 'NUMBER:TEXT')),
    plain('chat', '-1001234567890', chat, false),
    plain('thread', '4', matching(/^\d{1,12}$/, 'a number'), false),
    plain('api', 'https://api.telegram.org', httpUrl, false),
  ],
  address: { example: '123456789', wrong: chat },
  rate: { perS: 1 / 3, burst: 3 },
  dropsRepeats: false,
  digests: true,
  request: (post, { config, secrets }) => ({
    url: `${(config['api'] || 'https://api.telegram.org').replace(/\/+$/, '')}/bot${secrets['token'] ?? ''}/sendMessage`,
    headers: JSON_TYPE,
    body: JSON.stringify(telegramBody(post, post.address ?? config['chat'] ?? '', config['thread'])),
  }),
  judge: judgeTelegram,
});

export function telegramBody({ message }: Pick<Post, 'message'>, chatId: string, thread?: string): object {
  const buttons = [message.act, message.link].flatMap((one) =>
    // Telegram refuses buttons to addresses without a public name.
    one && /^https:/.test(one.url) ? [[{ text: one.label, url: one.url }]] : [],
  );
  return {
    chat_id: chatId,
    ...(thread ? { message_thread_id: Number(thread) } : {}),
    parse_mode: 'HTML',
    text: telegramText(message, buttons.length === 0),
    link_preview_options: { is_disabled: true },
    disable_notification: message.severity === 'digest',
    ...(buttons.length > 0 ? { reply_markup: { inline_keyboard: buttons } } : {}),
  };
}

/** Lines are left out from the end until what a reader sees fits. */
function telegramText(message: Message, withLinks: boolean): string {
  const lines = [
    { seen: message.title, html: `<b>${html(cut(message.title, 400))}</b>` },
    ...message.remarks.map((text) => ({ seen: text, html: html(text) })),
    ...message.facts.map(([name, value]) => ({
      seen: `${name}: ${value}`,
      html: `<b>${html(name)}</b>: ${html(value)}`,
    })),
    ...message.sections.flatMap(({ heading, lines: inner }) => [
      { seen: `\n${heading}`, html: `\n<b>${html(heading)}</b>` },
      ...inner.map((line) => ({ seen: `- ${line}`, html: `- ${html(line)}` })),
    ]),
    ...(withLinks && message.link ? [{ seen: message.link.url, html: html(message.link.url) }] : []),
  ];
  let left = TEXT - 2;
  const kept: string[] = [];
  for (const line of lines) {
    left -= quietMentions(line.seen).length + 1;
    if (left < 0) return [...kept, '…'].join('\n');
    kept.push(line.html);
  }
  return kept.join('\n');
}

function html(text: string): string {
  return quietMentions(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** `{ok, description, parameters: {retry_after}}`. */
function judgeTelegram(answer: HttpAnswer): Outcome {
  const outcome = outcomeOfAnswer(answer);
  const said = parseJson(answer.body);
  if (outcome.kind === 'sent' || !isObject(said)) return outcome;
  const words = (textIn(said, 'description', 500) ?? '').slice(0, 120);
  const error = { code: 'trouble.answered', status: answer.status, words } as const;
  const parameters = said['parameters'];
  const wait = isObject(parameters) ? integerIn(parameters, 'retry_after', 0, 3600) : undefined;
  return outcome.kind === 'retry'
    ? { ...outcome, error, afterMs: wait === undefined ? outcome.afterMs : wait * 1000 }
    : { ...outcome, error };
}
