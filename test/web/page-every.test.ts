/** The built page in the real Chromium: every page stands: both themes, wide and narrow, nothing foreign, nothing inaccessible. */
import { describe, expect, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { ADDRESSES, everyPage } from './every-page.ts';

describe.skipIf(!chromiumPath())('every page (needs Chromium)', () => {
  const every = everyPage('en');

  test.each(ADDRESSES)(
    '$path stands without a complaint, a foreign request or a barrier, light and dark, wide and narrow',
    async (address) => {
      const page = await every.open(address);
      expect(await barriers(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await barriers(page)).toEqual([]);
      await page.setViewportSize({ width: 320, height: 700 });
      // A narrow page may be another one, which loads first.
      await page.locator('h1').first().waitFor({ state: 'attached' });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
      expect(await barriers(page)).toEqual([]);
      every.fine();
    },
    60_000,
  );

  test('a barrier that is there is found', async () => {
    const page = await every.open(ADDRESSES.find(({ path }) => path === '/nowhere') ?? expect.fail());
    await page.evaluate(() => {
      document.querySelector('#main')?.insertAdjacentHTML('beforeend', '<img src="/icon"><p>pale');
      // Not in the markup: the page forbids styles there.
      document.querySelector<HTMLElement>('#main > p:last-child')?.style.setProperty('color', '#999');
    });
    const found = await barriers(page);
    expect(found.map((text) => text.replace(/:.*/s, '')).sort()).toEqual(['color-contrast', 'image-alt']);
  });
});
