/** The page of an incident in the real Chromium, as the real server sends it: small, usable with and without a script, for everybody. */
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { assetsOf } from '../../dashboard/document.ts';
import { createActLinks } from '../../dashboard/notify/links.ts';
import { barriers } from '../support/barriers.ts';
import { chromiumPath, openBrowser, type WatchedPage, watchPage } from '../support/browser.ts';
import { BUILT_WEB } from '../support/built.ts';
import { type Night, type NightOptions, night } from './world.ts';

describe.skipIf(!chromiumPath())('the page of an incident on a phone (needs Chromium)', () => {
  let browser: Browser;
  let watched: WatchedPage;

  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });
  afterEach(() => watched?.page.context().close());

  type Options = NightOptions & { browser?: Parameters<typeof watchPage>[2]; who?: string };
  async function open({
    browser: more = {},
    who = 'operator',
    ...rest
  }: Options = {}): Promise<{ it: Night; page: Page; origin: string }> {
    const it = await night({ web: BUILT_WEB, ...rest });
    const origin = await it.listen();
    const { cookie } = await it.enter(who);
    watched = await watchPage(browser, origin, { viewport: { width: 360, height: 740 }, locale: 'en', ...more });
    watched.page.setDefaultTimeout(10_000);
    const at = cookie.indexOf('=');
    await watched.page.context().addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: origin }]);
    await watched.page.goto(`${origin}/alerts/${it.incident}`);
    return { it, page: watched.page, origin };
  }
  const fine = () =>
    expect({ complaints: watched.complaints, foreign: watched.foreign }).toEqual({ complaints: [], foreign: [] });

  test('needs at most 30 kB in all: document, style and script, packed', async () => {
    const { page } = await open({ rule: 'slow' });
    const asset = assetsOf(BUILT_WEB);
    const files = ['incident.css', 'incident.ts', 'icon.svg']
      .map((name) => asset(name))
      .filter((href) => href !== null);
    const bodies = await Promise.all(
      [page.url(), ...files.map((href) => new URL(href, page.url()).href)].map(async (url) =>
        (await page.request.get(url)).body(),
      ),
    );
    const packed = bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
    expect(files.length).toBeGreaterThanOrEqual(2);
    expect(packed).toBeLessThanOrEqual(30_000);
  });
  test.each([
    ['dark', 'en'],
    ['slow', 'lt'],
    ['group', 'ru'],
  ] as const)(
    '%s in %s bars nobody, in both themes, on 320 px and on a desk',
    async (rule, locale) => {
      const { page } = await open({ rule, browser: { locale } });
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme });
        // At night it is dark whatever the system says: by day it would not be.
        if (colorScheme === 'light') await page.evaluate(() => document.documentElement.removeAttribute('data-theme'));
        for (const width of [320, 360, 1280]) {
          await page.setViewportSize({ width, height: 740 });
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
          expect(await barriers(page)).toEqual([]);
        }
      }
      fine();
    },
    60_000,
  );
  test('by the link of a message, and by one that is none, bars nobody in either theme', async () => {
    const { it, page, origin } = await open();
    await page.context().clearCookies();
    const item = it.state.outbox.get(it.item);
    for (const link of [item && createActLinks(it.state).forItem(item, it.clock.nowMs), 'no-link-of-ours'])
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.goto(`${origin}/a/${link}`);
        await page.evaluate(() => document.documentElement.removeAttribute('data-theme'));
        expect(await barriers(page), `${link} ${colorScheme}`).toEqual([]);
      }
  }, 60_000);
  test('gives every target of the lower edge 48 px, within the lower half of the screen', async () => {
    const { page } = await open();
    const targets = await page.locator('.dock button, .dock a, .top a').all();
    expect(targets.length).toBeGreaterThanOrEqual(6);
    for (const target of targets) {
      const box = await target.boundingBox();
      expect([Math.round(box?.height ?? 0) >= 48, Math.round(box?.width ?? 0) >= 48]).toEqual([true, true]);
    }
    expect((await page.locator('.go').boundingBox())?.y).toBeGreaterThan(370);
  });
  test('without a script is read, taken on, noted and silenced by plain forms', async () => {
    const { it, page } = await open({ browser: { javaScriptEnabled: false } });
    await page.getByRole('button', { name: 'I’ve got it until 11:16' }).click();
    await page.getByText('operator has it until 11:16.').waitFor();
    await page.getByLabel('Leave a note').fill('Called Skaidula, they know.');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByText('Called Skaidula, they know. operator').waitFor();
    await page.getByRole('button', { name: 'Until 09:00' }).click();
    await page.getByText('Silenced until 09:00 by operator').waitFor();
    expect(it.state.alerts.get(it.incident)).toMatchObject({ acknowledged_by: 'operator' });
    fine();
  });
  test('by the link of a message, without a script and without signing in, is taken on once', async () => {
    const { it, page, origin } = await open({ browser: { javaScriptEnabled: false } });
    await page.context().clearCookies();
    const item = it.state.outbox.get(it.item);
    await page.goto(`${origin}/a/${item && createActLinks(it.state).forItem(item, it.clock.nowMs)}`);
    expect(await linksInside(page)).toBe(0);
    await page.getByRole('button', { name: /^I’ve got it until/ }).click();
    await page.getByText('operator has it until 11:16.').waitFor();
    await page.getByRole('button', { name: '15 min' }).click();
    await page.getByText('Silenced until 03:31 by operator').waitFor();
    fine();
  });
});

/** Links elsewhere that who came by a link has no use for. */
const linksInside = (page: Page) => page.locator('a[href^="/sites"], a[href="/alerts"]').count();
