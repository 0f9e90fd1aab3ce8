/**
 * Why: a duty officer opens the page on an old phone over a thin line. The real server with the virtual fleet, the real page in Chromium
 * with a processor four times slower, 1.6 Mb/s and 150 ms: how long until the table stands, what a tick costs, how fresh a value is.
 * Takes about half an hour; `--sites N` for more. `--long`: pages that stay open for an hour instead (`--minutes N`).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { AxeResults } from 'axe-core';
import type { MqttClient } from 'mqtt';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { type AlertView, encodeFrame, type Frame, type FrameEvent, type Page as ListPage, topicOf } from '#contract';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { openBrowser, watchPage } from '../support/browser.ts';
import { connectProbe, createProbe, frameAt } from '../support/fleet.ts';
import { liveRows } from '../support/live-rows.ts';
import { ROOT, type RunningServer, startServer, until } from '../support/server.ts';
import { longRun } from './dashboard/heap.ts';
import { figureTables, largeFleet } from './dashboard/large-fleet.ts';
import { LINE, PHONE_SCREEN, SLOWER, type TableTimes, tableTimes } from './dashboard/table-times.ts';

const { values: options } = parseArgs({
  options: {
    sites: { type: 'string', default: '1200' },
    'large-only': { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '60' },
  },
});
/** A first visit: a service worker would have kept what is measured. */
const FIRST = { serviceWorkers: 'block' } as const;
const PHONE = { ...FIRST, viewport: PHONE_SCREEN };
const TICKS = 15;
const PASSWORD = 'a long enough password';
const of = `${options.sites} sites; phone: CPU 1/${SLOWER}, 1.6 Mb/s, 150 ms`;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'EN-301-549', 'best-practice'];

function figure(name: string, value: number, unit: string, about = of): void {
  const digits = unit === 's' ? 1000 : 10;
  console.log(
    JSON.stringify({ bench: 'dashboard', figure: name, value: Math.round(value * digits) / digits, unit, of: about }),
  );
}
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

async function startFleet(server: RunningServer): Promise<ChildProcess> {
  const args = ['infra/simulate.ts', '--sites', options.sites, '--hours', '1', '--http', server.http];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, CARREL_DATA_DIR: server.dataDir },
  });
  const known = async () => (await liveRows(server)).filter((row) => row.rtt_ms !== null).length;
  await until(
    async () => (await known()) > 0.95 * Number(options.sites),
    5 * 60_000,
    () => 'the fleet did not come',
  );
  return child;
}

/** Bytes on the wire of one answer, packed as asked. */
async function sizeOf(server: RunningServer, path: string, encoding: string): Promise<number> {
  const token = readFileSync(join(server.dataDir, 'cli.token'), 'utf8').trim();
  const asked = request(`${server.http}${path}`, {
    headers: { authorization: `Bearer ${token}`, 'accept-encoding': encoding },
  });
  asked.end();
  const [answer] = await once(asked, 'response');
  let bytes = 0;
  for await (const chunk of answer) bytes += chunk.length;
  return bytes;
}

async function signedIn(browser: Browser, server: RunningServer): Promise<BrowserContext> {
  const context = await browser.newContext(PHONE);
  const page = await context.newPage();
  await page.goto(`${server.http}/login`);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.tally').waitFor();
  await page.close();
  return context;
}

/** A new tab as the phone has it, with nothing in its cache. */
async function phonePage(context: BrowserContext, { slow = true } = {}): Promise<{ page: Page; cdp: CDPSession }> {
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
  if (slow) {
    await cdp.send('Network.emulateNetworkConditions', LINE);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  }
  return { page, cdp };
}

/** Runs in the page: what each tick costs, by the clock. */
function watch(): void {
  const marks = { ticks: [] as number[] };
  const Plain = globalThis.Worker;
  class Timing extends Plain {
    constructor(url: string | URL) {
      super(url);
      this.addEventListener('message', ({ data }) => {
        if (data.kind !== 'step') return;
        const begun = performance.now();
        // Signals and Preact draw in microtasks: a task comes after them. Reading a height makes the layout be done.
        setTimeout(() => {
          void document.body.offsetHeight;
          marks.ticks.push(performance.now() - begun);
        }, 0);
      });
    }
  }
  Object.assign(globalThis, { marks, Worker: Timing });
}
type Marks = ReturnType<typeof marksOf>;
const marksOf = (page: Page) => page.evaluate(() => (globalThis as unknown as { marks: { ticks: number[] } }).marks);

