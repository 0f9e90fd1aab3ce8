/** Why: a push by an own Gotify server. The token goes into a header: addresses end up in logs. */
import type { Severity } from '#contract';
import { anything, httpChannel, httpUrl, JSON_TYPE, type Post, plain, secret } from '../channel.ts';
import { cut } from '../escape.ts';
import { isOver, textOf } from '../message.ts';

const PRIORITY: Readonly<Record<Severity, number>> = { page: 8, ticket: 5, digest: 2 };
const TEXT = 16_000;

export const gotify = httpChannel({
  kind: 'gotify',
  fields: [
    plain('server', 'https://gotify.library.example', httpUrl),
    secret('token', 'AxxxxxxxxxxxxxA', anything(200)),
  ],
  address: null,
  rate: { perS: 5, burst: 10 },
  dropsRepeats: false,
  digests: true,
  request: (post, { config, secrets }) => ({
    url: `${(config['server'] ?? '').replace(/\/+$/, '')}/message`,
    headers: { ...JSON_TYPE, 'x-gotify-key': secrets['token'] ?? '' },
    body: JSON.stringify(gotifyBody(post)),
  }),
});

export function gotifyBody({ message }: Pick<Post, 'message'>): object {
  const over = isOver(message);
  return {
    title: cut(message.title, 500),
    message: cut(textOf(message).split('\n').slice(1).join('\n').trim() || message.title, TEXT),
    priority: over ? 2 : PRIORITY[message.severity],
    extras: {
      // Plain text: a name with Markdown in it stays a name.
      'client::display': { contentType: 'text/plain' },
      ...(message.link ? { 'client::notification': { click: { url: message.link.url } } } : {}),
    },
  };
}
