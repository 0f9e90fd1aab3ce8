/** The built page in the real Chromium: what its line to the server costs whom. */
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LANGUAGES } from '#contract';
import { chromiumPath } from '../support/browser.ts';
import { THURSDAY } from './fixture-server.ts';
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
  const [asked, urls]: [number[], string[]] = [[], []];
  const line = { saveData: true };
  Object.defineProperty(navigator, 'connection', { value: line });
  const plain = globalThis.fetch;
  globalThis.fetch = (what, init) => {
    if (String(what).includes('/live/delta')) asked.push(Date.now());
    urls.push(String(what));
    return plain(what, init);
  };
  Object.assign(globalThis, { carrelSaves: { asked, urls, line } });
}
/** Runs in the page: its clock whenever it opens a stream. */
function noteTries(): void {
  const tries: number[] = [];
  class Noted extends Worker {
    constructor(url: string | URL) {
      super(url);
      tries.push(Date.now());
    }
  }
  Object.assign(globalThis, { Worker: Noted, carrelTries: tries });
}
declare const carrelTries: number[];
declare const carrelSaves: { asked: number[]; urls: string[]; line: { saveData: boolean } };
declare const carrelLines: { lines: string[]; hide(away: boolean): void };
const linesOf = (page: Page) => page.evaluate(() => carrelLines.lines.join(' '));
const hide = (page: Page, away: boolean) => page.evaluate((it) => carrelLines.hide(it), away);

