/** Why: the words of telling people: channels, severities, deliveries, who is on call. Shared by state database, server and page. */
import type { Severity } from './alerts.ts';

export const CHANNEL_KINDS = [
  'email',
  'webhook',
  'slack',
  'mattermost',
  'teams',
  'ntfy',
  'gotify',
  'pagerduty',
  'telegram',
  'sms',
  'alertmanager',
  'push',
] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

export const LANGUAGES = ['en', 'lt', 'ru'] as const;
export type Language = (typeof LANGUAGES)[number];

export const SEVERITIES = ['page', 'ticket', 'digest'] as const satisfies readonly Severity[];

/**
 * What a delivery says. `past`: it began and ended before it could be told. `digest`: many at once. `notice`: about Carrel itself.
 */
export const DELIVERY_KINDS = ['firing', 'update', 'resolved', 'closed', 'past', 'digest', 'notice'] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];
export const DELIVERY_STATES = ['waiting', 'sent', 'failed', 'expired'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** GET /api/v1/alerts: one receiver, one message. */
export interface DeliveryView {
  channel: ChannelKind;
  target: string;
  kind: DeliveryKind;
  state: DeliveryState;
  attempts: number;
  at: number;
  error: string | null;
  /** A crash or a lost answer left open whether an earlier attempt arrived: the receiver may have got it twice. */
  uncertain: boolean;
}

/** One field of a channel's settings, for forms and for the check of what is sent in. */
export interface ChannelField {
  name: string;
  /** Never answered, never logged; an empty one in a change keeps what is stored. */
  secret: boolean;
  required: boolean;
  example: string;
}
/** GET /api/v1/channels/kinds */
export interface ChannelKindView {
  kind: ChannelKind;
  fields: ChannelField[];
  /** Example of a person's address on this kind; null where a channel is one receiver. */
  address: string | null;
}
/** GET /api/v1/channels. Times are ms since 1970. */
export interface ChannelView {
  /** Null: set by CARREL_* settings, not editable here. */
  id: number | null;
  /** Names the receiver in deliveries; `POST /channels/test` takes it. */
  route: string;
  name: string;
  kind: ChannelKind;
  config: Record<string, string>;
  /** Names of the secrets that are stored. */
  secrets: string[];
  /** Severities that it gets without being named by a policy. */
  gets: Severity[];
  lang: Language;
  enabled: boolean;
  ok_at: number | null;
  failed_at: number | null;
  error: string | null;
  /** Since when nothing got through; null while it works. */
  failing_since: number | null;
  waiting: number;
}
/** GET /api/v1/push: the own devices, and the key that a browser subscribes with. Times are ms since 1970. */
export interface PushView {
  /** Uncompressed point of P-256, base64url. */
  key: string;
  devices: PushDeviceView[];
}
export interface PushDeviceView {
  id: number;
  label: string;
  /** SHA-256 of its address, hex, the first 16: a browser finds itself by it. */
  mark: string;
  created_at: number;
  /** A push service took the newest one. */
  sent_at: number | null;
  /** The device said that it showed the newest one. */
  delivered_at: number | null;
  error: string | null;
}
/** POST /api/v1/channels/test */
export interface ChannelTestResult {
  ok: boolean;
  error: string | null;
  ms: number;
}
