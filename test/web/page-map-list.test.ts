/** The built page in the real Chromium: the map, and the list beside it that says the same to who does not see or point. */
import { describe, expect, test } from 'vitest';
import { AP_STATES } from '#contract';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';

describe.skipIf(!chromiumPath())('the map (needs Chromium)', () => {
  const world = pageWorld();
  const listed = '.side .rows > li';

  test('a state that is hidden leaves the list too, and the address brings both back', async () => {
    const page = await world.open('/map', 'All sites on the map');
    const rows = world.fixture.rows.filter(({ state }) => state !== 'meets').length;
    await page.locator('.mapbox .chip', { hasText: 'Meets target' }).click();
    await page.waitForURL('**/map?hide=meets');
    await page.getByText(`${rows} of 120 sites, worst first`).waitFor();
    const [first] = await page.locator(listed).allInnerTexts();
    await page.reload();
    await page.getByText(`${rows} of 120 sites, worst first`).waitFor();
    expect((await page.locator(listed).allInnerTexts())[0]?.slice(0, 30)).toBe(first?.slice(0, 30));
    expect(await barriers(page)).toEqual([]);
    world.fine();
  }, 60_000);

  test('a region is chosen without pointing: the list, its counts and the address follow', async () => {
    const page = await world.open('/map', 'All sites on the map');
    await page.getByLabel('Region').selectOption({ label: 'Utena' });
    await page.waitForURL('**/map?region=LT-UT');
    await page.getByRole('heading', { level: 2, name: 'Utena' }).waitFor();
    const n = await page.locator(listed).count();
    expect(n).toBeGreaterThan(0);
    const told = /(\d+) of 120 sites/.exec(await page.locator('.side header').innerText());
    expect(Number(told?.[1])).toBe(n);
    await page.getByRole('button', { name: 'All regions' }).click();
    await page.waitForURL((url) => url.search === '');
    world.fine();
  }, 60_000);

  test('keys move it, which the list follows; Enter picks what lies in the middle', async () => {
    const page = await world.open('/map', 'All sites on the map');
    const map = page.getByRole('application');
    // Regions are known with their outlines.
    await page.getByLabel('Region').waitFor();
    await map.focus();
    await page.keyboard.press('Enter');
    // The middle of Lithuania: a region where nothing else lies.
    await expect.poll(() => new URL(page.url()).search).toMatch(/region=LT-|site=/);
    await page.keyboard.press('0');
    for (const key of ['+', '+', '+', 'ArrowRight']) await page.keyboard.press(key);
    await page.clock.runFor(1000);
    await expect.poll(() => page.url()).toContain('view=');
    world.fine();
  }, 60_000);

  test('of 20,000 sites sixty are listed at first, and as many more as one asks for', async () => {
    await world.restart({ sites: 20_000 });
    const page = await world.open('/map', 'All sites on the map');
    await expect.poll(() => page.locator(listed).count()).toBe(60);
    await page.getByRole('button', { name: '60 more of 19,940' }).click();
    await expect.poll(() => page.locator(listed).count()).toBe(120);
    const states = await page.locator(`${listed} .vh`).allInnerTexts();
    expect(states.filter((state) => state.startsWith('Offline')).length).toBe(
      Math.min(120, world.fixture.rows.filter(({ state }) => state === AP_STATES[0]).length),
    );
    world.fine();
  }, 60_000);
});