async function tickTimes(context: BrowserContext, server: RunningServer): Promise<number[]> {
  const { page } = await phonePage(context);
  await page.addInitScript(watch);
  await page.goto(`${server.http}/sites`);
  await until(
    async () => (await marksOf(page)).ticks.length > TICKS,
    150_000,
    () => 'the fleet was silent',
  );
  const { ticks }: Awaited<Marks> = await marksOf(page);
  await page.close();
  return ticks;
}

/** Kilobytes on the wire until `selector` stands; `all`: with the document. */
async function loadOf(context: BrowserContext, url: string, selector: string) {
  const { page, cdp } = await phonePage(context, { slow: false });
  const kinds = new Map<string, string>();
  const kb = { Script: 0, Stylesheet: 0, Document: 0 };
  cdp.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type));
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId);
    if (kind === 'Script' || kind === 'Stylesheet' || kind === 'Document') kb[kind] += encodedDataLength / 1000;
  });
  await page.goto(url);
  await page.locator(selector).first().waitFor();
  await page.close();
  return { js: kb.Script, css: kb.Stylesheet, all: kb.Script + kb.Stylesheet + kb.Document };
}

const PROBE = 'bench-probe';

/** A library whose line is slow: five failing tests make an incident, for the page of an alert. */
async function startSlowLine(server: RunningServer): Promise<{ client: MqttClient; alert: string }> {
  const { token } = await createProbe(server, PROBE);
  // Five tests within a second: the usual rule wants an hour of them.
  await server.api('PUT', '/rules', { sites: { [PROBE]: { 'slow.profile': 'demo' } } });
  const client = await connectProbe(server.mqtt, PROBE, token);
  const frame = frameAt('bench', 0, Math.ceil(Date.now() / 1000));
  // All after the probe was bound: earlier ones would not count for this library.
  const tests = [4, 3, 2, 1, 0].map((msAgo) => slowTest(msAgo, frame.mono));
  await publish(client, { ...frame, e: tests });
  const alerts = () => server.api<ListPage<AlertView>>('GET', '/alerts?limit=1');
  await until(
    async () => (await alerts()).items.length > 0,
    30_000,
    () => 'five failing tests made no incident',
  );
  return { client, alert: `/alerts/${(await alerts()).items[0]?.id}` };
}

function slowTest(msAgo: number, mono: number): FrameEvent {
  return {
    ...{ id: `slow-${msAgo}`, at: mono - msAgo, kind: 'throughput', method: 'tcp', dir: 'down' },
    ...{ verdict: 'fail', marginal: false, reason: msAgo === 0 ? 'confirm' : 'slot', target_mbps: 30 },
    ...{ rate_mbps: 11.2, app_mbps: 10.9, other_mbps: 0.2, bytes: 12_000_000, dur_ms: 8000, limited_by: null },
    ...{ cpu_pct: 20, wan: 'eth0', server: 'carrel:4443', job: null },
  };
}

async function publish(client: MqttClient, frame: Frame): Promise<void> {
  await client.publishAsync(topicOf(PROBE, 'frames'), Buffer.from(encodeFrame(frame, nodeRawDeflate)), { qos: 1 });
}

/** From the moment a sample is published to its value on the screen, unthrottled. */
async function sampleTimes(context: BrowserContext, server: RunningServer, client: MqttClient): Promise<number[]> {
  const page = await context.newPage();
  await page.goto(`${server.http}/sites/${PROBE}`);
  await page.getByText('CPU of the probe').first().waitFor();
  const times: number[] = [];
  for (let seq = 1; seq <= 40; seq++) {
    const begun = performance.now();
    await publish(client, frameAt('bench', seq, Math.floor(Date.now() / 1000)));
    await page.locator(`.facts data[value="${seq}"]`).waitFor();
    times.push((performance.now() - begun) / 1000);
  }
  await page.close();
  return times;
}

