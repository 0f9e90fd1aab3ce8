import { describe, expect, it, onTestFinished } from 'vitest';
import type { LiveRow } from '#contract';
import { registerPublicStatusRoutes } from '../../dashboard/routes/public-status.ts';
import { shareOf, statusDays } from '../../dashboard/status/days.ts';
import { networkPage } from '../../dashboard/status/pages.ts';
import { STATUS_WORDS } from '../../dashboard/status/words.ts';
import { FROM, input } from '../dashboard/query/month-world.ts';
import { reportWorld } from '../report/world.ts';
import { barriers } from '../support/barriers.ts';
import { chromiumPath, openBrowser, watchPage } from '../support/browser.ts';
import { BUILT_WEB } from '../support/built.ts';
import { type TestDashboard, testDashboard } from '../support/dashboard.ts';

const DAY_MS = 86_400_000;

async function open(
  env: Record<string, string> = { CARREL_PUBLIC_STATUS: 'on' },
  web?: string,
): Promise<TestDashboard> {
  const dashboard = await testDashboard({
    env,
    routes: [registerPublicStatusRoutes],
    ...(web === undefined ? {} : { web }),
  });
  const { store } = await reportWorld(dashboard.state);
  Object.assign(dashboard.broker.store, store);
  dashboard.clock.nowMs = FROM + 20 * DAY_MS;
  const row = (ap: string, state: LiveRow['state']): LiveRow => ({ ap, site: ap, state, rtt_ms: 12 }) as LiveRow;
  dashboard.live.now = () => ({ at: dashboard.clock.nowMs, rows: [row('a', 'meets'), row('b', 'offline')] });
  return dashboard;
}
const get = (dashboard: TestDashboard, url: string, headers: Record<string, string> = {}) =>
  dashboard.app.inject({ method: 'GET', url, headers });