/** Looks at another tab, for longer than a glance. */
async function leave(page: Page): Promise<void> {
  await hide(page, true);
  await page.clock.fastForward(21_000);
  await page.clock.runFor(1000); // the wait before the next connection
}
const triesIn = (page: Page) => page.evaluate(() => carrelTries);
async function ran<T>(page: Page, ms: number, read: () => T): Promise<T> {
  await page.clock.runFor(ms);
  return read();
}
async function after<T>(page: Page, ms: number, read: () => T): Promise<T> {
  await page.clock.fastForward(ms);
  return read();
}

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

  test('seven tabs: those in the background hold no connection, of which HTTP/1.1 has six, and yet know what changed', async () => {
    const context = await world.browser.newContext({ serviceWorkers: 'block' });
    onTestFinished(() => context.close());
    await context.addInitScript(noteLines);
    await context.clock.install({ time: THURSDAY });
    const open = async () => {
      const page = await context.newPage();
      await page.goto(`${world.fixture.origin}/sites?q=site-0`);
      await page.locator('[data-pill=live]').waitFor();
      return page;
    };
    const first = await open();
    await leave(first);
    for (let i = 1; i < 6; i++) await leave(await open());
    await open();
    await expect.poll(() => world.fixture.viewers()).toBe(1); // it hears of ends a moment later
    world.fixture.change((row) => row.ap === 'site-0', { rtt_ms: 333.3 });
    await first.clock.fastForward(11_000);
    await first.getByText('333.3').waitFor();
    await hide(first, false);
    await expect.poll(() => after(first, 1000, () => linesOf(first))).toBe('line hidden seen line');
    expect(world.fixture.viewers()).toBe(1);
    world.fixture.change((row) => row.ap === 'site-0', { rtt_ms: 444.4 });
    await first.getByText('444.4').waitFor();
  }, 60_000);

  test('who signs out in one window is signed out in all, and who signs in again is so in all', async () => {
    const context = await world.browser.newContext({ serviceWorkers: 'block' });
    onTestFinished(() => context.close());
    const [one, other] = [await context.newPage(), await context.newPage()];
    await one.goto(`${world.fixture.origin}/settings?part=you`);
    await other.goto(`${world.fixture.origin}/sites?q=site-0`);
    await other.locator('[data-pill=live]').waitFor();
    await one.getByRole('button', { name: 'Sign out', exact: true }).first().click();
    await other.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await other.getByRole('row').count()).toBe(0);
    await expect.poll(world.fixture.viewers).toBe(0);
    await one.getByLabel('Password', { exact: true }).fill('right password');
    await one.getByRole('button', { name: 'Sign in' }).click();
    await other.locator('[data-pill=live]').waitFor();
    expect(new URL(other.url()).search).toBe('?q=site-0');
  }, 60_000);

  test('a browser that saves data has no stream: the page asks each ten seconds and says so, until data is no matter any more', async () => {
    const page = await world.open('/sites?q=site-0', 'Last heard', {}, saveData);
    await page.getByText('Every 10 s', { exact: true }).waitFor();
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

  test('who saves data and looks at one library asks for that one, and each minute for all; at the list again for all at once', async () => {
    const page = await world.open('/sites/site-0', 'Data used by monitoring', {}, saveData);
    const begun = await page.evaluate(() => carrelSaves.urls.splice(0).length);
    expect(begun).toBeGreaterThan(0);
    world.fixture.change((row) => row.ap === 'site-0', { rtt_ms: 333.3 });
    world.fixture.change((row) => row.ap !== 'site-0', { rtt_ms: 444.4 });
    const lives = () => page.evaluate(() => carrelSaves.urls.filter((url) => /\/(live|roster)/.test(url)));
    await expect.poll(() => after(page, 2000, async () => (await lives()).length)).toBeGreaterThan(6);
    await page.getByText('333.3').first().waitFor();
    const [whole, parts] = [await wholeIn(page), (await lives()).filter((url) => url.includes('ch=site:site-0'))];
    expect(parts.length).toBeGreaterThan(4);
    expect(whole.length).toBeLessThanOrEqual(1);
    await page.getByRole('link', { name: 'Sites', exact: true }).first().click();
    await page.getByText('444.4').first().waitFor();
    expect((await wholeIn(page)).length).toBeGreaterThan(whole.length);
    world.fine();
  }, 60_000);

  test.each(LANGUAGES)(
    'what it says then has room on every screen: %s',
    async (lang) => {
      await world.restart({ sites: 3, lang });
      const page = await world.open('/sites', 'Carrel', {}, saveData);
      await page.locator('[data-pill=live]').getByText(/10/).waitFor();
      for (const width of [320, 768, 1280]) {
        await page.setViewportSize({ width, height: 700 });
        await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
      world.fine();
    },
    60_000,
  );

  test('where the browser has no word for it, this device can be told to save data, and remembers', async () => {
    const page = await world.open('/settings?part=you', 'Save data: every 10 s');
    await expect.poll(() => world.fixture.viewers()).toBe(1);
    await page.getByRole('button', { name: 'Save data: every 10 s' }).click();
    await expect.poll(() => after(page, 5000, world.fixture.viewers)).toBe(0);
    await page.getByText('Every 10 s', { exact: true }).waitFor();
    await page.reload();
    await page.getByText('Every 10 s', { exact: true }).waitFor();
    expect(world.fixture.viewers()).toBe(0);
    await page.getByRole('button', { name: 'As the browser says' }).click();
    await expect.poll(() => after(page, 5000, world.fixture.viewers)).toBe(1);
    world.fine();
  }, 60_000);

  test.each([
    ['shortest', 0, 500, 15_000],
    ['longest', 1 - 1e-9, 1000, 30_000],
  ])(
    'after a cut it tries again after half a second to half a minute: the %s waits',
    async (_, chance, first, last) => {
      const page = await world.open('/sites?q=site-0', 'Last heard', {}, noteTries);
      await page.locator('[data-pill=live]').waitFor();
      await page.evaluate((fixed) => {
        Math.random = () => fixed;
      }, chance);
      world.fixture.cut();
      const gaps = async () => (await triesIn(page)).map((at, i, all) => at - (all[i - 1] ?? at)).slice(1);
      await expect
        .poll(() => ran(page, 2000, async () => (await gaps()).length), { timeout: 40_000 })
        .toBeGreaterThan(7);
      const waits = await gaps();
      expect(waits[0]).toBeGreaterThanOrEqual(first);
      expect(Math.max(...waits)).toBeGreaterThanOrEqual(last);
      // The clock of the page runs on while the server answers.
      expect(Math.max(...waits)).toBeLessThan(2 * last);
      // While the clock stands only the network or a look can end a wait.
      await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1000));
      const before = (await triesIn(page)).length;
      // The first may end a wait between two questions of a page that asks meanwhile.
      const again = async () => {
        await page.evaluate(() => void dispatchEvent(new Event('online')));
        return (await triesIn(page)).length;
      };
      await expect.poll(again).toBeGreaterThan(before);
    },
    90_000,
  );

  test('a server that is gone is told to who saves data, and found again', async () => {
    const page = await world.open('/sites?q=site-0', 'Last heard', {}, saveData);
    await page.getByText('Every 10 s', { exact: true }).waitFor();
    world.fixture.cut();
    await expect.poll(async () => (await askedAfter(page, 5000)) && (await pillOf(page))).toBe('late');
    world.fixture.mend();
    await expect.poll(async () => (await askedAfter(page, 31_000)) && (await pillOf(page))).toBe('live');
    expect(world.fixture.viewers()).toBe(0);
  }, 60_000);
});

/** Questions for what changed at all libraries. */
const wholeIn = (page: Page) =>
  page.evaluate(() => carrelSaves.urls.filter((url) => url.includes('/live/delta') && !url.includes('ch=')));

/** Lets the page's clock go on, and counts its questions so far. */
async function askedAfter(page: Page, ms: number): Promise<number> {
  await page.clock.fastForward(ms);
  return page.evaluate(() => carrelSaves.asked.length);
}
const pillOf = (page: Page) => page.locator('[data-pill]').getAttribute('data-pill');
