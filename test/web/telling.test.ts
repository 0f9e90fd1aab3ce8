/** Why: what is set up once is changed for years: channels, rotations and policies are edited where they stand, by keyboard too. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath, openBrowser, watchPage } from '../support/browser.ts';
import { BUILT_WEB } from '../support/built.ts';
import { type Fixture, startFixture, THURSDAY } from './fixture-server.ts';

describe.skipIf(!chromiumPath())('who is told, on the page (needs Chromium)', () => {
  let browser: Browser;
  let fixture: Fixture;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  async function settings(): Promise<Page> {
    fixture = await startFixture(BUILT_WEB, { sites: 3 });
    const watched = await watchPage(browser, fixture.origin, { timezoneId: 'Europe/Vilnius', reducedMotion: 'reduce' });
    onTestFinished(async () => {
      await watched.page.close();
      await fixture.close();
      expect([watched.complaints, watched.foreign]).toEqual([[], []]);
    });
    await watched.page.clock.install({ time: THURSDAY });
    await watched.page.goto(`${fixture.origin}/settings?part=telling`);
    await watched.page.getByText('At night').first().waitFor();
    return watched.page;
  }
  const press = async (button: Locator): Promise<void> => {
    await button.focus();
    await button.press('Enter');
  };
  const sent = () => expect.poll(() => fixture.posted.at(-1));

  test('a channel is changed: what is secret is not shown, and an empty field keeps it', async () => {
    const page = await settings();
    await press(page.getByRole('button', { name: 'Change Night room' }));
    const form = page.getByRole('form', { name: 'Change Night room' });
    const address = form.getByLabel('Address');
    expect([await address.inputValue(), await address.getAttribute('required')]).toEqual(['', null]);
    await form.getByText('Stored and never shown. Empty keeps it').waitFor();
    expect(await barriers(page)).toEqual([]);
    await form.getByLabel('Name').fill('Night and day');
    await form.getByLabel('Language').selectOption('lt');
    await form.getByLabel('Tickets').check();
    await press(form.getByRole('button', { name: 'Save' }));
    const body = { name: 'Night and day', lang: 'lt', gets: ['page', 'ticket'], config: {}, secrets: { url: '' } };
    await sent().toMatchObject({ url: '/api/v1/channels/1', body });
    await page.getByRole('form', { name: 'Add a channel' }).waitFor();
  }, 60_000);

  test('a policy is changed: steps are put in order and have conditions on severity and hours', async () => {
    const page = await settings();
    await press(page.getByRole('button', { name: 'Change At night' }));
    const form = page.getByRole('form', { name: 'Change the policy At night' });
    await form.getByLabel('Step 1, when').selectOption('off');
    await form.getByLabel('Step 3, only for').selectOption('page');
    await press(form.getByRole('button', { name: 'Earlier 3' }));
    await form.getByLabel('Working hours').fill('Mon-Fri 08:00-17:00');
    expect(await barriers(page)).toEqual([]);
    await press(form.getByRole('button', { name: 'Save' }));
    await sent().toMatchObject({
      url: '/api/v1/on-call/policies/1',
      body: {
        name: 'At night',
        severities: ['page'],
        steps: [
          { do: 'notify', rotation: 1, hours: 'off' },
          { do: 'notify', person: 'jonas', severities: ['page'] },
          { do: 'wait', minutes: 15 },
        ],
        working: { zone: 'Europe/Vilnius', opening: 'Mon-Fri 08:00-17:00' },
      },
    });
  }, 60_000);

  test('a rotation is changed, and giving up changes nothing', async () => {
    const page = await settings();
    const change = page.getByRole('button', { name: 'Change Utena' });
    await press(change);
    const form = page.getByRole('form', { name: 'Change the rotation Utena' });
    await press(form.getByRole('button', { name: 'Cancel' }));
    expect(fixture.posted).toEqual([]);
    await press(change);
    await form.getByLabel('People, in turn').fill('jonas, ona');
    await form.getByLabel('Handed over at').fill('08:30');
    await form.getByLabel('On call within').fill('Mon-Fri 08:00-17:00');
    expect(await barriers(page)).toEqual([]);
    await press(form.getByRole('button', { name: 'Save' }));
    const body = { name: 'Utena', members: ['jonas', 'ona'], days: 7, handover: 510, hours: 'Mon-Fri 08:00-17:00' };
    await sent().toMatchObject({ url: '/api/v1/on-call/rotations/1', body });
  }, 60_000);
});
