/** Why: tests of the page share one browser per file; each test has its own server and its own tab. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { openBrowser, type WatchedPage, watchPage } from '../support/browser.ts';
import { BUILT_WEB } from '../support/built.ts';
import { type Fixture, type FixtureOptions, startFixture, THURSDAY } from './fixture-server.ts';

export interface PageWorld {
  readonly browser: Browser;
  readonly fixture: Fixture;
  readonly watched: WatchedPage;
  /** Another server instead of the usual one with 120 sites. */
  restart(options: FixtureOptions): Promise<void>;
  /** A tab on that Thursday where nothing is opened yet. */
  tab(options?: Parameters<typeof watchPage>[2]): Promise<Page>;
  /** Opens an address on that Thursday, and waits for the words that show that the page stands. `first` runs in it before its own script. */
  open(path: string, words: string, options?: Parameters<typeof watchPage>[2], first?: () => void): Promise<Page>;
  /** Nothing was complained of, nothing was asked of another host. */
  fine(): void;
}

/** Called inside `describe`: registers what begins and ends it all. */
export function pageWorld(): PageWorld {
  let browser: Browser;
  let fixture: Fixture;
  let watched: WatchedPage;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });
  beforeEach(async () => {
    fixture = await startFixture(BUILT_WEB, { sites: 120 });
  });
  afterEach(async () => {
    await watched?.page.close();
    await fixture.close();
  });
  const tab: PageWorld['tab'] = async (options = {}) => {
    const usual = { timezoneId: 'Europe/Vilnius', reducedMotion: 'reduce' } as const;
    watched = await watchPage(browser, fixture.origin, { ...usual, ...options });
    await watched.page.clock.install({ time: THURSDAY });
    return watched.page;
  };
  return {
    get browser() {
      return browser;
    },
    get fixture() {
      return fixture;
    },
    get watched() {
      return watched;
    },
    async restart(options) {
      await fixture.close();
      fixture = await startFixture(BUILT_WEB, options);
    },
    tab,
    async open(path, words, options = {}, first) {
      const page = await tab(options);
      if (first) await page.addInitScript(first);
      await page.goto(fixture.origin + path);
      await page.getByText(words).first().waitFor();
      return page;
    },
    fine: () =>
      expect({ complaints: watched.complaints, foreign: watched.foreign }).toEqual({ complaints: [], foreign: [] }),
  };
}
