/** Why: who is told by the settings of the server. A webhook's address may hold a secret: pages, outbox and log name it by a label. */
import { createHash } from 'node:crypto';
import type { DashboardSettings } from '../config.ts';

export type NotifySettings = Pick<
  DashboardSettings,
  | 'CARREL_SMTP'
  | 'CARREL_MAIL_FROM'
  | 'CARREL_ONCALL'
  | 'CARREL_REPORT_TO'
  | 'CARREL_WEBHOOKS'
  | 'CARREL_WEBHOOK_SECRET'
  | 'CARREL_WEBHOOK_ALLOW'
  | 'CARREL_LANGUAGE'
>;

/** `https://hooks.example/… #3fa9c2`: host for people, a hash to tell two of one host apart. */
export function webhookLabel(url: string): string {
  return `${new URL(url).origin}/… #${createHash('sha256').update(url).digest('hex').slice(0, 6)}`;
}
