/** The built page in the real Chromium: how it begins, before and while its data comes, and what it does with markup in names. */
import { describe, expect, test } from 'vitest';
import { chromiumPath } from '../support/browser.ts';
import { firstLoad } from './first-load.ts';
import { pageWorld } from './page-world.ts';

describe.skipIf(!chromiumPath())('the page (needs Chromium)', () => {
  const world = pageWorld();

  test('who was here before gets what the page needs while its script loads, and asks for it once', async () => {
    const page = await world.open('/sites', 'Last heard');
    const asked: string[] = [];
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      asked.push(`${pathname} ${searchParams.get('part') ?? ''}`.trim());
    });
    await page.reload();
    await page.getByText('Last heard').first().waitFor();
    const times = (path: string) => asked.filter((one) => one === `/api/v1${path}`).length;
    await expect.poll(() => times('/roster details')).toBe(1);
    const once = ['/me', '/live/first', '/live/snapshot', '/roster names'];
    expect(once.map(times)).toEqual([1, 1, 1, 1]);
    // Whatever would be asked again is asked at once.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect([times('/roster names'), times('/roster details')]).toEqual([1, 1]);
    world.fine();
  }, 60_000);

  test.each([
    ['/', 'Last 60 minutes'],
    ['/sites', 'Last heard'],
    ['/alerts', 'Needs action'],
  ] as const)(
    '%s stands with the scripts that its first load is weighed by; the map, the bar of a selection and an incident whole come after',
    async (path, words) => {
      await world.open('/help/keys', 'next, previous row');
      const { page } = world.watched;
      const scripts = new Set<string>();
      page.on('request', (request) => {
        const { pathname } = new URL(request.url());
        if (pathname.endsWith('.js')) scripts.add(pathname.replace('/assets/', ''));
      });
      // Places and hours are not needed to stand.
      const details = Promise.withResolvers<void>();
      await page.route('**/roster?part=details*', async (route) => {
        await details.promise;
        await route.continue();
      });
      await page.goto(world.fixture.origin + path);
      await page.getByText(words).first().waitFor();
      await expect.poll(() => [...scripts].some((name) => name.startsWith('live-reader-'))).toBe(true);
      // How windows share a stream is asked for by the reading thread, when the page stands.
      const first = [...scripts].filter((name) => !name.startsWith('live-share-'));
      expect(first.sort()).toEqual(firstLoad('en', path).sort());
      details.resolve();
      const later = { '/': 'tile-', '/sites': 'selection-', '/alerts': 'incident-' }[path];
      await expect.poll(() => [...scripts].some((name) => name.startsWith(later))).toBe(true);
      world.fine();
    },
    60_000,
  );

  test('the table begins with its first rows, counted and in order, and is the whole once that is there', async () => {
    await world.restart({ sites: 1200 });
    const page = await world.open('/sites', 'Last heard');
    const shown = () =>
      page.evaluate(() => ({
        rows: [...document.querySelectorAll('tbody tr[aria-rowindex]')].slice(0, 12).map((row) => row.textContent),
        count: document.querySelector('.sheet-table')?.getAttribute('aria-rowcount'),
        head: document.querySelector('.head')?.textContent,
        chips: document.querySelector('.chips')?.textContent,
        height: document.querySelector('.sheet-table')?.getBoundingClientRect().height,
        pill: document.querySelector('[data-pill]')?.getAttribute('data-pill'),
      }));
    const whole = await shown();
    const go = Promise.withResolvers<void>();
    await page.route('**/live/snapshot', async (route) => {
      await go.promise;
      await route.continue();
    });
    await page.reload();
    await page.getByText('Last heard').first().waitFor();
    const begun = await shown();
    expect(begun).toMatchObject({ count: '1201', head: whole.head, chips: whole.chips, height: whole.height });
    expect(begun.pill).toBe('loading');
    // Another order is one of all rows: it waits for them.
    await page.getByRole('button', { name: 'Site' }).click();
    await page.getByText('Last heard').first().waitFor({ state: 'detached' });
    await page.locator('.nav a[href="/sites"]').click();
    await page.getByText('Last heard').first().waitFor();
    go.resolve();
    await page.locator('[data-pill="live"]').waitFor();
    expect((await shown()).rows.map((row) => row?.slice(0, 30))).toEqual(whole.rows.map((row) => row?.slice(0, 30)));
    expect(begun.rows.map((row) => row?.slice(0, 30))).toEqual(whole.rows.map((row) => row?.slice(0, 30)));
    world.fine();
  }, 60_000);

  test('a name that is markup is shown as text', async () => {
    const site = world.fixture.roster.sites.find(({ id }) => id === 'site-0');
    if (site) site.name = '<img src=x onerror="document.title=1">';
    const page = await world.open('/sites/site-0', '<img src=x');
    expect(await page.locator('main img').count()).toBe(0);
    world.fine();
  }, 60_000);
});
