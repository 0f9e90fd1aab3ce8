/** Why: what stands in the outbox as a few columns becomes the message that is read, from what is known when it leaves. */
import { type AlertView, isObject, type JsonObject, type Language, numberIn, parseJson, textIn } from '#contract';
import type { OutboxItem, State } from '#state';
import { openSpansOf, readCalendar } from '../alert/calendar.ts';
import type { Post } from './channel.ts';
import { channelType } from './channels.ts';
import { type Message, type MessageInput, messageOf, webhookBody } from './message.ts';
import { digestMessage, noticeMessage } from './message-other.ts';
import type { Receiver } from './receivers.ts';

export interface ComposeDeps {
  state: Pick<State, 'alerts' | 'outbox' | 'registry' | 'keep'>;
  view(id: number, lang?: Language): AlertView | null;
  /** Without a trailing slash. */
  publicUrl(): string;
  /** Where this receiver acts on this message without signing in; null where that is not offered. */
  actUrl?(item: OutboxItem, now: number): string | null;
}

const WEEK_MS = 7 * 86_400_000;

/** Null when the alert no longer exists. */
export function compose(deps: ComposeDeps, item: OutboxItem, receiver: Receiver, now: number): Post | null {
  const said = contentOf(deps, item, receiver, now);
  if (!said) return null;
  const thread = /^(carrel-\w+-\d+)-/.exec(item.idempotencyKey)?.[1] ?? item.idempotencyKey;
  return { ...said, key: item.idempotencyKey, thread, now, address: receiver.address };
}

function contentOf(
  deps: ComposeDeps,
  item: OutboxItem,
  receiver: Receiver,
  now: number,
): { message: Message; data: object } | null {
  const { lang } = receiver;
  const uncertain = item.uncertain && !channelType(receiver.kind).dropsRepeats;
  if (item.kind === 'digest') {
    const inputs = deps.state.outbox
      .ofDigest(item.id)
      .filter((member) => member.state === 'waiting')
      .map((member) => inputOf(deps, member, receiver, now, 'many'))
      .filter((input) => input !== null);
    return digestMessage(inputs, { lang, severity: item.severity, publicUrl: deps.publicUrl(), uncertain });
  }
  if (item.kind === 'notice')
    return noticeMessage(noticeDetail(deps, item, lang), {
      lang,
      severity: item.severity,
      publicUrl: deps.publicUrl(),
      uncertain,
    });
  const input = inputOf(deps, item, receiver, now);
  if (!input) return null;
  const whole = { ...input, uncertain };
  const message = messageOf(whole);
  return { message, data: webhookBody(whole, message) };
}

/** `many`: one of a digest, which does not say of each who else is affected. */
function inputOf(
  deps: ComposeDeps,
  item: OutboxItem,
  receiver: Receiver,
  now: number,
  how: 'alone' | 'many' = 'alone',
): MessageInput | null {
  const { kind, incident } = item;
  if (incident === null || kind === 'digest' || kind === 'notice') return null;
  const alert = deps.view(incident, receiver.lang);
  if (!alert) return null;
  const detail = detailOf(item);
  const input = inputAbout(deps, { alert, kind, lang: receiver.lang, now, how });
  return {
    ...input,
    unackedMinutes: numberIn(detail, 'unacked', 0, 1e6) ?? null,
    ...(kind === 'update' ? { severity: item.severity } : {}),
    ackEnded: textIn(detail, 'why', 20) === 'ack_ended',
    actUrl: deps.actUrl?.(item, now) ?? null,
  };
}

export interface About {
  alert: AlertView;
  kind: MessageInput['kind'];
  lang: Language;
  now: number;
  /** `many`: who else is affected is not counted: for each of a thousand it would take a look at a thousand. */
  how?: 'alone' | 'many';
}

/** What is to say of an alert now, to anybody who reads that language. */
export function inputAbout(
  deps: Pick<ComposeDeps, 'state' | 'publicUrl'>,
  { alert, kind, lang, now, how = 'alone' }: About,
): MessageInput {
  const { registry } = deps.state;
  const ap = registry.accessPoint(alert.ap);
  const site = ap ? registry.site(ap.site) : null;
  return {
    kind,
    alert,
    site,
    zone: registry.site(alert.members[0]?.site ?? '')?.zone ?? null,
    place: !ap || !site || ap.id === site.id || ap.name === site.name ? alert.site_name : `${site.name}, ${ap.name}`,
    targetMbps: ap?.target_mbps ?? alert.evidence.at(-1)?.target_mbps ?? 0,
    publicUrl: deps.publicUrl(),
    lang,
    now,
    openNext: site && (openSpansOf(site, readCalendar(deps.state), now, now + WEEK_MS)[0] ?? null),
    others: how === 'alone' && site?.isp ? othersOf(deps, alert, site.isp) : null,
  };
}

/** Other access points of this provider with an open incident about their line. */
function othersOf({ state }: Pick<ComposeDeps, 'state'>, alert: AlertView, isp: string): number {
  const aps = new Set(
    state.alerts
      .open()
      .filter(({ rule, ap }) => ap !== alert.ap && (rule === 'slow' || rule === 'dark'))
      .map(({ ap }) => ap),
  );
  return [...aps].filter((id) => {
    const ap = state.registry.accessPoint(id);
    return ap !== null && state.registry.site(ap.site)?.isp === isp;
  }).length;
}

/** What nobody reacted to has a title in this language. */
function noticeDetail(deps: ComposeDeps, item: OutboxItem, lang: Language): JsonObject {
  const detail = detailOf(item);
  const about = deps.view(numberIn(detail, 'incident', 1, 9e15) ?? 0, lang);
  return about ? { ...detail, title: about.title } : detail;
}

function detailOf({ detail }: OutboxItem): JsonObject {
  const value = detail === '' ? null : parseJson(detail);
  return isObject(value) ? value : {};
}
