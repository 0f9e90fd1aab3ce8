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
    async open(path, words, options = {}, first) {
      watched = await watchPage(browser, fixture.origin, {
        timezoneId: 'Europe/Vilnius',
        reducedMotion: 'reduce',
        ...options,
      });
      await watched.page.clock.install({ time: THURSDAY });
      if (first) await watched.page.addInitScript(first);
      await watched.page.goto(fixture.origin + path);
      await watched.page.getByText(words).first().waitFor();
      return watched.page;
    },
    fine: () =>
      expect({ complaints: watched.complaints, foreign: watched.foreign }).toEqual({ complaints: [], foreign: [] }),
  };
}
