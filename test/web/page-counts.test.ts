/** The built page in the real Chromium: counts of incidents are of all of them, and the worst are shown, however many there are. */
import { describe, expect, test } from 'vitest';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';

describe.skipIf(!chromiumPath())('counts of incidents (needs Chromium)', () => {
  const world = pageWorld();
  const inTrouble = () => world.fixture.rows.filter(({ alert }) => alert !== null);

  test('140 that are open read as 140 in title, tab, list and navigation; the rest of the list comes when it is asked for', async () => {
    const silenced = 20;
    await world.restart({ sites: 2800, silenced });
    const open = inTrouble().length - silenced;
    expect(open).toBeGreaterThanOrEqual(140);
    const page = await world.open('/alerts', 'Needs action');
    await page.getByRole('heading', { level: 1, name: `${open} incidents need action` }).waitFor();
    expect(await page.locator('.tabs [aria-current] .n').innerText()).toBe(String(open));
    expect(await page.locator('.group .end').innerText()).toBe(`${open} incidents`);
    expect(await page.locator('.nav a[href="/alerts"] .n').innerText()).toContain(String(open));
    expect(await page.locator('.inc').count()).toBe(100);
    await page.getByRole('button', { name: 'Load more' }).click();
    await expect.poll(() => page.locator('.inc').count()).toBe(Math.min(open, 200));
    world.fine();
  }, 60_000);

  test('those that are silenced need no action, and stand in a list of their own with until when', async () => {
    await world.restart({ sites: 120, silenced: 5 });
    const page = await world.open('/alerts', 'Needs action');
    await page.getByRole('link', { name: 'Silenced' }).click();
    await page.getByText('Nobody is told for now').waitFor();
    expect(await page.locator('.tabs [aria-current] .n').innerText()).toBe('5');
    expect(await page.locator('.inc').count()).toBe(5);
    expect(await page.locator('.inc .r2').first().innerText()).toMatch(/^until \d\d:\d\d/);
    await page.getByRole('heading', { level: 1, name: `${inTrouble().length - 5} incidents need action` }).waitFor();
    world.fine();
  }, 60_000);

  test('a wall shows the one cause of 300 that are newer than it, and counts all', async () => {
    await world.restart({ sites: 6000, cut: 'all' });
    const covered = inTrouble().length;
    expect(covered).toBeGreaterThanOrEqual(300);
    const page = await world.open('/wall?rotate=alerts', '1 of 1 incidents need action');
    expect(await page.locator('.wall-list li').allInnerTexts()).toEqual([expect.stringContaining(`${covered} sites`)]);
    world.fine();
  }, 60_000);

  test('a library whose incident is part of one that somebody has, has somebody', async () => {
    await world.restart({ sites: 1200, cut: true });
    const page = await world.open('/', 'Last 60 minutes');
    const holders = page.locator('.worst .r2');
    await expect.poll(async () => new Set(await holders.allInnerTexts())).toEqual(new Set(['Nobody yet']));
    await page.request.post(`${world.fixture.origin}/api/v1/alerts/900/ack`, { data: { hours: 1 } });
    await page.reload();
    await expect.poll(async () => new Set(await holders.allInnerTexts())).toEqual(new Set(['rasa has it']));
    world.fine();
  }, 60_000);
});
