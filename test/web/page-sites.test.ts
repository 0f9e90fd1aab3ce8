/** The built page in the real Chromium: the overview, the list of sites, and a server that is gone. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { barriers, barriersDarkAndNarrow } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';

describe.skipIf(!chromiumPath())('the page (needs Chromium)', () => {
  const world = pageWorld();

  test('the overview answers in its title, with the average and its n', async () => {
    const page = await world.open('/', 'Last 60 minutes');
    const { meets, total, mean_n } = world.fixture.snapshot.totals;
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(
      `${meets.toLocaleString('en')} of ${total.toLocaleString('en')} access points meet 30\u00a0Mb/s`,
    );
    await page.getByText(`(n = ${mean_n.toLocaleString('en')})`).waitFor();
    await page.getByRole('link', { name: 'Offline' }).first().click();
    await page.waitForURL('**/sites?state=offline');
    world.fine();
  }, 60_000);

  test('what changed is told with the figure that it was judged by, also where the newest test alone says otherwise', async () => {
    const page = await world.open('/', 'Last 60 minutes');
    const since = world.fixture.snapshot.at - 1000;
    world.fixture.change(({ ap }) => ap === 'site-3', { state: 'meets', since, down_mbps: 16.04, median_mbps: 48.29 });
    const told = page.locator('.feed li').first();
    await told.getByText('meets the target, median 48.2').waitFor();
    expect(await told.innerText()).not.toContain('16.0');
    world.fine();
  }, 60_000);

  test('1,200 rows: few are drawn, all are counted, the last is reached, and a value changes by itself', async () => {
    await world.restart({ sites: 1200 });
    const page = await world.open('/sites?sort=name', 'Last heard');
    expect(await page.locator('table').first().getAttribute('aria-rowcount')).toBe('1201');
    expect(await page.locator('tbody tr[aria-rowindex]').count()).toBeLessThan(80);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.locator('tr[aria-rowindex="1201"]').waitFor();
    const last = await page.locator('tr[aria-rowindex="1201"]').innerText();
    expect(last).toContain('Vilnius');
    world.fixture.change(() => true, { state: 'meets', rtt_ms: 777.77 });
    await page.locator('tr[aria-rowindex="1201"]').getByText('777.7').waitFor();
    world.fine();
  }, 60_000);

  test('rows hold still under the focus; the button sorts again', async () => {
    const page = await world.open('/sites?sort=-rx', 'Last heard');
    const first = page.locator('tbody tr[aria-rowindex="2"] th a');
    const name = await first.innerText();
    await first.focus();
    const ap = world.fixture.rows.find((row) => row.state === 'meets')?.ap ?? '';
    world.fixture.change((row) => row.ap === ap, { wan_rx_mbps: 900 });
    await page.getByText('1 row moved').waitFor();
    expect(await first.innerText()).toBe(name);
    await page.getByRole('button', { name: 'Sort again' }).click();
    await page.locator('tbody tr[aria-rowindex="2"]').getByText('900.0').waitFor();
    world.fine();
  }, 60_000);

  test('sites: filters, columns and a named view are the address; a reload and the view bring all of it back', async () => {
    const page = await world.open('/sites', 'Last heard');
    await page
      .getByRole('img', { name: /Maintenance \d+\sh/ })
      .first()
      .waitFor();
    const regions = page.getByLabel('Region', { exact: true });
    await regions.selectOption('Utena county');
    await regions.selectOption('Vilnius county');
    await page.getByText('Columns', { exact: true }).click();
    await page.getByRole('checkbox', { name: 'Provider' }).uncheck();
    await page.getByRole('checkbox', { name: 'Last 24 h' }).uncheck();
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Columns');
    await page.getByText('Views', { exact: true }).click();
    await page.getByLabel('Name of the view').fill('Two counties');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save this view' }).click();
    await page.getByRole('link', { name: 'Two counties' }).waitFor();
    const { search } = new URL(page.url());
    const heads = await page.locator('.sheet-table thead th').allInnerTexts();
    expect(heads.join()).not.toContain('Last 24 h');
    // As on another device: nothing of it is in this browser.
    await page.evaluate(() => localStorage.clear());
    await page.goto(`${world.fixture.origin}/sites`);
    await page.getByText('Views', { exact: true }).click();
    await page.getByRole('link', { name: 'Two counties' }).click();
    await page.getByRole('button', { name: 'Vilnius county' }).waitFor();
    expect(new URL(page.url()).search).toBe(search);
    expect(await page.locator('.sheet-table thead th').allInnerTexts()).toEqual(heads);
    const wanted = world.fixture.roster.sites.filter(({ region }) => /^(Utena|Vilnius)/.test(region)).length;
    expect(await page.locator('.sheet-table').getAttribute('aria-rowcount')).toBe(String(wanted + 1));
    world.fine();
  }, 60_000);

  test('sites: what is selected is kept while one searches on, saved as a table, and silenced with a reason and an end', async () => {
    const page = await world.open('/sites', 'Last heard');
    await page.locator('tr[aria-rowindex="2"] input').press('Space');
    await page.locator('tr[aria-rowindex="4"] input').check();
    const aps = await page
      .locator('tr.sel input')
      .evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    expect(aps).toHaveLength(2);
    await page.getByRole('button', { name: /^Meets/ }).click();
    await page.waitForURL('**/sites?state=meets');
    await page.getByText('2 rows selected').waitFor();
    expect(await barriers(page)).toEqual([]);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export CSV' }).click();
    const table = readFileSync(await (await saved).path(), 'utf8')
      .trim()
      .split('\r\n');
    expect(
      table
        .slice(1)
        .map((line) => line.split(',')[1])
        .sort(),
    ).toEqual([...aps].sort());
    await page.getByRole('button', { name: 'Silence…' }).click();
    await page.getByLabel('Reason').fill('Works of the provider');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    await page.getByText('2 access points are silenced until').waitFor();
    const bodies = world.fixture.posted.map(({ url, body }) => ({ url, ...(body as object) }));
    const silence = { url: '/api/v1/silences', reason: 'Works of the provider', until: expect.any(Number) };
    expect(bodies).toHaveLength(2);
    expect(bodies).toEqual(expect.arrayContaining(aps.map((ap) => ({ ...silence, ap }))));
    expect(await page.getByText('rows selected').count()).toBe(0);
    world.fine();
  }, 60_000);

  test('some of the list stand side by side: one scale, one time, one cursor', async () => {
    const page = await world.open('/sites', 'Last heard');
    await page.locator('tr[aria-rowindex="2"] input').check();
    await page.locator('tr[aria-rowindex="9"] input').check();
    await page.getByRole('link', { name: 'Compare' }).click();
    await page.locator('canvas').nth(1).waitFor();
    expect(await page.locator('.multiples figure').count()).toBe(2);
    expect(new URL(page.url()).searchParams.get('s')?.split(',')).toHaveLength(2);
    await page.getByRole('link', { name: /^7\sd$/ }).click();
    await page.waitForURL('**range=7d');
    await page.getByText('median of the day').waitFor();
    await page
      .locator('.multiples figure')
      .nth(1)
      .getByText(/p10 to p90 \d+/)
      .waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await barriersDarkAndNarrow(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 700 });
    // Charts are made anew for the room that there is now.
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    world.fine();
  }, 60_000);

  test('a server that is gone is told: reconnecting, then old and greyed, then live again with what changed', async () => {
    const page = await world.open('/sites?q=site-0', 'Last heard');
    await page.locator('[data-pill=live]').waitFor();
    world.fixture.cut();
    await page.clock.fastForward(5_000);
    await page.locator('[data-pill=late] [role=status]').waitFor();
    await page.clock.fastForward(60_000);
    await page.locator('.app.stale').waitFor();
    const figures = await page
      .locator('td.num')
      .evaluateAll((all) => all.map((one) => getComputedStyle(one)['backgroundImage']));
    expect(figures.length).toBeGreaterThan(3);
    expect(figures.filter((image) => !image.startsWith('repeating-linear-gradient'))).toEqual([]);
    await page.getByText('Data is 1').waitFor();
    expect(await barriers(page)).toEqual([]);
    world.fixture.change((row) => row.ap === 'site-0', { rtt_ms: 333.3 });
    world.fixture.mend();
    await page.clock.fastForward(31_000);
    await page.getByText('333.3').waitFor();
    await page.locator('[data-pill=live]').waitFor();
    expect(world.watched.foreign).toEqual([]);
  }, 60_000);

  test('the live stream is read by a thread of its own; where that cannot be had the page asks every few seconds', async () => {
    const page = await world.open('/sites?q=site-0', 'Last heard');
    await page.locator('[data-pill=live]').waitFor();
    await expect.poll(() => page.workers().length).toBe(1);
    world.fixture.change((row) => row.ap === 'site-0', { rtt_ms: 111.1 });
    await page.getByText('111.1').waitFor();
    await page.route('**/live-reader*', (route) => route.abort());
    world.fixture.cut();
    await page.clock.fastForward(5_000);
    await page.locator('[data-pill=late]').waitFor();
    world.fixture.change((row) => row.ap === 'site-0', { rtt_ms: 333.3 });
    world.fixture.mend();
    await expect
      .poll(
        async () => {
          await page.clock.fastForward(31_000);
          return page.getByText('333.3').count();
        },
        { timeout: 30_000 },
      )
      .toBe(1);
    await page.locator('[data-pill=live]').waitFor();
    expect(page.workers()).toEqual([]);
  }, 60_000);

  test('the page works from the keyboard: search, j, Enter, go, help', async () => {
    const page = await world.open('/', 'Last 60 minutes');
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.getByText('Last heard').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('site-1');
    await page.waitForURL('**/sites?q=site-1');
    await page.evaluate(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    });
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/sites/site-*');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    world.fine();
  }, 60_000);
});
