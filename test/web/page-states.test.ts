/** The built page in the real Chromium: waiting, empty, partly there, failed, old, not allowed: each page says what is the case and what one can do. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';
import { PAGES, type PageName, REFUSAL, reach, STATES } from './states.ts';

const NAMES = Object.keys(PAGES) as PageName[];
/** Laid out as others are: once is enough for axe. */
const EXAMINED = new Set<PageName>(['overview', 'map']);
/** What waits and what failed is looked at more closely below. */
const EVERY = STATES.filter((state) => state !== 'loading' && state !== 'failed').flatMap((state) =>
  NAMES.map((name) => ({ state, name })),
);
/** A figure or a verdict of what is not known. */
const known = (page: Page) =>
  page.evaluate(() => ({
    zero: /(^|\s)0(\s|$)/.test(document.querySelector('.app')?.textContent ?? ''),
    good: document.querySelectorAll('main .meets, main .f-meets').length,
  }));
const NOTHING = { zero: false, good: 0 };

describe.skipIf(!chromiumPath())('the states of each page (needs Chromium)', () => {
  const world = pageWorld();

  test.each(NAMES)(
    '%s, waiting: nothing for 200 ms, then its outline, for who listens in words',
    async (name) => {
      const page = await world.tab();
      await page.clock.pauseAt(Date.parse('2026-11-19T14:16:00Z'));
      await page.route('**/api/v1/**', (route) =>
        route.request().url().endsWith('/me') ? route.continue() : new Promise(() => undefined),
      );
      await page.goto(world.fixture.origin + PAGES[name]);
      await page.locator('main [aria-busy]').waitFor({ state: 'attached' });
      await page.clock.runFor(190);
      expect(await page.locator('.skel').count()).toBe(0);
      // The page's own file, which comes meanwhile, begins to wait anew.
      const said = async () => {
        await page.clock.runFor(50);
        return page.locator('main [aria-busy]:has(.skel) .vh').allInnerTexts();
      };
      await expect.poll(said).toContainEqual(expect.stringMatching(/^Loading \p{L}/u));
      expect(await known(page)).toEqual(NOTHING);
    },
    60_000,
  );

  test.each(EVERY)(
    '$name, $state: it says so, and what one can do',
    async ({ state, name }) => {
      const { page, told } = await reach(world, state, name);
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      if (told.offers !== undefined) {
        const way = { name: told.offers, exact: true };
        const main = page.locator('main');
        await main.getByRole('link', way).or(main.getByRole('button', way)).first().waitFor();
      }
      if (EXAMINED.has(name)) expect(await barriers(page)).toEqual([]);
    },
    60_000,
  );

  test.each(NAMES)(
    '%s, failed: the cause, the number of the request, and another try that succeeds',
    async (name) => {
      const { page } = await reach(world, 'failed', name);
      const told = page.getByRole('alert').first();
      for (const words of [REFUSAL.detail, REFUSAL.code, `Request ${REFUSAL.request}`])
        await told.getByText(words).first().waitFor();
      expect(await known(page)).toEqual(NOTHING);
      if (EXAMINED.has(name)) expect(await barriers(page)).toEqual([]);
      await page.unrouteAll();
      // What stands on the live view tries again by itself, too, and may be quicker.
      const pressed = async () => {
        await page.evaluate(() => document.querySelector<HTMLElement>('main [role=alert] button')?.click());
        return page.getByText(REFUSAL.code).count();
      };
      await expect.poll(pressed).toBe(0);
    },
    60_000,
  );

  test('who may only look is offered nothing to do', async () => {
    const { page } = await reach(world, 'denied', 'alerts');
    const forms = ['Acknowledge', 'Silence', 'Add'].map((name) => page.getByRole('button', { name }));
    for (const form of forms) expect(await form.count()).toBe(0);
    await page.locator('.nav a[href="/settings"]').click();
    await page.getByText('You may look, but not change.').waitFor();
    for (const form of forms) expect(await form.count()).toBe(0);
    world.fine();
  }, 60_000);

  test('who has an incident is not told while it is not known', async () => {
    await world.restart({ sites: 40 });
    const page = await world.tab();
    await page.route('**/api/v1/alerts?*', (route) => route.fulfill({ status: 503, body: '' }));
    await page.goto(world.fixture.origin);
    await page.locator('.worst li').first().waitFor();
    expect(await page.locator('.worst').innerText()).not.toContain('Nobody yet');
    await page.unrouteAll();
    await page.reload();
    await page.locator('.worst').getByText('Nobody yet').first().waitFor();
  }, 60_000);
});
