/**
 * Journey: from the link of the first start to a library that is measured and somebody who is told, by the page's three steps. Real parts: the server, a
 * browser, the command that the page shows, an agent behind a line of 40 Mb/s in a network namespace, a throughput test, a webhook's receiver.
 */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, openBrowser, type WatchedPage, watchPage } from '../support/browser.ts';
import { freePort } from '../support/debian.ts';
import { createLab, type Lab, labUnavailable } from '../support/netns.ts';
import { type Hook, openHook } from '../support/receivers.ts';
import { ROOT, type RunningServer, startServer } from '../support/server.ts';

describe.skipIf(labUnavailable !== null || !chromiumPath())('setting up (needs root, iproute2 and Chromium)', () => {
  let dir: string;
  let lab: Lab;
  let server: RunningServer;
  let hook: Hook;
  let browser: Browser;
  let watched: WatchedPage;
  let agent: ChildProcess | undefined;
  let said = '';
  /** The same after a kill: the page's address stays, and the agent finds the server again. */
  let ports: Record<string, string>;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'carrel-set-up-'));
    lab = await createLab({ rateMbps: 40 });
    hook = await openHook();
    const [http, mqtts, speed] = await Promise.all([freePort(), freePort(), freePort()]);
    ports = {
      CARREL_HTTP: `127.0.0.1:${http}`,
      CARREL_MQTTS: `${lab.serverAddress}:${mqtts}`,
      CARREL_SPEED: `${lab.serverAddress}:${speed}`,
    };
    server = await start();
    browser = await openBrowser();
    watched = await watchPage(browser, server.http, { locale: 'en' });
  }, 90_000);
  afterAll(async () => {
    agent?.kill('SIGKILL');
    await browser?.close();
    await server?.stop();
    await hook?.close();
    await lab?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const start = (): Promise<RunningServer> =>
    startServer(join(dir, 'data'), { ...ports, CARREL_WEBHOOK_ALLOW: '127.0.0.1' });
  const panel = (page: Page) => page.getByRole('region', { name: 'What Carrel hears' });
  const hears = (page: Page, words: string | RegExp): Promise<void> =>
    panel(page)
      .getByText(words)
      .waitFor({ timeout: 60_000 })
      .catch((error: unknown) => {
        throw new Error(`${words} was not heard:\n${said}\n${server.output()}`, { cause: error });
      });

  /** Runs what the page shows on a device of ours: the installer with the same words, into a folder, and the agent that it put there. */
  function runOnDevice(command: string): void {
    const [, words = ''] = /\| sh -s -- (.*)$/.exec(command) ?? [];
    const root = join(dir, 'device');
    mkdirSync(join(root, 'etc/systemd/system'), { recursive: true });
    execFileSync('sh', [join(ROOT, 'infra/deploy/install.sh'), ...words.split(' '), '--root', root]);
    agent = lab.spawnInProbe(
      process.execPath,
      [join(root, 'usr/local/lib/carrel/agent.cjs'), '--config', join(root, 'etc/carrel/agent.json')],
      {
        env: {
          ...process.env,
          CARREL_AGENT_SPOOL: join(dir, 'spool'),
          CARREL_AGENT_SAMPLE_S: '2',
          CARREL_AGENT_BATCH: '1',
          CARREL_AGENT_CLOCK: 'trusted',
          CARREL_AGENT_TARGETS: `${lab.serverAddress}:${new URL(server.mqtts ?? '').port}`,
        },
      },
    );
    for (const stream of [agent.stdout, agent.stderr]) stream?.on('data', (text: Buffer) => (said += text.toString()));
  }

  test('first the network: its target, and from where the server is reached', async () => {
    const { page } = watched;
    await page.goto(server.setupUrl ?? 'about:blank');
    await page.getByLabel('Password', { exact: true }).fill('a long enough password');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Your network' }).waitFor();
    await page.getByText('Only this machine reaches the page').waitFor();
    await page.getByText('Probes reach the server').waitFor();
    await page.getByLabel('Target, Mb/s down').fill('25');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { level: 1, name: 'Connect the first probe' }).waitFor();
  }, 60_000);

  test('then a library: a bad value is refused at its field, a good one leads to its command', async () => {
    const { page } = watched;
    await page.getByLabel('Name', { exact: true }).fill('Antazavės biblioteka');
    await page.getByLabel('Open', { exact: true }).fill('whenever');
    await page.getByRole('button', { name: 'Make the command' }).click();
    await page.locator('#start-opening-e').waitFor();
    await page.getByLabel('Open', { exact: true }).fill('Mon-Sun 00:00-24:00');
    await page.getByRole('button', { name: 'Make the command' }).click();
    const command = await page.getByRole('group', { name: 'Run on the device' }).locator('code').innerText();
    expect(command).toContain('/install/install.sh | sh -s -- --server');
    await panel(page).getByText('Probe says hello').waitFor();
    // The browser remarks on what was refused on purpose, and on nothing else.
    expect(watched.complaints.filter((text) => !text.includes('400 (Bad Request)'))).toEqual([]);
    runOnDevice(command);
  }, 60_000);

  test('what the server hears appears by itself, and goes on after the server was killed and the page loaded anew', async () => {
    const { page } = watched;
    await hears(page, 'Probe said hello');
    await hears(page, 'Its clock is right');
    await server.kill();
    await hears(page, 'The server does not answer; asking again.');
    server = await start();
    await hears(page, 'First samples are stored');
    await page.reload();
    await page.getByText('The command was shown once').waitFor();
    await hears(page, 'First samples are stored');
    await hears(page, /samples, round trip \d/);
    await hears(page, /First verdict against 25\sMb\/s/);
  }, 120_000);

  test('a test that is asked for says its cost, runs, and ends in a verdict', async () => {
    const { page } = watched;
    await panel(page)
      .getByRole('button', { name: /Test now about/ })
      .click();
    await hears(page, 'First test is done');
    await hears(page, /It cost \d+\.\d\sMB of the 2,000\sMB a month/);
    await hears(page, /Meets 25\sMb\/s/);
    await hears(page, /It sees .* WAN port/);
    await hears(page, 'all heard');
  }, 120_000);

  test('last who is told: a test message arrives, and the overview has a site that lives', async () => {
    const { page } = watched;
    await page.getByRole('link', { name: 'Continue' }).click();
    await page.getByRole('heading', { level: 1, name: 'Who is told' }).waitFor();
    await page.getByLabel('Kind', { exact: true }).selectOption('webhook');
    await page.getByLabel('Name', { exact: true }).fill('On call');
    await page.getByLabel('Address', { exact: true }).fill(hook.url);
    await page.getByRole('button', { name: 'Add a channel' }).click();
    await page.getByRole('button', { name: 'Test On call' }).click();
    await page.getByText(/On call took the test message/).waitFor();
    expect(hook.calls).toHaveLength(1);
    await page.getByRole('link', { name: 'Finish', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: /access point/ }).waitFor();
    expect(watched.foreign).toEqual([]);
  }, 60_000);
});
