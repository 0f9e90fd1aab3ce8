/** The built page in the real Chromium, against answers in the contract's shapes: every page, both themes, nothing foreign, nothing inaccessible. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildWeb } from '../../infra/build-web.ts';
import { barriers } from '../support/barriers.ts';
import { chromiumPath, openBrowser, type WatchedPage, watchPage } from '../support/browser.ts';
import { type Fixture, startFixture, THURSDAY } from './fixture-server.ts';
import { testsOf } from './site-fixture.ts';

describe.skipIf(!chromiumPath())('the page (needs Chromium)', () => {
  let dir: string;
  let browser: Browser;
  let fixture: Fixture;
  let watched: WatchedPage;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'carrel-web-'));
    await buildWeb(dir);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(dir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    fixture = await startFixture(dir, { sites: 120 });
  });
  afterEach(async () => {
    await watched.page.close();
    await fixture.close();
  });

  /** Opens an address on that Thursday, and waits for the words that show that the page stands. */
  async function open(path: string, words: string, options: Parameters<typeof watchPage>[2] = {}): Promise<Page> {
    watched = await watchPage(browser, fixture.origin, {
      timezoneId: 'Europe/Vilnius',
      reducedMotion: 'reduce',
      ...options,
    });
    await watched.page.clock.install({ time: THURSDAY });
    await watched.page.goto(fixture.origin + path);
    await watched.page.getByText(words).first().waitFor();
    return watched.page;
  }
  const fine = () =>
    expect({ complaints: watched.complaints, foreign: watched.foreign }).toEqual({ complaints: [], foreign: [] });

  const PAGES = [
    ['/', 'Last 60 minutes'],
    ['/wall?rotate=overview,map,alerts', 'Pause rotation'],
    ['/map', 'All sites on the map'],
    ['/sites', 'Last heard'],
    ['/sites/site-0', 'Data used by monitoring'],
    ['/alerts', 'Told'],
    ['/alerts?id=1000', 'What we saw'],
    ['/alerts?state=silences', 'Silence a library'],
    ['/settings', 'Import a table'],
    ['/nowhere', 'There is no such page'],
  ] as const;

  test.each(PAGES)(
    '%s stands without a complaint, a foreign request or a barrier, light and dark, wide and narrow',
    async (path, words) => {
      if (path === '/nowhere') fixture.servesAnyPath = true;
      const page = await open(path, words);
      if (path.startsWith('/sites/')) await page.locator('canvas').nth(4).waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await barriers(page)).toEqual([]);
      await page.setViewportSize({ width: 320, height: 700 });
      // A narrow page may be another one, which loads first.
      await page.locator('h1').first().waitFor({ state: 'attached' });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
      expect(await barriers(page)).toEqual([]);
      fine();
    },
    60_000,
  );

  test('a wall screen is paired by its code, shows the wall, and an old picture is grey and says its age', async () => {
    await fixture.close();
    fixture = await startFixture(dir, { sites: 120, signedIn: false });
    const page = await open('/wall?rotate=overview,alerts&every=30', 'This screen is not paired');
    expect(await barriers(page)).toEqual([]);
    await page.getByLabel('Code of this screen').fill('nonsense');
    await page.getByRole('button', { name: 'Pair this screen' }).click();
    await page.getByText('This code is not known').waitFor();
    await page.goto(`${fixture.origin}/wall?rotate=overview,alerts&every=30#pair=ABCD2345`);
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
    fixture.cut();
    await page.clock.fastForward(70_000);
    await page.locator('.wall.stale').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(/^Data is 1\smin/);
    fixture.mend();
    await page.clock.fastForward(31_000);
    await page.locator('.wall:not(.stale)').waitFor();
  }, 60_000);

  test('signing in: a wrong password is refused in words, the right one opens what was asked for', async () => {
    await fixture.close();
    fixture = await startFixture(dir, { sites: 3, signedIn: false });
    const page = await open('/sites?state=below', 'Sign in');
    expect(await barriers(page)).toEqual([]);
    await page.getByLabel('Password', { exact: true }).fill('wrong password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The name or the password is wrong.').waitFor();
    await page.getByLabel('Password', { exact: true }).fill('right password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('row').filter({ hasText: 'Below 30' }).waitFor();
    expect(new URL(page.url()).search).toBe('?state=below');
  }, 60_000);

  test('the set-up link sets the password and leads to the overview', async () => {
    await fixture.close();
    fixture = await startFixture(dir, { sites: 1, signedIn: false });
    const page = await open('/setup?token=abc', 'Choose the administrator');
    expect(await barriers(page)).toEqual([]);
    await page.getByLabel('Password', { exact: true }).fill('a long enough password');
    await page.locator('button[type=submit]').click();
    await page.getByRole('heading', { level: 1, name: /access point/ }).waitFor();
    expect(fixture.posted[0]).toMatchObject({
      url: '/api/v1/setup',
      body: { token: 'abc', password: 'a long enough password' },
    });
    fine();
  }, 60_000);

  test('the overview answers in its title, with the average and its n', async () => {
    const page = await open('/', 'Last 60 minutes');
    const { meets, total, mean_n } = fixture.snapshot.totals;
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(
      `${meets.toLocaleString('en')} of ${total.toLocaleString('en')} access points meet 30\u00a0Mb/s`,
    );
    await page.getByText(`(n = ${mean_n.toLocaleString('en')})`).waitFor();
    await page.getByRole('link', { name: 'Offline' }).first().click();
    await page.waitForURL('**/sites?state=offline');
    fine();
  }, 60_000);

  test('1,200 rows: few are drawn, all are counted, the last is reached, and a value changes by itself', async () => {
    await fixture.close();
    fixture = await startFixture(dir, { sites: 1200 });
    const page = await open('/sites?sort=name', 'Last heard');
    expect(await page.locator('table').first().getAttribute('aria-rowcount')).toBe('1201');
    expect(await page.locator('tbody tr[aria-rowindex]').count()).toBeLessThan(80);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.locator('tr[aria-rowindex="1201"]').waitFor();
    const last = await page.locator('tr[aria-rowindex="1201"]').innerText();
    expect(last).toContain('Vilnius');
    fixture.change(() => true, { state: 'meets', rtt_ms: 777.77 });
    await page.locator('tr[aria-rowindex="1201"]').getByText('777.7').waitFor();
    fine();
  }, 60_000);

  test('rows hold still under the focus; the button sorts again', async () => {
    const page = await open('/sites?sort=-rx', 'Last heard');
    const first = page.locator('tbody tr[aria-rowindex="2"] th a');
    const name = await first.innerText();
    await first.focus();
    const ap = fixture.rows.find((row) => row.state === 'meets')?.ap ?? '';
    fixture.change((row) => row.ap === ap, { wan_rx_mbps: 900 });
    await page.getByText('1 row moved').waitFor();
    expect(await first.innerText()).toBe(name);
    await page.getByRole('button', { name: 'Sort again' }).click();
    await page.locator('tbody tr[aria-rowindex="2"]').getByText('900.0').waitFor();
    fine();
  }, 60_000);

  test('sites: filters, columns and a named view are the address; a reload and the view bring all of it back', async () => {
    const page = await open('/sites', 'Last heard');
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
    const { search } = new URL(page.url());
    const heads = await page.locator('.sheet-table thead th').allInnerTexts();
    expect(heads.join()).not.toContain('Last 24 h');
    await page.goto(`${fixture.origin}/sites`);
    await page.getByText('Views', { exact: true }).click();
    await page.getByRole('link', { name: 'Two counties' }).click();
    await page.getByRole('button', { name: 'Vilnius county' }).waitFor();
    expect(new URL(page.url()).search).toBe(search);
    expect(await page.locator('.sheet-table thead th').allInnerTexts()).toEqual(heads);
    const wanted = fixture.roster.sites.filter(({ region }) => /^(Utena|Vilnius)/.test(region)).length;
    expect(await page.locator('.sheet-table').getAttribute('aria-rowcount')).toBe(String(wanted + 1));
    fine();
  }, 60_000);

  test('sites: what is selected is kept while one searches on, saved as a table, and silenced with a reason and an end', async () => {
    const page = await open('/sites', 'Last heard');
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
    const bodies = fixture.posted.map(({ url, body }) => ({ url, ...(body as object) }));
    const silence = { url: '/api/v1/silences', reason: 'Works of the provider', until: expect.any(Number) };
    expect(bodies).toHaveLength(2);
    expect(bodies).toEqual(expect.arrayContaining(aps.map((ap) => ({ ...silence, ap }))));
    expect(await page.getByText('rows selected').count()).toBe(0);
    fine();
  }, 60_000);

  test('a server that is gone is told: reconnecting, then old and greyed, then live again with what changed', async () => {
    const page = await open('/sites?q=site-0', 'Last heard');
    await page.locator('[data-pill=live]').waitFor();
    fixture.cut();
    await page.clock.fastForward(5_000);
    await page.locator('[data-pill=late]').waitFor();
    await page.clock.fastForward(60_000);
    await page.locator('.app.stale').waitFor();
    await page.getByText('Data is 1').waitFor();
    expect(await barriers(page)).toEqual([]);
    fixture.change((row) => row.ap === 'site-0', { rtt_ms: 333.3 });
    fixture.mend();
    await page.clock.fastForward(31_000);
    await page.getByText('333.3').waitFor();
    await page.locator('[data-pill=live]').waitFor();
    expect(watched.foreign).toEqual([]);
  }, 60_000);

  test('the page works from the keyboard: search, j, Enter, go, help', async () => {
    const page = await open('/', 'Last 60 minutes');
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
    fine();
  }, 60_000);

  test('arrow keys step through a chart, and the same numbers stand in a table', async () => {
    const page = await open('/sites/site-0', 'Data used by monitoring');
    const chart = page.getByRole('img', { name: /^Round-trip time/ });
    await chart.locator('canvas').waitFor();
    const readout = page.locator('figure').filter({ hasText: 'Round-trip time' }).locator('.readout');
    const before = await readout.innerText();
    await chart.focus();
    await page.keyboard.press('Home');
    await expect.poll(() => readout.innerText()).not.toBe(before);
    await page.locator('figure').filter({ hasText: 'Round-trip time' }).getByText('Show as table').click();
    await expect
      .poll(() => page.locator('figure').filter({ hasText: 'Round-trip time' }).locator('tbody tr').count())
      .toBeGreaterThan(200);
    await page.getByText('No data').first().waitFor();
    expect(await barriers(page)).toEqual([]);
    fine();
  }, 60_000);

  test('a stretch of a chart is dragged open, moved by buttons, kept in the address, and left again', async () => {
    const page = await open('/sites/site-0', 'Data used by monitoring');
    const chart = page.getByRole('img', { name: /^Download throughput/ });
    await chart.locator('canvas').waitFor();
    const box = await chart.boundingBox();
    if (!box) throw new Error('the chart has no place');
    await page.mouse.move(box.x + box.width / 2, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + 100, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=\d+&to=\d+/);
    const span = () => {
      const { searchParams } = new URL(page.url());
      return Number(searchParams.get('to')) - Number(searchParams.get('from'));
    };
    const dragged = span();
    expect(dragged / 3_600_000).toBeGreaterThan(5);
    expect(dragged / 3_600_000).toBeLessThan(7.5);
    await page.getByRole('button', { name: 'Wider' }).press('Enter');
    await expect.poll(() => Math.round(span() / dragged)).toBe(2);
    await page.getByText('Vilnius time').first().waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('');
    await page.getByText('Custom…').click();
    await page.getByLabel('From', { exact: true }).fill('2026-11-01T00:00');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.waitForURL(`**/*from=${Date.UTC(2026, 9, 31, 22)}&to=*`);
    await page.getByRole('link', { name: /^12\smo$/ }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('?range=12mo');
    fine();
  }, 60_000);

  test('over a week the round trip has its median and p10 to p90, in the chart and in the table', async () => {
    const page = await open('/sites/site-0?range=7d', 'Data used by monitoring');
    const figure = page.locator('figure').filter({ hasText: 'Round-trip time' });
    await figure.locator('canvas').waitFor();
    await figure.locator('.readout').getByText('8 of 10 samples').waitFor();
    await figure.getByText('Show as table').click();
    expect((await figure.locator('thead th').allInnerTexts()).slice(-3)).toEqual(['p10', 'Median', 'p90']);
    const cells = (await figure.locator('tbody tr').first().innerText()).split('\t').map((text) => parseFloat(text));
    const [mean = 0, p10 = 0, p50 = 0, p90 = 0] = [cells[3], ...cells.slice(-3)];
    expect(Math.abs(p50 - mean * 0.98)).toBeLessThan(0.3);
    expect(p10).toBeLessThan(p50);
    expect(p50).toBeLessThan(p90);
    expect(await barriers(page)).toEqual([]);
    fine();
  }, 60_000);

  test('a site says whether everything arrived, and of each gap what is known', async () => {
    const page = await open('/sites/site-0', 'Data used by monitoring');
    const part = page.getByRole('region', { name: 'What arrived' });
    await part.getByText('2 frames still to come').waitFor();
    await part.getByText('8,612, of 2 runs of the agent').waitFor();
    expect((await part.locator('tbody tr').allInnerTexts()).map((row) => row.split('\t').slice(1))).toEqual([
      ['2', 'The probe may still have them'],
      ['28', 'The probe’s spool was full: oldest samples dropped'],
    ]);
    fine();
  }, 60_000);

  test('acknowledging says until when and goes out with the session’s token; a test says its cost first', async () => {
    const page = await open('/sites/site-0', 'Data used by monitoring');
    await page.getByRole('button', { name: /Test now about 2\.5\sMB/ }).click();
    await page.getByText('Waiting for the probe to answer').waitFor();
    await page.getByLabel('Acknowledge for').selectOption('8');
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByText('rasa has it until Fri 00:15').waitFor();
    expect(fixture.posted.map(({ url, body, csrf }) => ({ url, body, csrf }))).toEqual([
      { url: '/api/v1/access-points/site-0/test', body: {}, csrf: 'token-of-the-session' },
      { url: '/api/v1/alerts/1000/ack', body: { hours: 8 }, csrf: 'token-of-the-session' },
    ]);
    fine();
  }, 60_000);

  test('who asked for a test sees it run and why it could not tell, without doing anything', async () => {
    const page = await open('/sites/site-0', 'Data used by monitoring');
    await page.getByRole('button', { name: /Test now/ }).click();
    await page.getByText('Waiting for the probe to answer').waitFor();
    fixture.testBecame({ state: 'started' });
    await page.clock.fastForward(2_500);
    await page.getByText('It runs now').waitFor();
    const [test] = testsOf('site-0', THURSDAY - 86_400_000, THURSDAY);
    if (test) fixture.testBecame({ test: { ...test, verdict: 'inconclusive', rate_mbps: null, limited_by: 'cpu' } });
    await page.clock.fastForward(2_500);
    await page.getByText('It could not tell: the probe’s processor was the limit.').waitFor();
    fine();
  }, 60_000);

  test('a site is edited where it is seen: what is empty is unknown, the target belongs to the access point', async () => {
    const page = await open('/sites/site-0', 'Data used by monitoring');
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Open', { exact: true }).fill('Mo-Sa 08:00-20:00');
    await page.getByLabel('Target, Mb/s').fill('50');
    await page.getByLabel('Latitude').fill('');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('is saved.').waitFor();
    const [site, ap] = fixture.posted;
    expect(site).toMatchObject({
      url: '/api/v1/sites/site-0',
      body: { opening: 'Mo-Sa 08:00-20:00', lat: null, lon: expect.any(Number) },
    });
    expect(ap).toMatchObject({
      url: '/api/v1/access-points/site-0',
      body: { name: 'Internet access', target_mbps: 50 },
    });
    fine();
  }, 60_000);

  test('a silence has an end and a reason, stands on the page, and can be ended', async () => {
    const page = await open('/sites/site-0', 'Data used by monitoring');
    await page.getByRole('button', { name: 'Silence…' }).click();
    await page.getByLabel('Reason').fill('New router');
    await page.getByLabel('Until').selectOption({ label: 'Fri 16:15, 1 day' });
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    await page.getByText('Silenced until Fri 16:15 by rasa. New router').waitFor();
    expect(fixture.posted[0]).toMatchObject({
      url: '/api/v1/silences',
      body: { site: 'site-0', reason: 'New router' },
    });
    await page.getByRole('link', { name: /^Alerts/ }).click();
    await page.getByRole('link', { name: 'Silences' }).click();
    page.on('dialog', (dialog) => void dialog.accept());
    await page.getByRole('button', { name: /^End/ }).click();
    await page.getByText('No silence is in force').waitFor();
    fine();
  }, 60_000);

  test('on a phone an incident of the list is a page of its own, which the server draws', async () => {
    const page = await open('/alerts', 'Needs action', { viewport: { width: 390, height: 844 } });
    await page.locator('.inc h3 a').first().click();
    await page.waitForURL(/\/alerts\/\d+$/);
    expect(watched.foreign).toEqual([]);
  }, 60_000);

  test('on a phone one’s own things are one tap away: theme, keys, password, signing out', async () => {
    const page = await open('/', 'Last 60 minutes', { viewport: { width: 390, height: 844 } });
    await page.getByRole('link', { name: /^rasa, signed in/ }).click();
    await page.getByRole('button', { name: 'Dark' }).click();
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await page.getByLabel('Password now').fill('the old password');
    await page.getByLabel('New password').fill('a new long password');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('Your password is changed').waitFor();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    fine();
  }, 60_000);

  test('a probe is moved, a token is shown once', async () => {
    const page = await open('/settings', 'Import a table');
    await page.getByRole('button', { name: 'Change probe-0', exact: true }).click();
    await page.getByLabel('Watch another access point').selectOption('site-1');
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    await page.getByText('probe-0 now watches').waitFor();
    await page.getByLabel('What it is for').fill('reports');
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByText('ct1.shown-once').waitFor();
    expect(fixture.posted).toMatchObject([
      { url: '/api/v1/probes/probe-0/rebind', body: { access_point: 'site-1' } },
      { url: '/api/v1/tokens', body: { name: 'reports', role: 'viewer' } },
    ]);
    expect(await barriers(page)).toEqual([]);
    fine();
  }, 60_000);

  test('before anything is judged the title says so, and a new operator reads what comes next', async () => {
    await fixture.close();
    fixture = await startFixture(dir, { sites: 1 });
    fixture.change(() => true, { state: 'nodata', down_mbps: null });
    const page = await open('/', 'What next');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('The access point has not been judged yet');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('link', { name: 'Add a library' }).click();
    await page.waitForURL('**/settings#add');
    fine();
  }, 60_000);

  test('settings: a refusal stands at its field, a credential is shown once, a file is previewed as it is before it is imported', async () => {
    const page = await open('/settings', 'Import a table');
    await page.getByLabel('Name').first().fill('Šiaulių r. Kairių filialas');
    expect(await page.getByLabel('Id', { exact: true }).inputValue()).toBe('siauliu-r-kairiu-filialas');
    await page.getByLabel('Id', { exact: true }).fill('site-0');
    await page.getByRole('button', { name: 'Add the library' }).click();
    await page.getByText('is taken').waitFor();
    await page.getByRole('button', { name: 'Make a credential' }).click();
    await page.getByText('Shown once').waitFor();
    await page
      .getByLabel('CSV file')
      .setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from([0x69, 0x64, 0x3b, 0xe0, 0x0a]) });
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('2 to create, 0 to update, 1 refused').waitFor();
    expect(fixture.posted.at(-1)).toMatchObject({ url: '/api/v1/sites/import?dry=1', body: 'id;à\n' });
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('2 created, 0 updated, 1 refused').waitFor();
    expect(watched.foreign).toEqual([]);
  }, 60_000);

  test('settings: channels say how they fare and are tried; people, rotation and policy stand beside them', async () => {
    const page = await open('/settings', 'Night room');
    await page.getByText('Failed').first().waitFor();
    await page.getByText('jonas has no way to be reached').waitFor();
    await page.getByText('tell who is on call in Utena, wait 15 min, tell jonas').waitFor();
    await page.getByRole('button', { name: 'Test Night room' }).click();
    await page.getByText('Night room took the test message in 42 ms.').waitFor();
    await page.getByLabel('Kind').selectOption('ntfy');
    const form = page.locator('form').filter({ hasText: 'Gets by itself' });
    await form.getByLabel('Name').fill('Push');
    await form.getByLabel('Topic').fill('carrel-night');
    await form.getByLabel('Server').fill('https://ntfy.example');
    expect(await form.getByLabel('Topic').getAttribute('type')).toBe('password');
    await form.getByRole('button', { name: 'Add a channel' }).click();
    await expect
      .poll(() => fixture.posted.at(-1)?.body)
      .toEqual({
        name: 'Push',
        kind: 'ntfy',
        lang: 'en',
        gets: ['page', 'ticket'],
        config: { server: 'https://ntfy.example' },
        secrets: { topic: 'carrel-night', token: '' },
      });
    const policy = page.locator('form').filter({ hasText: 'Add a policy' });
    await policy.getByLabel('Name').fill('Tickets');
    await policy.getByRole('button', { name: 'Add a step' }).click();
    await policy.getByRole('button', { name: 'Add a step' }).click();
    await policy.getByRole('button', { name: 'Add a policy' }).click();
    await expect
      .poll(() => fixture.posted.at(-1)?.body)
      .toEqual({
        name: 'Tickets',
        severities: ['page'],
        steps: [
          { do: 'notify', rotation: 1 },
          { do: 'wait', minutes: 15 },
        ],
        working: null,
      });
    fine();
  });
  test('settings: lines in the quarantine are shown with their reason and given to the database again', async () => {
    const page = await open('/settings', 'Quarantine');
    await page.getByText('probe,probe=site-1 cpu_pct=12 1').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Give again' }).click();
    await page.getByText('1 taken, 1 refused again').waitFor();
    expect(fixture.posted.at(-1)).toMatchObject({
      url: '/api/v1/quarantine/replay',
      body: { store: 'influx1 db.example.org:8086/carrel' },
    });
    await page.getByText('probe,probe=site-1 cpu_pct=12 1').waitFor({ state: 'detached' });
    fine();
  }, 60_000);

  test('who was here before gets what the page needs while its script loads, and asks for it once', async () => {
    const page = await open('/sites', 'Last heard');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.reload();
    await page.getByText('Last heard').first().waitFor();
    const times = (path: string) => asked.filter((one) => one === `/api/v1${path}`).length;
    expect([times('/me'), times('/live/snapshot'), times('/roster')]).toEqual([1, 1, 1]);
    fine();
  }, 60_000);

  test('a name that is markup is shown as text', async () => {
    const site = fixture.roster.sites.find(({ id }) => id === 'site-0');
    if (site) site.name = '<img src=x onerror="document.title=1">';
    const page = await open('/sites/site-0', '<img src=x');
    expect(await page.locator('main img').count()).toBe(0);
    fine();
  }, 60_000);
});

/** What axe finds, as short lines; empty is good. */
