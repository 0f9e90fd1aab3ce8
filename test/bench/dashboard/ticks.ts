/**
 * Why: what the changes of a second cost a page that is open. Chromium writes down what its main thread does; a tick has everything that this
 * thread does from when a delta is read until the next one is: reading, sorting, drawing, style, layout, paint, collections of garbage, clocks.
 */
import type { Browser } from 'playwright-core';
import { openBare, traceFor } from './bare-page.ts';

const DESK = { width: 1280, height: 800 };
/** Loading, compiling and the collections of garbage after them are over then, ms. */
const WARM_MS = 40_000;
const TRACE_MS = 42_000;

export interface TickWork {
  /** Processor time of the main thread for each tick, ms. */
  work: number[];
  /** The same tasks by the clock: with what the system gave to others meanwhile, ms. */
  wall: number[];
}

/** A desk's page at this address, after it has stood for a while. */
export async function ticksOf(browser: Browser, url: string): Promise<TickWork> {
  const page = await openBare(browser, DESK);
  try {
    await page.send('Page.addScriptToEvaluateOnNewDocument', { source: `(${markTicks})()` });
    await page.send('Page.navigate', { url });
    await new Promise((resolve) => setTimeout(resolve, WARM_MS));
    const events = await traceFor(browser, TRACE_MS);
    const marks = events.filter(({ name }) => name === 'carrel tick').sort((a, b) => a.ts - b.ts);
    const [first] = marks;
    if (!first) throw new Error(`no tick within ${TRACE_MS} ms at ${url}`);
    const tasks = events.filter(
      ({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && pid === first.pid && tid === first.tid,
    );
    // A tick begins with the task that reads it.
    const begins = marks.map(
      ({ ts }) => tasks.find((task) => task.ts <= ts && ts <= task.ts + (task.dur ?? 0))?.ts ?? ts,
    );
    const between = begins.slice(1).map((end, i) => tasks.filter(({ ts }) => ts >= (begins[i] ?? end) && ts < end));
    const sum = (of: typeof tasks, of1: 'dur' | 'tdur'): number =>
      of.reduce((all, task) => all + (task[of1] ?? 0), 0) / 1000;
    return { work: between.map((some) => sum(some, 'tdur')), wall: between.map((some) => sum(some, 'dur')) };
  } finally {
    await page.close();
  }
}

/** Runs in the page: each delta that is read leaves a mark in what Chromium writes down. */
function markTicks(): void {
  const parse = JSON.parse;
  JSON.parse = (text: string, ...rest) => {
    if (text.startsWith('{"epoch"')) performance.mark('carrel tick');
    return parse(text, ...rest);
  };
}
