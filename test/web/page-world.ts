/** Why: tests of the page share one build and one browser per file; each test has its own server and its own tab. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { buildWeb } from '../../infra/build-web.ts';
import { openBrowser, type WatchedPage, watchPage } from '../support/browser.ts';
import { type Fixture, type FixtureOptions, startFixture, THURSDAY } from './fixture-server.ts';

export interface PageWorld {
  readonly fixture: Fixture;
  readonly watched: WatchedPage;
  /** Another server instead of the usual one with 120 sites. */
  restart(options: FixtureOptions): Promise<void>;
  /** Opens an address on that Thursday, and waits for the words that show that the page stands. */
  open(path: string, words: string, options?: Parameters<typeof watchPage>[2]): Promise<Page>;
  /** Nothing was complained of, nothing was asked of another host. */
  fine(): void;
}

/** Called inside `describe`: registers what begins and ends it all. */
export function pageWorld(): PageWorld {
  let dir: string;
  let browser: Browser;
  let fixture: Fixture;
  let watched: WatchedPage;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'carrel-web-'));
    await buildWeb(dir);
    browser = await openBrowser();
  }, 60_000);
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
  return {
    get fixture() {
      return fixture;
    },
    get watched() {
      return watched;
    },
    async restart(options) {
      await fixture.close();
      fixture = await startFixture(dir, options);
    },
    async open(path, words, options = {}) {
      watched = await watchPage(browser, fixture.origin, {
        timezoneId: 'Europe/Vilnius',
        reducedMotion: 'reduce',
        ...options,
      });
      await watched.page.clock.install({ time: THURSDAY });
      await watched.page.goto(fixture.origin + path);
      await watched.page.getByText(words).first().waitFor();
      return watched.page;
    },
    fine: () =>
      expect({ complaints: watched.complaints, foreign: watched.foreign }).toEqual({ complaints: [], foreign: [] }),
  };
}
