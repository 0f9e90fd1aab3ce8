/** A push from the outbox to the notification on the screen: sealed by the server, opened by a push service, given to the real service worker. */
import type { Browser, Page, Worker } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createDelivery } from '../../dashboard/notify/deliver.ts';
import { addMessage } from '../../dashboard/notify/outbox-message.ts';
import { registerPushRoutes } from '../../dashboard/routes/push.ts';
import { settingsWith, until, viewIn } from '../notify/cases.ts';
import { chromiumPath, openBrowser, watchPage } from '../support/browser.ts';
import { BUILT_WEB } from '../support/built.ts';
import { openPushService, type PushService } from '../support/push-service.ts';
import { NIGHT, type Night, night } from './world.ts';

describe.skipIf(!chromiumPath())('a push in the browser (needs Chromium)', () => {
  let browser: Browser;
  let service: PushService;
  let page: Page;

  // A browser each: to close only its context waits, now and then, for ever for a service worker that was given a notification.
  beforeEach(async () => {
    browser = await openBrowser();
  });
  afterEach(async () => {
    await browser?.close();
    await service?.close();
  });

  /** The operator's phone has subscribed; the alert is in the outbox for it, and has arrived. */
  async function pushed(): Promise<{ it: Night; worker: Worker; origin: string }> {
    service = await openPushService();
    const it = await night({ web: BUILT_WEB, env: { CARREL_PUSH_HOSTS: '127.0.0.1' }, routes: [registerPushRoutes] });
    const origin = await it.listen();
    it.state.push.put({ user: 'operator', ...service.subscribe('phone'), label: 'Chrome, Android', createdAt: NIGHT });
    await deliver(it, origin);
    ({ page } = await watchPage(browser, origin, { serviceWorkers: 'allow', viewport: { width: 360, height: 740 } }));
    await page.context().grantPermissions(['notifications'], { origin });
    const { cookie } = await it.enter('operator');
    const at = cookie.indexOf('=');
    await page.context().addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: origin }]);
    const registered = page.context().waitForEvent('serviceworker');
    const cdp = await page.context().newCDPSession(page);
    const registration = new Promise<string>((resolve) =>
      cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [first] }) => {
        if (first) resolve(first.registrationId);
      }),
    );
    await cdp.send('ServiceWorker.enable');
    await page.goto(`${origin}/alerts/${it.incident}`);
    const worker = await registered;
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const data = JSON.stringify(service.delivered[0]?.payload);
    await cdp.send('ServiceWorker.deliverPushMessage', { origin, registrationId: await registration, data });
    return { it, worker, origin };
  }
  async function deliver({ state, clock, incident, log }: Night, origin: string): Promise<void> {
    const settings = settingsWith({ CARREL_PUSH_HOSTS: ['127.0.0.1'], CARREL_PUBLIC_URL: origin });
    const message = { incident, kind: 'firing', severity: 'page', now: clock.nowMs } as const;
    addMessage(state, { route: 'push:operator', kind: 'push', label: 'operator, push' }, message);
    const alerts = { view: viewIn(state), onChange: () => () => undefined };
    const delivery = createDelivery({ settings, state, alerts, clock, log, every: () => () => undefined });
    onTestFinished(() => delivery.stop());
    delivery.look();
    await until(() => service.delivered.length > 0, 'a push at the service');
  }
  const shown = (worker: Worker) =>
    worker.evaluate(async () => {
      const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration };
      return (await registration.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }));
    });
  /** As the system does when somebody presses a button of it. */
  const press = (worker: Worker, action: string) =>
    worker.evaluate(async (pressed) => {
      const scope = globalThis as unknown as {
        registration: ServiceWorkerRegistration;
        NotificationEvent: new (kind: string, init: object) => Event;
        dispatchEvent(event: Event): boolean;
      };
      const [notification] = await scope.registration.getNotifications();
      scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification, action: pressed }));
    }, action);

  test('is shown, and the device says so', async () => {
    const { it, worker } = await pushed();
    await expect.poll(() => shown(worker)).toHaveLength(1);
    const [first] = await shown(worker);
    expect(first?.title).toContain('Offline');
    expect(first?.body).toContain('Since');
    await expect.poll(() => it.state.push.ofUser('operator')[0]?.deliveredAt).toBe(NIGHT);
  }, 30_000);
  test('a phone whose push service gave it another subscription stays the same device, without a session', async () => {
    const { it, worker } = await pushed();
    const [device] = it.state.push.ofUser('operator');
    await page.context().clearCookies();
    const next = service.subscribe('another');
    await worker.evaluate(
      ([before, after]) => {
        const asBrowser = (one: typeof before) => ({
          endpoint: one.endpoint,
          toJSON: () => ({ endpoint: one.endpoint, keys: { p256dh: one.p256dh, auth: one.auth } }),
        });
        const scope = globalThis as unknown as {
          ExtendableEvent: new (kind: string) => Event;
          dispatchEvent(event: Event): boolean;
        };
        const change = { oldSubscription: asBrowser(before), newSubscription: asBrowser(after) };
        scope.dispatchEvent(Object.assign(new scope.ExtendableEvent('pushsubscriptionchange'), change));
      },
      [
        { endpoint: device?.endpoint ?? '', p256dh: device?.p256dh ?? '', auth: device?.auth ?? '' },
        { endpoint: next.endpoint, p256dh: next.p256dh, auth: next.auth },
      ] as const,
    );
    await expect.poll(() => it.state.push.ofUser('operator')).toMatchObject([{ id: device?.id, ...next }]);
  }, 30_000);
  test('is acted on by its button, without opening a page and without a session', async () => {
    const { it, worker } = await pushed();
    await expect.poll(() => shown(worker)).toHaveLength(1);
    await page.context().clearCookies();
    await press(worker, 'ack 8h');
    await expect.poll(() => it.state.alerts.get(it.incident)?.acknowledged_by).toBe('operator');
    await expect.poll(async () => (await shown(worker))[0]?.body).toContain('You have it until');
  }, 30_000);
});
