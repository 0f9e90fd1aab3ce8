/** Why: the report as people get it: on paper in three languages, as a spreadsheet, only for those who may, with names that cannot break out. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { closeMonths } from '../../dashboard/report/keeper.ts';
import { closesAt } from '../../dashboard/report/report.ts';
import { registerReportRoutes } from '../../dashboard/routes/reports.ts';
import { barriers } from '../support/barriers.ts';
import { chromiumPath, openBrowser, watchPage } from '../support/browser.ts';
import { BUILT_WEB } from '../support/built.ts';
import { PASSWORD, type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { unzip } from '../support/unzip.ts';
import { reportWorld } from './world.ts';

async function closedOctober(web?: string): Promise<TestDashboard> {
  const dashboard = await testDashboard({ routes: [registerReportRoutes], ...(web === undefined ? {} : { web }) });
  const { store } = await reportWorld(dashboard.state);
  Object.assign(dashboard.broker.store, store);
  dashboard.clock.nowMs = closesAt('2026-10') + 3_600_000;
  await closeMonths({ state: dashboard.state, store }, closesAt('2026-10'));
  return dashboard;
}

async function paper(dashboard: TestDashboard, path: string, headers: Record<string, string> = {}) {
  const { cookie } = await dashboard.signIn('viewer', PASSWORD);
  return dashboard.app.inject({ method: 'GET', url: path, headers: { cookie, ...headers } });
}

describe('the report on paper', () => {
  it('tells the answer, every library, the exceptions with their cause, the revision and the sum of its data', async () => {
    const dashboard = await closedOctober();
    const { body, headers, statusCode } = await paper(dashboard, '/reports/2026-10', {
      'accept-language': 'de, en;q=0.8',
    });
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const text = body.replace(/<[^>]+>/g, ' ').replace(/[\s\u00a0]+/g, ' ');
    expect(text).toContain('Access point compliance, October 2026');
    expect(text).toContain('2 access points in public libraries');
    expect(text).toContain('For 2 there is not enough data to say.');
    for (const name of ['Library a', 'Library b']) expect(text).toContain(name);
    expect(text).toContain('First issue');
    expect(text).toMatch(/SHA-256 [0-9a-f]{64}/);
    expect(text).not.toContain('still open');
  });

  it('speaks Lithuanian and Russian, by the browser or by the address', async () => {
    const dashboard = await closedOctober();
    expect((await paper(dashboard, '/reports/2026-10', { 'accept-language': 'lt' })).body).toContain(
      '<html lang="lt">',
    );
    const { body } = await paper(dashboard, '/reports/2026-10?lang=ru', { 'accept-language': 'lt' });
    expect(body).toContain('<html lang="ru">');
    expect(body).toContain('Недостаточно данных');
  });

  it('names a target that all have in the figures of the language', async () => {
    const dashboard = await closedOctober();
    for (const ap of dashboard.state.registry.accessPoints())
      dashboard.state.registry.putAccessPoint({ ...ap, target_mbps: 27.5 }, dashboard.clock.nowMs - 7 * 86_400_000);
    expect((await paper(dashboard, '/reports/2026-11?lang=en')).body).toContain('At 27.5 or more');
    expect((await paper(dashboard, '/reports/2026-11?lang=lt')).body).toContain('27,5 ir daugiau');
    expect((await paper(dashboard, '/reports/2026-11?lang=ru')).body).toContain('27,5 и выше');
    expect((await paper(dashboard, '/reports/2026-10?lang=ru')).body).toContain('30 и выше');
  });

  it('says of a month that goes on that it is open', async () => {
    const dashboard = await closedOctober();
    const { body } = await paper(dashboard, '/reports/2026-11');
    expect(body).toContain('The month is still open');
    expect(body).toContain('each median and p10 is within 2\u00a0% of the exact value');
    expect((await paper(dashboard, '/reports/2026-11?lang=lt')).body).toContain('ne daugiau kaip 2\u00a0%');
    expect((await paper(dashboard, '/reports/2026-11?lang=ru')).body).toContain('не более чем на 2\u00a0%');
    expect((await paper(dashboard, '/reports/2026-10')).body).not.toContain('within 2');
  });

  it('leads to every month and to each revision, in its language, and says when another revision has replaced it', async () => {
    const dashboard = await closedOctober();
    const { reports } = dashboard.state;
    const issue = reports.issue('2026-10');
    if (!issue) throw new Error('the month is closed');
    reports.add({ ...issue, revision: 2, changed: 1 });
    // Years ago somebody else closed months, too.
    const before = Array.from({ length: 14 }, (_, i) => new Date(Date.UTC(2026, 8 - i, 1)).toISOString().slice(0, 7));
    for (const month of before) reports.add({ ...issue, month });
    const { body } = await paper(dashboard, '/reports/2026-10?revision=1&lang=lt');
    const links = new Set([...body.matchAll(/<a href="([^"]+)"/g)].map(([, href]) => href?.replaceAll('&amp;', '&')));
    for (const month of ['2026-11', '2026-10', ...before]) expect(links).toContain(`/reports/${month}?lang=lt`);
    for (const lang of ['en', 'lt', 'ru']) expect(links).toContain(`/reports/2026-10?lang=${lang}&revision=1`);
    expect(links).toContain('/reports/2026-10?lang=lt&revision=2');
    expect(body).toContain('Ją pakeitė redakcija nr. 2');
    const { body: newest } = await paper(dashboard, '/reports/2026-10?revision=2&lang=lt');
    expect(newest).not.toContain('Ją pakeitė');
    expect(newest).toContain('&amp;revision=2" aria-current="true">2</a>');
  });

  it('shows a name that is markup as text', async () => {
    const dashboard = await closedOctober();
    const site = dashboard.state.registry.site('a');
    if (!site) throw new Error('the world has a site a');
    dashboard.state.registry.putSite({ ...site, name: '<img src=x onerror=alert(1)>' });
    const { body } = await paper(dashboard, '/reports/2026-11');
    expect(body).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(body).not.toContain('<img');
  });

  it('is not for strangers: they get the page that asks for the password', async () => {
    const dashboard = await closedOctober();
    const { body } = await dashboard.app.inject({ method: 'GET', url: '/reports/2026-10' });
    expect(body).toBe('<!doctype html><title>Carrel</title>');
  });

  it('leads from /reports to the newest closed month, and refuses what is none', async () => {
    const dashboard = await closedOctober();
    expect((await paper(dashboard, '/reports')).headers.location).toBe('/reports/2026-10');
    expect((await paper(dashboard, '/reports/2026-13')).statusCode).toBe(400);
    expect((await paper(dashboard, '/reports/2026-10?revision=7')).statusCode).toBe(404);
  });
});

describe('the report as a spreadsheet', () => {
  it('has the libraries, regions, exceptions and the method as sheets, numbers as numbers, and runs no name', async () => {
    const dashboard = await closedOctober();
    const site = dashboard.state.registry.site('a');
    if (!site) throw new Error('the world has a site a');
    dashboard.state.registry.putSite({ ...site, name: '=cmd()' });
    const answer = await dashboard.as('viewer', 'GET', '/reports/compliance?month=2026-11&format=xlsx&lang=en');
    expect(answer.headers['content-disposition']).toContain('compliance-2026-11.xlsx');
    const files = unzip(answer.rawPayload);
    expect(files.get('xl/workbook.xml')).toMatch(/Libraries.*Regions.*Exceptions.*Method/s);
    const texts = files.get('xl/sharedStrings.xml') ?? '';
    expect(texts).toContain("'=cmd()");
    expect(texts).not.toContain('>=cmd()');
    expect(files.get('xl/worksheets/sheet1.xml')).not.toContain('<f>');
    expect(files.get('xl/worksheets/sheet1.xml')).toMatch(/<c [^>]*><v>30<\/v><\/c>/);
  });
});

describe.skipIf(!chromiumPath())('the report in a browser (needs Chromium)', () => {
  it('stands without a barrier or a foreign request, fits a phone, and prints as a tagged A4 document', async () => {
    const dashboard = await closedOctober(BUILT_WEB);
    const origin = await dashboard.app.listen({ host: '127.0.0.1', port: 0 });
    const browser = await openBrowser();
    onTestFinished(() => browser.close());
    const { page, complaints, foreign } = await watchPage(browser, origin, { reducedMotion: 'reduce' });
    const { cookie } = await dashboard.signIn('viewer', PASSWORD);
    const [name = '', value = ''] = cookie.split('=');
    await page.context().addCookies([{ name, value, url: origin }]);
    for (const lang of ['en', 'lt', 'ru']) {
      await page.goto(`${origin}/reports/2026-10?lang=${lang}`);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await barriers(page), `${lang} ${colorScheme}`).toEqual([]);
      }
    }
    await page.setViewportSize({ width: 320, height: 700 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    expect(await barriers(page)).toEqual([]);
    const pdf = (await page.pdf({ preferCSSPageSize: true, tagged: true, outline: true })).toString('latin1');
    expect(pdf).toContain('/StructTreeRoot');
    expect(pdf).toMatch(/\/Lang \(ru\)/);
    expect(pdf).toMatch(/\/MediaBox \[0 0 59[45][.\d]* 84[12]/);
    expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] });
  });
});
