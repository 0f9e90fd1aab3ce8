/** The built page in the real Chromium, without a mouse: what people do each day, from the first key to the last. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { closeMonths } from '../../dashboard/report/keeper.ts';
import { closesAt } from '../../dashboard/report/report.ts';
import { registerReportRoutes } from '../../dashboard/routes/reports.ts';
import { reportWorld } from '../report/world.ts';
import { chromiumPath, openBrowser, watchPage } from '../support/browser.ts';
import { BUILT_WEB } from '../support/built.ts';
import { PASSWORD, testDashboard } from '../support/dashboard.ts';
import { tabTo } from '../support/keyboard.ts';
import { pageWorld } from './page-world.ts';

const press = async (page: Page, ...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};

describe.skipIf(!chromiumPath())('with the keyboard alone (needs Chromium)', () => {
  const world = pageWorld();

  test('one signs in', async () => {
    await world.restart({ sites: 3, signedIn: false });
    const page = await world.open('/', 'Sign in');
    await tabTo(page, page.getByLabel('Password', { exact: true }));
    await page.keyboard.type('right password');
    await press(page, 'Enter');
    await page.getByRole('heading', { level: 1, name: /access points/ }).waitFor();
    world.fine();
  }, 60_000);

  test('one finds a library and reads why it is said to be slow', async () => {
    const page = await world.open('/', 'Last 60 minutes');
    const name = world.fixture.roster.sites.find(({ id }) => id === 'site-20')?.name ?? '';
    await press(page, '/');
    await page.keyboard.type(name);
    await press(page, 'Enter');
    await tabTo(page, page.locator('main').getByRole('link', { name, exact: true }));
    await press(page, 'Enter');
    await page.waitForURL(/\/sites\/site-20(\?.*)?$/);
    const why = page.getByRole('region', { name: 'Why we say so' });
    await why.getByText('were below 30 Mb/s').waitFor();
    world.fine();
  }, 60_000);

  test('one looks at a range closer and earlier, back again, and at one of one’s own, which is refused where it ends before it begins', async () => {
    const page = await world.open('/sites/site-20', 'Data used by monitoring');
    const stretch = () => ['from', 'to'].map((name) => Number(new URL(page.url()).searchParams.get(name)));
    await press(page, '+');
    await expect.poll(() => page.url()).toContain('from=');
    const [from = 0, to = 0] = stretch();
    expect(to - from).toBe(12 * 3_600_000);
    await page.locator('#main').focus();
    await press(page, 'ArrowLeft');
    await expect.poll(() => stretch()[1]).toBeLessThan(to);
    await press(page, 'l');
    await expect.poll(() => page.url()).not.toContain('from=');
    await press(page, 't');
    await tabTo(page, page.getByLabel('To', { exact: true }));
    await page.getByLabel('To', { exact: true }).fill('2026-11-01T10:00');
    await press(page, 'Enter');
    await page.getByText('The end comes after the beginning').waitFor();
    expect(page.url()).not.toContain('from=');
    await page.getByLabel('From', { exact: true }).fill('2026-10-30T10:00');
    await press(page, 'Enter');
    await expect.poll(() => stretch()[1]).toBe(Date.parse('2026-11-01T10:00:00+02:00'));
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByText('Last 60 minutes').waitFor();
    await press(page, 'w');
    await page.waitForURL('**/wall');
    world.fine();
  }, 60_000);

  test('one acknowledges an incident, for as long as one chose', async () => {
    const page = await world.open('/', 'Last 60 minutes');
    await press(page, 'g', 'a');
    await page.getByRole('heading', { level: 1, name: /need action/ }).waitFor();
    await tabTo(page, page.locator('.inc a').nth(1));
    await press(page, 'Enter');
    await page.waitForURL('**/alerts?id=*');
    await tabTo(page, page.getByLabel('Acknowledge for'));
    await page.keyboard.type('8');
    await tabTo(page, page.getByRole('button', { name: 'Acknowledge' }));
    await press(page, 'Enter');
    await expect.poll(() => world.fixture.posted.at(-1)?.body).toEqual({ hours: 8 });
    await page
      .getByText(/rasa.*until/)
      .first()
      .waitFor();
    world.fine();
  }, 60_000);

  test('one silences a library with a reason and an end', async () => {
    const page = await world.open('/alerts', 'Told');
    await tabTo(page, page.getByRole('link', { name: 'Silences' }));
    await press(page, 'Enter');
    await tabTo(page, page.getByLabel('Library', { exact: true }));
    await page.keyboard.type('Alytus r. Alantos');
    const form = page.getByRole('region', { name: 'Silence a library' });
    await tabTo(page, form.getByLabel('Reason'));
    await page.keyboard.type('The router is changed');
    await tabTo(page, form.getByLabel('Until'));
    await press(page, 'ArrowDown');
    const until = Number(await form.getByLabel('Until').inputValue());
    await tabTo(page, form.getByRole('button', { name: 'Silence', exact: true }));
    await press(page, 'Enter');
    await expect
      .poll(() => world.fixture.posted.at(-1)?.body)
      .toMatchObject({ reason: 'The router is changed', until });
    await page.getByRole('region', { name: 'Silences', exact: true }).getByText('The router is changed').waitFor();
    world.fine();
  }, 60_000);
});

describe.skipIf(!chromiumPath())('the month’s report with the keyboard alone (needs Chromium)', () => {
  async function closedOctober(): Promise<{ page: Page; origin: string }> {
    const dashboard = await testDashboard({ routes: [registerReportRoutes], web: BUILT_WEB });
    const { store } = await reportWorld(dashboard.state);
    Object.assign(dashboard.broker.store, store);
    dashboard.clock.nowMs = closesAt('2026-10') + 3_600_000;
    await closeMonths({ state: dashboard.state, store }, closesAt('2026-10'));
    const origin = await dashboard.app.listen({ host: '127.0.0.1', port: 0 });
    const { cookie } = await dashboard.signIn('viewer', PASSWORD);
    const browser = await openBrowser();
    onTestFinished(() => browser.close());
    const { page } = await watchPage(browser, origin, { locale: 'en' });
    const at = cookie.indexOf('=');
    await page.context().addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: origin }]);
    return { page, origin };
  }

  test('one opens the reports, chooses last month, saves its table and prints it', async () => {
    const { page, origin } = await closedOctober();
    await page.addInitScript(() => {
      window.print = () => document.documentElement.setAttribute('data-printed', '');
    });
    await page.goto(`${origin}/reports/2026-11`);
    await tabTo(page, page.getByRole('link', { name: 'Oct 2026' }));
    await press(page, 'Enter');
    await page.getByRole('heading', { name: /October 2026/ }).waitFor();
    await tabTo(page, page.getByRole('link', { name: 'CSV' }));
    const saved = page.waitForEvent('download');
    await press(page, 'Enter');
    expect(await readFile(await (await saved).path(), 'utf8')).toContain('Library a');
    await tabTo(page, page.getByRole('button', { name: 'Print' }));
    await press(page, 'Enter');
    await page.locator('html[data-printed]').waitFor();
  }, 60_000);
});
