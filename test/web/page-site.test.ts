/** The built page in the real Chromium: a site: charts, evidence, what one does there. */
import { describe, expect, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { THURSDAY } from './fixture-server.ts';
import { WITHOUT_PROBE } from './fleet-fixture.ts';
import { pageWorld } from './page-world.ts';
import { testsOf } from './site-fixture.ts';

describe.skipIf(!chromiumPath())('the page (needs Chromium)', () => {
  const world = pageWorld();

  test('arrow keys step through a chart, and the same numbers stand in a table', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
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
    world.fine();
  }, 60_000);

  test('a stretch of a chart is dragged open, moved by buttons, kept in the address, and left again', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
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
    await page.getByRole('button', { name: 'Wider' }).first().press('Enter');
    await expect.poll(() => Math.round(span() / dragged)).toBe(2);
    await page.getByText('Vilnius time').first().waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Back', exact: true }).first().click();
    await expect.poll(() => new URL(page.url()).search).toBe('');
    await page.getByText('Custom…').click();
    await page.getByLabel('From', { exact: true }).fill('2026-11-01T00:00');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.waitForURL(`**/*from=${Date.UTC(2026, 9, 31, 22)}&to=*`);
    await page.getByRole('link', { name: /^12\smo$/ }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('?range=12mo');
    world.fine();
  }, 60_000);

  test('over a week the round trip has its median and p10 to p90, in the chart and in the table', async () => {
    const page = await world.open('/sites/site-0?range=7d', 'Data used by monitoring');
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
    world.fine();
  }, 60_000);

  test('over a month throughput has the median and the band of each day, walked by keys, as a table, and in words', async () => {
    const page = await world.open('/sites/site-0?range=30d', 'Data used by monitoring');
    const figure = page.getByRole('figure', { name: 'Download throughput' });
    await figure.getByText(/planned tests reached the target; below it on 3 of 25 days/).waitFor();
    await figure.getByText('each percentile lies within 2\u00a0% of the exact one').waitFor();
    const chart = figure.getByRole('img', { name: /by day\. .*Medians from \d+\.\d to \d+\.\d Mb\/s/ });
    await chart.locator('canvas').waitFor();
    const readout = figure.locator('.readout');
    await readout.getByText('Thu 19 Nov, so far').waitFor();
    await chart.focus();
    await page.keyboard.press('Home');
    await readout.getByText('Wed 21 Oct').waitFor();
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
    await expect.poll(() => readout.innerText()).toMatch(/^Sun 25\sOct, 25\sh\s+closed/);
    await page.keyboard.press('ArrowRight');
    await readout.getByText('Mon 26 Oct').waitFor();
    const said = await readout.innerText();
    expect(said).toMatch(
      /^Mon 26\sOct\s+median \d+\.\d\s+p10 to p90 \d+\.\d to \d+\.\d\s+\d of \d tests reached the target/,
    );
    expect(await figure.locator('[aria-live]').innerText()).toMatch(/^Mon 26\sOct: median/);
    await figure.getByText('Show as table').click();
    expect(await figure.locator('thead th').allInnerTexts()).toEqual([
      ...['Day', 'Told', 'Reached', 'Could not tell', 'p10 Mb/s', 'median Mb/s', 'p90 Mb/s'],
    ]);
    await expect.poll(() => figure.locator('tbody tr').count()).toBe(30);
    const cells = (await figure.locator('tbody tr').nth(24).innerText()).split('\t');
    const [told, reached, low, mid, high] = [cells[1], cells[2], ...cells.slice(4)];
    expect(said.replaceAll('\n', ' ')).toContain(
      `median ${mid} p10 to p90 ${low} to ${high} ${reached} of ${told} tests`,
    );
    expect(await barriers(page)).toEqual([]);
    world.fine();
  }, 60_000);

  test('a single test in the chart is pointed at, or reached with up and down, and says its verdict', async () => {
    const page = await world.open('/sites/site-0?range=7d', 'Data used by monitoring');
    const figure = page.getByRole('figure', { name: 'Download throughput' });
    const chart = figure.getByRole('img', { name: /up and down through single tests/ });
    await chart.locator('canvas').waitFor();
    await figure.getByText('median of the day').waitFor();
    await chart.focus();
    await page.keyboard.press('ArrowDown');
    await figure.locator('.readout').getByText('Fail').waitFor();
    expect(await figure.locator('[aria-live]').innerText()).toMatch(/^19\sNov 15:5\d: 19\.8\sMb\/s, Fail/);
    // It is drawn anew as long as other figures come in.
    let ring = { x: 0, y: 0 };
    await expect
      .poll(async () => {
        const box = await figure.locator('.u-ring').boundingBox();
        ring = box ?? ring;
        return box !== null;
      })
      .toBe(true);
    await page.keyboard.press('ArrowLeft');
    await figure.locator('.u-ring').waitFor({ state: 'hidden' });
    let step = 0;
    await expect
      .poll(async () => {
        step = 1 - step;
        await page.mouse.move(ring.x + 9 + step, ring.y + 12);
        return figure.locator('.readout').innerText();
      })
      .toContain('Fail');
    world.fine();
  }, 60_000);

  test('who reads a chart keeps the place when it is drawn anew', async () => {
    const page = await world.open('/sites/site-0?range=7d', 'Data used by monitoring');
    const figure = page.getByRole('figure', { name: 'Download throughput' });
    await figure.getByText('median of the day').waitFor();
    await figure.locator('canvas').waitFor();
    await figure.getByRole('img', { name: /^Download throughput/ }).focus();
    await page.keyboard.press('Home');
    await figure.locator('.readout').getByText('Fri 13 Nov').waitFor();
    await page.keyboard.press('ArrowUp');
    await figure.locator('.readout').getByText('Pass').waitFor();
    const before = await figure.locator('.readout').innerText();
    await figure.locator('canvas').evaluate((canvas) => canvas.setAttribute('data-old', ''));
    await page.emulateMedia({ colorScheme: 'dark' });
    await figure.locator('canvas:not([data-old])').waitFor();
    await figure.locator('.u-ring').waitFor({ state: 'visible' });
    // What uPlot tells of a new drawing, it tells within two frames.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    expect(await figure.locator('.readout').innerText()).toBe(before);
    world.fine();
  }, 60_000);

  test('over a year the weeks stand for their tests, and the address keeps the range', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
    await page.getByRole('link', { name: /^12\smo$/ }).click();
    const figure = page.getByRole('figure', { name: 'Download throughput' });
    await figure.getByText('median of the week').waitFor();
    expect(await figure.getByText('a test that passed').count()).toBe(0);
    await figure.getByText('Show as table').click();
    await expect.poll(() => figure.locator('tbody tr').count()).toBe(53);
    await page.reload();
    await figure.getByText('median of the week').waitFor();
    world.fine();
  }, 60_000);

  test('what lies below a chart keeps its place while the chart is fetched', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
    let draw = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      draw = resolve;
    });
    await page.route(/\/assets\/plot-/, async (route) => {
      await held;
      await route.continue();
    });
    await page.reload();
    const bar = page.getByRole('img', { name: /Arrow keys step through what was wrong/ });
    await page.locator('figure').filter({ hasText: 'Round-trip time' }).locator('.readout').getByText('mean').waitFor();
    const before = await bar.boundingBox();
    expect([await page.locator('canvas').count(), before?.height]).toEqual([0, 24]);
    draw();
    await page.locator('canvas').nth(4).waitFor();
    expect(await bar.boundingBox()).toEqual(before);
  }, 60_000);
  test('outages are stepped through on the time axis of the charts, whose cursors follow', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
    const figure = page.getByRole('figure', { name: 'Internet in opening hours' });
    const bar = figure.getByRole('img', { name: /97\.4.%.*Arrow keys step through what was wrong/ });
    const latency = page.locator('figure').filter({ hasText: 'Round-trip time' }).locator('.readout');
    await latency.getByText('mean').waitFor();
    await bar.focus();
    await page.keyboard.press('End');
    await figure.locator('.readout').getByText('No internet').waitFor();
    expect(await figure.locator('[aria-live]').innerText()).toMatch(/^19\sNov 14:3\d – 14:4\d: No internet, 14\smin$/);
    await latency.getByText(/19\sNov 14:[34]\d/).waitFor();
    await page.keyboard.press('Home');
    await figure.locator('.readout').getByText('nobody saw').waitFor();
    await bar.hover({ position: { x: 200, y: 12 } });
    await figure.locator('.readout').getByText('closed').waitFor();
    expect(await barriers(page)).toEqual([]);
    world.fine();
  }, 60_000);

  test('what a day of the calendar was closed for is told as closed, and a note by the day that it explains', async () => {
    const page = await world.open('/sites/site-0?range=30d', 'Logbook');
    await page.getByLabel('What is worth knowing').fill('All Souls: closed.');
    await page.getByLabel('When').fill('2026-11-02T11:30');
    await page.getByRole('button', { name: 'Write it down' }).click();
    const figure = page.getByRole('figure', { name: 'Download throughput' });
    await figure.getByText('a note in the logbook').waitFor();
    await figure.getByRole('img', { name: /by day/ }).focus();
    await page.keyboard.press('Home');
    for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
    await expect
      .poll(() => figure.locator('.readout').innerText())
      .toMatch(/^Mon 2\sNov\s+closed[\s\S]*All Souls: closed\. rasa$/);
    world.fine();
  }, 60_000);

  test('a site says whether everything arrived, and of each gap what is known', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
    const part = page.getByRole('region', { name: 'What arrived' });
    await part.getByText('2 frames still to come').waitFor();
    await part.getByText('8,612, of 2 runs of the agent').waitFor();
    expect((await part.locator('tbody tr').allInnerTexts()).map((row) => row.split('\t').slice(1))).toEqual([
      ['2', 'The probe may still have them'],
      ['28', 'The probe’s spool was full: oldest samples dropped'],
    ]);
    world.fine();
  }, 60_000);

  test('what is wrong or unknown stands open beside the speed; what is well is counted, and says why when asked', async () => {
    const page = await world.open('/sites/site-1', 'Data used by monitoring');
    const why = page.getByRole('region', { name: 'Why we say so' });
    await why.getByText('Nobody is told for now, or in another way: a silence.').waitFor();
    expect(await why.locator('h3:visible').allInnerTexts()).toEqual([
      'Is it too slow? no',
      'Is the probe’s clock wrong? no data',
    ]);
    await why.getByText('All is well by 3 more rules').click();
    expect((await why.locator('h3:visible').allInnerTexts()).slice(2)).toEqual([
      'Is it dark? no',
      'Are loss or latency bad? no',
      'Does it fail again and again? no',
    ]);
    // What holds for all is said once; what is of one rule, there.
    await why.getByText('Nobody is told for now, or in another way: planned works.').waitFor();
    expect(await why.getByText('a silence').count()).toBe(1);
    world.fine();
  }, 60_000);

  test('a site says whether its planned tests fail again and again, and how the data for tests stands', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
    const why = page.getByRole('listitem').filter({ hasText: 'Does it fail again and again?' });
    await why.getByText('61 of 351 planned tests of the last 60 days failed.').waitFor();
    await why.getByText('It stands at 9.2; from 9.2 on, chance does not explain it.').waitFor();
    const data = page.getByRole('region', { name: 'Data used by monitoring' });
    await data.getByText('the data for today is used up; they go on tomorrow').waitFor();
    await data.getByText('Kept for confirming a failure').waitFor();
    // 301 MB in 18.6 of 30 days.
    await data.getByRole('img', { name: /^301\.0\sMB of 2\.0\sGB for tests, about 485\.\d\sMB by 30\sNov$/ }).waitFor();
    world.fine();
  }, 60_000);

  test('acknowledging says until when and goes out with the session’s token; a test says its cost first', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
    await page.getByRole('button', { name: /Test now about 2\.5\sMB/ }).click();
    await page.getByText('Waiting for the probe to answer').waitFor();
    await page.getByLabel('Acknowledge for').selectOption('8');
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByText('rasa has it until Fri 00:15').waitFor();
    expect(world.fixture.posted.map(({ url, body, csrf }) => ({ url, body, csrf }))).toEqual([
      { url: '/api/v1/access-points/site-0/test', body: {}, csrf: 'token-of-the-session' },
      { url: '/api/v1/alerts/1000/ack', body: { hours: 8 }, csrf: 'token-of-the-session' },
    ]);
    world.fine();
  }, 60_000);

  test('who asked for a test sees it run and why it could not tell, without doing anything', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
    await page.getByRole('button', { name: /Test now/ }).click();
    await page.getByText('Waiting for the probe to answer').waitFor();
    world.fixture.testBecame({ state: 'started' });
    await page.clock.fastForward(2_500);
    await page.getByText('It runs now').waitFor();
    const [test] = testsOf('site-0', THURSDAY - 86_400_000, THURSDAY);
    if (test)
      world.fixture.testBecame({ test: { ...test, verdict: 'inconclusive', rate_mbps: null, limited_by: 'cpu' } });
    await page.clock.fastForward(2_500);
    await page.getByText('It could not tell: the probe’s processor was the limit.').waitFor();
    world.fine();
  }, 60_000);

  test('a site is edited where it is seen: what is empty is unknown, the target belongs to the access point', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Open', { exact: true }).fill('Mo-Sa 08:00-20:00');
    await page.getByLabel('Target, Mb/s').fill('50');
    await page.getByLabel('Latitude').fill('');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('is saved.').waitFor();
    const [site, ap] = world.fixture.posted;
    expect(site).toMatchObject({
      url: '/api/v1/sites/site-0',
      body: { opening: 'Mo-Sa 08:00-20:00', lat: null, lon: expect.any(Number) },
    });
    expect(ap).toMatchObject({
      url: '/api/v1/access-points/site-0',
      body: { name: 'Internet access', target_mbps: 50 },
    });
    world.fine();
  }, 60_000);

  test('a library without a probe is deleted after a question, one with a probe offers no such thing', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
    const remove = page.getByRole('button', { name: 'Delete the library' });
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('button', { name: 'Save' }).waitFor();
    expect(await remove.count()).toBe(0);
    await page.goto(new URL(`/sites/site-${WITHOUT_PROBE}`, page.url()).href);
    await page.getByRole('button', { name: 'Edit' }).click();
    page.once('dialog', (dialog) => void dialog.dismiss());
    await remove.click();
    expect(world.fixture.posted).toEqual([]);
    page.once('dialog', (dialog) => void dialog.accept());
    await remove.click();
    await page.waitForURL('**/sites');
    expect(world.fixture.posted.map(({ url }) => url)).toEqual([`/api/v1/sites/site-${WITHOUT_PROBE}`]);
    world.fine();
  }, 60_000);

  test('a silence has an end and a reason, stands on the page, and can be ended', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
    await page.getByRole('button', { name: 'Silence…' }).click();
    await page.getByLabel('Reason').fill('New router');
    await page.getByLabel('Until').selectOption({ label: 'Fri 16:15, 1 day' });
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    await page.getByText('Silenced until Fri 16:15 by rasa. New router').waitFor();
    expect(world.fixture.posted[0]).toMatchObject({
      url: '/api/v1/silences',
      body: { site: 'site-0', reason: 'New router' },
    });
    await page.getByRole('link', { name: /^Alerts/ }).click();
    await page.getByRole('link', { name: 'Silences' }).click();
    page.on('dialog', (dialog) => void dialog.accept());
    await page.getByRole('button', { name: /^End/ }).click();
    await page.getByText('No silence is in force').waitFor();
    world.fine();
  }, 60_000);

  test('a library is closed for today by one button, which says until when nobody is called, and opened after all', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring');
    await page.getByRole('button', { name: 'Silence…' }).click();
    await page.getByRole('button', { name: 'Closed today' }).click();
    await page.getByText('is closed today. Nobody is called before Fri 10:15.').waitFor();
    await page.getByText('Closed today by the calendar').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Open after all' }).click();
    await page.getByText('is open today after all.').waitFor();
    await page.getByText('Closed today by the calendar').waitFor({ state: 'detached' });
    expect(world.fixture.posted.map(({ url }) => url)).toEqual(Array(2).fill('/api/v1/sites/site-0/closed-today'));
    world.fine();
  }, 60_000);

  test('what explains a figure is written down where it is seen, and flagged in the chart', async () => {
    const page = await world.open('/sites/site-0', 'Logbook');
    await page.getByText('Nobody wrote anything').waitFor();
    await page.getByLabel('What is worth knowing').fill('Works in the street: the fibre was cut.');
    await page.getByLabel('When').fill('2026-11-19T11:30');
    await page.getByRole('button', { name: 'Write it down' }).click();
    await page.getByText('rasa, 11:30').waitFor();
    await page.getByText('a note in the logbook').waitFor();
    expect(world.fixture.posted.at(-1)).toMatchObject({
      url: '/api/v1/sites/site-0/notes',
      body: { text: 'Works in the street: the fibre was cut.', at: Date.parse('2026-11-19T09:30:00Z') },
    });
    for (const text of ['Repaired.', 'Cut again.']) {
      await page.getByLabel('What is worth knowing').fill(text);
      await page.getByRole('button', { name: 'Write it down' }).click();
      await page.locator('.logbook li').filter({ hasText: text }).waitFor();
    }
    await page.getByText('the fibre was cut').waitFor({ state: 'detached' });
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Older notes' }).click();
    await page.getByText('the fibre was cut').waitFor();
    await page.getByRole('button', { name: 'Older notes' }).waitFor({ state: 'detached' });
    world.fine();
  }, 60_000);

  test('on a phone an incident of the list is a page of its own, which the server draws', async () => {
    const page = await world.open('/alerts', 'Needs action', { viewport: { width: 390, height: 844 } });
    await page.locator('.inc h3 a').first().click();
    await page.getByText('Drawn by the server').waitFor();
    expect(page.url()).toMatch(/\/alerts\/\d+$/);
    expect(world.watched.foreign).toEqual([]);
  }, 60_000);
});
