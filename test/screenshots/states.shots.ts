/** What a page shows when it cannot show all: a sheet for each state, with every page; and the pages in forced colours and on paper. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from '../web/page-world.ts';
import { PAGES, type PageName, reach, STATES } from '../web/states.ts';
import { sheet, shot } from './picture.ts';

const NAMES = Object.keys(PAGES) as PageName[];
const DESK = { width: 1280, height: 720 };
/** A4 at 96 dots an inch, without its margins. */
const PAPER = { width: 688, height: 1000 };
const STANDS: Record<PageName, string> = {
  ...{ overview: 'Last 60 minutes', sites: 'Last heard', site: 'Data used by monitoring', alerts: 'Told' },
  ...{ map: 'All sites on the map', fleet: 'Agents by version', settings: 'Make a token' },
};

describe.skipIf(!chromiumPath())('pictures of the states (needs Chromium)', () => {
  const world = pageWorld();
  const still = async (page: Page): Promise<void> => {
    await page.locator('[aria-busy]').first().waitFor({ state: 'detached' });
    await page.clock.runFor(1000);
  };

  test.each(STATES)('%s', async (state) => {
    const shots: { title: string; png: Buffer }[] = [];
    for (const title of NAMES) {
      const { page, told } = await reach(world, state, title, { viewport: DESK });
      // What is drawn anew meanwhile is scrolled to again.
      const there = () =>
        page
          .getByText(told.says)
          .first()
          .scrollIntoViewIfNeeded()
          .then(
            () => true,
            () => false,
          );
      if (state === 'partial') await expect.poll(there).toBe(true);
      if (state === 'loading') await page.locator('.skel').first().waitFor();
      shots.push({ title, png: await shot(page) });
      await page.close();
    }
    await sheet(world.browser, `states-${state}`, shots);
  });

  async function all(name: string, options: Parameters<typeof world.tab>[0], change?: (page: Page) => Promise<void>) {
    await world.restart({ sites: 120, cut: true });
    const shots: { title: string; png: Buffer }[] = [];
    for (const title of NAMES) {
      const page = await world.open(PAGES[title], STANDS[title], { viewport: DESK, ...options });
      await still(page);
      await change?.(page);
      await page.clock.runFor(1000);
      shots.push({ title, png: await shot(page) });
      await page.close();
    }
    await sheet(world.browser, name, shots);
  }
  test('forced colours, light and dark', async () => {
    await all('forced-colours', { forcedColors: 'active' });
    await all('forced-colours-dark', { forcedColors: 'active', colorScheme: 'dark' });
  });
  test('paper', () =>
    all('paper', {}, async (page) => {
      await page.emulateMedia({ media: 'print' });
      await page.setViewportSize(PAPER);
    }));
});
