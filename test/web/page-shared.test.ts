/** Windows of one browser in the real Chromium: one stream for all of them, whatever becomes of the one that reads it. */
import fc from 'fast-check';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import type { SharedWindow } from './shared-window.ts';
import { hide, knownIn, type SharedWorld, sharedWorld } from './shared-world.ts';

declare const carrelWindow: SharedWindow;

describe.skipIf(!chromiumPath())('windows of one browser (needs Chromium)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  const settled = async (world: SharedWorld, windows: readonly Page[], note = '') =>
    expect
      .poll(async () => (await Promise.all(windows.map(knownIn))).map((known) => same(known, world.fresh())), {
        message: note,
        timeout: 20_000,
      })
      .toEqual(windows.map(() => true));

  test('three windows share one stream; when the one that reads it is closed, another goes on from the same step', async () => {
    const world = await sharedWorld(browser);
    const context = await world.browserOf('viewer');
    const windows = [await world.open(context), await world.open(context), await world.open(context)];
    await world.change(1, 40);
    await settled(world, windows);
    expect(world.streams()).toBe(1);
    await windows.shift()?.close();
    await world.change(2, 50);
    await settled(world, windows);
    await expect.poll(world.streams).toBe(1);
    expect(world.mostStreams()).toBeLessThanOrEqual(2);
  });

  test('when the one that reads crashes, another reads at once', async () => {
    const world = await sharedWorld(browser);
    const context = await world.browserOf('viewer');
    const windows = [await world.open(context), await world.open(context), await world.open(context)];
    const [reader] = windows;
    await settled(world, windows);
    await crash(reader);
    expect((await Promise.allSettled(windows.slice(1).map(knownIn))).map(({ status }) => status)).toEqual([
      ...['fulfilled', 'fulfilled'],
    ]);
    await world.change(3, 60);
    await settled(world, windows.slice(1));
    expect(world.streams()).toBe(1);
  });

  test('a window that holds the stream and says nothing loses it to one that listens', async () => {
    const world = await sharedWorld(browser);
    const context = await world.browserOf('viewer');
    const still = await context.newPage();
    await still.goto(`${world.origin}/window.js`); // another page of the same origin: only its lock matters
    await still.evaluate(
      (name) => void navigator.locks.request(name, () => new Promise(() => undefined)),
      world.nameOf(),
    );
    await context.route('**/live-share-*', async (route) => {
      const answer = await route.fetch();
      const hurry = 'const now=performance.now.bind(performance);performance.now=()=>now()*50;';
      await route.fulfill({ response: answer, body: hurry + (await answer.text()) });
    });
    const window = await world.open(context);
    await expect.poll(world.streams).toBe(1);
    await world.change(1, 44);
    await settled(world, [window]);
  });

  test('sessions of two people share nothing, and one who signs in takes nothing over that a window of another still shows', async () => {
    const world = await sharedWorld(browser);
    const context = await world.browserOf('viewer');
    const before = await world.open(context);
    await settled(world, [before]);
    await context.clearCookies();
    await world.signIn(context, 'operator');
    const after = await world.open(context);
    await settled(world, [after]);
    // It reads for itself, although the window of the old session has a stream.
    await expect.poll(() => locksIn(after)).toContain(world.nameOf());
    world.it.state.people.dropSessionsOf('viewer');
    world.recheck();
    await expect.poll(() => before.evaluate(() => carrelWindow.signedOut())).toBe(true);
    await expect.poll(world.streams).toBe(1);
    const known = await knownIn(before);
    await world.change(1, 77);
    await settled(world, [after]);
    expect(await knownIn(before)).toEqual(known);
  });

  test('signing out ends the stream at once, in all windows', async () => {
    const world = await sharedWorld(browser);
    const context = await world.browserOf('viewer');
    const windows = [await world.open(context), await world.open(context)];
    await settled(world, windows);
    await windows[0]?.evaluate(() => carrelWindow.signOut());
    for (const window of windows) await expect.poll(() => window.evaluate(() => carrelWindow.signedOut())).toBe(true);
    expect(world.streams()).toBe(0);
  });

  test('a browser without locks, as over plain http, reads a stream for each window', async () => {
    const world = await sharedWorld(browser);
    const context = await world.browserOf('viewer');
    await context.route('**/live-reader-*', async (route) => {
      const answer = await route.fetch();
      const without = "Object.defineProperty(navigator,'locks',{value:undefined});";
      await route.fulfill({ response: answer, body: without + (await answer.text()) });
    });
    const windows = [await world.open(context), await world.open(context)];
    await world.change(1, 40);
    await settled(world, windows);
    await expect.poll(world.streams).toBe(2);
  });

  test('at random opened, closed, crashed, hidden and cut, each window knows what a fresh snapshot says, by one stream', async () => {
    const world = await sharedWorld(browser);
    const context = await world.browserOf('viewer');
    const windows = new Map<Page, { hidden: boolean }>();
    const dice = fc.sample(fc.nat(999), 2000);
    let thrown = 0;
    const roll = (n: number): number => (dice[thrown++ % dice.length] ?? 0) % n;
    const any = (): Page | undefined => [...windows.keys()][roll(Math.max(1, windows.size))];
    const acts: Record<string, () => Promise<unknown> | unknown> = {
      async open() {
        if (windows.size >= 5) return;
        const page = await world.open(context);
        // Windows of one site may have one process: then they die together.
        page.on('crash', () => windows.delete(page));
        windows.set(page, { hidden: false });
      },
      async close() {
        const page = any();
        if (page && windows.delete(page)) await page.close();
      },
      crash: () => crash(any()),
      async hide() {
        const page = any();
        const window = page && windows.get(page);
        if (!window) return;
        window.hidden = !window.hidden;
        await hide(page, window.hidden);
        // Longer than a glance elsewhere, or not.
        await new Promise((resolve) => setTimeout(resolve, roll(3) * 1000));
      },
      restart: () => world.restart(roll(300)),
      alert: world.alert,
      edit: () => world.edit(1 + roll(6), `Name ${roll(9)}`),
      change: () => world.change(1 + roll(6), roll(90)),
    };
    const names = ['open', 'open', 'open', 'close', 'crash', 'hide', 'hide', 'restart', 'alert', 'edit'];
    for (let act = 0; act < 50; act++) {
      const name = roll(2) === 0 ? 'change' : (names[roll(names.length)] ?? '');
      await acts[name]?.();
      if (act % 10 !== 9) continue;
      await settled(world, [...windows.keys()], `after ${act + 1} acts, the last ${name}`);
      const seen = [...windows.values()].some(({ hidden }) => !hidden);
      if (seen) await expect.poll(world.streams).toBe(1);
      expect(world.mostStreams()).toBeLessThanOrEqual(2);
    }
  }, 180_000);
});

/** As if its process had been killed; resolves when the browser has noticed. */
async function crash(page: Page | undefined): Promise<void> {
  if (!page) return;
  const session = await page.context().newCDPSession(page);
  const gone = page.waitForEvent('crash');
  session.send('Page.crash').catch(() => undefined);
  await gone;
}

/** Names of all locks that windows of its browser hold. */
const locksIn = (page: Page) =>
  page.evaluate(async () => (await navigator.locks.query()).held?.map(({ name }) => name) ?? []);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
