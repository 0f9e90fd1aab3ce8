/** The built page in the real Chromium: some sites beside each other. */
import { describe, expect, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';

describe.skipIf(!chromiumPath())('the comparison of sites (needs Chromium)', () => {
  const world = pageWorld();

  test('holidays and closed days of each are drawn and told as closed, as on its own page', async () => {
    const page = await world.open('/compare?s=site-0,site-1&range=30d', 'median of the day');
    await page.locator('.legend').getByText('closed', { exact: true }).waitFor();
    for (const figure of await page.getByRole('figure').all()) {
      await figure.locator('canvas').waitFor();
      await figure.getByText('Show as table').click();
      // All Souls' Day, a Monday on which they would be open.
      await figure
        .getByRole('row', { name: /^Mon 2\sNov/ })
        .getByText('closed')
        .first()
        .waitFor();
      expect(await figure.getByRole('row', { name: /^Tue 3\sNov/ }).innerText()).not.toContain('closed');
    }
    expect(await barriers(page)).toEqual([]);
    world.fine();
  }, 60_000);
});
