/** Why: how long a phone waits for the table of sites, and for all of its rows: page and line as slow as a phone's, and nobody else in the page. */
import type { Browser, Cookie } from 'playwright-core';
import { openBare, slowDown } from './bare-page.ts';

/** 1.6 Mb/s down, 0.75 Mb/s up, 150 ms: the "slow 4G" of page audits. */
export const LINE = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 };
export const SLOWER = 4;
export const PHONE_SCREEN = { width: 390, height: 844 };

/** Seconds from the address to the first picture of these. */
export interface TableTimes {
  /** First rows, with the number of all and the height of all. */
  table: number;
  /** Every row is there and follows. */
  whole: number;
}

/** One visit of somebody who was signed in before, with an empty cache. `cookies`: of the session. */
export async function tableTimes(browser: Browser, origin: string, cookies: readonly Cookie[]): Promise<TableTimes> {
  const page = await openBare(browser, PHONE_SCREEN);
  try {
    await slowDown(page, LINE, SLOWER);
    await page.send('Network.setCookies', { cookies });
    await page.send('Runtime.addBinding', { name: 'stands' });
    await page.send('Page.addScriptToEvaluateOnNewDocument', { source: `(${watchTable})()` });
    const stands = page.event<{ payload: string }>('Runtime.bindingCalled');
    await page.send('Page.navigate', { url: `${origin}/sites` });
    return JSON.parse((await stands).payload) as TableTimes;
  } finally {
    await page.close();
  }
}

/** Runs in the page. A picture counts when it is painted: after layout and paint of its frame. */
function watchTable(): void {
  localStorage.setItem('carrel.signedIn', 'yes');
  const { stands } = globalThis as unknown as { stands(payload: string): void };
  const times = { table: 0, whole: 0 };
  const look = (): void => {
    if (times.table === 0 && document.querySelector('tbody tr[aria-rowindex]')) painted('table');
    // The word comes with the snapshot, after names and places.
    if (times.whole === 0 && document.querySelector('[data-pill="live"]')) painted('whole');
  };
  const painted = (which: 'table' | 'whole'): void => {
    times[which] = -1;
    requestAnimationFrame(() =>
      setTimeout(() => {
        times[which] = performance.now() / 1000;
        if (Math.min(times.table, times.whole) > 0) stands(JSON.stringify(times));
      }, 0),
    );
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributeFilter: ['data-pill'] });
}
