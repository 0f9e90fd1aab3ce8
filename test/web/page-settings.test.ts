/** The built page in the real Chromium: the settings: sites, probes, tokens, channels, the quarantine. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { pageWorld } from './page-world.ts';

describe.skipIf(!chromiumPath())('the page (needs Chromium)', () => {
  const world = pageWorld();

  test('a probe is moved, a token is shown once', async () => {
    const page = await world.open('/settings', 'Import a table');
    await page.getByLabel('Find: Probes').fill('probe-0');
    await page.getByRole('button', { name: 'Change probe-0', exact: true }).click();
    await page.getByLabel('Find: Watch another access point').fill('vilnius troskunu');
    await page.getByLabel('Watch another access point', { exact: true }).selectOption('site-1');
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    await page.getByText('probe-0 now watches').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByLabel('What it is for').fill('reports');
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByText('ct1.shown-once').waitFor();
    expect(world.fixture.posted).toMatchObject([
      { url: '/api/v1/probes/probe-0/rebind', body: { access_point: 'site-1' } },
      { url: '/api/v1/tokens', body: { name: 'reports', role: 'viewer' } },
    ]);
    expect(await barriers(page)).toEqual([]);
    world.fine();
  }, 60_000);

  test('of 20,000 libraries and probes few are listed; what is typed finds and chooses one, and is no part of the form', async () => {
    await world.restart({ sites: 20_000 });
    const page = await world.open('/settings', 'Import a table');
    const probes = page.getByRole('region', { name: 'Probes' });
    await probes.getByText('19,950 more: type a part of the name.').first().waitFor();
    expect(await page.locator('option, tbody tr').count()).toBeLessThan(300);
    await probes.getByLabel('Find: Probes').fill('probe-19999');
    await expect.poll(() => probes.locator('tbody tr').count()).toBe(1);
    await probes.getByLabel('Find: Access point').fill('site-17321');
    expect(await probes.getByLabel('Access point', { exact: true }).inputValue()).toBe('site-17321');
    expect(await probes.getByLabel('Probe’s id').inputValue()).toBe('site-17321');
    await probes.getByLabel('Find: Access point').press('Enter');
    expect(world.fixture.posted).toEqual([]);
    await probes.getByLabel('Find: Access point').fill('no such library');
    await probes.getByText('Nothing matches.').waitFor();
    expect(await probes.getByLabel('Access point', { exact: true }).inputValue()).toBe('site-17321');
    expect(await barriers(page)).toEqual([]);
    world.fine();
  }, 60_000);

  test('the trail of changes goes back and forth by the address', async () => {
    const page = await world.open('/settings?part=server', 'Who did what');
    const who = page.getByRole('region', { name: 'Who did what' }).locator('tbody th');
    await expect.poll(() => who.allInnerTexts()).toEqual(['rasa']);
    await page.getByRole('link', { name: 'Earlier entries' }).click();
    await page.waitForURL('**/settings?part=server&before=7');
    await expect.poll(() => who.allInnerTexts()).toEqual(['jonas']);
    expect(await page.getByRole('link', { name: 'Earlier entries' }).count()).toBe(0);
    await page.goBack();
    await expect.poll(() => who.allInnerTexts()).toEqual(['rasa']);
    await page.goForward();
    await page.getByRole('link', { name: 'Newest' }).click();
    await expect.poll(() => who.allInnerTexts()).toEqual(['rasa']);
    world.fine();
  }, 60_000);

  test('settings: a refusal stands at its field, a credential is shown once, a file is previewed as it is before it is imported', async () => {
    const page = await world.open('/settings', 'Import a table');
    await page.getByLabel('Name').first().fill('Šiaulių r. Kairių filialas');
    expect(await page.getByLabel('Id', { exact: true }).inputValue()).toBe('siauliu-r-kairiu-filialas');
    await page.getByLabel('Id', { exact: true }).fill('site-0');
    await page.getByRole('button', { name: 'Add the library' }).click();
    await page.getByText('is taken').waitFor();
    await page.getByRole('button', { name: 'Make a credential' }).click();
    await page.getByText('Shown once').waitFor();
    await page
      .getByLabel('CSV file')
      .setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from([0x69, 0x64, 0x3b, 0xe0, 0x0a]) });
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('2 to create, 1 to update, 4 unchanged, 1 refused').waitFor();
    await page.getByText('Changes provider, contracted speed').waitFor();
    expect(world.fixture.posted.at(-1)).toMatchObject({ url: '/api/v1/sites/import?dry=1', body: 'id;à\n' });
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('2 created, 1 updated, 4 unchanged, 1 refused').waitFor();
    expect(world.watched.foreign).toEqual([]);
  }, 60_000);

  test('settings: channels say how they fare and are tried; people, rotation and policy stand beside them', async () => {
    const page = await world.open('/settings?part=telling', 'Night room');
    await page.getByText('Failed').first().waitFor();
    await page.getByText('jonas has no way to be reached').waitFor();
    await page.getByText('tell who is on call in Utena, wait 15 min, tell jonas').waitFor();
    await page.getByRole('button', { name: 'Test Night room' }).click();
    await page.getByText('Night room took the test message in 42 ms.').waitFor();
    await page.getByLabel('Kind').selectOption('ntfy');
    const form = page.locator('form').filter({ hasText: 'Gets by itself' });
    await form.getByLabel('Name').fill('Push');
    await form.getByLabel('Topic').fill('carrel-night');
    await form.getByLabel('Server').fill('https://ntfy.example');
    expect(await form.getByLabel('Topic').getAttribute('type')).toBe('password');
    await form.getByRole('button', { name: 'Add a channel' }).click();
    await expect
      .poll(() => world.fixture.posted.at(-1)?.body)
      .toEqual({
        name: 'Push',
        kind: 'ntfy',
        lang: 'en',
        gets: ['page', 'ticket'],
        config: { server: 'https://ntfy.example' },
        secrets: { topic: 'carrel-night', token: '' },
      });
    const policy = page.locator('form').filter({ hasText: 'Add a policy' });
    await policy.getByLabel('Name').fill('Tickets');
    await policy.getByRole('button', { name: 'Add a step' }).click();
    await policy.getByRole('button', { name: 'Add a step' }).click();
    await policy.getByRole('button', { name: 'Add a policy' }).click();
    await expect
      .poll(() => world.fixture.posted.at(-1)?.body)
      .toEqual({
        name: 'Tickets',
        severities: ['page'],
        steps: [
          { do: 'notify', rotation: 1 },
          { do: 'wait', minutes: 15 },
        ],
        working: null,
      });
    world.fine();
  });

  test('settings: a person gets another role, and what it sees, without another password', async () => {
    const page = await world.open('/settings?part=people', 'Make a token');
    const panel = page.locator('.panel').filter({ hasText: 'jonas' });
    await panel.getByRole('button', { name: 'Change jonas' }).click();
    await panel.getByText('Change jonas. With another role').waitFor();
    await panel.getByLabel('Role').selectOption('librarian');
    await panel.getByLabel('Sites', { exact: true }).fill('site-1, site-2');
    await panel.getByRole('button', { name: 'Save' }).click();
    await panel.getByRole('button', { name: 'Add the person' }).waitFor();
    expect(world.fixture.posted.at(-1)).toMatchObject({
      url: '/api/v1/users/jonas',
      body: { role: 'librarian', scope: { sites: ['site-1', 'site-2'], regions: [] } },
    });
    expect(world.fixture.posted.at(-1)?.body).not.toHaveProperty('password');
    await panel.getByRole('button', { name: 'Change jonas' }).click();
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await panel.getByLabel('Name').waitFor();
    world.fine();
  }, 60_000);

  test('settings: devices say when a push was last shown there, and are removed', async () => {
    const page = await world.open('/settings?part=you', 'Pushes to your devices');
    const panel = page.locator('.panel').filter({ hasText: 'Pushes to your devices' });
    await panel.getByText(/last shown Wed .*; sent 16:10, not confirmed/).waitFor();
    await panel.getByText(/sent 16:05, not confirmed/).waitFor();
    await panel.getByRole('button', { name: 'Push to this device' }).waitFor();
    const asked = answering(page, ['dismiss', 'accept']);
    await panel.getByRole('button', { name: 'Remove Firefox, Linux' }).click();
    expect(world.fixture.posted).toEqual([]);
    await panel.getByRole('button', { name: 'Remove Firefox, Linux' }).click();
    await panel.getByText('Firefox, Linux').waitFor({ state: 'detached' });
    expect(asked).toHaveLength(2);
    expect(world.fixture.posted.at(-1)?.url).toBe('/api/v1/push/devices/2');
    world.fine();
  }, 60_000);

  test('settings: a screen is revoked only by whoever was asked whether to', async () => {
    const page = await world.open('/settings?part=screens', 'Add a screen');
    await page.locator('.panel').filter({ hasText: 'Add a screen' }).getByLabel('Name').fill('Door');
    await page.getByRole('button', { name: 'Add a screen' }).click();
    const revoke = page.getByRole('button', { name: 'Revoke Door' });
    const asked = answering(page, ['dismiss', 'accept']);
    await revoke.click();
    expect(world.fixture.posted.map(({ url }) => url)).toEqual(['/api/v1/screens']);
    await revoke.click();
    await page.getByText('The screen Door shows nothing any more.').waitFor();
    expect(asked).toEqual(
      Array(2).fill('Revoke the screen Door? It goes dark at once and has to be paired with a new code.'),
    );
    world.fine();
  }, 60_000);

  test('settings: lines in the quarantine are shown with their reason and given to the database again', async () => {
    const page = await world.open('/settings?part=server', 'Quarantine');
    await page.getByText('probe,probe=site-1 cpu_pct=12 1').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Give again' }).click();
    await page.getByText('1 taken, 1 refused again').waitFor();
    expect(world.fixture.posted.at(-1)).toMatchObject({
      url: '/api/v1/quarantine/replay',
      body: { store: 'influx1 db.example.org:8086/carrel' },
    });
    await page.getByText('probe,probe=site-1 cpu_pct=12 1').waitFor({ state: 'detached' });
    world.fine();
  }, 60_000);
});

/** What the page asks, each time answered by the next of these. */
function answering(page: Page, answers: ('accept' | 'dismiss')[]): string[] {
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.message());
    void dialog[answers.shift() ?? 'dismiss']();
  });
  return asked;
}
