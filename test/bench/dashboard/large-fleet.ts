/** Why: the promises about many sites and many viewers: what a tick costs the server and the page, how smooth the map is, when the table stands. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';

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
    await pages(browser, open, figure, address);
  } finally {
    hub.kill('SIGKILL');
    await once(hub, 'exit');
  }
}

async function pages(browser: Browser, open: OpenPage, figure: Figure, address: string): Promise<void> {
  const times: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const page = await open(browser, true);
    await page.addInitScript(() => localStorage.setItem('carrel.signedIn', 'yes'));
    await page.goto(`${address}/sites`, { waitUntil: 'commit' });
    await page.waitForFunction(() => (globalThis as unknown as { marks: { table: number } }).marks.table > 0, null, {
      timeout: 60_000,
    });
    times.push((await page.evaluate(() => (globalThis as unknown as { marks: { table: number } }).marks.table)) / 1000);
    await page.context().close();
  }
  figure(`table_${SITES}_phone_s`, times.sort((a, b) => a - b)[1] ?? Number.NaN, 's', of);
  for (const path of ['/sites', '/', '/map']) {
    const page = await open(browser, false);
    await page.goto(`${address}${path}`);
    await page.locator('h1').waitFor();
    const { work, wall } = await ticksOf(page);
    const where = path === '/sites' ? '' : ` ${path}`;
    const all = 'all work of the main thread in the second of a tick, with layout and paint, processor time';
    figure(`tick_p95_ms${where}`, p95(work), 'ms', `${all}, ${path}; ${of}`);
    figure(
      `tick_wall_p95_ms${where}`,
      p95(wall),
      'ms',
      `from its text until layout is done, by the clock, ${path}; ${of}`,
    );
    if (path === '/map') figure('fps', await framesOf(page), 'frames/s', `pan and zoom, no graphics processor; ${of}`);
    await page.context().close();
  }
}

const p95 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(0.95 * values.length)] ?? Number.NaN;

const TICKS = 30;
/** With the first come roster, hours and map, once: that is the loading of a page. */
const FIRST = 5;
/** After a tick its frame is drawn; long before the next. */
const SETTLED_MS = 400;

/**
 * What ticks cost a page, ms. By the processor time of its main thread: between two looks lies one tick, and everything else that the page
 * does in a second. By the clock, what the system gave to server and other processes is in it too.
 */
async function ticksOf(page: Page): Promise<{ work: number[]; wall: number[] }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const looks: Promise<number>[] = [];
  const look = async (): Promise<number> => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
  };
  let ticks = 0;
  const enough = Promise.withResolvers<void>();
  await page.exposeBinding('ticked', () => {
    ticks += 1;
    if (ticks > FIRST && looks.push(look()) > TICKS) enough.resolve();
  });
  await page.evaluate((settledMs) => {
    const { marks, ticked } = globalThis as unknown as { marks: { ticks: number[] }; ticked(): void };
    // The first is the snapshot.
    marks.ticks = [];
    marks.ticks.push = (tick) => {
      setTimeout(ticked, settledMs);
      marks.ticks[marks.ticks.length] = tick;
      return marks.ticks.length;
    };
  }, SETTLED_MS);
  await enough.promise;
  const at = await Promise.all(looks);
  const wall = await page.evaluate(() => [...(globalThis as unknown as { marks: { ticks: number[] } }).marks.ticks]);
  return { work: at.slice(1).map((now, i) => now - (at[i] ?? Number.NaN)), wall: wall.slice(FIRST) };
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
