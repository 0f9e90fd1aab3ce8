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
});
