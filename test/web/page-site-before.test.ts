/** The built page in the real Chromium: a site beside what it was a week before. */
import { describe, expect, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';

describe.skipIf(!chromiumPath())('what a site was before (needs Chromium)', () => {
  const world = pageWorld();

  test('the same day a week earlier is a second line with its word, a column, a reading and a sentence, and stands in the address', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
    const figure = page.getByRole('figure', { name: 'Download throughput' });
    const box = page.getByRole('checkbox', { name: 'Compare: same time last week' });
    await box.press('Space');
    await expect.poll(() => new URL(page.url()).search).toBe('?before=1');
    await figure.getByText(/^Wed 11\sNov 2026, 16:1\d – Thu 12\sNov 2026, 16:1\d$/).waitFor();
    await figure.locator('.legend').getByText('a week before').waitFor();
    await figure.getByText(/^Median \d+\.\d\sMb\/s, a week before \d+\.\d\sMb\/s\.$/).waitFor();
    await figure.getByRole('img', { name: /a week before \d+\.\d\sMb\/s\. Arrow/ }).focus();
    await page.keyboard.press('End');
    await expect.poll(() => figure.locator('.readout').innerText()).toMatch(/a week before \d+\.\d \(\d\d:\d\d\)/);
    expect(await figure.locator('[aria-live]').innerText()).toMatch(/, a week before \d+\.\d \(\d\d:\d\d\)$/);
    await figure.getByText('Show as table').click();
    await expect.poll(async () => (await figure.locator('thead th').allInnerTexts()).at(-1)).toBe('a week before Mb/s');
    expect(await barriers(page)).toEqual([]);
    await page.reload();
    await figure.locator('.legend').getByText('a week before').waitFor();
    await box.press('Space');
    await figure.locator('.legend').getByText('a week before').waitFor({ state: 'detached' });
    world.fine();
  }, 60_000);

  test('latency and what shares its axis have it too, and their cursor reads both', async () => {
    const page = await world.open('/sites/site-0?range=7d&before=1', 'Data used by monitoring');
    const figure = page.locator('figure').filter({ hasText: 'Round-trip time' });
    await figure.getByText(/^Median 11\.0\sms, a week before 11\.0\sms\.$/).waitFor();
    await figure.locator('canvas').waitFor();
    await figure.getByRole('img').focus();
    await page.keyboard.press('Home');
    await expect.poll(() => figure.locator('.readout').innerText()).toMatch(/a week before \d+\.\d/);
    expect(await barriers(page)).toEqual([]);
    await figure.getByText('Show as table').click();
    await expect.poll(async () => (await figure.locator('thead th').allInnerTexts()).at(-1)).toBe('a week before');
    const cpu = page.locator('figure').filter({ hasText: 'CPU of the probe' });
    await cpu.getByText(/^Mean \d+\.\d\s%, a week before \d+\.\d\s%\.$/).waitFor();
    world.fine();
  }, 60_000);

  test('of a month it is the month before, day by day, and says so', async () => {
    const page = await world.open('/sites/site-0?range=30d&before=1', 'Data used by monitoring');
    const figure = page.getByRole('figure', { name: 'Download throughput' });
    await page.getByRole('checkbox', { name: 'Compare: the stretch before' }).waitFor();
    await figure.getByText(/^Median \d+\.\d\sMb\/s, 30 days before \d+\.\d\sMb\/s\.$/).waitFor();
    await figure.getByText('Show as table').click();
    const column = () => figure.locator('tbody tr td:last-child').allInnerTexts();
    await expect.poll(async () => (await column()).length).toBe(30);
    const cells = await column();
    expect(cells.filter((cell) => /^\d+\.\d$/.test(cell)).length).toBeGreaterThan(20);
    // Sundays of then have no test: unknown, not 0.
    expect(cells).toContain('No data');
    world.fine();
  }, 60_000);

  test('what cannot be compared says why', async () => {
    const to = Date.parse('2026-11-19T14:15:00Z');
    const page = await world.open(`/sites/site-0?from=${to - 500 * 86_400_000}&to=${to}&before=1`, 'Data used');
    expect(await page.getByRole('checkbox', { name: 'Too long to be compared' }).isDisabled()).toBe(true);
    world.fine();
  }, 60_000);
});
