import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '#lib/logger';
import { createDelivery } from '../../dashboard/notify/deliver.ts';
import { createNoticePlanner } from '../../dashboard/notify/plan.ts';
import { createPushDesk } from '../../dashboard/notify/push/desk.ts';
import { encrypt, PLAIN_BYTES_MAX } from '../../dashboard/notify/push/encrypt.ts';
import { refusedEndpoint } from '../../dashboard/notify/push/endpoint.ts';
import { push } from '../../dashboard/notify/push/push.ts';
import { registerPushRoutes } from '../../dashboard/routes/push.ts';
import { NOON } from '../alert/tests.ts';
import { handTime } from '../alert/world.ts';
import { PASSWORD, testDashboard } from '../support/dashboard.ts';
import { openPushService, type PushService } from '../support/push-service.ts';
import { memoryState } from '../support/state.ts';
import { openReceiver, postOf, settingsWith, site, slowAlert, storedIncident, until, viewIn } from './cases.ts';

let service: PushService;
const started = async (): Promise<PushService> => {
  service = await openPushService();
  return service;
};
afterEach(() => service?.close());

const settings = settingsWith({ CARREL_PUSH_HOSTS: ['127.0.0.1'] });
/** Ona with these devices, by name and what the push service answers for each. */
async function world(devices: Readonly<Record<string, number>>) {
  const { subscribe, delivered } = await started();
  const state = memoryState();
  state.registry.putSite(site);
  state.registry.putAccessPoint({ id: 'antazave', site: 'antazave', name: site.name, target_mbps: 30 });
  state.people.putUser({ name: 'ona', role: 'on_call', passwordHash: 'x', email: null, createdAt: 1 });
  for (const [name, answers] of Object.entries(devices))
    state.push.put({ user: 'ona', ...subscribe(name, answers), label: name, createdAt: NOON });
  const desk = createPushDesk(settings, state);
  const io = { guard: desk.guard, webhookSecret: undefined, push: desk };
  const send = (more: Parameters<typeof postOf>[0] = {}) =>
    push.send({ ...postOf(more), address: 'ona' }, { config: {}, secrets: {} }, io);
  return { state, delivered, desk, send };
}

describe('a push', () => {
  test('is sealed as the example of RFC 8291 is', () => {
    const b64 = (text: string) => Buffer.from(text, 'base64url');
    const sealed = encrypt(
      Buffer.from('When I grow up, I want to be a watermelon'),
      {
        p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
        auth: 'BTBZMqHH6r4Tts7J_aSIgg',
      },
      { privateKey: b64('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'), salt: b64('DGv6ra1nlYgDCS1FRnbzlw') },
    );
    expect(sealed.toString('base64url')).toBe(
      'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
    );
  });
  test('says what, where and since when, can be acted on, and replaces the one before it', async () => {
    const { delivered, send } = await world({ phone: 201 });
    const severity = { alert: { ...slowAlert, severity: 'page' as const } };
    expect(await send({ ...severity, actUrl: 'https://carrel.example/a/token' })).toEqual({ kind: 'sent' });
    expect(delivered[0]?.payload).toMatchObject({
      title: 'Below 30 Mb/s: Zarasų r. Antazavės biblioteka, 11.5 Mb/s',
      body: expect.stringContaining('Since 14:00. Somebody is needed now.'),
      tag: 'carrel-x-7',
      url: '/alerts/7',
      act: '/a/token',
      actions: [
        { action: 'ack 8h', title: 'I’ve got it' },
        { action: 'silence 1h', title: 'Silence, 1 hour' },
      ],
      wakes: true,
    });
    expect(delivered[0]?.headers).toMatchObject({ urgency: 'high', ttl: '14400', 'content-encoding': 'aes128gcm' });
    expect(delivered[0]?.headers['topic']).toMatch(/^[\w-]{32}$/);
    expect(delivered[0]?.claims).toMatchObject({ sub: 'https://carrel.example' });
  });
  test('of at most 4,096 bytes reaches a phone, however long the names are', async () => {
    const { delivered, send } = await world({ phone: 201 });
    await send({ place: 'Ąžuolų biblioteka '.repeat(400) });
    expect(delivered[0]?.bytes).toBeLessThanOrEqual(4096);
    const { p256dh, auth } = service.subscribe('other');
    expect(() => encrypt(Buffer.alloc(PLAIN_BYTES_MAX + 1), { p256dh, auth })).toThrow(RangeError);
    expect(encrypt(Buffer.alloc(PLAIN_BYTES_MAX), { p256dh, auth })).toHaveLength(4096);
  });
  test('goes to every device once, also when it is repeated after a crash', async () => {
    const { delivered, send } = await world({ phone: 201, tablet: 201 });
    await send();
    expect(await send()).toEqual({ kind: 'sent' });
    expect(delivered.map(({ to }) => to).sort()).toEqual(['phone', 'tablet']);
  });
  test.each([404, 410])('that a device has unsubscribed from (%i) removes it; the others get it', async (gone) => {
    const { state, send } = await world({ old: gone, phone: 201 });
    expect(await send()).toEqual({ kind: 'sent' });
    expect(state.push.ofUser('ona').map(({ label }) => label)).toEqual(['phone']);
    expect(await world({ old: gone }).then((it) => it.send())).toMatchObject({ kind: 'refused' });
  });
  test.each([
    [503, 'retry'],
    [429, 'retry'],
    [400, 'refused'],
  ])('that is answered by %i is to be %s, and its device keeps the error', async (status, kind) => {
    const { state, send } = await world({ phone: status });
    expect(await send()).toMatchObject({ kind });
    expect(state.push.ofUser('ona')[0]?.error).toContain(String(status));
  });
  test('has no key of the server before somebody asks for it', () => {
    const state = memoryState();
    const desk = createPushDesk(settings, state);
    expect(state.keep.get('push.vapid')).toBeNull();
    desk.publicKey();
    expect(state.keep.get('push.vapid')).not.toBeNull();
  });
  test('is signed by a key that outlives restarts', async () => {
    const { state, desk } = await world({});
    expect(createPushDesk(settings, state).publicKey()).toBe(desk.publicKey());
    expect(Buffer.from(desk.publicKey(), 'base64url')).toHaveLength(65);
  });
});

