/** Why: a push to phones by ntfy, public or own. JSON to the server's root; a message over 4,096 bytes would become a file. */
import type { Severity } from '#contract';
import { anything, httpChannel, httpUrl, JSON_TYPE, matching, type Post, plain, secret } from '../channel.ts';
import { cutBytes } from '../escape.ts';
import { isOver, textOf } from '../message.ts';

const MESSAGE_BYTES = 4096;
const TITLE_BYTES = 250;
/** https://docs.ntfy.sh/publish/#message-priority: 5 rings through "do not disturb". */
const PRIORITY: Readonly<Record<Severity, number>> = { page: 5, ticket: 3, digest: 2 };
const TAGS: Readonly<Record<Severity, string>> = { page: 'rotating_light', ticket: 'warning', digest: 'memo' };

export const ntfy = httpChannel({
  kind: 'ntfy',
  fields: [
    plain('server', 'https://ntfy.sh', httpUrl),
    secret('topic', 'carrel-k3x9q2', matching(/^[-_A-Za-z0-9]{1,64}$/, '1 to 64 letters, digits, - and _')),
    secret('token', 'tk_xxxx', anything(200), false),
  ],
  address: null,
  // https://docs.ntfy.sh/publish/#limitations: bursts of 60, then one request every 5 s.
  rate: { perS: 0.2, burst: 30 },
  dropsRepeats: false,
  digests: true,
  request: (post, { config, secrets }) => ({
    url: config['server'] ?? '',
    headers: { ...JSON_TYPE, ...(secrets['token'] ? { authorization: `Bearer ${secrets['token']}` } : {}) },
    body: JSON.stringify(ntfyBody(post, secrets['topic'] ?? '')),
  }),
});

export function ntfyBody({ message }: Pick<Post, 'message'>, topic: string): object {
  const over = isOver(message);
  const text = textOf({ ...message, act: null, link: null })
    .split('\n')
    .slice(1)
    .join('\n')
    .trim();
  return {
    topic,
    title: cutBytes(message.title, TITLE_BYTES),
    message: cutBytes(text || message.title, MESSAGE_BYTES),
    priority: over ? 2 : PRIORITY[message.severity],
    tags: [over ? 'white_check_mark' : TAGS[message.severity]],
    ...(message.link ? { click: message.link.url } : {}),
    actions: [message.act, message.link].flatMap((one) =>
      one ? [{ action: 'view', label: one.label, url: one.url }] : [],
    ),
  };
}
