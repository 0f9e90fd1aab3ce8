/**
 * Journey: a new operator starts Carrel, opens the page in Chromium and sees this machine measured live, as /proc says it is.
 * The whole server runs inside a network namespace, so that its internet line is one that the test owns and loads.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LiveRow } from '#contract';
import { chromiumPath, openBrowser, type WatchedPage, watchPage } from '../support/browser.ts';
import { liveRows } from '../support/live-rows.ts';
import { createLab, type Lab, labUnavailable } from '../support/netns.ts';
import { type RunningServer, startServer, until } from '../support/server.ts';

describe.skipIf(labUnavailable !== null || !chromiumPath())('the live page (needs root, iproute2 and Chromium)', () => {
  let dir: string;
  let lab: Lab;
  let line: Server;
  let server: RunningServer;
  let browser: Browser;
  let watched: WatchedPage;
  const busy: ChildProcess[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'carrel-page-'));
    lab = await createLab({ rateMbps: 40 });
    // The internet at the other end: accepts connections, and sends for ever to whoever says "go".
    line = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => pour());
      const block = Buffer.alloc(64 * 1024);
      const pour = (): void => {
        while (!socket.destroyed && socket.write(block));
        socket.once('drain', pour);
      };
    });
    await new Promise<void>((resolve) => line.listen(0, lab.serverAddress, resolve));
    const address = line.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    server = await startServer(
      join(dir, 'data'),
      {
        CARREL_HTTP: `${lab.probeAddress}:0`,
        CARREL_LOCAL_PROBE: 'on',
        CARREL_AGENT_SAMPLE_S: '2',
        CARREL_AGENT_TARGETS: `${lab.serverAddress}:${port}`,
      },
      lab.spawnInProbe,
    );
    browser = await openBrowser();
    watched = await watchPage(browser, server.http);
    const pull = `require('net').connect(${port},'${lab.serverAddress}',function(){this.write('go');this.resume()})`;
    busy.push(lab.spawnInProbe(process.execPath, ['-e', pull], {}));
  }, 90_000);

  afterAll(async () => {
    for (const child of busy) child.kill('SIGKILL');
    await browser?.close();
    await server?.stop();
    line?.close();
    await lab?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const row = async (): Promise<LiveRow | undefined> =>
    (await liveRows(server)).find((one) => one.ap === 'this-machine');
  const pid = (): number => server.process.pid ?? 0;

  test('the set-up link leads to the page of this machine, without a complaint and without a request to another host', async () => {
    const { page } = watched;
    await page.goto(server.setupUrl ?? '');
    await page.locator('input[type=password]').first().waitFor(); // the part with the form comes after the page
    for (const field of await page.locator('input[type=password]').all()) await field.fill('a long enough password');
    await page.locator('button[type=submit]').click();
    await page.getByRole('link', { name: 'Finish later' }).waitFor(); // setting up begins for who is signed in
    await page.goto(`${server.http}/sites/this-machine`);
    await page.getByText('This machine').first().waitFor();
    expect(watched.complaints).toEqual([]);
    expect(watched.foreign).toEqual([]);
  }, 60_000);

  test('WAN rate and CPU on the page agree with /proc within 10 %, and latency is measured', async () => {
    await until(
      async () => ((await row())?.wan_rx_mbps ?? 0) > 10,
      30_000,
      () => `no WAN rate\n${server.output()}`,
    );
    const spin = spawn(process.execPath, ['-e', 'for(;;);']);
    busy.push(spin);
    const [cpu, wan] = [readCpu(), readWan(pid())];
    const started = performance.now();
    const seen: LiveRow[] = [];
    await until(async () => {
      const now = await row();
      if (now && now.last_seen !== seen.at(-1)?.last_seen) seen.push(now);
      return seen.length >= 8;
    }, 60_000);
    const seconds = (performance.now() - started) / 1000;
    const later = readCpu();
    const truthCpu = 100 * (1 - (later.idle - cpu.idle) / (later.total - cpu.total));
    const bytes = readWan(pid());
    const truthWan = ((bytes.bytes - wan.bytes - 14 * (bytes.packets - wan.packets)) * 8) / 1e6 / seconds;
    const steady = seen.slice(2); // the first ones reach back before the load
    expect(relative(mean(steady.map((one) => one.wan_rx_mbps)), truthWan)).toBeLessThan(0.1);
    expect(Math.abs(mean(steady.map((one) => one.cpu_pct)) - truthCpu)).toBeLessThan(10);
    expect(seen.at(-1)?.rtt_ms).toBeGreaterThan(0);
    spin.kill('SIGKILL');
  }, 120_000);

  test('the figures on the open page change by themselves', async () => {
    const { page } = watched;
    await page.goto(`${server.http}/sites`);
    const line = page.getByRole('row').filter({ hasText: 'This machine' });
    const before = await line.innerText();
    await until(async () => (await line.innerText()) !== before, 20_000);
    expect(watched.complaints).toEqual([]);
    expect(watched.foreign).toEqual([]);
  }, 60_000);
});

function readCpu(): { idle: number; total: number } {
  const numbers = (/^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? '')
    .split(' ')
    .map(Number)
    .slice(0, 8);
  return { idle: (numbers[3] ?? 0) + (numbers[4] ?? 0), total: numbers.reduce((sum, n) => sum + n, 0) };
}

/** Received bytes and packets on the namespace's only interface besides lo. */
function readWan(pid: number): { bytes: number; packets: number } {
  const line = readFileSync(`/proc/${pid}/net/dev`, 'utf8')
    .split('\n')
    .find((text) => /^\s*\w/.test(text) && text.includes(':') && !/^\s*lo:/.test(text) && !/^\s*ifb/.test(text));
  const fields = (line?.split(':')[1] ?? '').trim().split(/\s+/).map(Number);
  return { bytes: fields[0] ?? 0, packets: fields[1] ?? 0 };
}

function mean(values: (number | null)[]): number {
  const known = values.filter((value) => value !== null);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

function relative(value: number, truth: number): number {
  return Math.abs(value - truth) / truth;
}
