import { afterEach, describe, expect, test } from 'vitest';
import { CHANNEL_KINDS, type ChannelKind } from '#contract';
import { createAddressGuard } from '../../dashboard/notify/address-guard.ts';
import type { ChannelSettings, Post } from '../../dashboard/notify/channel.ts';
import { channelKinds, channelProblems, channelType } from '../../dashboard/notify/channels.ts';
import type { MessageInput } from '../../dashboard/notify/message.ts';
import type { Outcome } from '../../dashboard/notify/outcome.ts';
import { type Call, inputOf, openReceiver, postOf, slowAlert } from './cases.ts';
import { strictAnswer } from './strict.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const HTTP_KINDS = ['slack', 'mattermost', 'teams', 'ntfy', 'gotify', 'pagerduty', 'telegram', 'sms'] as const;
type HttpKind = (typeof HTTP_KINDS)[number];
function settingsOf(kind: HttpKind, url: string): ChannelSettings {
  const base = url.replace(/\/hook$/, '');
  const table: Record<HttpKind, ChannelSettings> = {
    slack: { config: {}, secrets: { url } },
    mattermost: { config: {}, secrets: { url } },
    teams: { config: {}, secrets: { url } },
    ntfy: { config: { server: base }, secrets: { topic: 'carrel-night', token: 'tk_secret' } },
    gotify: { config: { server: base }, secrets: { token: 'Asecret' } },
    pagerduty: { config: { url }, secrets: { routing_key: 'R'.repeat(32) } },
    telegram: { config: { api: base, chat: '-100' }, secrets: { token: '12345:AAAAAAAAAAAAAAAAAAAAAAAAA' } },
    sms: { config: { to: '+37060000000' }, secrets: { url, authorization: 'Bearer secret' } },
  };
  return table[kind];
}
/** Sends to a strict receiver of this kind; answers with what it got. */
async function sent(kind: HttpKind, post: Post): Promise<{ outcome: Outcome; call: Call | undefined; body: string }> {
  const receiver = await openReceiver((n, response) => {
    const { status, body = '' } = strictAnswer(
      kind,
      calls()[n]?.body ?? '',
      calls()[n]?.headers ?? {},
      calls()[n]?.path ?? '',
    );
    response.writeHead(status).end(body);
  });
  const calls = () => receiver.calls;
  ends.push(() => receiver.close());
  const io = { guard: createAddressGuard(['127.0.0.1']), webhookSecret: undefined };
  const outcome = await channelType(kind).send(post, settingsOf(kind, receiver.url), io);
  return { outcome, call: receiver.calls[0], body: receiver.calls[0]?.body ?? '' };
}

const evil = '<!channel> @channel @here *b* _i_ [x](http://evil.example) <script> \u202e';
const hostile: Partial<MessageInput> = { place: evil };
const site = inputOf().site;
const huge: Partial<MessageInput> = {
  place: 'Ąžuolų biblioteka '.repeat(400),
  site: site && { ...site, name: 'Ąžuolų biblioteka '.repeat(400) },
  alert: {
    ...slowAlert,
    reasons: Array.from({ length: 60 }, (_, n) => `${n} ${'ilgas paaiškinimas '.repeat(60)}`),
    evidence: Array.from({ length: 300 }, () => slowAlert.evidence).flat(),
  },
};

describe.each(HTTP_KINDS)('%s', (kind) => {
  test('takes a plain alert as the real one would, without a word of its secrets in the body', async () => {
    const { outcome, body } = await sent(kind, postOf());
    expect(outcome).toMatchObject({ kind: 'sent' });
    expect(body).toMatch(/Antazav/);
    if (kind !== 'pagerduty' && kind !== 'ntfy') expect(body).not.toMatch(/secret|AAAAAAAA/);
  });
  test('takes one that is far too long: it is cut to the published limits', async () => {
    expect((await sent(kind, postOf(huge))).outcome).toMatchObject({ kind: 'sent' });
  });
  test('cannot be made to call a room or to show a link by the name of a library', async () => {
    const { outcome, body } = await sent(kind, postOf(hostile));
    expect(outcome).toMatchObject({ kind: 'sent' });
    // What only data carries (`source`, `custom_details`) is not rendered by anybody.
    if (['slack', 'mattermost', 'teams', 'telegram'].includes(kind))
      expect(body).not.toMatch(/@(channel|here)|<!channel>|<script>/);
    if (kind === 'mattermost' || kind === 'teams') expect(body).not.toContain('[x](http');
    expect(body).not.toContain('\u202e');
  });
});

