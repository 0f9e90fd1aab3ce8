/** Journey: somebody of each role, and a wall screen, goes through every page of the real server: nothing is refused there, nothing of others is told. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROLES, SCOPED } from '#contract';
import { GETS } from '../dashboard/api-gets.ts';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import { type Asker, ELSEWHERE, type RoleWorld, roleWorld } from './role-world.ts';

/** Refused to these on purpose. Whatever is not here answers everybody. */
const NOT_FOR: readonly [paths: readonly string[], askers: readonly Asker[], why: string][] = [
  [
    ['/backup', '/channels', '/channels/kinds', '/on-call/people', '/screens', '/sessions', '/tokens', '/users'],
    ROLES.filter((role) => role !== 'administrator'),
    'addresses, keys and accounts of others',
  ],
  [['/audit'], ['viewer', 'librarian', 'on_call', 'coordinator', 'operator'], 'who did what, for who checks that'],
  [['/network', '/quarantine'], ['viewer', 'librarian', 'auditor', 'on_call', 'coordinator'], 'how the server is run'],
  [
    ['/rules', '/on-call/policies', '/on-call/rotations'],
    ['librarian', 'coordinator'],
    'of the whole network: they name other libraries and people',
  ],
];
const FOR_SCREENS = /^\/(me|roster|live\/(snapshot|delta|history)|alerts|map-layers|map-layers\/\w+)$/;
const PAGES = [
  ...['/', '/map', '/sites', '/sites/a', '/alerts', '/alerts?id=1', '/alerts?state=acknowledged'],
  ...[
    '/alerts?state=closed',
    '/alerts?state=silences',
    '/compare?s=a,b',
    '/fleet',
    '/live',
    '/help/keys',
    '/help/words',
    '/start',
  ],
  ...['sites', 'people', 'telling', 'rules', 'calendar', 'screens', 'server', 'you'].map((p) => `/settings?part=${p}`),
];
const isScoped = (asker: Asker): boolean => asker !== 'screen' && SCOPED[asker] !== undefined;
const plain = (url: string): string => url.replace(/\?.*/, '');

let world: RoleWorld;
let borders = '';
beforeAll(async () => {
  world = await roleWorld();
  const ring = [24, 55, 25, 55, 25, 56, 24, 56, 24, 55];
  const coordinates = [ring.flatMap((x, i) => (i % 2 === 0 ? [[x, ring[i + 1]]] : []))];
  const feature = { type: 'Feature', properties: { name: 'Utenos r.' }, geometry: { type: 'Polygon', coordinates } };
  const layer = { name: 'Districts', geojson: { type: 'FeatureCollection', features: [feature] } };
  borders = (await world.server.api<{ id: string }>('POST', '/map-layers', layer)).id;
});
afterAll(() => world?.close());

describe('the API of a real server', () => {
  const refused = (asker: Asker, path: string): boolean =>
    asker === 'screen'
      ? !FOR_SCREENS.test(path)
      : NOT_FOR.some(([paths, askers]) => paths.includes(path) && askers.includes(asker));

  test.each<Asker>([...ROLES, 'screen'])(
    'answers %s at every address that is not refused for a reason',
    async (asker) => {
      const wrong: unknown[] = [];
      for (const url of GETS.map((one) => one.replace('0000000000000000', borders)).filter((one) => one !== '/setup')) {
        const headers = { cookie: world.cookieOf(asker) };
        const answer = await fetch(`${world.server.http}/api/v1${url}`, { headers });
        const text = await answer.text();
        const right = refused(asker, plain(url)) ? [401, 403].includes(answer.status) : answer.ok;
        if (!right || (isScoped(asker) && text.includes(ELSEWHERE)))
          wrong.push([url, answer.status, text.slice(0, 200)]);
      }
      expect(wrong).toEqual([]);
    },
  );
});

describe.skipIf(!chromiumPath())('the pages of a real server (need Chromium)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  test.each<Asker>(ROLES)(
    'ask for nothing that is refused to %s, and tell nothing of libraries out of sight',
    async (asker) => {
      const seen = await walk(await contextOf(asker));
      expect(seen.wrong).toEqual([]);
      expect(seen.asked).toContain('/api/v1/alerts/1/notes');
      if (isScoped(asker)) expect(seen.told.filter((text) => text.includes(ELSEWHERE))).toEqual([]);
      else expect(seen.told.join('')).toContain(ELSEWHERE);
    },
  );

  test('of a wall ask for nothing that is refused to a screen', async () => {
    const seen = await walk(await contextOf('screen'), ['/wall', '/wall?rotate=map', '/wall?rotate=alerts']);
    expect(seen.wrong).toEqual([]);
    expect(seen.asked).toContain('/api/v1/live/snapshot');
  });

  async function contextOf(asker: Asker): Promise<BrowserContext> {
    const context = await browser.newContext({ serviceWorkers: 'block', viewport: { width: 1440, height: 1000 } });
    const [name = '', value = ''] = world.cookieOf(asker).split('=');
    await context.addCookies([{ name, value, url: world.server.http }]);
    return context;
  }
});

interface Walked {
  asked: string[];
  wrong: string[];
  told: string[];
}

/** From page to page as links do, so that the page's files are loaded once. */
async function walk(context: BrowserContext, pages: readonly string[] = PAGES): Promise<Walked> {
  const walked: Walked = { asked: [], wrong: [], told: [] };
  const page = await context.newPage();
  const reading: Promise<void>[] = [];
  page.on('pageerror', (error) => walked.wrong.push(error.message));
  page.on('response', (answer) => {
    const { pathname } = new URL(answer.url());
    walked.asked.push(pathname);
    if (answer.status() >= 400) walked.wrong.push(`${answer.status()} ${pathname} on ${plain(page.url())}`);
    if (!pathname.startsWith('/api/') || /\/live(\/tail)?$/.test(pathname)) return;
    reading.push(
      answer.text().then(
        (text) => void walked.told.push(text),
        () => undefined,
      ),
    ); // it was left before it was read
  });
  await page.goto(world.server.http + (pages[0] ?? '/'));
  for (const path of pages) await visit(page, path);
  await Promise.all(reading);
  await context.close();
  return walked;
}

async function visit(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);
  await page.locator('h1').first().waitFor({ state: 'attached' });
  // Each part that waits says so; a part that loads another one begins after an answer.
  await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
}
