/**
 * Why: what the changes of a second cost a page that is open. Chromium writes down what its main thread does; a tick has everything that this
 * thread does from when a delta comes until the next one does: sorting, drawing, style, layout, paint, collections of garbage, clocks.
 */
import type { Browser } from 'playwright-core';
import { openBare, traceFor } from './bare-page.ts';
import { startYardstick } from './yardstick.ts';

const DESK = { width: 1280, height: 800 };
/** Loading, compiling and the collections of garbage after them, which Chromium puts off by up to a minute, are over then, ms. */
const WARM_MS = 60_000;
/** Of sixty ticks the 95th of a hundred is the third worst: one collection of all garbage and one bad second of the machine. */
const TRACE_MS = 181_000;

export interface TickWork {
  /** Processor time of the main thread for each tick, ms. */
  work: number[];
  /** The same tasks by the clock: with what the system gave to others meanwhile, ms. */
  wall: number[];
  /** What a loop of plain arithmetic took in the same minutes, ms. */
  yardstick: number[];
}

/** A desk's page at this address, after it has stood for a while. */
export async function ticksOf(browser: Browser, url: string): Promise<TickWork> {
  const page = await openBare(browser, DESK);
  try {
    await page.send('Page.addScriptToEvaluateOnNewDocument', { source: `(${noteTicks})()` });
    await page.send('Page.navigate', { url });
    await new Promise((resolve) => setTimeout(resolve, WARM_MS));
    const yardstick = startYardstick();
    const { events, told } = await traceFor(browser, TRACE_MS, () => page.value<Noted>(`(${tellTicks})()`));
    const even = yardstick.stop();
    const mark = events.find(({ name }) => name === MARK);
    const tasks = events.filter(
      ({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && pid === mark?.pid && tid === mark.tid,
    );
    const begun = Math.min(...tasks.map(({ ts }) => ts));
    const read = told.ticks.map((at) => (mark?.ts ?? 0) - (told.now - at) * 1000).filter((ts) => ts > begun);
    if (read.length === 0) throw new Error(`no tick within ${TRACE_MS} ms at ${url}`);
    // A tick begins with the task that reads it.
    const begins = read.map((at) => tasks.find(({ ts, dur = 0 }) => ts <= at && at <= ts + dur)?.ts ?? at);
    const between = begins.slice(1).map((end, i) => tasks.filter(({ ts }) => ts >= (begins[i] ?? end) && ts < end));
    const sum = (of: typeof tasks, of1: 'dur' | 'tdur'): number =>
      of.reduce((all, task) => all + (task[of1] ?? 0), 0) / 1000;
    return {
      work: between.map((some) => sum(some, 'tdur')),
      wall: between.map((some) => sum(some, 'dur')),
      yardstick: even,
    };
  } finally {
    await page.close();
  }
}

interface Noted {
  /** By the page's own clock, ms. */
  now: number;
  ticks: number[];
}
/** Stands among what Chromium writes down at the moment that the page calls `now`. */
const MARK = 'carrel now';

/** Runs in the page: notes when each step comes from the thread that reads. A mark for each would be half a millisecond of what is measured. */
function noteTicks(): void {
  const ticks: number[] = [];
  const Plain = globalThis.Worker;
  class Noting extends Plain {
    constructor(url: string | URL) {
      super(url);
      this.addEventListener('message', ({ data }) => {
        if (data.kind === 'step') ticks.push(performance.now());
      });
    }
  }
  Object.assign(globalThis, { carrelTicks: ticks, Worker: Noting });
}

/** Runs in the page. */
function tellTicks(): Noted {
  const now = performance.now();
  performance.mark('carrel now');
  return { now, ticks: (globalThis as unknown as { carrelTicks: number[] }).carrelTicks };
}