/** What axe finds on each page in both themes, and what was asked of other hosts. */
async function audit(browser: Browser, context: BrowserContext, server: RunningServer, paths: readonly string[]) {
  const found = { violations: 0, foreign: 0 };
  const storageState = await context.storageState();
  for (const colorScheme of ['light', 'dark'] as const) {
    const watched = await watchPage(browser, server.http, { storageState, colorScheme, reducedMotion: 'reduce' });
    for (const path of paths) {
      await watched.page.goto(server.http + path);
      await watched.page.locator('main h1').waitFor();
      await watched.page.locator('[aria-busy]').first().waitFor({ state: 'detached' });
      await watched.page.evaluate(AXE);
      const { violations } = await watched.page.evaluate<AxeResults, string[]>(
        (tags) =>
          (globalThis as unknown as { axe: { run(how: object): Promise<AxeResults> } }).axe.run({ runOnly: tags }),
        TAGS,
      );
      for (const one of violations) console.error(path, colorScheme, one.id, one.nodes[0]?.html.slice(0, 160));
      found.violations += violations.length;
    }
    found.foreign += watched.foreign.length;
    await watched.page.close();
  }
  return found;
}

async function measure(browser: Browser, server: RunningServer): Promise<void> {
  const snapshot = '/api/v1/live/snapshot';
  figure('snapshot_kb', (await sizeOf(server, snapshot, 'identity')) / 1000, 'kB');
  figure('snapshot_gz_kb', (await sizeOf(server, snapshot, 'gzip')) / 1000, 'kB');
  figure('snapshot_br_kb', (await sizeOf(server, snapshot, 'br')) / 1000, 'kB');
  figure('roster_br_kb', (await sizeOf(server, '/api/v1/roster', 'br')) / 1000, 'kB');
  const context = await signedIn(browser, server);
  const first = await loadOf(context, `${server.http}/sites`, 'tbody tr[aria-rowindex]');
  figure('first_load_js_kb', first.js, 'kB');
  figure('css_kb', first.css, 'kB');
  const { client, alert } = await startSlowLine(server);
  const incident = await loadOf(context, server.http + alert, '.incident h2');
  figure('alert_page_js_kb', incident.js, 'kB');
  figure('alert_page_kb', incident.all, 'kB');
  const times: TableTimes[] = [];
  for (let turn = 0; turn < 7; turn++) times.push(await tableTimes(browser, server.http, await context.cookies()));
  figureTables(figure, times, options.sites, of);
  figure('tick_p95_phone_ms', quantile(await tickTimes(context, server), 0.95), 'ms');
  figure('sample_to_screen_p95_s', quantile(await sampleTimes(context, server, client), 0.95), 's');
  await client.endAsync();
  const paths = [
    '/',
    '/map',
    '/wall?rotate=overview,map,alerts',
    '/sites',
    `/sites/${PROBE}`,
    '/alerts',
    alert,
    '/alerts?state=silences',
    '/settings',
  ];
  const { violations, foreign } = await audit(browser, context, server, paths);
  figure('axe_violations', violations, 'violations');
  figure('foreign_requests', foreign, 'requests');
}

/** A page of its own in a context of its own. */
async function openPage(browser: Browser, slow: boolean): Promise<Page> {
  const context = await browser.newContext(slow ? PHONE : { ...FIRST, viewport: { width: 1280, height: 800 } });
  return (await phonePage(context, { slow })).page;
}

const browser = await openBrowser();
try {
  if (options.long) process.exitCode = (await longRun(browser, Number(options.minutes), figure)) ? 0 : 1;
  else {
    if (!options['large-only']) await smallFleet();
    await largeFleet(browser, openPage, figure);
  }
} finally {
  await browser.close();
}

/** The real server with the virtual fleet. */
async function smallFleet(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'carrel-bench-'));
  const server = await startServer(dir, { CARREL_ADMIN_PASSWORD: PASSWORD });
  const fleet = await startFleet(server);
  try {
    await measure(browser, server);
  } finally {
    fleet.kill('SIGTERM');
    await once(fleet, 'exit');
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
