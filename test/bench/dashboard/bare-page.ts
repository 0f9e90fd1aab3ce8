/**
 * Why: whoever drives a page by Playwright puts its scripts into it (300 kB when it waits for something), and on a processor that is made four
 * times slower these take longer than what is measured. A page of the same Chromium in which only the DevTools protocol looks on.
 */
import type { Browser, CDPSession } from 'playwright-core';

/** What a phone or a desk shows of a page, CSS px. */
export interface Screen {
  width: number;
  height: number;
}
export interface BarePage {
  /** @throws Error what Chromium answered */
  send<T = object>(method: string, params?: object): Promise<T>;
  /** The next event of this name. */
  event<T>(method: string): Promise<T>;
  /** The value of an expression, which may be a promise. */
  value<T>(expression: string): Promise<T>;
  close(): Promise<void>;
}

interface Message {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { message: string };
}

/** What is attached to a session as another target: a page of the browser, or a thread of a page. */
export function talkTo(session: CDPSession, sessionId: string): Pick<BarePage, 'send' | 'event'> {
  const answers = new Map<number, PromiseWithResolvers<unknown>>();
  const events = new Map<string, (params: unknown) => void>();
  session.on('Target.receivedMessageFromTarget', (told) => {
    if (told.sessionId !== sessionId) return;
    const { id, method, params, result, error }: Message = JSON.parse(told.message);
    if (method !== undefined) events.get(method)?.(params);
    if (id === undefined) return;
    if (error) answers.get(id)?.reject(new Error(error.message));
    else answers.get(id)?.resolve(result);
    answers.delete(id);
  });
  let last = 0;
  return {
    send<T>(method: string, params: object = {}) {
      const answer = Promise.withResolvers<unknown>();
      last += 1;
      answers.set(last, answer);
      const message = JSON.stringify({ id: last, method, params });
      void session.send('Target.sendMessageToTarget', { sessionId, message });
      return answer.promise as Promise<T>;
    },
    event<T>(method: string) {
      return new Promise<T>((resolve) => events.set(method, (params) => resolve(params as T)));
    },
  };
}

/** Opens an empty page without cookies and cache of others. */
export async function openBare(browser: Browser, { width, height }: Screen): Promise<BarePage> {
  const root = await browser.newBrowserCDPSession();
  const { browserContextId } = await root.send('Target.createBrowserContext');
  const { targetId } = await root.send('Target.createTarget', { url: 'about:blank', browserContextId });
  const { sessionId } = await root.send('Target.attachToTarget', { targetId, flatten: false });
  const page: BarePage = {
    ...talkTo(root, sessionId),
    async value<T>(expression: string) {
      const { result } = await page.send<{ result: { value: T } }>('Runtime.evaluate', {
        ...{ expression, awaitPromise: true, returnByValue: true },
      });
      return result.value;
    },
    async close() {
      await root.send('Target.disposeBrowserContext', { browserContextId });
      await root.detach();
    },
  };
  await page.send('Page.enable');
  await page.send('Runtime.enable');
  await page.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  return page;
}

/** Slow as a phone on a thin line, with nothing in its cache. `line`: as Network.emulateNetworkConditions takes it. */
export async function slowDown(page: BarePage, line: object, slower: number): Promise<void> {
  await page.send('Network.enable');
  await page.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.send('Network.emulateNetworkConditions', line);
  await page.send('Emulation.setCPUThrottlingRate', { rate: slower });
  // The thread that reads the live stream has a line of its own for DevTools.
  void page.event<{ sessionId: string }>('Target.attachedToTarget').then(async ({ sessionId }) => {
    const tell = (method: string, params: object) =>
      page.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id: 1, method, params }) });
    await tell('Network.enable', {});
    await tell('Network.emulateNetworkConditions', line);
  });
  await page.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds. */
  ts: number;
  dur?: number;
  tdur?: number;
}

/** What Chromium writes down of all its threads in so many milliseconds; `last` is done while it still does. */
export async function traceFor<T>(
  browser: Browser,
  ms: number,
  last: () => Promise<T>,
): Promise<{ events: TraceEvent[]; told: T }> {
  const root: CDPSession = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  root.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])));
  const includedCategories = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'blink.user_timing'];
  await root.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories } });
  await new Promise((resolve) => setTimeout(resolve, ms));
  const told = await last();
  const complete = new Promise<void>((resolve) => root.once('Tracing.tracingComplete', () => resolve()));
  await root.send('Tracing.end');
  await complete;
  await root.detach();
  return { events, told };
}
