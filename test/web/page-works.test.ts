/** The built page in the real Chromium: planned works, holidays and closed days. */
import { describe, expect, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';

describe.skipIf(!chromiumPath())('the page (needs Chromium)', () => {
  const world = pageWorld();

  test('works of a provider are planned for some hours of each week, and stand in the list', async () => {
    const page = await world.open('/alerts?state=silences', 'Plan maintenance');
    const form = page.getByRole('region', { name: 'Plan maintenance' });
    await form.getByLabel('Of', { exact: true }).selectOption('Everything');
    await form.getByLabel('Reason').fill('The core router restarts');
    await form.getByLabel('When').selectOption('Every week');
    await form.getByLabel('Sun').check();
    await form.getByLabel('Begins').fill('22:00');
    await form.getByLabel('Ends').fill('02:00');
    await form.getByLabel('Last day').fill('2026-12-13');
    expect(await barriers(page)).toEqual([]);
    await form.getByRole('button', { name: 'Plan it' }).click();
    await page.getByText('Sun 22:00 to 02:00, until 13 Dec').waitFor();
    expect(world.fixture.posted[0]).toMatchObject({
      url: '/api/v1/silences',
      body: {
        kind: 'maintenance',
        all: true,
        until: Date.parse('2026-12-14T00:00:00Z'), // 2:00 in Vilnius
        weekly: { days: [6], from: 1320, to: 120, zone: 'Europe/Vilnius' },
      },
    });
    world.fine();
  }, 60_000);

  test('a holiday is opened and a day is closed where libraries do otherwise; what the moon decides says so', async () => {
    const page = await world.open('/settings?part=calendar', 'Holidays and closed days');
    const panel = page.getByRole('region', { name: 'Holidays and closed days' });
    await panel.getByText('Public holidays, UZ, 2026').click();
    await panel.getByText('by calculation; may be announced a day off').waitFor();
    await panel.getByText('Public holidays, LT, 2026').click();
    await panel.getByRole('button', { name: 'Open on this day 2026-12-24' }).click();
    await panel.getByRole('button', { name: 'Remove 2026-12-24' }).waitFor();
    await panel.getByLabel('First day').fill('2026-12-28');
    await panel.getByLabel('Reason').fill('Stocktaking');
    await panel.getByRole('button', { name: 'Add' }).click();
    await panel.getByRole('button', { name: 'Remove 2026-12-28' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    const bodies = world.fixture.posted.filter(({ url }) => url === '/api/v1/calendar').map(({ body }) => body);
    const eve = { site: null, from: '2026-12-24', to: '2026-12-24', reason: 'Christmas Eve', open: true };
    const closed = { site: null, from: '2026-12-28', to: '2026-12-28', reason: 'Stocktaking', open: false };
    expect(bodies).toEqual([{ entries: [eve] }, { entries: [eve, closed] }]);
    world.fine();
  }, 60_000);

  test('what somebody else entered meanwhile is not overwritten: it is shown, and what one typed stays to be added', async () => {
    const page = await world.open('/settings?part=calendar', 'Holidays and closed days');
    const panel = page.getByRole('region', { name: 'Holidays and closed days' });
    await panel.getByLabel('First day').fill('2026-12-28');
    await panel.getByLabel('Reason').fill('Stocktaking');
    const theirs = { site: null, from: '2026-12-29', to: '2026-12-29', reason: 'Painting', open: false };
    await fetch(`${world.fixture.origin}/api/v1/calendar`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-match': '"v0"' },
      body: JSON.stringify({ entries: [theirs] }),
    });
    await panel.getByRole('button', { name: 'Add' }).click();
    await panel.getByText('Somebody else has changed the calendar').waitFor();
    await panel.getByText('Painting').waitFor();
    await panel.getByRole('button', { name: 'Add' }).click();
    await panel.getByRole('button', { name: 'Remove 2026-12-28' }).waitFor();
    await panel.getByRole('button', { name: 'Remove 2026-12-29' }).waitFor();
  }, 60_000);
});
