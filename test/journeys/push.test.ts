/**
 * Journey: somebody lets this browser be pushed to and sends a test. Real parts: the server, which seals and sends it, Chromium and its service worker, which
 * shows it and says so. The browser maker's push service is one on loopback: it opens what it got and hands it to the worker.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, CDPSession, Page, Worker } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, openBrowser, watchPage } from '../support/browser.ts';
import { openPushService, type PushService, type Subscription } from '../support/push-service.ts';
import { type RunningServer, startServer } from '../support/server.ts';

const PASSWORD = 'a long enough password';

describe.skipIf(!chromiumPath())('a test push (needs Chromium)', () => {
  let dir: string;
  let server: RunningServer;
  let service: PushService;
  let browser: Browser;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'carrel-push-'));
    service = await openPushService();
    server = await startServer(join(dir, 'data'), {
      CARREL_STORE: 'memory:',
      CARREL_PUSH_HOSTS: service.host,
      CARREL_ADMIN_PASSWORD: PASSWORD,
    });
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    await service?.close();
    rmSync(dir, { recursive: true, force: true });
  });
  afterEach(async () => {
    await browser?.close();
  });

  interface Device {
    page: Page;
    cdp: CDPSession;
    registration: Promise<string>;
    worker: Promise<Worker>;
  }

  /** A browser of its own whose maker gives it this subscription, on the page that `path` names, signed in. */
  async function device(path: string, subscription: Subscription): Promise<Device> {
    browser = await openBrowser();
    const { page } = await watchPage(browser, server.http, { serviceWorkers: 'allow', locale: 'en' });
    await page.context().grantPermissions(['notifications'], { origin: server.http });
    await page.addInitScript((given: Subscription) => {
      const { endpoint, p256dh, auth } = given;
      const known = { endpoint, toJSON: () => ({ endpoint, keys: { p256dh, auth } }), unsubscribe: async () => true };
      let current: typeof known | null = null;
      Object.assign(PushManager.prototype, {
        getSubscription: async () => current,
        subscribe: async () => (current = known),
      });
    }, subscription);
    const worker = page.context().waitForEvent('serviceworker');
    const cdp = await page.context().newCDPSession(page);
    const registration = new Promise<string>((resolve) =>
      cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [first] }) => {
        if (first) resolve(first.registrationId);
      }),
    );
    await cdp.send('ServiceWorker.enable');
    await page.request.post(`${server.http}/api/v1/login`, { data: { name: 'admin', password: PASSWORD } });
    await page.goto(server.http + path);
    await page.getByRole('button', { name: 'Push to this device' }).click();
    await page.getByText('This device gets pushes.').waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    return { page, cdp, registration, worker };
  }
  const sentTo = (name: string) => service.delivered.filter(({ to }) => to === name);
  async function send(page: Page, name: string): Promise<string> {
    await page.getByRole('button', { name: 'Send a test' }).click();
    await expect.poll(() => sentTo(name).length, { timeout: 20_000 }).toBe(1);
    return JSON.stringify(sentTo(name)[0]?.payload);
  }

  test('is shown by the worker, and the page says within how long', async () => {
    const { page, cdp, registration, worker } = await device('/start?step=3', service.subscribe('phone'));
    const data = await send(page, 'phone');
    await page.getByText('Sent. Waiting for this device to show it…').waitFor();
    const registrationId = await registration;
    await cdp.send('ServiceWorker.deliverPushMessage', { origin: server.http, registrationId, data });
    await page.getByText(/It arrived within \d+\s?s\./).waitFor();
    const shown = await (await worker).evaluate(async () => {
      const { registration: own } = globalThis as unknown as { registration: ServiceWorkerRegistration };
      return (await own.getNotifications()).map(({ title }) => title);
    });
    expect(shown).toEqual([expect.stringMatching(/test/i)]);
    await page.getByText(/last shown \d\d:\d\d/).waitFor();
  }, 60_000);

  test('that is sent and never shown is said to be so, with what to look at', async () => {
    const { page } = await device('/settings?part=you', service.subscribe('sleeping'));
    await page.clock.install();
    await send(page, 'sleeping');
    const said = page.getByText('Sent, and not shown within 15 s.');
    await expect
      .poll(async () => {
        await page.clock.runFor(500);
        return said.count();
      })
      .toBe(1);
  }, 60_000);

  test.each([
    [400, /failed: .*400/],
    [410, 'The push service of this browser no longer knows it.'],
  ])(
    'that the push service answers with %i says why, though another device took it',
    async (status, words) => {
      const { page } = await device('/settings?part=you', service.subscribe(`refused-${status}`, status));
      await page.getByRole('button', { name: 'Send a test' }).click();
      await page.getByRole('status').getByText(words).waitFor();
      expect(sentTo(`refused-${status}`)).toEqual([]);
    },
    60_000,
  );
});
