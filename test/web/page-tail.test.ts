/** The built page in the real Chromium: raw samples as they come in. */
import { describe, expect, test } from 'vitest';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';
import { tailSample } from './tail-fixture.ts';

describe.skipIf(!chromiumPath())('the page of raw samples (needs Chromium)', () => {
  const world = pageWorld();
  const row = (n: number) => {
    const found = world.fixture.rows[n];
    if (!found) throw new Error(`the fixture has no row ${n}`);
    return found;
  };
  const now = () => world.fixture.snapshot.at;

  test('is reached by g l; new rows come on top, stand still under the pointer, and lead to their library', async () => {
    const page = await world.open('/', 'Last 60 minutes');
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.getByText('Listening').waitFor();
    const list = page.getByRole('list', { name: 'Samples and events, newest first' });
    await list.locator('li').first().waitFor();
    world.fixture.tail.tell([tailSample(row(3), now(), { rtt_ms: 77.25 })]);
    await list.locator('li').first().getByText('rtt_ms 77.25').waitFor();
    await list.hover();
    world.fixture.tail.tell([tailSample(row(4), now(), { rtt_ms: 88.5 })]);
    await page.getByText('1 new row waits until you leave the list').waitFor();
    expect(await list.locator('li').first().innerText()).toContain('77.25');
    await page.getByRole('heading', { level: 1 }).hover();
    await list.locator('li').first().getByText('rtt_ms 88.5').waitFor();
    await list.locator('a').first().click();
    await page.waitForURL('**/sites/site-*');
    await expect.poll(() => world.fixture.tail.watchers()).toBe(0);
    world.fine();
  }, 60_000);

  test('the space bar pauses, which costs no data, and what is missing is said', async () => {
    const page = await world.open('/live', 'Listening');
    await page.keyboard.press('Space');
    await page.getByText('Paused', { exact: true }).waitFor();
    await expect.poll(() => world.fixture.tail.watchers()).toBe(0);
    await page.keyboard.press('Space');
    await page.getByText(/^Paused from .* to .*; what came then is not in this list/).waitFor();
    await expect.poll(() => world.fixture.tail.watchers()).toBe(1);
    world.fine();
  }, 60_000);

  test('the filter is the address, and the server does the filtering', async () => {
    const page = await world.open('/live?kind=event', 'Listening');
    await page.getByRole('button', { name: 'Samples' }).click();
    await page.getByLabel('Figure').selectOption('rtt_ms');
    await page.keyboard.press('/');
    await page.keyboard.type('probe-7');
    await page.waitForURL('**/live?kind=sample&metric=rtt_ms&q=probe-7');
    await expect
      .poll(() => world.fixture.tail.asked.at(-1))
      .toBe('/api/v1/live/tail?q=probe-7&kind=sample&metric=rtt_ms');
    // Not after each letter.
    expect(world.fixture.tail.asked.length).toBeLessThan(6);
    world.fine();
  }, 60_000);

  test('a stream that the server refuses has stopped, says why, and is opened again when somebody asks', async () => {
    const page = await world.open('/', 'Last 60 minutes');
    const problem = { type: 'about:blank', title: 'Forbidden', status: 403, code: 'FORBIDDEN', request_id: 'req-7' };
    const detail = 'Too many of these are open.';
    await page.route('**/live/tail*', (route) =>
      route.fulfill({
        status: 403,
        contentType: 'application/problem+json',
        body: JSON.stringify({ ...problem, detail }),
      }),
    );
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.getByText(detail).waitFor();
    await page.getByRole('status').getByText('Stopped').waitFor();
    expect(world.fixture.tail.asked).toEqual([]);
    await page.unroute('**/live/tail*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Listening').waitFor();
    expect(world.watched.complaints).toEqual([expect.stringContaining('403')]);
  }, 60_000);

  test('what was left off and where it ends are said, and all of it can be copied', async () => {
    const page = await world.open('/live', 'Listening');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    world.fixture.tail.tell([tailSample(row(1), now(), { rtt_ms: 1.5 })], 40);
    await page.getByText('40 more rows were left off').waitFor();
    await page.getByRole('button', { name: 'Copy as JSON' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(JSON.parse(copied.split('\n')[0] ?? '')).toMatchObject({ ap: row(1).ap, m: { rtt_ms: 1.5 } });
    world.fixture.tail.tell(Array.from({ length: 2000 }, (_, i) => tailSample(row(1), now(), { rtt_ms: i })));
    await page.getByText('2,000 rows, which is all that this page holds').waitFor();
    await expect.poll(() => world.fixture.tail.watchers()).toBe(0);
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => world.fixture.tail.watchers()).toBe(1);
    world.fine();
  }, 60_000);

  test('a cut is said, mends by itself, and leaves a mark', async () => {
    const page = await world.open('/live', 'Listening');
    world.fixture.cut();
    await page.getByText('Reconnecting').first().waitFor();
    world.fixture.mend();
    await page.clock.runFor(40_000);
    await page.getByText(/^No connection from/).waitFor();
  }, 60_000);
});
