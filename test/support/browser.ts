/** Why: pages are looked at in the real Chromium; what it complains of and where it tries to go is part of the answer. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The browser's own bar draws two pages for each window (what one may type, what one may ask): half of the work of a test, and nobody looks.
  // The last switch of this name counts, so that those of playwright that matter to a page on this machine stand here too.
  `--disable-features=${[
    ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup', 'AimEnabled', 'LensOverlay'],
    ...['HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable', 'ThirdPartyStoragePartitioning', 'PaintHolding'],
    ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'MediaRouter', 'OptimizationHints'],
    ...['AvoidCorsURLLoaderRestartOnRedirect', 'NetworkTimeServiceQuerying', 'PreconnectToSearch'],
  ].join()}`,
];

/** Path of Debian's Chromium, or null where there is none: browser tests are then skipped by name. */
export function chromiumPath(): string | null {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((dir) => ['chromium', 'chromium-browser'].map((name) => join(dir, name)));
  return found.find((path) => existsSync(path)) ?? null;
}

export interface WatchedPage {
  page: Page /** Console errors, page errors and failed requests. */;
  complaints: string[] /** URLs of other origins that were asked for. */;
  foreign: string[];
}

export async function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (!executablePath) throw new Error('no Chromium on PATH');
  return chromium.launch({ executablePath, args: FLAGS });
}

/** A page of its own (no shared cookies) that writes down every complaint and every request to another origin. */
export async function watchPage(
  browser: Browser,
  origin: string,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<WatchedPage> {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 1000 },
    // A worker would answer in place of the server that the test holds in its hand.
    serviceWorkers: 'block',
    ...options,
  });
  const watched: WatchedPage = { page, complaints: [], foreign: [] };
  page.on('console', (message) => {
    if (message.type() === 'error') watched.complaints.push(message.text());
  });
  page.on('pageerror', (error) => watched.complaints.push(error.message));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'data:' && url.protocol !== 'blob:')
      watched.foreign.push(request.url());
  });
  return watched;
}
