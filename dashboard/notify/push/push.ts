/** Why: a push to the phones and browsers of one person (Web Push, RFC 8030): a sealed message of at most 4 kB, which replaces the one before it. */
import { createHash } from 'node:crypto';
import type { Severity } from '#contract';
import type { PushDevice } from '#state';
import { INCIDENT_WORDS } from '../../incident/words.ts';
import type { Trouble } from '../../said/said.ts';
import type { ChannelType, Post } from '../channel.ts';
import { cutBytes } from '../escape.ts';
import { type HttpAnswer, outcomeOfAnswer, post as send } from '../http-post.ts';
import { isOver } from '../message.ts';
import type { Outcome } from '../outcome.ts';
import { wordsOf } from '../words/index.ts';
import type { PushDesk } from './desk.ts';
import { encrypt } from './encrypt.ts';

const TITLE_BYTES = 250;
const BODY_BYTES = 1000;
const URGENCY: Readonly<Record<Severity, string>> = { page: 'high', ticket: 'normal', digest: 'low' };
/** How long a push service may hold it for a phone that is away, s: afterwards it is old news, and others were called. */
const TTL_S: Readonly<Record<Severity, number>> = { page: 4 * 3600, ticket: 24 * 3600, digest: 24 * 3600 };

export const push: ChannelType = {
  kind: 'push',
  fields: [],
  personal: true,
  address: null,
  rate: { perS: 2, burst: 20 },
  // A device that took this key is not pushed again.
  dropsRepeats: true,
  digests: true,
  async send(post, _settings, { push: desk, timeoutMs }) {
    const devices = desk?.devicesOf(post.address ?? '') ?? [];
    if (!desk || devices.length === 0) return { kind: 'refused', error: { code: 'trouble.no_device' } };
    const outcomes = await Promise.all(devices.map((device) => toDevice(post, device, desk, timeoutMs)));
    return together(outcomes);
  },
};

/** One device that took it is enough. */
function together(outcomes: readonly Outcome[]): Outcome {
  return (
    outcomes.find(({ kind }) => kind === 'sent') ??
    outcomes.find(({ kind }) => kind === 'retry') ??
    outcomes[0] ?? { kind: 'refused', error: { code: 'trouble.no_device' } }
  );
}

async function toDevice(
  post: Post,
  device: PushDevice,
  desk: PushDesk,
  timeoutMs: number | undefined,
): Promise<Outcome> {
  if (device.sentKey === post.key) return { kind: 'sent' };
  const refused = desk.refused(device.endpoint);
  if (refused !== null) return { kind: 'refused', error: refused };
  const call = {
    url: device.endpoint,
    headers: headersOf(post, desk.authorization(device.endpoint, post.now)),
    body: encrypt(Buffer.from(JSON.stringify(payloadOf(post, desk.forDevice(device.id, post.now)))), device),
  };
  const outcome = await send(call, { guard: desk.guard, ...(timeoutMs === undefined ? {} : { timeoutMs }) }, judge);
  if (outcome.kind === 'sent') desk.sent(device.id, post.key, post.now);
  else if (outcome.kind === 'refused' && isGone(outcome.error)) desk.gone(device.id);
  else desk.failed(device.id, outcome.error, post.now);
  return outcome;
}

const GONE = { code: 'trouble.unsubscribed' } as const;
const isGone = (error: Trouble): boolean => typeof error !== 'string' && error.code === GONE.code;
/** RFC 8030, 7.3: 404 and 410 are for ever. */
function judge(answer: HttpAnswer): Outcome {
  return answer.status === 404 || answer.status === 410 ? { kind: 'refused', error: GONE } : outcomeOfAnswer(answer);
}

export function headersOf(
  { message, thread }: Pick<Post, 'message' | 'thread'>,
  authorization: string,
): Record<string, string> {
  return {
    authorization,
    'content-type': 'application/octet-stream',
    'content-encoding': 'aes128gcm',
    ttl: String(TTL_S[message.severity]),
    urgency: isOver(message) ? 'normal' : URGENCY[message.severity],
    // At most 32 signs of base64url (RFC 8030, 5.4).
    topic: createHash('sha256').update(thread).digest('base64url').slice(0, 32),
  };
}

/** What dashboard/web/worker/push.ts reads. Paths, not addresses: the worker belongs to this server. */
export function payloadOf(
  { message, thread, key, now }: Pick<Post, 'message' | 'thread' | 'key' | 'now'>,
  receipt: string,
): object {
  const { act } = wordsOf(message.lang);
  const own = INCIDENT_WORDS[message.lang];
  const rest = message.short.startsWith(`${message.title}. `)
    ? message.short.slice(message.title.length + 2)
    : message.short;
  const others = message.facts.find(([label]) => label === wordsOf(message.lang).labels.others);
  return {
    v: 1,
    key,
    tag: thread,
    at: now,
    lang: message.lang,
    title: cutBytes(message.title, TITLE_BYTES),
    body: cutBytes(
      [...message.remarks, ...(message.kind === 'notice' ? [] : [rest]), ...(others ? [others.join(': ')] : [])].join(
        '\n',
      ),
      BODY_BYTES,
    ),
    wakes: message.severity === 'page' && !isOver(message),
    over: isOver(message),
    url: message.link ? pathOf(message.link.url) : '/alerts',
    act: message.act ? pathOf(message.act.url) : null,
    actions: message.act
      ? [
          { action: 'ack 8h', title: act.ack },
          { action: 'silence 1h', title: `${act.silence}, ${own.hour}` },
        ]
      : [],
    waits: own.live.willSend,
    receipt,
  };
}

const pathOf = (url: string): string => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};
