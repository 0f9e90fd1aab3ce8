/** The built page in the real Chromium: the time axis of a site under the hand: outages and charts are dragged alike, and buttons do the same. */
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';

const HOUR = 3_600_000;

describe.skipIf(!chromiumPath())('the time axis of a site (needs Chromium)', () => {
  const world = pageWorld();

  const stretchOf = (page: Page) => {
    const { searchParams } = new URL(page.url());
    return { from: Number(searchParams.get('from')), to: Number(searchParams.get('to')) };
  };
  const hoursOf = (page: Page) => (stretchOf(page).to - stretchOf(page).from) / HOUR;

  /** From one share of its width to another. */
  async function drag(page: Page, chart: Locator, [from, to]: readonly [number, number]): Promise<void> {
    await chart.scrollIntoViewIfNeeded();
    const box = await chart.boundingBox();
    if (!box) throw new Error('the chart has no place');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * from, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * to, y, { steps: 4 });
    await page.mouse.up();
  }

  test('outages are dragged open, with Shift along, and left again by a double click', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
    const bar = page.getByRole('img', { name: /^Internet in opening hours/ });
    await drag(page, bar, [0.25, 0.5]);
    await page.waitForURL(/from=\d+&to=\d+/);
    expect(hoursOf(page)).toBeCloseTo(6, 0);
    const before = stretchOf(page);
    await page.getByRole('button', { name: 'Back', exact: true }).first().waitFor();
    await page.keyboard.down('Shift');
    await drag(page, bar, [0.2, 0.7]);
    await page.keyboard.up('Shift');
    await expect.poll(() => stretchOf(page).from).not.toBe(before.from);
    expect(hoursOf(page)).toBeCloseTo((before.to - before.from) / HOUR, 3);
    expect((before.from - stretchOf(page).from) / HOUR).toBeCloseTo(3, 0);
    await bar.dblclick();
    await expect.poll(() => new URL(page.url()).search).toBe('');
    expect(await barriers(page)).toEqual([]);
    world.fine();
  }, 60_000);

  test('who does not drag finds the same beside the outages, for the keyboard too', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
    const zoom = page.getByRole('figure', { name: 'Internet in opening hours' }).getByRole('group', { name: 'Zoom' });
    await zoom.getByRole('button', { name: 'Closer' }).press('Enter');
    await expect.poll(() => hoursOf(page)).toBeCloseTo(12, 3);
    const before = stretchOf(page);
    await zoom.getByRole('button', { name: 'Earlier' }).press('Enter');
    await expect.poll(() => (before.from - stretchOf(page).from) / HOUR).toBeCloseTo(6, 3);
    await zoom.getByRole('button', { name: 'Back', exact: true }).press('Enter');
    await expect.poll(() => new URL(page.url()).search).toBe('');
    world.fine();
  }, 60_000);

  test('Escape lets go of what is being dragged', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
    const bar = page.getByRole('img', { name: /^Internet in opening hours/ });
    await bar.scrollIntoViewIfNeeded();
    const box = await bar.boundingBox();
    if (!box) throw new Error('the bar has no place');
    await page.mouse.move(box.x + 100, box.y + 12);
    await page.mouse.down();
    await page.mouse.move(box.x + 300, box.y + 12, { steps: 3 });
    await bar.locator('.avail-pull').waitFor();
    await page.keyboard.press('Escape');
    await bar.locator('.avail-pull').waitFor({ state: 'detached' });
    await page.mouse.up();
    expect(new URL(page.url()).search).toBe('');
    world.fine();
  }, 60_000);

  test('a chart is pulled along with Shift as the outages are', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
    const chart = page.getByRole('img', { name: /^Round-trip time/ });
    await chart.locator('canvas').waitFor();
    await page.keyboard.down('Shift');
    await drag(page, chart.locator('.u-over'), [0.25, 0.75]);
    await page.keyboard.up('Shift');
    await page.waitForURL(/from=\d+&to=\d+/);
    expect(hoursOf(page)).toBeCloseTo(24, 3);
    expect((Date.parse('2026-11-19T14:15:00Z') - stretchOf(page).to) / HOUR).toBeCloseTo(12, 0);
    world.fine();
  }, 60_000);
});
