/** The built page in the real Chromium: the system's own colours instead of ours, no motion, any width: what is told stays told. */
import { describe, expect, test } from 'vitest';
import { chromiumPath } from '../support/browser.ts';
import { forcedFlaws } from '../support/forced.ts';
import { focusFlaws } from '../support/layout.ts';
import { ADDRESSES, everyPage } from './every-page.ts';

/** The ends: page-walk.test.ts looks at those between. */
const WIDTHS = [320, 1920];

describe.skipIf(!chromiumPath())('every page in forced colours, without motion (needs Chromium)', () => {
  const every = everyPage('en');

  test.each(ADDRESSES)(
    '$path: marks and lines have a colour of the system, nothing moves, focus is seen, nothing is wider than the screen',
    async (address) => {
      const page = await every.open(address);
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce', colorScheme });
        // Pictures are drawn anew.
        await page.clock.runFor(500);
        expect(await forcedFlaws(page), colorScheme).toEqual([]);
      }
      expect(await focusFlaws(page)).toEqual([]);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await page.locator('h1').first().waitFor({ state: 'attached' });
        await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
      await page.emulateMedia({ forcedColors: 'none' });
      every.fine();
    },
    60_000,
  );

  test('a mark in a colour of its own, and what moves, is found', async () => {
    const page = await every.open(ADDRESSES.find(({ path }) => path === '/') ?? expect.fail());
    await page.emulateMedia({ forcedColors: 'active' });
    await page.evaluate(() => {
      const style = (select: string, name: string, value: string) =>
        document.querySelector<HTMLElement>(select)?.style.setProperty(name, value);
      style('main svg.g', 'fill', '#123456');
      style('main h1', 'transition', 'color 1s');
    });
    const found = await forcedFlaws(page);
    expect([...new Set(found.map((text) => text.replace(/:.*/s, '')))].sort()).toEqual(['moves', 'rgb(18, 52, 86)']);
    await page.emulateMedia({ forcedColors: 'none' });
  }, 60_000);
});
