/**
 * Why: each page has six states beside the usual one, and each says what is the case and what one can do. What stands here is held by
 * page-states.test.ts and drawn by `npm run screenshots`.
 */
import type { Page } from 'playwright-core';
import type { FixtureOptions } from './fixture-server.ts';
import type { PageWorld } from './page-world.ts';

export const PAGES = {
  overview: '/',
  sites: '/sites',
  site: '/sites/site-0',
  alerts: '/alerts',
  map: '/map',
  fleet: '/fleet',
  settings: '/settings?part=people',
} as const;
export type PageName = keyof typeof PAGES;
export const STATES = ['loading', 'empty', 'partial', 'failed', 'old', 'denied'] as const;
export type StateName = (typeof STATES)[number];

interface Told {
  says: string | RegExp;
  /** Name of the button or link that leads on. */
  offers?: string;
  /** Another address than the usual one. */
  path?: string;
  /** Answers that do not come. */
  refused?: string;
  fixture?: FixtureOptions;
}
type Table = Record<StateName, Record<PageName, Told>>;

const AGAIN = 'Try again';
const all = (told: Told): Record<PageName, Told> => ({
  ...{ overview: told, sites: told, site: told, alerts: told, map: told, fleet: told, settings: told },
});
/** A viewer to whom nothing is shown yet. */
const nobody: FixtureOptions = { sites: 0, role: 'viewer' };
const TOLD: Table = {
  loading: all({ says: /^Loading / }),
  empty: {
    overview: { says: 'No sites yet', offers: 'Connect a probe' },
    sites: { says: 'No sites yet', offers: 'Add sites' },
    site: { says: 'No such site', offers: 'Sites' },
    alerts: { says: 'No open incident' },
    map: { says: 'No site on the map yet', offers: 'Add sites' },
    fleet: { says: 'No probes yet', offers: 'Connect a probe' },
    settings: { path: '/settings?part=screens', says: 'No screen yet', offers: 'Add a screen' },
  },
  partial: {
    overview: {
      refused: '**/api/v1/live/history',
      says: 'Sites not meeting the target, last 24 h could not be read',
      offers: AGAIN,
    },
    sites: { says: 'unknown' },
    site: { refused: '**/api/v1/tests?*', says: 'The tests could not be read', offers: AGAIN },
    alerts: { says: 'What changed since could not be read.', offers: AGAIN },
    map: { refused: '**/*.topojson', says: 'The outlines could not be loaded', offers: AGAIN },
    fleet: { says: 'These are the probes as they were at 16:15', offers: AGAIN },
    settings: { refused: '**/api/v1/tokens', says: 'Tokens for programs could not be read', offers: AGAIN },
  },
  failed: all({ refused: '**/api/v1/**', says: 'could not be read', offers: AGAIN }),
  old: all({ says: 'Data is 3 min old.', offers: AGAIN }),
  denied: {
    overview: { fixture: nobody, says: 'None that you may see. Ask an administrator.' },
    sites: { fixture: nobody, says: 'None that you may see. Ask an administrator.' },
    site: { fixture: { role: 'viewer' }, path: '/sites/elsewhere', says: 'or you may not see it', offers: 'Sites' },
    alerts: { fixture: { role: 'viewer' }, says: 'Told' },
    map: { fixture: nobody, says: 'None that you may see. Ask an administrator.' },
    fleet: { fixture: nobody, says: 'None that you may see. Ask an administrator.' },
    settings: { fixture: { role: 'viewer' }, says: 'This part is for administrators' },
  },
};
const USUAL: Record<StateName, FixtureOptions> = {
  ...{ loading: { sites: 40 }, empty: { sites: 0 }, partial: { sites: 40 }, failed: { sites: 40 } },
  ...{ old: { sites: 40 }, denied: { sites: 40 } },
};

/** What a server says whose database is away. */
export const REFUSAL = {
  ...{ type: 'about:blank', title: 'Not possible now', status: 503, code: 'STORE_BUSY', request: '4f1c88a2' },
  detail: 'The database does not answer now. Live values and alerts go on; what is stored comes back with it.',
};

/** Who is signed in is known in each state. */
async function refuse(page: Page, pattern: string): Promise<void> {
  await page.route(pattern, (route) =>
    new URL(route.request().url()).pathname === '/api/v1/me'
      ? route.continue()
      : route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(REFUSAL) }),
  );
}
const stay = (): Promise<void> => new Promise(() => undefined);

/** Brings the page into the state, in a tab of its own, and waits until it says so. */
export async function reach(
  world: PageWorld,
  state: StateName,
  name: PageName,
  options: Parameters<PageWorld['tab']>[0] = {},
): Promise<{ page: Page; told: Told }> {
  const told = TOLD[state][name];
  await world.restart({ ...USUAL[state], ...told.fixture });
  const page = await world.tab(options);
  // Whoever opens a page wants it now; what does not come holds nothing else up.
  if (state === 'loading')
    await page.route('**/api/v1/**', (route) => (route.request().url().endsWith('/me') ? route.continue() : stay()));
  if (told.refused) await refuse(page, told.refused);
  await page.goto(world.fixture.origin + (told.path ?? PAGES[name]));
  await LATER[state]?.(world, page, name);
  await page.getByText(told.says).first().waitFor({ state: 'attached' });
  return { page, told };
}

/** What has to happen once the page stands. */
const LATER: Partial<Record<StateName, (world: PageWorld, page: Page, name: PageName) => Promise<void>>> = {
  async partial(_, page, name) {
    if (name === 'alerts') {
      await page.getByRole('button', { name: 'Acknowledge' }).waitFor();
      await refuse(page, '**/api/v1/alerts?*');
      await page.getByRole('button', { name: 'Acknowledge' }).click();
    }
    if (name === 'fleet') {
      await page.getByText('Agents by version').waitFor();
      await refuse(page, '**/api/v1/fleet');
      await page.clock.fastForward(31_000);
    }
    if (name === 'sites') await page.locator('[data-pill=live]').waitFor();
  },
  async old(world, page) {
    await page.locator('[data-pill=live]').waitFor();
    await page.locator('main [aria-busy]').first().waitFor({ state: 'detached' });
    world.fixture.cut();
    await page.clock.fastForward(180_000);
    await page.locator('.app.stale').waitFor();
  },
};
