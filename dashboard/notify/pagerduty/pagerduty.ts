/**
 * Why: PagerDuty Events v2: trigger and resolve under one `dedup_key` per incident, so that a repeat changes nothing there.
 * https://developer.pagerduty.com/docs/send-alert-event: event 512 kB, summary 1,024 signs, dedup_key 255.
 */
import type { Severity } from '#contract';
import { httpChannel, httpUrl, JSON_TYPE, matching, type Post, plain, secret } from '../channel.ts';
import { cut } from '../escape.ts';
import { isOver } from '../message.ts';
import { wordsOf } from '../words/index.ts';

const EVENT_BYTES = 512_000;
const EVENTS_URL = 'https://events.pagerduty.com/v2/enqueue';
const LEVEL: Readonly<Record<Severity, string>> = { page: 'critical', ticket: 'warning', digest: 'info' };

export const pagerduty = httpChannel({
  kind: 'pagerduty',
  fields: [
    secret('routing_key', 'R0123456789ABCDEF0123456789ABCDE', matching(/^[A-Za-z0-9]{32}$/, '32 letters and digits')),
    plain('url', EVENTS_URL, httpUrl, false),
  ],
  address: null,
  rate: { perS: 2, burst: 20 },
  dropsRepeats: true,
  digests: false,
  request: (post, { config, secrets }) => ({
    url: config['url'] || EVENTS_URL,
    headers: JSON_TYPE,
    body: pagerdutyBody(post, secrets['routing_key'] ?? ''),
  }),
});

export function pagerdutyBody({ message, data, thread, now }: Post, routingKey: string): string {
  const over = isOver(message);
  const event = {
    routing_key: routingKey,
    event_action: over ? 'resolve' : 'trigger',
    dedup_key: thread.slice(0, 255),
    client: 'Carrel',
    ...(message.link ? { client_url: message.link.url } : {}),
    payload: {
      summary: cut(message.title, 1024),
      source: 'carrel',
      severity: LEVEL[message.severity],
      timestamp: new Date(now).toISOString(),
      custom_details: { ...Object.fromEntries(message.facts), remarks: message.remarks, data },
    },
    links: [message.act, message.link].flatMap((one) => (one ? [{ href: one.url, text: one.label }] : [])),
  };
  const text = JSON.stringify(event);
  if (Buffer.byteLength(text) <= EVENT_BYTES) return text;
  return JSON.stringify({
    ...event,
    payload: { ...event.payload, custom_details: { note: wordsOf(message.lang).tooLong } },
  });
}