test('Teams says "accepted", which is not "delivered", and that is said', async () => {
  expect((await sent('teams', postOf())).outcome).toEqual({
    kind: 'sent',
    remark: { code: 'trouble.teams' },
  });
});
test('PagerDuty gets trigger and resolve under one dedup key per incident', async () => {
  const firing = JSON.parse((await sent('pagerduty', postOf())).body);
  const over = { ...slowAlert, condition: 'resolved', resolved_at: slowAlert.since + 60_000 } as const;
  const resolved = JSON.parse((await sent('pagerduty', postOf({ kind: 'resolved', alert: over }))).body);
  expect([firing.event_action, resolved.event_action, firing.dedup_key]).toEqual([
    'trigger',
    'resolve',
    resolved.dedup_key,
  ]);
  expect(firing.payload.severity).toBe('warning');
});
test('ntfy and Gotify get their tokens in a header, never in the address', async () => {
  expect((await sent('ntfy', postOf())).call?.headers.authorization).toBe('Bearer tk_secret');
  const gotify = await sent('gotify', postOf());
  expect([gotify.call?.headers['x-gotify-key'], gotify.call?.path]).toEqual(['Asecret', '/message']);
});
test('Telegram says in its body how long to wait, and why it refuses', async () => {
  const answers = [
    {
      status: 429,
      body: '{"ok":false,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}',
    },
    { status: 400, body: '{"ok":false,"description":"Bad Request: chat not found"}' },
  ];
  const receiver = await openReceiver((n, response) =>
    response.writeHead(answers[n]?.status ?? 500).end(answers[n]?.body),
  );
  ends.push(() => receiver.close());
  const io = { guard: createAddressGuard(['127.0.0.1']), webhookSecret: undefined };
  const send = () => channelType('telegram').send(postOf(), settingsOf('telegram', receiver.url), io);
  expect(await send()).toMatchObject({ kind: 'retry', afterMs: 7000 });
  expect(await send()).toEqual({
    kind: 'refused',
    error: { code: 'trouble.answered', status: 400, words: 'Bad Request: chat not found' },
  });
});
test('an address that is not there is told without the address, which may be a secret', async () => {
  const io = { guard: createAddressGuard(['127.0.0.1']), webhookSecret: undefined };
  const settings = { config: {}, secrets: { url: 'http://127.0.0.1:1/services/T0/B0/topsecret' } };
  const outcome = await channelType('slack').send(postOf(), settings, io);
  expect(outcome).toMatchObject({ kind: 'retry', error: expect.stringContaining('ECONNREFUSED') });
  expect(JSON.stringify(outcome)).not.toContain('topsecret');
});

describe('what is stored for a channel', () => {
  test('is checked field by field, in words that hold no secret', () => {
    expect(channelProblems('ntfy', { server: 'ftp://x', topic: 'a b secret', colour: 'red' })).toEqual({
      server: 'must be an http or https address',
      topic: 'must be 1 to 64 letters, digits, - and _',
      colour: 'is not a setting of ntfy',
    });
    expect(channelProblems('pagerduty', {})).toEqual({
      routing_key: 'is missing; for example R0123456789ABCDEF0123456789ABCDE',
    });
    expect(channelProblems('email', { server: 'smtp://u:pass@h', from: 'a@b.c\r\nBcc: x@y.z' })).toEqual({
      server: 'must be smtp://user@host:587 or smtps://user@host:465, the password apart',
      from: 'must be an address such as night@library.example',
    });
  });
  test('is described with an example that passes its own check, for every kind but the devices that people add themselves', () => {
    const kinds = channelKinds();
    const setUp: ChannelKind[] = CHANNEL_KINDS.filter((kind) => kind !== 'push');
    expect(kinds.map(({ kind }) => kind)).toEqual(setUp);
    for (const { kind, fields } of kinds)
      expect([
        kind,
        channelProblems(kind, Object.fromEntries(fields.map(({ name, example }) => [name, example]))),
      ]).toEqual([kind, {}]);
  });
});
