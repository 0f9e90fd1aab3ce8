/** The built page in the real Chromium, walked page by page: nothing is cut off, nothing lies on something else, at any width, in any language. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';
import { LANGUAGES, lookAt, type Walked, walk } from './walk.ts';

const SETTINGS = ['people', 'telling', 'rules', 'calendar', 'screens', 'server', 'you'];
const PAGES = [
  '/',
  '/map',
  '/sites',
  '/sites/site-0',
  '/sites/site-0?range=7d&before=1',
  '/compare?s=site-0,site-1,site-20,site-5',
  '/fleet',
  '/live',
  '/alerts',
  '/alerts?id=1000',
  '/alerts?state=closed',
  '/alerts?state=silences',
  '/settings',
  ...SETTINGS.map((part) => `/settings?part=${part}`),
  '/start',
  '/start?step=2',
  '/start?step=2&probe=probe-0',
  '/start?step=3',
  '/help/keys',
  '/help/words',
  '/nowhere',
];

/** Laid out as another page is: once is enough. */
const ALIKE = new Set(['/alerts?id=1000', '/alerts?state=closed', '/help/keys', '/help/words', '/nowhere']);

describe.skipIf(!chromiumPath())('every page (needs Chromium)', () => {
  const world = pageWorld();

  const stands = (page: Page) => async (): Promise<void> => {
    await page.locator('h1').first().waitFor({ state: 'attached' });
    await page.locator('[aria-busy]').first().waitFor({ state: 'detached' });
    await page.clock.runFor(100);
  };

  async function walked(page: Page, paths: readonly string[], name: string, short = true): Promise<Walked> {
    const found: Walked = {};
    const settle = stands(page);
    for (const path of paths) {
      await page.goto(world.fixture.origin + path);
      Object.assign(found, await walk(page, `${path} ${name}`, { settle, short }));
      await lookAt(page, `${name} ${path}`, settle);
    }
    return found;
  }

  test.each(LANGUAGES)(
    'lies well in %s, with names as long as some are',
    async (lang) => {
      await world.restart({ sites: 120, long: true, cut: true, lang });
      world.fixture.servesAnyPath = true;
      const page = await world.open('/', 'Carrel');
      expect(
        await walked(page, lang === 'en' ? PAGES : PAGES.filter((path) => !ALIKE.has(path)), lang, lang !== 'en'),
      ).toEqual({});
      world.fine();
    },
    120_000,
  );

  test('lies well when there is nothing yet, and before one is signed in', async () => {
    await world.restart({ sites: 0 });
    const page = await world.open('/', 'Carrel');
    expect(await walked(page, ['/', '/map', '/sites', '/fleet', '/alerts', '/settings'], 'empty')).toEqual({});
    world.fine();
    await page.close();
    await world.restart({ sites: 1, signedIn: false });
    const door = await world.open('/login', 'Sign in');
    expect(await walked(door, ['/login', '/setup?token=abc', '/wall'], 'door')).toEqual({});
  }, 120_000);
});
