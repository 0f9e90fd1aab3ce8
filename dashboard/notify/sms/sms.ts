/** Why: short messages by any provider that takes HTTP: an address, a header and a body with `{{to}}`, `{{text}}` and `{{key}}` in it. */
import { anything, httpChannel, httpUrl, matching, type Post, plain, secret } from '../channel.ts';
import type { HttpCall } from '../http-post.ts';
import { smsText } from './gsm7.ts';

const phone = matching(/^\+[1-9]\d{6,14}$/, 'a number such as +37060000000');
const JSON_FORMAT = 'application/json';
const FORM_FORMAT = 'application/x-www-form-urlencoded';
const DEFAULT_BODY = '{"to":"{{to}}","text":"{{text}}","id":"{{key}}"}';

export const sms = httpChannel({
  kind: 'sms',
  fields: [
    secret('url', 'https://sms.example/send', httpUrl),
    secret('authorization', 'Bearer xxxx', anything(500), false),
    plain(
      'format',
      JSON_FORMAT,
      matching(/^application\/(json|x-www-form-urlencoded)$/, `${JSON_FORMAT} or ${FORM_FORMAT}`),
      false,
    ),
    plain('body', DEFAULT_BODY, matching(/\{\{text\}\}/, 'a text with {{text}} in it'), false),
    plain('to', '+37060000000', phone, false),
    plain('parts', '2', matching(/^[1-6]$/, '1 to 6'), false),
  ],
  address: { example: '+37060000000', wrong: phone },
  rate: { perS: 1, burst: 5 },
  dropsRepeats: false,
  digests: true,
  request: (post, { config, secrets }) => smsCall(post, config, secrets),
});

function smsCall(
  post: Post,
  config: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
): HttpCall {
  const format = config['format'] || JSON_FORMAT;
  const fill = format === FORM_FORMAT ? encodeURIComponent : (text: string) => JSON.stringify(text).slice(1, -1);
  const values: Readonly<Record<string, string>> = {
    to: post.address ?? config['to'] ?? '',
    text: smsOf(post, Number(config['parts'] || '2')),
    key: post.key,
  };
  return {
    url: secrets['url'] ?? '',
    headers: {
      'content-type': `${format}; charset=utf-8`,
      'idempotency-key': post.key,
      ...(secrets['authorization'] ? { authorization: secrets['authorization'] } : {}),
    },
    body: (config['body'] || DEFAULT_BODY).replace(/\{\{(to|text|key)\}\}/g, (_, name: string) =>
      fill(values[name] ?? ''),
    ),
  };
}

/** The short form with its remarks, then the link to act on where it fits whole: half a link is worse than none. */
export function smsOf({ message }: Pick<Post, 'message'>, maxParts: number): string {
  const said = [...message.remarks.slice(0, 1), message.short].join(' ');
  const url = (message.act ?? message.link)?.url;
  if (url === undefined) return smsText(said, maxParts).text;
  for (let short = said; short.length > 20; short = short.slice(0, -10)) {
    const tried = smsText(`${short === said ? said : `${short.trimEnd()}...`} ${url}`, maxParts);
    if (tried.text.endsWith(url)) return tried.text;
  }
  return smsText(said, maxParts).text;
}
