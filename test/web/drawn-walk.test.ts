/** The pages that the server draws, walked at every width in every language: nothing is cut off, nothing lies on something else. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AP_STATES, type LiveRow } from '#contract';
import { createActLinks } from '../../dashboard/notify/links.ts';
import { closeMonths } from '../../dashboard/report/keeper.ts';
import { closesAt } from '../../dashboard/report/report.ts';
import { registerAccessibilityRoutes } from '../../dashboard/routes/accessibility.ts';
import { registerPublicStatusRoutes } from '../../dashboard/routes/public-status.ts';
import { registerReportRoutes } from '../../dashboard/routes/reports.ts';
import { night } from '../incident/world.ts';
import { MONTH, october } from '../screenshots/october.ts';
import { chromiumPath, openBrowser, watchPage } from '../support/browser.ts';
import { BUILT_WEB } from '../support/built.ts';
import { PASSWORD, testDashboard } from '../support/dashboard.ts';
import { LANGUAGES, lookAt, type Walked, walk } from './walk.ts';

describe.skipIf(!chromiumPath())('every page that the server draws (needs Chromium)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });

  async function walked(origin: string, cookie: string, paths: readonly string[]): Promise<Walked> {
    const found: Walked = {};
    for (const locale of LANGUAGES) {
      const { page, complaints } = await watchPage(browser, origin, { locale, timezoneId: 'Europe/Vilnius' });
      const at = cookie.indexOf('=');
      await page.context().addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: origin }]);
      for (const path of paths) {
        expect((await page.goto(origin + path))?.status(), path).toBe(200);
        Object.assign(
          found,
          await walk(page, `${path.replace(/\/a\/.*/, '/a')} in ${locale}`, { short: locale !== 'en' }),
        );
        await lookAt(page, `${locale}${path.replace(/\/a\/.*/, '/a')}`);
      }
      expect(complaints).toEqual([]);
      await page.context().close();
    }
    return found;
  }

  test('report, status, accessibility statement', async () => {
    const routes = [registerReportRoutes, registerPublicStatusRoutes, registerAccessibilityRoutes];
    const env = { CARREL_PUBLIC_STATUS: 'on', CARREL_ACCESSIBILITY_CONTACT: 'accessibility@library.example' };
    const dashboard = await testDashboard({ routes, env, web: BUILT_WEB });
    const store = await october(dashboard.state);
    Object.assign(dashboard.broker.store, store);
    dashboard.clock.nowMs = closesAt(MONTH) + 3_600_000;
    await closeMonths({ state: dashboard.state, store }, closesAt(MONTH));
    const sites = dashboard.state.registry.sites();
    const rows = sites.map(({ id }, i) => ({ ap: id, site: id, state: AP_STATES[i % 6] ?? 'meets' }) as LiveRow);
    dashboard.live.now = () => ({ at: dashboard.clock.nowMs, rows });
    const origin = await dashboard.app.listen({ host: '127.0.0.1', port: 0 });
    const { cookie } = await dashboard.signIn('viewer', PASSWORD);
    const paths = [`/reports/${MONTH}`, '/status', `/status/${sites[0]?.id}`, '/accessibility'];
    expect(await walked(origin, cookie, paths)).toEqual({});
  }, 60_000);

  test.each(['dark', 'slow', 'group'] as const)(
    'an incident (%s), signed in and by the link of a message',
    async (rule) => {
      const it = await night({ web: BUILT_WEB, rule });
      const origin = await it.listen();
      const { cookie } = await it.enter('operator');
      const item = it.state.outbox.get(it.item);
      const link = item && createActLinks(it.state).forItem(item, it.clock.nowMs);
      expect(
        await walked(origin, cookie, [`/alerts/${it.incident}`, ...(rule === 'dark' ? [`/a/${link}`] : [])]),
      ).toEqual({});
    },
    60_000,
  );
});
