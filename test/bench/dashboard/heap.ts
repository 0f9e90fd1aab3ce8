/**
 * Why: a wall shows the overview for months and nobody starts it anew. Overview, table and map of 20,000 sites stay open for an hour while 400
 * rows change each second; the heap of each page and of the server after a collection, each minute.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Browser } from 'playwright-core';
import { type BarePage, talkTo } from './bare-page.ts';
import { CHANGES, child, type Figure, SITES } from './large-fleet.ts';

const PATHS = ['/', '/sites', '/map'] as const;
/** Filling caches and compiling is over then, min. */
const WARM_MIN = 5;

/** Prints for each the heap at the end and how much larger it is than after warming up. False when one grew by more than a tenth. */
export async function longRun(browser: Browser, minutes: number, figure: Figure): Promise<boolean> {
  const hub = child('./hub-child.ts', SITES, CHANGES);
  const lines = createInterface({ input: hub.stdout })[Symbol.asyncIterator]();
  const said = async (): Promise<string> => (await lines.next()).value ?? '';
  const address = await said();
  try {
    const opened = await Promise.all(PATHS.map((path) => openOne(browser, address + path)));
    const seen = new Map<string, number[]>();
    const note = (name: string, mb: number): void => void seen.set(name, [...(seen.get(name) ?? []), mb]);
    for (let minute = 1; minute <= minutes; minute++) {
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      for (const [i, { page, reader }] of opened.entries()) {
        note(PATHS[i] ?? '', await heapOf(page));
        note(`${PATHS[i] ?? ''} (the thread that reads)`, await heapOf(reader));
      }
      hub.stdin.write('heap\n');
      note('server', (JSON.parse(await said()) as { mb: number }).mb);
      console.error(`minute ${minute}:`, [...seen].map(([name, mb]) => `${name} ${mb.at(-1)?.toFixed(1)}`).join(', '));
    }
    return [...seen].map(([name, mb]) => judge(name, mb, minutes, figure)).every(Boolean);
  } finally {
    hub.kill('SIGKILL');
    await once(hub, 'exit');
  }
}

function judge(name: string, mb: readonly number[], minutes: number, figure: Figure): boolean {
  const of = `${name}, after a collection; ${SITES} sites, ${CHANGES} changes a second, open for ${minutes} min`;
  const last = median(mb.slice(-5));
  const growth = last / median(mb.slice(WARM_MIN, WARM_MIN + 5));
  figure('heap_mb', last, 'MB', of);
  figure('heap_growth', growth, 'ratio', `last five minutes to the five after warming up; ${of}`);
  return growth <= 1.1;
}

type Session = Pick<BarePage, 'send'>;

async function openOne(browser: Browser, url: string): Promise<{ page: Session; reader: Session }> {
  const context = await browser.newContext({ serviceWorkers: 'block', viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  const attached = new Promise<string>((resolve) =>
    cdp.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'worker') resolve(sessionId);
    }),
  );
  await cdp.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  await page.goto(url);
  await page.locator('h1').first().waitFor();
  const send = cdp.send.bind(cdp) as Session['send'];
  return { page: { send }, reader: talkTo(cdp, await attached) };
}

async function heapOf({ send }: Session): Promise<number> {
  await send('HeapProfiler.collectGarbage');
  const { usedSize } = await send<{ usedSize: number }>('Runtime.getHeapUsage');
  return usedSize / 1e6;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
