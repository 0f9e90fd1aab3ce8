/** The built page in the real Chromium: how many devices visitors brought to a site, day by day. */
import { describe, expect, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';

describe.skipIf(!chromiumPath())('patron devices by day (needs Chromium)', () => {
  const world = pageWorld();

  test('are bars that keys step through, with today so far, and gaps that are no zero in the table', async () => {
    const page = await world.open('/sites/site-0?range=30d', 'Data used by monitoring');
    const figure = page.getByRole('figure', { name: 'Patron devices by day' });
    await figure
      .getByText(/^Median \d+ devices a day, of 22 open days\. Most on \d+\s\w+: \d+\. Nobody counted on 2 days\.$/)
      .waitFor();
    await figure.locator('.legend').getByText('today, so far').waitFor();
    const chart = figure.getByRole('img', { name: /^Patron devices by day.*Nobody counted on 2 days\. Arrow keys/ });
    await chart.locator('canvas').waitFor();
    const readout = figure.locator('.readout');
    await expect.poll(() => readout.innerText()).toMatch(/^Thu 19\sNov, so far\s+\d+ devices, \d+ at once at most$/);
    await chart.focus();
    await page.keyboard.press('End');
    for (let i = 0; i < 9; i++) await page.keyboard.press('ArrowLeft');
    await expect.poll(() => readout.innerText()).toMatch(/^Tue 10\sNov\s+No data$/);
    expect(await figure.locator('[aria-live]').innerText()).toMatch(/^Tue 10\sNov: No data$/);
    expect(await barriers(page)).toEqual([]);
    await figure.getByText('Show as table').click();
    await expect.poll(() => figure.locator('tbody tr').count()).toBe(30);
    expect(await figure.getByRole('row', { name: /^Tue 10\sNov/ }).innerText()).toMatch(/No data\s+No data$/);
    expect(await figure.getByRole('row', { name: /^Sun 25\sOct, 25\sh/ }).innerText()).toMatch(/\s0\s+0$/);
    world.fine();
  }, 60_000);

  test('follow the cursor of the other charts, fill a year, and are not shown of a day', async () => {
    const page = await world.open('/sites/site-0?range=12mo', 'Data used by monitoring');
    const figure = page.getByRole('figure', { name: 'Patron devices by day' });
    await figure.locator('canvas').waitFor();
    await page.getByRole('img', { name: /^Download throughput/ }).focus();
    await page.keyboard.press('Home');
    await expect.poll(() => figure.locator('.readout').innerText()).toMatch(/^Thu 20\sNov/);
    await page.getByRole('link', { name: /^24\sh$/ }).click();
    await figure.waitFor({ state: 'detached' });
    world.fine();
  }, 60_000);
});