test.each([
  ['https://fcm.googleapis.com/fcm/send/x', true],
  ['https://updates.push.services.mozilla.com/wpush/v2/x', true],
  ['https://web.push.apple.com/x', true],
  ['https://wns2-par02p.notify.windows.com/w/?token=x', true],
  ['http://fcm.googleapis.com/x', false],
  ['https://evil.example/fcm.googleapis.com', false],
  ['https://fcm.googleapis.com.evil.example/x', false],
  ['https://169.254.169.254/latest/meta-data', false],
  ['https://user@fcm.googleapis.com/x', false],
  ['ftp://push.library.example/x', false],
  ['http://push.library.example/x', true],
])('a browser may name %s as its push service: %s', (endpoint, allowed) => {
  expect(refusedEndpoint(endpoint, ['push.library.example']) === null).toBe(allowed);
});

describe('a person with devices', () => {
  test('is told by push first, and by the next way when no device is left', async () => {
    const { state, delivered } = await world({ phone: 201 });
    const mailbox = await openReceiver((_n, response) => response.writeHead(200).end('{"ok":true}'));
    onTestFinished(() => mailbox.close());
    const config = { api: mailbox.url.replace('/hook', '') };
    const secrets = { token: '12345:AAAAAAAAAAAAAAAAAAAAAAAAA' };
    const kind = { name: 'Telegram', kind: 'telegram', config, secrets, gets: [], lang: 'en', enabled: true } as const;
    const channel = state.channels.add({ ...kind, gets: [], createdAt: 1 });
    const person = { user: 'ona', lang: 'en', zone: 'UTC', quiet: null } as const;
    state.oncall.putCallee({ ...person, contacts: [{ channel, address: '101' }] });
    state.oncall.addPolicy({
      name: 'Nights',
      severities: ['page'],
      steps: [
        { do: 'notify', person: 'ona' },
        { do: 'wait', minutes: 5 },
        { do: 'repeat', times: 1 },
      ],
      working: null,
    });
    const time = handTime();
    const alerts = { view: viewIn(state), onChange: () => () => undefined };
    const parts = { settings, state, alerts, clock: time.clock, log: silentLogger, every: time.every };
    const delivery = createDelivery(parts);
    onTestFinished(() => delivery.stop());
    const made = storedIncident({ severity: 'page', rule: 'dark' });
    const incident = { ...made, id: state.alerts.add(made) };
    createNoticePlanner(settings, state).plan({ incident, kind: 'firing', severity: 'page' }, NOON);
    delivery.start();
    const sent = () => state.outbox.ofIncident(incident.id).map(({ channel: by, state: is }) => `${by} ${is}`);
    await until(() => sent().join() === 'push sent', 'a push');
    expect(delivered[0]?.payload).toMatchObject({
      act: expect.stringMatching(/^\/a\//),
      url: `/alerts/${incident.id}`,
    });
    for (let minute = 0; minute < 6; minute++) time.pass(60_000);
    await until(() => sent().join() === 'push sent,telegram sent', 'then Telegram');
  });
  test('adds, sees, tries and removes own devices, and no other’s', async () => {
    const { subscribe, delivered } = await started();
    const it = await testDashboard({ env: { CARREL_PUSH_HOSTS: '127.0.0.1' }, routes: [registerPushRoutes] });
    const as = async (name: string) => {
      const { cookie, me } = await it.signIn(name, PASSWORD);
      const headers = { cookie, 'x-csrf-token': me.csrf };
      return (method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object) =>
        it.app.inject({ method, url: `/api/v1/push${path}`, headers, ...(payload ? { payload } : {}) });
    };
    const [viewer, operator] = [await as('viewer'), await as('operator')];
    const added = await viewer('POST', '/devices', { ...subscribe('phone'), label: 'Chrome, Android' });
    expect([added.statusCode, added.json().label]).toEqual([201, 'Chrome, Android']);
    expect((await operator('GET', '')).json().devices).toEqual([]);
    expect((await operator('DELETE', `/devices/${added.json().id}`)).statusCode).toBe(404);
    expect((await operator('POST', '/test')).statusCode).toBe(404);
    expect((await viewer('POST', '/test')).json()).toMatchObject({ ok: true });
    const { receipt } = delivered[0]?.payload ?? {};
    const said = (text: unknown) =>
      it.app.inject({ method: 'POST', url: '/api/v1/push/receipts', payload: { receipt: text } });
    const [made, last] = [String(receipt).slice(0, -1), String(receipt).slice(-1)];
    expect((await said(made + (last === 'A' ? 'B' : 'A'))).statusCode).toBe(204);
    expect((await viewer('GET', '')).json().devices[0]).toMatchObject({ delivered_at: null, error: null });
    it.clock.nowMs += 1000;
    await said(receipt);
    expect((await viewer('GET', '')).json().devices[0]).toMatchObject({ delivered_at: it.clock.nowMs });
    expect((await viewer('DELETE', `/devices/${added.json().id}`)).statusCode).toBe(204);
    expect(it.state.push.ofUser('viewer')).toEqual([]);
  });
  test('keeps its person, its name and its number when the browser proves that its subscription is another one now', async () => {
    const { subscribe } = await started();
    const it = await testDashboard({ env: { CARREL_PUSH_HOSTS: '127.0.0.1' }, routes: [registerPushRoutes] });
    const [old, next] = [subscribe('before'), subscribe('after')];
    const id = it.state.push.put({ user: 'viewer', ...old, label: 'Chrome, Android', createdAt: 1 });
    const move = (before: object, after: object = next) =>
      it.app.inject({ method: 'POST', url: '/api/v1/push/devices/moved', payload: { before, ...after } });
    expect((await move({ endpoint: old.endpoint, auth: next.auth })).statusCode).toBe(404);
    const elsewhere = { ...next, endpoint: 'https://evil.example/x' };
    expect((await move({ endpoint: old.endpoint, auth: old.auth }, elsewhere)).statusCode).toBe(400);
    expect(it.state.push.ofUser('viewer')).toMatchObject([{ id, endpoint: old.endpoint }]);
    expect((await move({ endpoint: old.endpoint, auth: old.auth })).statusCode).toBe(204);
    expect(it.state.push.ofUser('viewer')).toMatchObject([{ id, label: 'Chrome, Android', ...next }]);
    expect((await move({ endpoint: old.endpoint, auth: old.auth })).statusCode).toBe(404);
  });
  test('cannot make this server call another one, nor be a program', async () => {
    const { subscribe } = await started();
    const it = await testDashboard({ routes: [registerPushRoutes] });
    const { cookie, me } = await it.signIn('viewer', PASSWORD);
    const headers = { cookie, 'x-csrf-token': me.csrf };
    const add = (payload: object) => it.app.inject({ method: 'POST', url: '/api/v1/push/devices', headers, payload });
    const device = { ...subscribe('x'), label: 'x' };
    expect((await add(device)).json().errors[0].field).toBe('endpoint');
    const good = { ...device, endpoint: 'https://fcm.googleapis.com/fcm/send/x' };
    expect((await add({ ...good, auth: 'short' })).statusCode).toBe(400);
    expect((await add(good)).statusCode).toBe(201);
    expect((await it.as('viewer', 'POST', '/push/devices', good)).statusCode).toBe(403);
  });
});
