/** The built page in the real Chromium: what its line to the server costs whom. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';

/** Runs in the page: `hide` puts it behind another tab or before all; what happens to its line is written down in order. */
function noteLines(): void {
  let hidden = false;
  Object.defineProperty(document, 'hidden', { get: () => hidden });
  const lines: string[] = [];
  const hide = (away: boolean) => {
    hidden = away;
    lines.push(away ? 'hidden' : 'seen');
    document.dispatchEvent(new Event('visibilitychange'));
  };
  class Noted extends Worker {
    constructor(url: string | URL) {
      super(url);
      lines.push('line');
    }
  }
  Object.assign(globalThis, { Worker: Noted, carrelLines: { lines, hide } });
}
/** Runs in the page: its browser saves data; the page's clock at each question for what changed is written down. */
function saveData(): void {
  const asked: number[] = [];
  const line = { saveData: true };
  Object.defineProperty(navigator, 'connection', { value: line });
  const plain = globalThis.fetch;
  globalThis.fetch = (what, init) => {
    if (String(what).includes('/live/delta')) asked.push(Date.now());
    return plain(what, init);
  };
  Object.assign(globalThis, { carrelSaves: { asked, line } });
}
declare const carrelSaves: { asked: number[]; line: { saveData: boolean } };
declare const carrelLines: { lines: string[]; hide(away: boolean): void };
const linesOf = (page: Page) => page.evaluate(() => carrelLines.lines.join(' '));
const hide = (page: Page, away: boolean) => page.evaluate((it) => carrelLines.hide(it), away);

describe.skipIf(!chromiumPath())('the line of the page (needs Chromium)', () => {
  const world = pageWorld();

  test('a tab that nobody has looked at for five minutes costs nothing; a look at it brings what changed', async () => {
    const page = await world.open('/sites?q=site-0', 'Last heard', {}, noteLines);
    await expect.poll(() => world.fixture.viewers()).toBe(1);
    await hide(page, true);
    await page.clock.fastForward('05:06');
    await expect.poll(() => world.fixture.viewers()).toBe(0);
    // Every wait before another try is over by then.
    await page.clock.runFor(60_000);
    world.fixture.change((row) => row.ap === 'site-0', { rtt_ms: 333.3 });
    await hide(page, false);
    await page.getByText('333.3').waitFor();
    await page.locator('[data-pill=live]').waitFor();
    expect(await linesOf(page)).toBe('line hidden seen line');
    world.fine();
  }, 60_000);

  test('in a tab that is away for less, a line that fell silent is made again', async () => {
    const page = await world.open('/sites?q=site-0', 'Last heard', {}, noteLines);
    await expect.poll(() => world.fixture.viewers()).toBe(1);
    await hide(page, true);
    await page.clock.fastForward('04:00'); // nothing was heard in all of it
    await page.clock.runFor(1000);
    world.fixture.change((row) => row.ap === 'site-0', { rtt_ms: 333.3 });
    await page.getByText('333.3').waitFor();
    await hide(page, false);
    expect(await linesOf(page)).toBe('line hidden line seen');
    world.fine();
  }, 60_000);

  test('a browser that saves data has no stream: the page asks each ten seconds and says so, until data is no matter any more', async () => {
    const page = await world.open('/sites?q=site-0', 'Last heard', {}, saveData);
    await page.getByText('Live, every 10 s').waitFor();
    world.fixture.change((row) => row.ap === 'site-0', { rtt_ms: 333.3 });
    await expect.poll(() => askedAfter(page, 1000)).toBeGreaterThan(3);
    await page.getByText('333.3').waitFor();
    const gaps = await page.evaluate(() => carrelSaves.asked.map((at, i, all) => at - (all[i - 1] ?? 0)));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10_000);
    expect([world.fixture.viewers(), page.workers()]).toEqual([0, []]);
    await page.evaluate(() => {
      carrelSaves.line.saveData = false;
    });
    await expect.poll(async () => (await askedAfter(page, 1000)) > 0 && world.fixture.viewers()).toBe(1);
    await page.getByText('Live', { exact: true }).waitFor();
    world.fine();
  }, 60_000);

  test('a server that is gone is told to who saves data, and found again', async () => {
    const page = await world.open('/sites?q=site-0', 'Last heard', {}, saveData);
    await page.getByText('Live, every 10 s').waitFor();
    world.fixture.cut();
    await expect.poll(async () => (await askedAfter(page, 5000)) && (await pillOf(page))).toBe('late');
    world.fixture.mend();
    await expect.poll(async () => (await askedAfter(page, 31_000)) && (await pillOf(page))).toBe('live');
    expect(world.fixture.viewers()).toBe(0);
  }, 60_000);
});

/** Lets the page's clock go on, and counts its questions so far. */
async function askedAfter(page: Page, ms: number): Promise<number> {
  await page.clock.fastForward(ms);
  return page.evaluate(() => carrelSaves.asked.length);
}
const pillOf = (page: Page) => page.locator('[data-pill]').getAttribute('data-pill');
