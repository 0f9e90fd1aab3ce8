/** The built page in the real Chromium: every page in each other language that is complete. */
import { describe, expect, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { ADDRESSES, everyPage } from './every-page.ts';

describe.skipIf(!chromiumPath()).each(['lt', 'ru'] as const)('in %s (needs Chromium)', (lang) => {
  const every = everyPage(lang);

  test.each(ADDRESSES)(
    '$path speaks it, bars nobody and fits a phone',
    async (address) => {
      const page = await every.open(address);
      expect(await page.locator('html').getAttribute('lang')).toBe(lang);
      expect(await barriers(page)).toEqual([]);
      await page.setViewportSize({ width: 320, height: 700 });
      await page.locator('h1').first().waitFor({ state: 'attached' });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
      every.fine();
    },
    60_000,
  );
});
