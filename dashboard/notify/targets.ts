/** Why: who is told. The outbox and the page name a target by a label; a webhook's address may hold a secret and stays in the settings. */
import { createHash } from 'node:crypto';
import type { HealthNotice } from '#contract';
import type { DashboardSettings } from '../config.ts';

export type NotifySettings = Pick<
  DashboardSettings,
  | 'CARREL_SMTP'
  | 'CARREL_MAIL_FROM'
  | 'CARREL_ONCALL'
  | 'CARREL_WEBHOOKS'
  | 'CARREL_WEBHOOK_SECRET'
  | 'CARREL_WEBHOOK_ALLOW'
>;
export interface Target {
  channel: 'email' | 'webhook';
  /** Stored and shown. */
  label: string;
  /** Mail address or URL. */
  address: string;
}

/** Everybody who gets alerts, by the settings. Without a mail server there are no mail targets. */
export function targetsOf(settings: NotifySettings): Target[] {
  const mail: Target[] =
    settings.CARREL_SMTP === undefined
      ? []
      : settings.CARREL_ONCALL.map((address) => ({ channel: 'email', label: address, address }));
  return [
    ...mail,
    ...settings.CARREL_WEBHOOKS.map(
      (address): Target => ({ channel: 'webhook', label: webhookLabel(address), address }),
    ),
  ];
}

/** `https://hooks.example/… #3fa9c2`: host for people, a hash to tell two of one host apart. */
export function webhookLabel(url: string): string {
  return `${new URL(url).origin}/… #${createHash('sha256').update(url).digest('hex').slice(0, 6)}`;
}

/** What is missing so that anybody is told at all, in words for the page. */
export function missingChannels(settings: NotifySettings): HealthNotice[] {
  if (targetsOf(settings).length > 0) return [];
  const what =
    settings.CARREL_SMTP === undefined
      ? 'no mail server (CARREL_SMTP) and no webhook (CARREL_WEBHOOKS) is set'
      : 'a mail server is set, but nobody to write to (CARREL_ONCALL)';
  return [{ code: 'NO_CHANNEL', severity: 'warning', text: `Alerts are shown here only: ${what}.`, since: null }];
}
