/** The built page in the real Chromium: who is on call works through the incidents by their rows, without a mouse. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';

const press = async (page: Page, ...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};
const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');

describe.skipIf(!chromiumPath())('on the list of incidents (needs Chromium)', () => {
  const world = pageWorld();
  const row = (page: Page, nth: number) => page.locator('.inc a').nth(nth);
  const open = async (): Promise<Page> => {
    await world.restart({ sites: 40 });
    return world.open('/alerts', 'incidents need action');
  };

  test('"a" goes to taking on the row that "j" came to, and Enter does it', async () => {
    const page = await open();
    await press(page, 'j', 'j');
    const name = (await row(page, 1).innerText()).trim();
    expect(await focused(page)).toBe(name);
    const id = await row(page, 1).getAttribute('data-row');
    await press(page, 'a');
    await expect.poll(() => focused(page)).toBe('Acknowledge');
    expect(await page.locator('#h-inc').innerText()).toBe(name);
    expect(world.fixture.posted).toEqual([]);
    await press(page, 'Enter');
    await expect.poll(() => world.fixture.posted.at(-1)).toMatchObject({ url: `/api/v1/alerts/${id}/ack` });
    world.fine();
  }, 60_000);

  test('"s" opens the silence of the row’s library at its reason; what is typed there is no key', async () => {
    const page = await open();
    await press(page, 'j', 'j');
    const name = (await row(page, 1).innerText()).trim();
    await press(page, 's');
    const reason = page.getByLabel('Reason');
    await expect.poll(() => reason.evaluate((one) => one === document.activeElement)).toBe(true);
    await page.getByRole('heading', { name: `Silence ${name}` }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.type('as planned');
    expect(await reason.inputValue()).toBe('as planned');
    await press(page, 'Enter');
    await expect
      .poll(() => world.fixture.posted.at(-1))
      .toMatchObject({
        url: '/api/v1/silences',
        body: { reason: 'as planned' },
      });
    world.fine();
  }, 60_000);

  test('neither does anything without a row, after "g", or where single keys are switched off', async () => {
    const page = await open();
    await press(page, 'a', 's');
    await press(page, 'j', 'g', 's');
    await page.waitForURL('**/sites');
    await page.goto(`${world.fixture.origin}/help/keys`);
    await page.getByText('take on the incident of the row').waitFor();
    await page.getByLabel('Single-letter shortcuts are on').uncheck();
    await page.goto(`${world.fixture.origin}/alerts`);
    await row(page, 1).focus();
    await press(page, 's', 'a');
    expect(await focused(page)).toBe((await row(page, 1).innerText()).trim());
    expect([world.fixture.posted, await page.getByLabel('Reason').count()]).toEqual([[], 0]);
    world.fine();
  }, 60_000);
});
