import { expect, test } from 'vitest';
import type { ChannelTestResult, ChannelView } from '#contract';
import { registerChannelRoutes } from '../../dashboard/routes/channels.ts';
import { type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { openReceiver } from './cases.ts';

const env = {
  CARREL_ONCALL: 'night@library.example',
  CARREL_SMTP: 'smtp://carrel:mailsecret@127.0.0.1:1',
  CARREL_WEBHOOKS: 'http://127.0.0.1:1/hooksecret',
  CARREL_WEBHOOK_ALLOW: '127.0.0.1',
};
const dashboard = (): Promise<TestDashboard> => testDashboard({ env, routes: [registerChannelRoutes] });
const slack = {
  name: 'Night room',
  kind: 'slack',
  secrets: { url: 'https://hooks.slack.example/T0/topsecret' },
  gets: ['page'],
};

test('a channel is set up, changed and removed by administrators, and its secret never comes back', async () => {
  const it = await dashboard();
  expect((await it.as('operator', 'POST', '/channels', slack)).statusCode).toBe(403);
  const made = await it.as('administrator', 'POST', '/channels', slack);
  expect([made.statusCode, made.json()]).toEqual([
    201,
    expect.objectContaining({
      id: 1,
      route: 'channel:1',
      name: 'Night room',
      kind: 'slack',
      secrets: ['url'],
      gets: ['page'],
      lang: 'en',
    }),
  ]);
  const changed = await it.as('administrator', 'PUT', '/channels/1', { lang: 'lt', secrets: { url: '' } });
  expect(changed.json<ChannelView>()).toMatchObject({ lang: 'lt', secrets: ['url'] });
  const listed = await it.as('administrator', 'GET', '/channels');
  expect(listed.json<{ items: ChannelView[] }>().items.map(({ id, name }) => [id, name])).toEqual([
    [null, 'night@library.example'],
    [null, expect.stringMatching(/^http:\/\/127\.0\.0\.1:1\/… #/)],
    [1, 'Night room'],
  ]);
  expect((await it.as('administrator', 'DELETE', '/channels/1')).statusCode).toBe(204);
  const said = [
    made.body,
    changed.body,
    listed.body,
    JSON.stringify(it.state.auditTrail({ limit: 9 })),
    it.log.lines.join(),
  ].join();
  expect(said).not.toMatch(/topsecret|mailsecret|hooksecret/);
});
test.each([
  [{ ...slack, secrets: {} }, 400, 'CHANNEL_INVALID', 'url is missing'],
  [{ ...slack, secrets: { url: 'ftp://x' } }, 400, 'CHANNEL_INVALID', 'url must be an http or https address'],
  [{ ...slack, secrets: {}, config: { url: 'https://a.example' } }, 400, 'CHANNEL_INVALID', 'url is a secret'],
  [{ ...slack, kind: 'fax' }, 400, 'BODY_INVALID', 'kind'],
  [
    { ...slack, secrets: { __proto__x: 'y', url: 'https://a.example' } },
    400,
    'CHANNEL_INVALID',
    'is not a setting of slack',
  ],
])('what cannot work is refused with its field: %#', async (body, status, code, words) => {
  const answer = await (await dashboard()).as('administrator', 'POST', '/channels', body);
  expect(answer.json()).toMatchObject({ status, code, detail: expect.stringContaining(words) });
});
test('a second one of the same name is refused', async () => {
  const it = await dashboard();
  await it.as('administrator', 'POST', '/channels', slack);
  expect((await it.as('administrator', 'POST', '/channels', slack)).json()).toMatchObject({
    status: 409,
    code: 'CHANNEL_EXISTS',
  });
});
test('where an address changes, the stored secret is not sent there: it is asked for again', async () => {
  const it = await dashboard();
  const ntfy = {
    name: 'Push',
    kind: 'ntfy',
    config: { server: 'https://ntfy.example' },
    secrets: { topic: 'carrel', token: 'tk_1' },
  };
  await it.as('administrator', 'POST', '/channels', ntfy);
  const moved = await it.as('administrator', 'PUT', '/channels/1', { config: { server: 'https://evil.example' } });
  expect(moved.json()).toMatchObject({
    status: 400,
    code: 'CHANNEL_INVALID',
    detail: expect.stringContaining('topic is missing'),
  });
});
test('the test button sends a real message, says what was answered, and that stays on the page', async () => {
  const receiver = await openReceiver((n, response) =>
    response.writeHead(n === 0 ? 404 : 200).end(n === 0 ? 'no_service' : 'ok'),
  );
  const it = await dashboard();
  await it.as('administrator', 'POST', '/channels', { ...slack, secrets: { url: receiver.url }, gets: [] });
  const press = async () =>
    (await it.as('administrator', 'POST', '/channels/test', { route: 'channel:1' })).json<ChannelTestResult>();
  const view = async () =>
    (await it.as('administrator', 'GET', '/channels'))
      .json<{ items: ChannelView[] }>()
      .items.find(({ id }) => id === 1);
  expect(await press()).toMatchObject({ ok: false, error: 'the receiver answered 404: no_service' });
  expect(await view()).toMatchObject({
    failed_at: it.clock.nowMs,
    error: 'the receiver answered 404: no_service',
    failing_since: it.clock.nowMs,
    ok_at: null,
  });
  it.clock.nowMs += 60_000;
  expect(await press()).toMatchObject({ ok: true, error: null });
  expect(await view()).toMatchObject({ ok_at: it.clock.nowMs, failing_since: null });
  expect(receiver.calls[1]?.body).toContain('Carrel test message');
  await receiver.close();
  expect((await it.as('administrator', 'POST', '/channels/test', { route: 'channel:9' })).json()).toMatchObject({
    status: 404,
  });
});
