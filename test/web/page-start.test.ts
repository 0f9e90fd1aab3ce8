/** The built page in the real Chromium: setting up in three steps, its refusals, its way back, and what is told of a probe that does not come along. */
import { describe, expect, test } from 'vitest';
import { barriers } from '../support/barriers.ts';
import { chromiumPath } from '../support/browser.ts';
import { THURSDAY } from './fixture-server.ts';
import { pageWorld } from './page-world.ts';
import { testOf } from './start-fixture.ts';

const PHONE = { viewport: { width: 320, height: 700 } };

describe.skipIf(!chromiumPath())('setting up (needs Chromium)', () => {
  const world = pageWorld();
  const posted = (url: string) => world.fixture.posted.filter((one) => one.url === url);

  test('a target that is none is refused at its field; a good one is kept and leads on', async () => {
    const page = await world.open('/start', 'How this server is reached');
    await page.getByLabel('Target, Mb/s down').fill('-3');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.locator('#network-target_mbps-e').getByText('must be').waitFor();
    expect(await page.getByLabel('Target, Mb/s down').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Target, Mb/s down').fill('25,5');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { level: 1, name: 'Connect a probe' }).waitFor();
    expect(posted('/api/v1/network').map(({ body }) => body)).toEqual([{ target_mbps: -3 }, { target_mbps: 25.5 }]);
    expect(new URL(page.url()).search).toBe('?step=2');
    await page.getByText('Target 25.5 Mb/s').waitFor();
  });

  test('what only this machine reaches says so, with the command that opens it', async () => {
    const machine = (url: string) => ({ url, reach: 'machine' }) as const;
    world.fixture.start.network({ page: machine('http://127.0.0.1:8080'), tests: machine('tcp://127.0.0.1:4443') });
    const page = await world.open('/start', 'Only this machine reaches the page');
    await page.getByText('CARREL_HTTP=0.0.0.0:8080 CARREL_SPEED=0.0.0.0:4443 npm start').waitFor();
    await page.getByText('Probes reach the server').waitFor();
    // Whoever chose other ports keeps them.
    world.fixture.start.network({ page: machine('http://127.0.0.1:8099'), tests: machine('tcp://127.0.0.1:4459') });
    await page.reload();
    await page.getByText('CARREL_HTTP=0.0.0.0:8099 CARREL_SPEED=0.0.0.0:4459 npm start').waitFor();
    await page.goto(`${world.fixture.origin}/start?step=2`);
    await page.getByText('Probes elsewhere do not reach this server yet.').waitFor();
    await page.getByRole('link', { name: 'See how it is reached' }).click();
    await page.getByRole('heading', { level: 1, name: 'Your network' }).waitFor();
  });

  test('an id that is taken is refused at its field, and what was entered stays', async () => {
    const page = await world.open('/start?step=2', 'Make the command');
    await page.getByLabel('Name', { exact: true }).fill('Site 0');
    expect(await page.getByLabel('Id', { exact: true }).inputValue()).toBe('site-0');
    await page.getByRole('button', { name: 'Make the command' }).click();
    await page.locator('#start-id-e').getByText('is taken').waitFor();
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Site 0');
    expect(posted('/api/v1/probes')).toEqual([]);
  });

  test('for a library that is here: the command is shown once; a reload stays at the step, without the command', async () => {
    const page = await world.open('/start?step=2', 'Make the command');
    await page.getByRole('link', { name: 'One that is here' }).click();
    await page.getByLabel('Find: Access point').fill('site-7');
    await page.getByLabel('Access point', { exact: true }).selectOption('site-7');
    await page.getByRole('button', { name: 'Make the command' }).click();
    await page.getByText('install.sh | sh -s -- --server').waitFor();
    expect(new URL(page.url()).search).toBe('?step=2&probe=site-7');
    expect(await page.content()).toContain('--credential ey');
    await page.reload();
    await page.getByText('The command was shown once').waitFor();
    expect(await page.content()).not.toContain('--credential ey');
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByRole('button', { name: 'Make another command' }).click();
    await page.getByText('install.sh | sh -s -- --server').waitFor();
    world.fine();
  });

  test('what a probe lacks says what to do, and the panel follows what comes', async () => {
    world.fixture.start.hears({ clock: { source: 0, skew_ms: null, behind_most_ms: 1, wrong: false }, asked: null });
    const page = await world.open('/start?step=2&probe=probe-0', 'Its clock was never set');
    const panel = page.getByRole('region', { name: 'What Carrel hears' });
    await panel.getByText('listening, 3 of 6').waitFor();
    await panel.getByRole('button', { name: /Test now about 2\.5\sMB/ }).click();
    await expect.poll(() => posted('/api/v1/access-points/site-0/test').length).toBe(1);
    world.fixture.start.hears({
      clock: { source: 1, skew_ms: null, behind_most_ms: 1, wrong: false },
      test: testOf(41.2, THURSDAY),
    });
    await panel.getByText('all heard').waitFor();
    await panel.getByText(/Meets 30\sMb\/s/).waitFor();
    expect(await panel.getByRole('button', { name: 'Test now' }).count()).toBe(0);
    world.fixture.start.hears({ test: testOf(11, THURSDAY) });
    await page.clock.fastForward(11_000);
    await panel.getByText(/Below 30\sMb\/s/).waitFor();
    expect(await barriers(page)).toEqual([]);
  });

  test('“Nothing happens?” has the ports and the check, at 320 pixels too', async () => {
    const page = await world.open('/start?step=2&probe=probe-0', 'Nothing happens?', PHONE);
    await page.getByText('Nothing happens?').click();
    await page.getByText('carrel.example.org:443 to install, carrel.example.org:8883 to deliver').waitFor();
    await page.getByText('node /usr/lib/carrel/agent.cjs --uci --selftest').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    expect(await barriers(page)).toEqual([]);
  });

  test('the third step sends a test by a channel; back and forth keep the address true', async () => {
    const page = await world.open('/start?step=3', 'Night room');
    await page.getByRole('button', { name: 'Test Night room' }).click();
    await page.getByText(/Night room took the test message in 42\sms/).waitFor();
    await page.getByRole('link', { name: 'Back', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Connect a probe' }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'Finish', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: /access points meet/ }).waitFor();
    world.fine();
  });

  test('the settings lead here, for the hundredth probe too, and to what is heard of one that is there', async () => {
    const page = await world.open('/settings', 'Connect a probe, step by step');
    await page.getByLabel('Find: Probes').fill('probe-0');
    await page.getByRole('button', { name: 'Change probe-0', exact: true }).click();
    await page.getByRole('link', { name: 'What Carrel hears' }).click();
    await page.getByText('probe-0, agent 0.1.0').waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'Connect a probe, step by step' }).click();
    await page.getByRole('button', { name: 'Make the command' }).waitFor();
  });

  test('a library without a probe leads here, and is the one that is chosen', async () => {
    world.fixture.roster.probes.splice(0);
    const page = await world.open('/sites/site-3', 'none yet');
    await page.getByRole('link', { name: 'connect one' }).click();
    await page.getByLabel('Access point', { exact: true }).waitFor();
    expect(await page.getByLabel('Access point', { exact: true }).inputValue()).toBe('site-3');
    await page.goto(`${world.fixture.origin}/start?step=2`);
    await page.getByRole('heading', { level: 1, name: 'Connect the first probe' }).waitFor();
  });

  test('who may not administer is told so, is offered nothing to change, and may still listen', async () => {
    const page = await world.open('/', 'Last 60 minutes');
    await page.route('**/api/v1/me', (route) => route.fulfill({ json: { name: 'ona', role: 'on_call', csrf: 'x' } }));
    await page.goto(`${world.fixture.origin}/start`);
    await page.getByText('Setting up is for administrators').waitFor();
    expect(await page.locator('form').count()).toBe(0);
    await page.goto(`${world.fixture.origin}/start?step=3&probe=probe-0`);
    await page.getByText('Probe said hello').waitFor();
    expect(await page.locator('form').count()).toBe(0);
    expect(world.fixture.posted).toEqual([]);
    await page.goto(`${world.fixture.origin}/settings`);
    await page.getByText('You may look, but not change').waitFor();
    expect(await page.getByRole('link', { name: 'Connect a probe, step by step' }).count()).toBe(0);
  });
});
