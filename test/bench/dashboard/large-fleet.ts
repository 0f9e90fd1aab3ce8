/** Why: the promises about many sites and many viewers: what a tick costs the server and the page, how smooth the map is, when the table stands. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { type TableTimes, tableTimes } from './table-times.ts';
import { ticksOf } from './ticks.ts';

export type Figure = (name: string, value: number, unit: string, of: string) => void;
/** Opens a page with an empty cache, slow as a phone or as it is. */
export type OpenPage = (browser: Browser, slow: boolean) => Promise<Page>;

/** As `npm start` runs the server. */
const AS_STARTED = ['--max-semi-space-size=16', '--max-old-space-size=512', '--expose-gc'];
export const SITES = 20_000;
export const CHANGES = 400;
const VIEWERS = 200;
/** Until its code is compiled and what the start left behind is collected. */
const WARM_MS = 60_000;
const TURNS = 5;
/** Sorted by a column that moves. */
const BY_LIVE = '/sites?sort=-rtt';
/** The map has its outlines and places then. */
const SETTLED_MS = 5000;
const of = `${SITES} sites, ${CHANGES} changes a second; hub, routes and page as they are, frames put into its log`;
export const child = (name: string, ...args: (string | number)[]): ChildProcessByStdio<Writable, Readable, null> =>
  spawn(process.execPath, [...AS_STARTED, fileURLToPath(new URL(name, import.meta.url)), ...args.map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });

export async function largeFleet(browser: Browser, open: OpenPage, figure: Figure): Promise<void> {
  const hub = child('./hub-child.ts', SITES, CHANGES);
  const lines = createInterface({ input: hub.stdout })[Symbol.asyncIterator]();
  const said = async (): Promise<string> => (await lines.next()).value ?? '';
  const cpu = async (): Promise<number> => {
    hub.stdin.write('cpu\n');
    return (JSON.parse(await said()) as { ms: number }).ms;
  };
  const address = await said();
  try {
    await new Promise((resolve) => setTimeout(resolve, WARM_MS));
    figure('tick_cpu_ms', await cpu(), 'ms', of);
    const viewers = child('./viewers-child.ts', address, VIEWERS, 66);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const told = once(createInterface({ input: viewers.stdout }), 'line');
    figure(`viewers_${VIEWERS}_cpu_ms`, await cpu(), 'ms', `per tick, with all of the tick; ${of}`);
    const { p99, kb } = JSON.parse(String((await told)[0])) as { p99: number; kb: number };
    figure('event_p99_ms', p99, 'ms', `${VIEWERS} viewers; ${of}`);
    figure('bytes_per_tick_kb', kb, 'kB', `a viewer, packed; ${of}`);
    await pages(browser, open, figure, address, () => hub.stdin.write('spread\n'));
  } finally {
    hub.kill('SIGKILL');
    await once(hub, 'exit');
  }
}

async function pages(
  browser: Browser,
  open: OpenPage,
  figure: Figure,
  address: string,
  spread: () => void,
): Promise<void> {
  const times: TableTimes[] = [];
  for (let turn = 0; turn < TURNS; turn++) times.push(await tableTimes(browser, address, []));
  figureTables(figure, times, SITES, of);
  await ticks(browser, figure, address, ['/sites', BY_LIVE, '/', '/map'], '');
  spread();
  await ticks(browser, figure, address, [BY_LIVE], ', in ten parts over the second');
  const page = await open(browser, false);
  await page.goto(`${address}/map`);
  await page.locator('h1').waitFor();
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  figure('fps', await framesOf(page), 'frames/s', `pan and zoom, no graphics processor; ${of}`);
  await page.context().close();
}

async function ticks(
  browser: Browser,
  figure: Figure,
  address: string,
  paths: readonly string[],
  how: string,
): Promise<void> {
  for (const path of paths) {
    const { work, wall, yardstick } = await ticksOf(browser, address + path);
    const unrest = p95(yardstick) / median(yardstick);
    const about = `${path}; n = ${work.length}; ${of}${how}`;
    const all = 'all that the main thread does from a tick to the next';
    figure(`tick_p95_ms ${path}`, p95(work), 'ms', `${all}, processor time, ${about}`);
    figure(`tick_median_ms ${path}`, median(work), 'ms', `the same at the median, ${about}`);
    figure(`tick_wall_p95_ms ${path}`, p95(wall), 'ms', `the same tasks by the clock, ${about}`);
    const loop = 'a loop of plain arithmetic, once a second in the same minutes';
    figure(`tick_unrest ${path}`, unrest, 'times', `what the machine adds: ${loop}, its p95 by its median`);
    // What is left of the tail without the machine's; it cannot be below what half of the ticks take.
    const even = Math.max(median(work), p95(work) / unrest);
    figure(`tick_even_p95_ms ${path}`, even, 'ms', `p95 by that, no less than the median, ${about}`);
  }
}

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
const p95 = (values: readonly number[]): number => sorted(values)[Math.floor(0.95 * values.length)] ?? Number.NaN;
const median = (values: readonly number[]): number => sorted(values)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Of some visits the middle one. */
export function figureTables(
  figure: Figure,
  times: readonly TableTimes[],
  sites: number | string,
  about: string,
): void {
  const first = 'first rows of the table, counted, in the height of all';
  figure(`table_${sites}_phone_s`, median(times.map(({ table }) => table)), 's', `${first}; ${about}`);
  figure(`whole_${sites}_phone_s`, median(times.map(({ whole }) => whole)), 's', `all rows, and they follow; ${about}`);
}

/** Frames a second while the map is dragged and zoomed for three seconds. */
function framesOf(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const map = document.querySelector('.map');
    if (!map) return Number.NaN;
    const box = map.getBoundingClientRect();
    const at = (x: number, y: number) => ({
      clientX: box.left + x,
      clientY: box.top + y,
      pointerId: 1,
      button: 0,
      bubbles: true,
    });
    map.setPointerCapture = () => undefined;
    map.dispatchEvent(new PointerEvent('pointerdown', at(300, 300)));
    const begun = performance.now();
    let frames = 0;
    while (performance.now() - begun < 3000) {
      const t = (performance.now() - begun) / 400;
      map.dispatchEvent(new PointerEvent('pointermove', at(300 + 120 * Math.sin(t), 300 + 80 * Math.cos(t))));
      map.dispatchEvent(
        new WheelEvent('wheel', {
          deltaY: 12 * Math.sin(2 * t),
          clientX: box.left + 300,
          clientY: box.top + 300,
          bubbles: true,
          cancelable: true,
        }),
      );
      await new Promise((resolve) => requestAnimationFrame(resolve));
      frames += 1;
    }
    return frames / ((performance.now() - begun) / 1000);
  });
}
