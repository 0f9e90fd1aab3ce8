/**
 * Why: who runs Prometheus Alertmanager gets Carrel's alerts there, API v2. It forgets what nobody repeats: firing alerts are sent again
 * every minute with an end four minutes ahead, ended ones for fifteen minutes more (as Prometheus does), and one that always fires says
 * that the way is open.
 */
import type { AlertView } from '#contract';
import {
  anything,
  type ChannelIo,
  type ChannelSettings,
  type ChannelType,
  httpUrl,
  JSON_TYPE,
  plain,
  secret,
} from '../channel.ts';
import { type HttpCall, post as send } from '../http-post.ts';
import type { Outcome } from '../outcome.ts';

export const RESEND_MS = 60_000;
export const RESOLVED_RESEND_MS = 15 * 60_000;
const ENDS_AFTER_MS = 4 * RESEND_MS;
const ANNOTATION = 2000;

/** https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml#postableAlerts */
export interface PostableAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt?: string;
  endsAt: string;
  generatorURL: string;
}

export const alertmanager: ChannelType = {
  kind: 'alertmanager',
  fields: [
    plain('url', 'http://127.0.0.1:9093', httpUrl),
    secret('authorization', 'Bearer xxxx', anything(500), false),
  ],
  address: null,
  rate: { perS: 10, burst: 20 },
  dropsRepeats: true,
  digests: false,
  async send({ message, data, now }, settings, io): Promise<Outcome> {
    // A test and a notice are short alerts of their own.
    const alert = isAlert(data)
      ? postable({ ...data, ap: data.access_point }, message.title, message.link?.url ?? '', now)
      : {
          labels: { alertname: 'CarrelNotice', severity: message.severity, source: 'carrel' },
          annotations: { summary: message.title },
          endsAt: new Date(now + RESEND_MS).toISOString(),
          generatorURL: message.link?.url ?? '',
        };
    return sendAlerts([alert], settings, io);
  },
};

/** What the engine knows, as labels that never change while the alert lasts: they are its identity there. */
export function postable(
  alert: Pick<AlertView, 'rule' | 'ap' | 'site' | 'severity' | 'since' | 'resolved_at' | 'id' | 'site_name'>,
  title: string,
  link: string,
  now: number,
): PostableAlert {
  const ended = alert.resolved_at;
  return {
    labels: {
      alertname: `Carrel_${alert.rule}`,
      source: 'carrel',
      incident: String(alert.id),
      access_point: alert.ap,
      site: alert.site,
      severity: alert.severity,
    },
    annotations: { summary: title.slice(0, ANNOTATION), site_name: alert.site_name.slice(0, ANNOTATION) },
    // A start in the future without an end before it is refused with 400: clocks differ.
    startsAt: new Date(Math.min(alert.since, ended ?? now, now)).toISOString(),
    endsAt: new Date(ended ?? now + ENDS_AFTER_MS).toISOString(),
    generatorURL: link,
  };
}

/** It always fires. When it stops, Alertmanager's own receivers can tell that Carrel is gone. */
export function watchdog(now: number, link: string): PostableAlert {
  return {
    labels: { alertname: 'CarrelWatchdog', source: 'carrel', severity: 'none' },
    annotations: { summary: 'Always fires while Carrel can reach this Alertmanager. Alert when it stops.' },
    endsAt: new Date(now + ENDS_AFTER_MS).toISOString(),
    generatorURL: link,
  };
}

export function sendAlerts(
  alerts: readonly PostableAlert[],
  settings: ChannelSettings,
  io: ChannelIo,
): Promise<Outcome> {
  return send(alertsCall(alerts, settings), io);
}

function alertsCall(alerts: readonly PostableAlert[], { config, secrets }: ChannelSettings): HttpCall {
  return {
    url: `${(config['url'] ?? '').replace(/\/+$/, '')}/api/v2/alerts`,
    headers: { ...JSON_TYPE, ...(secrets['authorization'] ? { authorization: secrets['authorization'] } : {}) },
    body: JSON.stringify(alerts),
  };
}

/** The webhook's body, which names the access point in full. */
type AlertData = Parameters<typeof postable>[0] & { access_point: string };
function isAlert(data: object): data is AlertData {
  return 'rule' in data && 'since' in data && 'resolved_at' in data && 'access_point' in data;
}
