/** Why: programs get alerts as signed JSON: ours, or in the shape that receivers of Prometheus Alertmanager read (version 4). */
import { createHmac } from 'node:crypto';
import { isObject } from '#contract';
import {
  type ChannelSettings,
  httpChannel,
  httpUrl,
  JSON_TYPE,
  matching,
  type Post,
  plain,
  secret,
} from '../channel.ts';
import type { HttpCall } from '../http-post.ts';
import { isOver } from '../message.ts';

export const webhook = httpChannel({
  kind: 'webhook',
  fields: [
    secret('url', 'https://hooks.example/carrel', httpUrl),
    secret('key', 'a-long-random-text', matching(/^.{8,200}$/, '8 to 200 signs'), false),
    plain('shape', 'carrel', matching(/^(carrel|alertmanager)$/, 'carrel or alertmanager'), false),
  ],
  address: null,
  rate: { perS: 20, burst: 20 },
  dropsRepeats: true,
  digests: true,
  request: (post, settings, { webhookSecret }) => webhookCall(post, settings, webhookSecret),
});

/** `Idempotency-Key` is the same for every attempt; the signature covers time and body, so that a recorded call cannot be replayed later. */
export function webhookCall(post: Post, { config, secrets }: ChannelSettings, fallbackKey?: string): HttpCall {
  const body = JSON.stringify(config['shape'] === 'alertmanager' ? alertmanagerShape(post) : post.data);
  const timestamp = String(Math.floor(post.now / 1000));
  const key = secrets['key'] ?? fallbackKey;
  return {
    url: secrets['url'] ?? '',
    body,
    headers: {
      ...JSON_TYPE,
      'idempotency-key': post.key,
      'x-carrel-timestamp': timestamp,
      ...(key === undefined
        ? {}
        : {
            'x-carrel-signature': `sha256=${signatureOf(key, timestamp, body)}`,
            'carrel-signature': `t=${timestamp},v1=${signatureOf(key, timestamp, body)}`,
          }),
    },
  };
}

/** The hex HMAC-SHA256 over `timestamp.body`; receivers compute the same with the shared secret. */
export function signatureOf(key: string, timestamp: string, body: string): string {
  return createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex');
}

/** https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
function alertmanagerShape({ message, data, thread }: Post): object {
  const fields = isObject(data) ? data : {};
  const over = isOver(message);
  const status = over ? 'resolved' : 'firing';
  const labels = {
    alertname: `Carrel_${String(fields['rule'] ?? 'notice')}`,
    severity: message.severity,
    site: String(fields['site'] ?? ''),
    access_point: String(fields['access_point'] ?? ''),
  };
  const iso = (value: unknown, other: string): string =>
    typeof value === 'number' ? new Date(value).toISOString() : other;
  return {
    version: '4',
    groupKey: thread,
    truncatedAlerts: 0,
    status,
    receiver: 'carrel',
    groupLabels: { alertname: labels.alertname },
    commonLabels: labels,
    commonAnnotations: {},
    externalURL: message.link?.url ?? '',
    alerts: [
      {
        status,
        labels,
        annotations: { summary: message.title, description: message.facts.map((fact) => fact.join(': ')).join('\n') },
        startsAt: iso(fields['since'], '0001-01-01T00:00:00Z'),
        endsAt: over ? iso(fields['resolved_at'], '0001-01-01T00:00:00Z') : '0001-01-01T00:00:00Z',
        generatorURL: message.link?.url ?? '',
        fingerprint: thread,
      },
    ],
  };
}
