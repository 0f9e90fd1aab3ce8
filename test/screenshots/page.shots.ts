/** The pages that draw themselves, with 1,200 virtual libraries on one Thursday afternoon. */
import { describe, test } from 'vitest';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from '../web/page-world.ts';
import { picture } from './picture.ts';

const DESK = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };
const WALL = { width: 1920, height: 1080 };

interface Shot {
  name: string;
  path: string;
  /** Words that show that the page stands. */
  words: string;
  viewport?: typeof DESK;
  dark?: boolean;
  /** Scrolled to this heading. */
  to?: string;
}
const SETTINGS = [
  ['people', 'Make a token'],
  ['telling', 'Night room'],
  ['rules', 'Save the rules'],
  ['calendar', 'Holidays and closed days'],
  ['screens', 'Add a screen'],
  ['server', 'Give again'],
  ['you', 'Change the password'],
] as const;
const SHOTS: readonly Shot[] = [
  { name: 'overview', path: '/', words: 'Last 60 minutes' },
  { name: 'overview-dark', path: '/', words: 'Last 60 minutes', dark: true },
  { name: 'overview-phone', path: '/', words: 'Last 60 minutes', viewport: PHONE },
  { name: 'map', path: '/map?group=off', words: 'All sites on the map' },
  { name: 'map-dark', path: '/map', words: 'All sites on the map', dark: true },
  { name: 'sites', path: '/sites', words: 'Last heard' },
  { name: 'sites-phone', path: '/sites', words: 'Below 30', viewport: PHONE },
  { name: 'site', path: '/sites/site-0', words: 'Data used by monitoring' },
  { name: 'site-dark', path: '/sites/site-0', words: 'Data used by monitoring', dark: true },
  {
    name: 'site-week',
    path: '/sites/site-0?range=7d',
    words: 'Data used by monitoring',
    to: 'Data used by monitoring',
  },
  { name: 'site-month', path: '/sites/site-0?range=30d', words: 'median of the day', to: 'a test that passed' },
  {
    name: 'site-phone',
    path: '/sites/site-0?range=30d',
    words: 'median of the day',
    viewport: PHONE,
    to: 'a test that passed',
  },
  { name: 'compare', path: '/compare?s=site-0,site-1,site-20,site-5', words: 'Show as table' },
  { name: 'fleet', path: '/fleet', words: 'Agents by version' },
  { name: 'fleet-phone', path: '/fleet', words: 'Agents by version', viewport: PHONE },
  { name: 'live', path: '/live', words: 'step_ms' },
  { name: 'alerts', path: '/alerts', words: 'likely upstream' },
  { name: 'silences', path: '/alerts?state=silences', words: 'Silence a library' },
  { name: 'settings', path: '/settings', words: 'Import a table' },
  { name: 'incident-desk', path: '/alerts?id=1000', words: 'What we saw' },
  ...SETTINGS.map(([part, words]) => ({ name: `settings-${part}`, path: `/settings?part=${part}`, words })),
  { name: 'wall-alerts', path: '/wall?rotate=alerts', words: 'Live', viewport: WALL, dark: true },
  { name: 'wall', path: '/wall?rotate=overview,map,alerts', words: 'Pause rotation', viewport: WALL, dark: true },
  { name: 'start-network', path: '/start', words: 'How this server is reached' },
  { name: 'start-phone', path: '/start?step=2&probe=probe-0', words: 'First test is running', viewport: PHONE },
  { name: 'keys', path: '/help/keys', words: 'next, previous row' },
  { name: 'glossary', path: '/help/words', words: 'One word, one meaning' },
];

describe.skipIf(!chromiumPath())('pictures of the page (needs Chromium)', () => {
  const world = pageWorld();

  test.each(SHOTS)('$name', async ({ name, path, words, viewport = DESK, dark = false, to }) => {
    await world.restart({ sites: 1200, cut: true });
    const page = await world.open(path, words, { viewport, colorScheme: dark ? 'dark' : 'light' });
    await page.locator('[aria-busy]').first().waitFor({ state: 'detached' });
    if (path.startsWith('/sites/')) await page.locator('canvas').nth(4).waitFor();
    if (to !== undefined) await page.getByText(to).first().scrollIntoViewIfNeeded();
    await page.clock.runFor(1000);
    await picture(page, name);
    world.fine();
  });

  test('a probe is being connected', async () => {
    await world.restart({ sites: 1200, cut: true });
    const page = await world.open('/start?step=2', 'Make the command', { viewport: DESK });
    await page.getByRole('link', { name: 'One that is here' }).click();
    await page.getByLabel('Find: Access point').fill('Vilnius r. Troškūnų');
    await page.getByLabel('Access point', { exact: true }).selectOption('site-1');
    await page.getByRole('button', { name: 'Make the command' }).click();
    await page.getByText('First test is running').waitFor();
    await picture(page, 'start');
    world.fine();
  });

  test('door', async () => {
    await world.restart({ sites: 1, signedIn: false });
    await picture(await world.open('/login', 'Sign in', { viewport: DESK }), 'login');
    await world.watched.page.close();
    await picture(await world.open('/setup?token=abc', 'Choose the administrator', { viewport: DESK }), 'setup');
  });
});
