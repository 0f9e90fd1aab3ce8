/** The built page in the real Chromium, on a wall: nothing to scroll, pictures that change until somebody pauses them, and a new build by itself. */
import { describe, expect, test } from 'vitest';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';

const LARGE = { viewport: { width: 1920, height: 1080 } };

describe.skipIf(!chromiumPath())('a wall (needs Chromium)', () => {
  const world = pageWorld();
  const part = () => world.watched.page.locator('main.wall').getAttribute('class');

  test.each(['overview', 'map', 'alerts'])(
    'shows %s without a scroll bar on a screen of 1080 lines',
    async (name) => {
      await world.restart({ sites: 1200, cut: true });
      const page = await world.open(`/wall?rotate=${name}`, 'Live', LARGE);
      const size = () =>
        page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]);
      expect(await size()).toEqual([1920, 1080]);
      const outside = await page
        .locator('main.wall > *')
        .evaluateAll((parts) =>
          parts.map((one) => one.getBoundingClientRect()).filter(({ right, bottom }) => right > 1920 || bottom > 1080),
        );
      expect(outside).toEqual([]);
      world.fine();
    },
    60_000,
  );

  test('goes from picture to picture, and stays where the space bar or its button stops it', async () => {
    const page = await world.open('/wall?rotate=overview,map&every=30', 'Pause rotation', LARGE);
    expect(await part()).toContain('part-overview');
    await page.clock.runFor(31_000);
    await expect.poll(part).toContain('part-map');
    await page.keyboard.press(' ');
    await page.getByRole('button', { pressed: true }).waitFor();
    await page.clock.runFor(95_000);
    expect(await part()).toContain('part-map');
    await page.keyboard.press(' ');
    await page.getByRole('button', { name: 'Pause rotation' }).waitFor();
    await page.clock.runFor(31_000);
    await expect.poll(part).toContain('part-overview');
  }, 60_000);

  test('moves its picture by two pixels every ten minutes, so that nothing burns in', async () => {
    const page = await world.open('/wall?rotate=map', 'Live', LARGE);
    const at = () =>
      page.locator('.wall-top').evaluate((top) => top.getBoundingClientRect().x + top.getBoundingClientRect().y);
    const before = await at();
    await page.clock.runFor(601_000);
    await expect.poll(async () => Math.abs((await at()) - before)).toBe(2);
  }, 60_000);

  test('loads a newer build by itself', async () => {
    const page = await world.open('/wall?rotate=map', 'Live', LARGE);
    await page.route('**/wall', async (route) => {
      const answer = await route.fetch();
      const body = (await answer.text()).replace(/(name="carrel-build" content=")\w+/, '$1another');
      await route.fulfill({ response: answer, body });
    });
    const loaded = page.waitForEvent('load');
    await page.clock.runFor(301_000);
    await loaded;
    await page.getByText('Live').first().waitFor();
  }, 60_000);

  test('whose screen was revoked asks for a code when it is loaded again, and never for a password', async () => {
    const page = await world.open('/wall?rotate=map', 'Live', LARGE);
    await page.request.post(`${world.fixture.origin}/api/v1/logout`);
    await page.reload();
    await page.getByText('This screen is not paired').waitFor();
    expect(await page.locator('input[type=password]').count()).toBe(0);
  }, 60_000);
});
