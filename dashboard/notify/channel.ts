/** Why: one contract, many channels: what each needs to be set up, how fast it may be used, and how it sends one message. */
import type { ChannelField, ChannelKind } from '#contract';
import type { AddressGuard } from './address-guard.ts';
import { type HttpCall, type Judge, post } from './http-post.ts';
import type { Message } from './message.ts';
import type { Outcome } from './outcome.ts';
import type { PushDesk } from './push/desk.ts';

/** One message on its way to one receiver. */
export interface Post {
  message: Message;
  /** The same as data, for programs. */
  data: object;
  /** The same for every attempt. */
  key: string;
  /** The same for all messages of an incident. */
  thread: string;
  /** Wall ms. */
  now: number;
  /** Of the person; null where the channel is one receiver. */
  address: string | null;
}
/** A channel's stored settings. Secrets leave the server only inside a call to the receiver. */
export interface ChannelSettings {
  config: Readonly<Record<string, string>>;
  secrets: Readonly<Record<string, string>>;
}
export interface ChannelIo {
  guard: AddressGuard;
  /** Signs webhooks that have no secret of their own. */
  webhookSecret: string | undefined;
  timeoutMs?: number;
  /** Of the push channel. */
  push?: PushDesk;
}
export interface FieldRule extends ChannelField {
  /** Null when the text is accepted, else what is. */
  wrong(text: string): string | null;
}
export interface ChannelType {
  kind: ChannelKind;
  fields: readonly FieldRule[];
  /** It belongs to people's own devices: nobody sets it up. */
  personal?: true;
  /** Example and check of a person's address on this channel; null where the channel is one receiver. */
  address: { example: string; wrong(text: string): string | null } | null;
  /** Tokens: how many messages a second one receiver is sent, and how many at once. */
  rate: { perS: number; burst: number };
  /** True where the receiver drops repeats by the key, so that a possible repeat needs no words. */
  dropsRepeats: boolean;
  /** False where each incident is an object of its own over there, which only its own message changes. */
  digests: boolean;
  send(post: Post, settings: ChannelSettings, io: ChannelIo): Promise<Outcome>;
}

/** A channel whose message is one HTTP call. `request` is pure: limits are tested on what it answers. */
export function httpChannel(
  type: Omit<ChannelType, 'send'> & {
    request(post: Post, settings: ChannelSettings, io: ChannelIo): HttpCall;
    judge?: Judge;
  },
): ChannelType {
  const { request, judge, ...rest } = type;
  return { ...rest, send: async (message, settings, io) => post(request(message, settings, io), io, judge) };
}

export const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const;

export const httpUrl = (text: string): string | null =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && text.length <= 2000
    ? null
    : 'an http or https address';
export const anything =
  (limit: number) =>
  (text: string): string | null =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is there is what is checked
    text.length <= limit && !/[\u0000-\u001f\u007f]/.test(text) ? null : `one line of at most ${limit} signs`;
export const matching =
  (pattern: RegExp, accepted: string) =>
  (text: string): string | null =>
    pattern.test(text) ? null : accepted;

/** A setting that everybody who may see the page may see. */
export function plain(name: string, example: string, wrong: FieldRule['wrong'], required = true): FieldRule {
  return { name, example, wrong, required, secret: false };
}
/** A setting that is written and never read back. */
export function secret(name: string, example: string, wrong: FieldRule['wrong'], required = true): FieldRule {
  return { name, example, wrong, required, secret: true };
}
