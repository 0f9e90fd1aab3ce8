/** The built page in the real Chromium: incidents, one row for one cause. */
import { describe, expect, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';

describe.skipIf(!chromiumPath())('the page (needs Chromium)', () => {
  const world = pageWorld();

  test('a cable that is cut is one row, first, with all its access points behind it', async () => {
    await world.restart({ sites: 400, cut: true });
    const page = await world.open('/alerts', 'Skaidula');
    const slow = world.fixture.rows.filter(({ state, alert }) => state === 'below' && alert !== null).length;
    const dark = world.fixture.rows.filter(({ state, alert }) => state === 'offline' && alert !== null).length;
    expect(dark).toBeGreaterThan(1);
    await page.getByRole('heading', { level: 1, name: `${slow + 1} incidents need action` }).waitFor();
    expect(await page.locator('.inc').count()).toBe(slow + 1);
    // The navigation counts what the page counts.
    expect(await page.locator('.nav a[href="/alerts"] .n').innerText()).toContain(String(slow + 1));
    expect(await page.locator('.inc').first().innerText()).toContain(`${dark} access points`);
    await expect.poll(() => page.locator('.members li').count()).toBe(dark);
    // It is of no single library: its times are those of who looks, as the clock above.
    await page.getByText('Since 14:0').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await expect.poll(() => world.fixture.posted.at(-1)?.url).toBe('/api/v1/alerts/900/ack');
    world.fine();
  }, 60_000);

  test('who looks from another time zone reads the clock of the libraries, and their own beside it', async () => {
    await world.restart({ sites: 40 });
    const page = await world.open('/alerts', 'incidents need action', { timezoneId: 'Asia/Almaty' });
    await page.getByText('16:15 Vilnius (your time 19:15)').waitFor();
    const since = await page.locator('.stick .q').first().innerText();
    const [, there, here] = /Since (?:\w{3} )?(\d\d):\d\d \(your time (\d\d):\d\d\)/.exec(since) ?? [];
    expect((Number(here) - Number(there) + 24) % 24, since).toBe(3);
    world.fine();
  }, 60_000);

  test.each(['lt', 'ru'] as const)(
    'on a phone no tab lies over its neighbour or beyond the edge, in %s',
    async (lang) => {
      await world.restart({ sites: 40, lang });
      const page = await world.open('/alerts', lang === 'lt' ? 'Nutildymai' : 'Заглушения', {
        viewport: { width: 320, height: 640 },
      });
      // What is written in a tab, not only its box: a box may be narrower than its words.
      const written = await page.locator('.tabs a').evaluateAll((tabs) =>
        tabs.map((tab) => {
          const range = document.createRange();
          range.selectNodeContents(tab);
          const { left, right, top } = range.getBoundingClientRect();
          return { left, right, top };
        }),
      );
      expect(written).toHaveLength(5);
      for (const [i, { left, right, top }] of written.entries()) {
        expect(right, `tab ${i}`).toBeLessThanOrEqual(320);
        const before = written[i - 1];
        if (before?.top === top) expect(left, `tab ${i}`).toBeGreaterThan(before.right);
      }
      world.fine();
    },
    60_000,
  );

  test('a row names its library once', async () => {
    await world.restart({ sites: 40 });
    const page = await world.open('/alerts', 'incidents need action');
    for (const row of await page.locator('.inc').all()) {
      const name = await row.locator('h3 a').innerText();
      const said = await row.locator('p').innerText();
      expect(name).not.toBe('');
      expect(said).not.toBe('');
      expect(said).not.toContain(name);
    }
    world.fine();
  }, 60_000);

  test('notes that cannot be read say so, and are not taken for none', async () => {
    await world.restart({ sites: 40 });
    const page = await world.open('/alerts', 'incidents need action');
    const refused = { title: 'Not found', status: 404, detail: 'There is no alert 7.', code: 'ALERT_UNKNOWN' };
    await page.route('**/api/v1/alerts/*/notes', (route) => route.fulfill({ status: 404, json: refused }));
    await page.locator('.inc a').nth(1).click();
    await page.locator('section', { hasText: 'Notes' }).getByText('There is no alert 7.').waitFor();
  }, 60_000);
});
