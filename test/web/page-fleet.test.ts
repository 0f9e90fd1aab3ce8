/** The built page in the real Chromium: the probes of a fleet, from the menu to the one that needs a hand. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';
import { probeFleetOf } from './probe-fixture.ts';

describe.skipIf(!chromiumPath())('the page of the fleet (needs Chromium)', () => {
  const world = pageWorld();

  test('answers in its title, by g f, and leads to the library of the worst', async () => {
    const page = await world.open('/', 'Last 60 minutes');
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await page.getByText('Agents by version').waitFor();
    expect(await page.locator('.nav a[aria-current]').innerText()).toBe('Fleet');
    const { troubles } = probeFleetOf(world.fixture.rows, 0);
    const need = troubles.filter((bits) => bits > 0).length;
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(
      `${need} of ${troubles.length} probes need a hand`,
    );
    expect(await page.locator('tr[aria-rowindex="2"]').innerText()).toContain('Not connected');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/sites/site-*');
    world.fine();
  }, 60_000);

  test('filters, version and sorting are the address; what is shown goes into a spreadsheet', async () => {
    const page = await world.open('/fleet', 'Agents by version');
    await page.getByRole('button', { name: /^Agent old/ }).click();
    await page.getByRole('link', { name: '0.4.1', exact: true }).click();
    await page.getByRole('button', { name: 'Last heard' }).click();
    await page.waitForURL((url) => url.search === '?trouble=outdated&version=0.4.1&sort=seen');
    const rows = Number(await page.locator('table').getAttribute('aria-rowcount')) - 1;
    expect(rows).toBeGreaterThan(1);
    await page.reload();
    await page.getByText('Agents by version').waitFor();
    expect(await page.locator('table').getAttribute('aria-rowcount')).toBe(String(rows + 1));
    expect(await page.locator('th[aria-sort=ascending]').innerText()).toBe('Last heard');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export CSV' }).click();
    const lines = readFileSync(await (await saved).path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    expect(lines).toHaveLength(rows + 1);
    expect(lines.slice(1).every((line) => line.includes(',0.4.1,'))).toBe(true);
    await page.goBack();
    world.fine();
  }, 60_000);

  test('20,000 probes: few rows are drawn, the last is reached, and a search finds one', async () => {
    await world.restart({ sites: 20_000 });
    const page = await world.open('/fleet?sort=probe', 'Agents by version');
    // The head, and one on the shelf, are rows too.
    const last = String(world.fixture.rows.filter(({ probe }) => probe !== null).length + 2);
    expect(Number(last)).toBeGreaterThan(19_000);
    expect(await page.locator('table').getAttribute('aria-rowcount')).toBe(last);
    expect(await page.locator('tbody tr[aria-rowindex]').count()).toBeLessThan(80);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.locator(`tr[aria-rowindex="${last}"]`).getByText('probe-on-the-shelf').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('probe-19999');
    await page.waitForURL('**q=probe-19999');
    expect(await page.locator('table').getAttribute('aria-rowcount')).toBe('2');
    world.fine();
  }, 90_000);

  test('an answer that does not come is said: the probes stand as they were, and the list is read again', async () => {
    const page = await world.open('/fleet', 'Agents by version');
    world.fixture.cut();
    await page.clock.fastForward(31_000);
    await page.getByText('These are the probes as they were at 16:15').waitFor();
    await page.locator('table.oldvalues').waitFor();
    world.fixture.mend();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('These are the probes as they were').waitFor({ state: 'detached' });
  }, 60_000);

  test('without any probe it says how to get one', async () => {
    await world.restart({ sites: 0 });
    const page = await world.open('/fleet', 'No probes yet');
    expect(await barriers(page)).toEqual([]);
    world.fine();
  }, 60_000);
});
