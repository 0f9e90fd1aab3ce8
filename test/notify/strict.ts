/**
 * Why: receivers that cannot run here are stood in for by strict ones: they refuse what the real ones refuse by their published limits, in
 * the same words, and keep what they took.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { type ChannelKind, isObject, type JsonObject, parseJson } from '#contract';

export interface Answer {
  status: number;
  body?: string;
  headers?: Record<string, string>;
}
type Strict = (body: JsonObject, headers: IncomingHttpHeaders, path: string, bytes: number) => string | null;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const object = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** https://api.slack.com/reference/block-kit/blocks */
const slack: Strict = (body) => {
  const blocks = list(body['blocks']);
  if (text(body['text']) === '' || blocks.length > 50) return 'invalid_payload';
  for (const block of blocks) {
    const said = text(object(block['text'])['text']);
    if (said === '' || said.length > (block['type'] === 'header' ? 150 : 3000)) return 'invalid_blocks';
  }
  return null;
};
/** Model.PostMessageMaxRunesV2 of Mattermost. */
const mattermost: Strict = (body) =>
  text(body['text']) !== '' && [...text(body['text'])].length <= 16_383 ? null : 'api.post.message_length';
const teams: Strict = (body, _headers, _path, bytes) => {
  const card = object(list(body['attachments'])[0]?.['content']);
  const whole = body['type'] === 'message' && card['type'] === 'AdaptiveCard' && list(card['body']).length > 0;
  return whole && bytes <= 28 * 1024 ? null : 'RequestEntityTooLarge';
};
/** https://docs.ntfy.sh/publish/#limitations; title 1 KB, tags 512 bytes since 2.28. */
const ntfy: Strict = (body) => {
  if (!/^[-_A-Za-z0-9]{1,64}$/.test(text(body['topic']))) return 'invalid topic';
  if (Buffer.byteLength(text(body['message'])) > 4096 || Buffer.byteLength(text(body['title'])) > 1024)
    return 'too large';
  return list(body['actions']).length > 3 ? 'too many actions' : null;
};
const gotify: Strict = (body, headers, path) =>
  headers['x-gotify-key'] && path === '/message' && text(body['message']) !== ''
    ? null
    : 'you need to provide a valid access token';
/** https://developer.pagerduty.com/docs/send-alert-event */
const pagerduty: Strict = (body, _headers, _path, bytes) => {
  const payload = object(body['payload']);
  if (bytes > 512_000) return 'Payload Too Large';
  if (!/^\w{32}$/.test(text(body['routing_key']))) return 'invalid routing key';
  if (!['trigger', 'acknowledge', 'resolve'].includes(text(body['event_action']))) return 'invalid event_action';
  if (text(body['dedup_key']).length > 255 || text(body['dedup_key']) === '') return 'invalid dedup_key';
  if (text(payload['summary']).length > 1024) return 'summary too long';
  return ['critical', 'error', 'warning', 'info'].includes(text(payload['severity'])) ? null : 'invalid severity';
};
/** https://core.telegram.org/bots/api#sendmessage: tags and entities do not count. */
const telegram: Strict = (body, _headers, path) => {
  if (!/^\/bot\d+:[\w-]+\/sendMessage$/.test(path)) return 'Not Found';
  const html = text(body['text']);
  const open = html.replace(/<\/?b>/g, '');
  if (/<|>/.test(open) || /&(?!(lt|gt|amp|quot);)/.test(open)) return "Bad Request: can't parse entities";
  const seen = open.replace(/&(lt|gt|amp|quot);/g, '.');
  return seen.length > 0 && seen.length <= 4096 ? null : 'Bad Request: message is too long';
};
const sms: Strict = (body) =>
  text(body['text']).length <= 306 && /^\+\d+$/.test(text(body['to'])) ? null : 'too long';

const STRICT: Partial<Record<ChannelKind, { check: Strict; accepted: Answer }>> = {
  slack: { check: slack, accepted: { status: 200, body: 'ok' } },
  mattermost: { check: mattermost, accepted: { status: 200, body: 'ok' } },
  teams: { check: teams, accepted: { status: 202 } },
  ntfy: { check: ntfy, accepted: { status: 200, body: '{}' } },
  gotify: { check: gotify, accepted: { status: 200, body: '{"id":1}' } },
  pagerduty: { check: pagerduty, accepted: { status: 202, body: '{"status":"success"}' } },
  telegram: { check: telegram, accepted: { status: 200, body: '{"ok":true,"result":{}}' } },
  sms: { check: sms, accepted: { status: 201 } },
};

/** What the receiver of this kind answers: 400 with its word where a limit is broken. */
export function strictAnswer(kind: ChannelKind, body: string, headers: IncomingHttpHeaders, path: string): Answer {
  const strict = STRICT[kind];
  const parsed = parseJson(body, 20);
  if (!strict || !isObject(parsed)) return { status: 400, body: 'not JSON' };
  const wrong = strict.check(parsed, headers, path, Buffer.byteLength(body));
  return wrong === null ? strict.accepted : { status: 400, body: wrong };
}
