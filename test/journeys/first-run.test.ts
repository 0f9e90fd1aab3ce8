/** Journey: nobody has set a password yet. From the link that the server prints to the first site that lives: three steps, by the keyboard. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, openBrowser, type WatchedPage, watchPage } from '../support/browser.ts';
import { tabTo } from '../support/keyboard.ts';
import { type RunningServer, startServer } from '../support/server.ts';

describe.skipIf(!chromiumPath())('the first minutes (needs Chromium)', () => {
  let dir: string;
  let server: RunningServer;
  let browser: Browser;
  let watched: WatchedPage;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'carrel-first-'));
    server = await startServer(join(dir, 'data'), { CARREL_LOCAL_PROBE: 'on', CARREL_AGENT_SAMPLE_S: '2' });
    browser = await openBrowser();
    watched = await watchPage(browser, server.http, { locale: 'en' });
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** The one site that is there, with figures that change by themselves. */
  async function seeLive(page: Page): Promise<void> {
    const row = page.getByRole('row').filter({ hasText: 'This machine' });
    await row.waitFor();
    const before = await row.innerText();
    await expect.poll(() => row.innerText(), { timeout: 30_000 }).not.toBe(before);
    await page.locator('[data-pill=live]').waitFor();
  }

  test('the link, a password, the list of sites: this machine is there and lives', async () => {
    const { page } = watched;
    await page.goto(server.setupUrl ?? 'about:blank');
    await tabTo(page, page.getByLabel('Password', { exact: true }));
    await page.keyboard.type('a long enough password');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Your network' }).waitFor();
    await tabTo(page, page.getByRole('link', { name: 'Finish later' }));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /access point/ }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await seeLive(page);
    expect(watched).toMatchObject({ complaints: [], foreign: [] });
  });

  test('the link works once: who opens it again is told so, and where to sign in', async () => {
    const { page } = await watchPage(browser, server.http, { locale: 'en' });
    await page.goto(server.setupUrl ?? 'about:blank');
    await page.getByLabel('Password', { exact: true }).fill('another long password');
    await page.keyboard.press('Enter');
    await page.getByText('This set-up link was used already').waitFor();
  });
});
