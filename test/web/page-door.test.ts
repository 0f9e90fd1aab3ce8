/** The built page in the real Chromium: what one meets first: signing in, setting up, a wall screen, one’s own things on a phone. */
import { describe, expect, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';

describe.skipIf(!chromiumPath())('the page (needs Chromium)', () => {
  const world = pageWorld();

  test('a wall screen is paired by its code, shows the wall, and an old picture is grey and says its age', async () => {
    await world.restart({ sites: 120, signedIn: false });
    const page = await world.open('/wall?rotate=overview,alerts&every=30', 'This screen is not paired');
    await page.getByLabel('Code of this screen').fill('nonsense');
    await page.getByRole('button', { name: 'Pair this screen' }).click();
    await page.getByText('This code is not known').waitFor();
    await page.goto(`${world.fixture.origin}/wall?rotate=overview,alerts&every=30#pair=ABCD2345`);
    await page.reload(); // only the part after # differs: the browser would stay where it is
    await page.getByText('incidents need action').waitFor();
    expect(new URL(page.url()).hash).toBe('');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('access points meet');
    await page.setViewportSize({ width: 1920, height: 1080 });
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('.wall *')]
        .filter(
          (one) =>
            one.childElementCount === 0 &&
            one.textContent?.trim() &&
            parseFloat(getComputedStyle(one).fontSize) < 24 &&
            !one.matches('.vh'),
        )
        .map((one) => one.textContent),
    );
    expect(small).toEqual([]);
    world.fixture.cut();
    await page.clock.fastForward(70_000);
    await page.locator('.wall.stale').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(/^Data is 1\smin/);
    world.fixture.mend();
    await page.clock.fastForward(31_000);
    await page.locator('.wall:not(.stale)').waitFor();
  }, 60_000);

  test('the alerts of a wall screen stand whole, and it says how many more there are', async () => {
    await world.restart({ sites: 1200, cut: true });
    const page = await world.open('/wall?rotate=alerts', 'incidents need action', {
      viewport: { width: 1920, height: 1080 },
    });
    const list = page.locator('.wall-list');
    expect(await list.locator('li').count()).toBe(12);
    await list.getByText(/^and \d+ more$/).waitFor();
    expect(await list.evaluate((one) => one.scrollHeight - one.clientHeight)).toBeLessThanOrEqual(1);
    world.fine();
  }, 60_000);

  test('signing in: a wrong password is refused in words, the right one opens what was asked for', async () => {
    await world.restart({ sites: 3, signedIn: false });
    const page = await world.open('/sites?state=below', 'Sign in');
    await page.getByLabel('Password', { exact: true }).fill('wrong password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The name or the password is wrong.').waitFor();
    // The button was switched off meanwhile; who works by keyboard is at the refusal, not at the top of the page.
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('alert');
    await page.getByLabel('Password', { exact: true }).fill('right password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('row').filter({ hasText: 'Below 30' }).waitFor();
    expect(new URL(page.url()).search).toBe('?state=below');
  }, 60_000);

  test('the set-up link sets the password and leads to the first of three steps', async () => {
    await world.restart({ sites: 1, signedIn: false });
    const page = await world.open('/setup?token=abc', 'Choose the administrator');
    await page.getByLabel('Password', { exact: true }).fill('a long enough password');
    await page.locator('button[type=submit]').click();
    await page.getByRole('heading', { level: 1, name: 'Your network' }).waitFor();
    expect(world.fixture.posted[0]).toMatchObject({
      url: '/api/v1/setup',
      body: { token: 'abc', password: 'a long enough password' },
    });
    world.fine();
  }, 60_000);

  test('on a phone one’s own things are one tap away: theme, keys, password, signing out', async () => {
    const page = await world.open('/', 'Last 60 minutes', { viewport: { width: 390, height: 844 } });
    await page.getByRole('link', { name: /^rasa, signed in/ }).click();
    await page.getByRole('button', { name: 'Dark' }).click();
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await page.getByLabel('Password now').fill('the old password');
    await page.getByLabel('New password').fill('a new long password');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('Your password is changed').waitFor();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    world.fine();
  }, 60_000);

  test('before anything is judged the title says so, and a new operator reads what comes next', async () => {
    await world.restart({ sites: 1 });
    world.fixture.change(() => true, { state: 'nodata', down_mbps: null });
    const page = await world.open('/', 'What next');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('The access point has not been judged yet');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('link', { name: 'Add a library' }).click();
    await page.waitForURL('**/start?step=2');
    world.fine();
  }, 60_000);
});
