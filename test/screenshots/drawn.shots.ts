/** The pages that the server draws: the report, the status for everybody, the accessibility statement, an incident at night. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AP_STATES, type LiveRow } from '#contract';
import { closeMonths } from '../../dashboard/report/keeper.ts';
import { closesAt } from '../../dashboard/report/report.ts';
import { registerAccessibilityRoutes } from '../../dashboard/routes/accessibility.ts';
import { registerPublicStatusRoutes } from '../../dashboard/routes/public-status.ts';
import { registerReportRoutes } from '../../dashboard/routes/reports.ts';
import { buildWeb } from '../../infra/build-web.ts';
import { night } from '../incident/world.ts';
import { chromiumPath, openBrowser, watchPage } from '../support/browser.ts';
import { PASSWORD, testDashboard } from '../support/dashboard.ts';
import { MONTH, october } from './october.ts';
import { picture } from './picture.ts';

describe.skipIf(!chromiumPath())('pictures of what the server draws (needs Chromium)', () => {
  let web: string;
  let browser: Browser;
  beforeAll(async () => {
    web = mkdtempSync(join(tmpdir(), 'carrel-shots-'));
    await buildWeb(web);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(web, { recursive: true, force: true });
  });

  async function tab(origin: string, cookie: string, options: Parameters<typeof watchPage>[2]): Promise<Page> {
    const { page } = await watchPage(browser, origin, { locale: 'en', ...options });
    const at = cookie.indexOf('=');
    await page.context().addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: origin }]);
    return page;
  }

  test('report, status, accessibility', async () => {
    const routes = [registerReportRoutes, registerPublicStatusRoutes, registerAccessibilityRoutes];
    const env = { CARREL_PUBLIC_STATUS: 'on', CARREL_ACCESSIBILITY_CONTACT: 'accessibility@library.example' };
    const dashboard = await testDashboard({ routes, env, web });
    const store = await october(dashboard.state);
    Object.assign(dashboard.broker.store, store);
    dashboard.clock.nowMs = closesAt(MONTH) + 3_600_000;
    await closeMonths({ state: dashboard.state, store }, closesAt(MONTH));
    const sites = dashboard.state.registry.sites();
    const rows = sites.map(({ id }, i) => ({ ap: id, site: id, state: AP_STATES[i % 6] ?? 'meets' }) as LiveRow);
    dashboard.live.now = () => ({ at: dashboard.clock.nowMs, rows });
    const origin = await dashboard.app.listen({ host: '127.0.0.1', port: 0 });
    const { cookie } = await dashboard.signIn('viewer', PASSWORD);
    const page = await tab(origin, cookie, { viewport: { width: 1000, height: 1300 } });
    for (const [name, path] of [
      ['report', `/reports/${MONTH}`],
      ['status', '/status'],
      ['status-library', `/status/${sites[0]?.id}`],
      ['accessibility', '/accessibility'],
    ] as const) {
      expect((await page.goto(origin + path))?.status()).toBe(200);
      await picture(page, name);
    }
  });

  test('an incident at night', async () => {
    const it = await night({ web });
    const origin = await it.listen();
    const { cookie } = await it.enter('operator');
    const page = await tab(origin, cookie, { viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
    expect((await page.goto(`${origin}/alerts/${it.incident}`))?.status()).toBe(200);
    await picture(page, 'incident-phone');
  });
});