describe('the public status', () => {
  it('is off unless it is asked for', async () => {
    const answer = await get(await open({}), '/status');
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'PUBLIC_STATUS_OFF']);
  });

  it('tells names and words of every library, worst first, without signing in, and no figure of a line', async () => {
    const { body, headers } = await get(await open(), '/status?lang=en');
    const text = body.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    expect(text).toContain('1 of 2 libraries have the internet that they were promised');
    expect(text).toContain('Library b No internet');
    expect(text).not.toContain('12');
    expect(headers['cache-control']).toBe('public, max-age=60');
  });

  it('shows ninety days of a library, days that nobody measured as unknown, and which were not as promised', async () => {
    const { body } = await get(await open(), '/status/a', { 'accept-language': 'lt' });
    expect(body).toContain('<html lang="lt">');
    expect(body.match(/<rect/g)).toHaveLength(90);
    expect(body.match(/class="f-nodata"/g)?.length).toBeGreaterThan(60);
    expect(body).toContain('Dienos, kai buvo ne kaip žadėta');
  });

  it('gives a badge that stands by itself, and nothing for a library that is not there', async () => {
    const dashboard = await open();
    const badge = await get(dashboard, '/badge/b.svg');
    expect(badge.headers['content-type']).toBe('image/svg+xml; charset=utf-8');
    expect(badge.body).toContain('Library b: internet, No internet');
    expect(badge.body).not.toMatch(/href|url\(|<script|<style/);
    expect((await get(dashboard, '/badge/nowhere.svg')).statusCode).toBe(404);
    expect((await get(dashboard, '/status/..%2f..%2fetc')).statusCode).toBe(400);
  });

  it('asks the live view once for a page of a hundred badges, and again a minute later', async () => {
    const dashboard = await open();
    const { now } = dashboard.live;
    let asked = 0;
    dashboard.live.now = () => {
      asked += 1;
      return now();
    };
    const hundred = Array.from({ length: 100 }, (_, i) => get(dashboard, i % 2 ? '/badge/a.svg' : '/badge/b.svg'));
    expect(new Set((await Promise.all(hundred)).map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect(asked).toBe(1);
    dashboard.clock.nowMs += 60_000;
    await get(dashboard, '/status');
    expect(asked).toBe(2);
  });

  it('shows a name that is markup as text, on page and badge', async () => {
    const dashboard = await open();
    const site = dashboard.state.registry.site('a');
    if (!site) throw new Error('the world has a site a');
    dashboard.state.registry.putSite({ ...site, name: '"><script>alert(1)</script>' });
    for (const url of ['/status', '/status/a', '/badge/a.svg'])
      expect((await get(dashboard, url)).body).not.toContain('<script>');
  });
});

it('the share of a library is that of its tests, counted again', async () => {
  const { store } = await reportWorld();
  const now = FROM + 20 * DAY_MS;
  const { bindings } = input;
  const days = await statusDays(store, { bindings, aps: new Set(['a']), now, open: () => [] });
  const raw = await store.events({
    kinds: ['throughput'],
    probes: ['p-a'],
    from_ms: 0,
    to_ms: now,
    limit: 1000,
    order: 'oldest',
  });
  const told = raw.flatMap(({ event }) => (event.kind === 'throughput' ? [event.verdict === 'pass'] : []));
  const share = shareOf(days);
  expect(share?.tests).toBeGreaterThan(30);
  expect(share?.percent).toBeCloseTo((100 * told.filter(Boolean).length) / told.length, 9);
});

describe.skipIf(!chromiumPath())('the public status in a browser (needs Chromium)', () => {
  it('stands without a barrier, light and dark, on a desk and a phone, with no script and no foreign request', async () => {
    const dashboard = await open({ CARREL_PUBLIC_STATUS: 'on' }, BUILT_WEB);
    const origin = await dashboard.app.listen({ host: '127.0.0.1', port: 0 });
    const browser = await openBrowser();
    onTestFinished(() => browser.close());
    const { page, complaints, foreign } = await watchPage(browser, origin, { reducedMotion: 'reduce' });
    const paths = ['en', 'lt', 'ru'].flatMap((lang) => [`/status?lang=${lang}`, `/status/a?lang=${lang}`]);
    for (const path of paths) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.emulateMedia({ colorScheme: 'light' });
      await page.goto(origin + path);
      expect(await page.locator('script').count()).toBe(0);
      expect(await barriers(page), path).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.setViewportSize({ width: 320, height: 700 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
      expect(await barriers(page)).toEqual([]);
    }
    if (process.env['SHOT']) await page.screenshot({ path: `${process.env['SHOT']}.png`, fullPage: true });
    expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] });
  });
});

describe('a library that is not there', () => {
  const asBrowser = { accept: 'text/html,application/xhtml+xml', 'accept-language': 'lt' };

  it('is told to a browser as a page in its language with a way on, and to a program as a problem document', async () => {
    const dashboard = await open();
    const page = await get(dashboard, '/status/nobody', asBrowser);
    expect([page.statusCode, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect(page.body).toContain('<h1>Tokios bibliotekos nėra.</h1>');
    expect(page.body).toContain('<a href="/status">Visos bibliotekos</a>');
    expect((await get(dashboard, '/status/nobody', { accept: '*/*' })).json()).toMatchObject({ code: 'SITE_UNKNOWN' });
  });
});

describe('the number of libraries', () => {
  const of = (n: number) =>
    Array.from({ length: n }, (_, i) => ({ id: `s${i}`, name: `S${i}`, region: '', state: 'meets' as const }));
  const head = (n: number, lang: 'en' | 'lt' | 'ru') =>
    /<h1>(.*?)<\/h1>/.exec(networkPage(of(n), 0, lang, STATUS_WORDS[lang]).html)?.[1];

  it.each([
    [1, 'en', '1 of 1 library has the internet that it was promised'],
    [61, 'lt', 'Žadėtą internetą turi 61 iš 61 bibliotekos'],
    [12, 'lt', 'Žadėtą internetą turi 12 iš 12 bibliotekų'],
    [61, 'ru', 'Обещанный интернет есть в 61 из 61 библиотеки'],
    [62, 'ru', 'Обещанный интернет есть в 62 из 62 библиотек'],
  ] as const)('%i in %s takes its form', (n, lang, said) => expect(head(n, lang)).toBe(said));
});
