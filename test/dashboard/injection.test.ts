/** Why: fault row 24 on the real page in the real browser: whatever a library is called, its name is text and never runs. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportReport, Site } from '#contract';
import { csvLine } from '../../dashboard/registry/csv.ts';
import { chromiumPath, openBrowser, watchPage } from '../support/browser.ts';
import { type RunningServer, startServer } from '../support/server.ts';

const SECRET = 'canary-password-of-the-administrator';
const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)' x='",
  '{{constructor.constructor("alert(1)")()}}',
  'javascript:alert(1)',
  '</title><script>alert(1)</script>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '\u202egnp.exe<b>bold</b>',
];

describe.skipIf(!chromiumPath())('names that are code (needs Chromium)', () => {
  let dir: string;
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'carrel-injection-'));
    server = await startServer(join(dir, 'data'), {
      CARREL_STORE: 'memory:',
      CARREL_ADMIN_PASSWORD: SECRET,
      CARREL_LOG: 'debug',
    });
    const lines = HOSTILE.map((text, i) => csvLine([`hostile-${i}`, text, text, text, text]));
    const report = await server.api<ImportReport>(
      'POST',
      '/sites/import',
      `id;name;region;isp;notes\r\n${lines.join('')}`,
    );
    expect(report).toMatchObject({ created: HOSTILE.length, refused: 0 });
    browser = await openBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('are shown as text on every page: no dialog, no element of theirs, no request elsewhere, no complaint of the policy', async () => {
    const { page, complaints, foreign } = await watchPage(browser, server.http);
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(`${server.http}/login`);
    await page.locator('input[name=name]').fill('admin');
    await page.locator('input[type=password]').fill(SECRET);
    await page.locator('button[type=submit]').click();
    await page.waitForURL((url) => url.pathname !== '/login');
    for (const path of ['/', '/sites', '/alerts', '/settings', ...HOSTILE.map((_, i) => `/sites/hostile-${i}`)]) {
      await page.goto(server.http + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(
        await page
          .locator('#root script, #root iframe, #root [onerror], #root [onload], #root [onmouseover], #root img[src=x]')
          .count(),
        path,
      ).toBe(0);
    }
    await page.goto(`${server.http}/sites`);
    await page.getByRole('row').filter({ hasText: HOSTILE[1] }).first().waitFor();
    expect({ dialogs, complaints, foreign }).toEqual({ dialogs: [], complaints: [], foreign: [] });
  }, 60_000);

  it('are kept as they are, and neither they nor the password of the setting stand in the log', async () => {
    const site = await server.api<Site>('GET', '/sites/hostile-1');
    expect(site).toMatchObject({ name: HOSTILE[1], notes: HOSTILE[1] });
    expect(server.output()).toContain('/api/v1/sites/import');
    for (const text of [SECRET, ...HOSTILE]) expect(server.output()).not.toContain(text);
  });
});
