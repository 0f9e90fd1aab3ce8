/** The built page in the real Chromium: a map whose outlines are older than the country's regions says so, and counts by the regions of today. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';

const OWN = { id: 'own', name: 'Our borders', regions: 10, bytes: 30_000 };

describe.skipIf(!chromiumPath())('the map of Kazakhstan (needs Chromium)', () => {
  const world = pageWorld();
  const sites = async () => {
    await world.restart({ sites: 6 });
    for (const [i, site] of world.fixture.roster.sites.entries())
      Object.assign(site, { lat: 50.41 + i / 100, lon: 80.25, region: i < 4 ? 'KZ-10' : 'East Kazakhstan' });
  };

  test('a region without an outline is counted and listed under its own name, and the map says how old its outlines are', async () => {
    await sites();
    const page = await world.open('/map', 'Outlines of Kazakhstan are of before 2022');
    await page.getByRole('link', { name: 'Abai 4' }).click();
    await page.getByRole('heading', { level: 2, name: 'Abai' }).waitFor();
    expect(await page.locator('.side .rows li').count()).toBe(4);
    expect(await barriers(page)).toEqual([]);
    await page.goto(`${world.fixture.origin}/map?region=KZ-VOS`);
    await page.getByRole('heading', { level: 2, name: 'East Kazakhstan' }).waitFor();
    await expect.poll(() => page.locator('.side .rows li').count()).toBe(2);
    world.fine();
  }, 60_000);

  test('borders of one’s own take the place of the old ones, and nothing is said of those', async () => {
    await sites();
    const page = await world.tab();
    const borders = readFileSync(new URL('../../dashboard/web/map/central-asia.topojson', import.meta.url), 'utf8');
    await page.route('**/api/v1/map-layers', (route) => route.fulfill({ json: { items: [OWN] } }));
    await page.route('**/api/v1/map-layers/own', (route) =>
      route.fulfill({ contentType: 'application/json', body: borders.replaceAll('KZ-VOS', 'Shyghys') }),
    );
    await page.goto(`${world.fixture.origin}/map?layer=own&region=Shyghys`);
    await page.getByRole('heading', { level: 2, name: 'Shyghys' }).waitFor();
    await expect.poll(() => page.locator('.side .rows li').count()).toBe(6);
    expect(await page.getByText('of before 2022').count()).toBe(0);
    expect(await page.getByText('Without an outline').count()).toBe(0);
  }, 60_000);
});
