/** What stands when the network is cut, in the real Chromium with the real service worker. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CarrelError } from '#lib/errors';
import { registerLiveRoutes } from '../../dashboard/routes/live.ts';
import { chromiumPath, openBrowser, type WatchedPage, watchPage } from '../support/browser.ts';
import { BUILT_WEB } from '../support/built.ts';
import { type Night, night } from './world.ts';

describe.skipIf(!chromiumPath())('without a connection (needs Chromium)', () => {
  let web = BUILT_WEB;
  let browser: Browser;
  let watched: WatchedPage;

  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });
  afterEach(() => watched?.page.context().close());

  /** Opens an address as the operator, with a worker that has taken over. */
  async function open(path: (it: Night) => string): Promise<{ it: Night; page: Page; origin: string }> {
    const it = await night({ web, routes: [registerLiveRoutes] });
    const origin = await it.listen();
    const { cookie } = await it.enter('operator');
    watched = await watchPage(browser, origin, {
      viewport: { width: 360, height: 740 },
      serviceWorkers: 'allow',
      locale: 'en',
    });
    const { page } = watched;
    page.setDefaultTimeout(20_000);
    const at = cookie.indexOf('=');
    await page.context().addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: origin }]);
    await page.goto(origin + path(it));
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      if (!navigator.serviceWorker.controller)
        await new Promise((resolve) =>
          navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
        );
    });
    return { it, page, origin };
  }
  const incident = (it: Night): string => `/alerts/${it.incident}`;
  /** The worker has kept this address. */
  const kept = (page: Page, path: string) =>
    expect.poll(() => page.evaluate(async (name) => (await caches.match(name)) !== undefined, path)).toBe(true);

  test('what is pressed is kept, said to be waiting, sent once there is a line again, and done once', async () => {
    const { it, page } = await open(incident);
    await page.context().setOffline(true);
    await page.getByRole('button', { name: /^I’ve got it until/ }).click();
    await page.getByText('No connection. It will be sent as soon as there is a connection').waitFor();
    await page.evaluate(() => scrollTo(0, 600));
    expect(await page.locator('.net').evaluate((line) => line.getBoundingClientRect().top)).toBeGreaterThanOrEqual(0);
    expect(it.state.alerts.get(it.incident)).toMatchObject({ acknowledged_by: null });
    await page.context().setOffline(false);
    await page.getByText('operator has it until 11:16.').waitFor();
    expect(it.state.auditTrail({ limit: 9 }).filter(({ action }) => action === 'alert acknowledged')).toHaveLength(1);
    expect(watched.foreign).toEqual([]);
  });
  test('what waited is sent also after the page was closed, when it is opened again', async () => {
    const { it, page, origin } = await open(incident);
    await page.context().setOffline(true);
    await page.getByRole('button', { name: '15 min' }).click();
    await page.getByText('It will be sent as soon as there is a connection').waitFor();
    await page.goto('about:blank');
    await page.context().setOffline(false);
    await page.goto(origin + incident(it));
    await page.getByText('Silenced until 03:31 by operator').waitFor();
    expect(it.state.alerts.silences(it.clock.nowMs)).toHaveLength(1);
  });
  test('the page of an incident opens with what it last said, and says how old that is', async () => {
    const { it, page, origin } = await open(incident);
    await page.reload();
    await kept(page, incident(it));
    await page.context().setOffline(true);
    await page.goto(origin + incident(it));
    await page.getByText('No connection. What stands here is from 03:16').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('Antazavės');
  });
  test('the large page opens with its last state, and says how old that is', async () => {
    const { page, origin } = await open(() => '/sites');
    await page.reload();
    await kept(page, '/api/v1/live/snapshot');
    await kept(page, '/api/v1/me');
    await page.context().setOffline(true);
    await page.goto(`${origin}/sites`);
    await page.locator('[data-pill=late], [data-pill=old]').waitFor();
    expect(await page.locator('.live').textContent()).toMatch(/\d+\ss/);
    expect(watched.foreign).toEqual([]);
  });
  test('what the server itself cannot do is not covered up by what was kept', async () => {
    const { it, page } = await open(() => '/sites');
    await page.reload();
    await kept(page, '/api/v1/live/snapshot');
    it.live.snapshot = () => {
      throw new CarrelError('STATE_UNWRITABLE', 'full');
    };
    expect(await page.evaluate(async () => (await fetch('/api/v1/live/snapshot')).status)).toBe(503);
  });
  test('an update is what is shown next, with a line and without', async () => {
    const own = mkdtempSync(join(tmpdir(), 'carrel-update-'));
    cpSync(web, own, { recursive: true });
    web = own;
    try {
      const { page, origin } = await open(() => '/sites');
      const index = join(own, 'index.html');
      for (const packed of ['br', 'gz']) rmSync(`${index}.${packed}`);
      writeFileSync(
        index,
        readFileSync(index, 'utf8').replace(/carrel-build" content="\w+"/, 'carrel-build" content="cafe012345"'),
      );
      await page.goto(`${origin}/sites`);
      const build = () => page.locator('meta[name=carrel-build]').getAttribute('content');
      expect(await build()).toBe('cafe012345');
      await expect
        .poll(() => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('carrel-shell-'))))
        .toEqual(['carrel-shell-cafe012345']);
      await page.context().setOffline(true);
      await page.goto(`${origin}/settings`);
      expect(await build()).toBe('cafe012345');
    } finally {
      web = BUILT_WEB;
      rmSync(own, { recursive: true, force: true });
    }
  });
  test('what was another’s is gone when somebody signs out', async () => {
    const { it, page } = await open(incident);
    await page.reload();
    await kept(page, incident(it));
    await page.evaluate(async () => {
      const csrf = document.querySelector<HTMLInputElement>('input[name=csrf]')?.value ?? '';
      await fetch('/api/v1/logout', { method: 'POST', headers: { 'x-csrf-token': csrf } });
    });
    await expect.poll(() => page.evaluate(async () => caches.has('carrel-last'))).toBe(false);
  });
});
