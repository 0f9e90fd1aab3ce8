/** Why: windows of one browser on one real live hub behind real routes and sessions; time goes ten times as fast for all of them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { FastifyReply } from 'fastify';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type { AlertView } from '#contract';
import { silentLogger } from '#lib/logger';
import type { LiveHub } from '../../dashboard/deps.ts';
import { createLiveHub } from '../../dashboard/live/hub.ts';
import { registerLiveRoutes } from '../../dashboard/routes/live.ts';
import { fakeBroker, frameOf, handTime, settings } from '../alert/world.ts';
import { slowAlert } from '../notify/cases.ts';
import { BUILT_WEB } from '../support/built.ts';
import { PASSWORD, type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { seedRegistry } from '../support/state.ts';
import { knownFrom, type knownOf } from './known.ts';
import type { SharedWindow } from './shared-window.ts';

declare const carrelWindow: SharedWindow;
const SOURCE = fileURLToPath(new URL('shared-window.ts', import.meta.url));
const SITES = 6;
const STEP_MS = 1000;
const SPEED = 10;

export interface SharedWorld {
  it: TestDashboard;
  /** Streams that are open by the server's sockets. */
  streams(): number;
  /** Most at the same time since it was asked last. */
  mostStreams(): number;
  open(context: BrowserContext): Promise<Page>;
  /** Of one person, with what is kept in it. */
  browserOf(user: string): Promise<BrowserContext>;
  origin: string;
  /** Of the last who signed in: what windows of that session share their stream by. */
  nameOf(): string;
  signIn(context: BrowserContext, user: string): Promise<void>;
  /** As the server does each minute. */
  recheck(): void;
  fresh(): ReturnType<typeof knownOf>;
  change(site: number, rtt: number): Promise<void>;
  edit(site: number, name: string): void;
  alert(): void;
  /** Another process with the same database, which was away for so long, ms. */
  restart(awayMs: number): Promise<void>;
}

export const knownIn = (page: Page) => page.evaluate(() => carrelWindow.known());
export const hide = (page: Page, away: boolean) => page.evaluate((is) => carrelWindow.hide(is), away);

/** Ends with the test. */
export async function sharedWorld(browser: Browser): Promise<SharedWorld> {
  const [broker, time] = [fakeBroker(), handTime()];
  const tellers = new Set<(alert: AlertView) => void>();
  const open = new Set<FastifyReply>();
  let [hub, away, most]: [LiveHub | null, boolean, number] = [null, false, 0];
  const live = new Proxy({} as LiveHub, { get: (_, name) => Reflect.get(hub ?? {}, name) });
  const it = await testDashboard({
    web: BUILT_WEB,
    routes: [
      async (app, deps, allow) => {
        seedRegistry(deps.state, SITES);
        app.addHook('onRequest', async (request, reply) => {
          if (away) await reply.code(503).send();
          if (request.routeOptions.url !== '/api/v1/live') return;
          open.add(reply);
          most = Math.max(most, open.size);
          reply.raw.on('close', () => open.delete(reply));
        });
        registerLiveRoutes(app, { ...deps, live }, allow);
        const script = await windowScript();
        app.get('/window', (_request, reply) =>
          reply
            .type('text/html')
            .send('<!doctype html><html lang="en"><script type="module" src="/window.js"></script>'),
        );
        app.get('/window.js', (_request, reply) => reply.type('text/javascript').send(script));
      },
    ],
  });
  const start = async (): Promise<void> => {
    hub = createLiveHub({
      settings,
      state: it.state,
      broker,
      alerts: {
        openOf: () => null,
        view: () => slowAlert,
        onChange(listener) {
          tellers.add(listener);
          return () => tellers.delete(listener);
        },
      },
      clock: time.clock,
      every: time.every,
      log: silentLogger,
    });
    await hub.start();
  };
  await start();
  const ticking = setInterval(() => time.pass(STEP_MS), STEP_MS / SPEED);
  onTestFinished(async () => {
    clearInterval(ticking);
    await hub?.stop();
  });
  const origin = await it.app.listen({ port: 0, host: '127.0.0.1' });
  let csrf = '';
  const signIn = async (context: BrowserContext, user: string): Promise<void> => {
    const { cookie, me } = await it.signIn(user, PASSWORD);
    csrf = me.csrf;
    const [name = '', value = ''] = cookie.split('=');
    await context.addCookies([{ name, value, url: origin }]);
  };
  return {
    it,
    origin,
    streams: () => open.size,
    mostStreams() {
      const before = most;
      most = open.size;
      return before;
    },
    recheck: () => live.recheck(),
    nameOf: () => `carrel en ${csrf}`,
    signIn,
    async browserOf(user) {
      const context = await browser.newContext({ serviceWorkers: 'block' });
      onTestFinished(() => context.close());
      await signIn(context, user);
      return context;
    },
    async open(context) {
      const page = await context.newPage();
      await page.goto(`${origin}/window`);
      await page.waitForFunction(() => 'carrelWindow' in globalThis);
      return page;
    },
    fresh: () => knownFrom(live.snapshot(), live.roster()),
    async change(site, rtt) {
      const at = time.clock.wallMs();
      broker.put(frameOf(`site-${site}-probe`, [], at, { rtt_ms: [rtt] }, at));
      for (let i = 0; i < 20; i++) await Promise.resolve();
    },
    edit(site, name) {
      const before = it.state.registry.site(`site-${site}`);
      if (before) it.state.registry.putSite({ ...before, name });
      live.rosterChanged();
    },
    alert() {
      for (const tell of tellers) tell(slowAlert);
    },
    async restart(awayMs) {
      away = true;
      await hub?.stop();
      await new Promise((resolve) => setTimeout(resolve, awayMs));
      await start();
      away = false;
    },
  };
}

async function windowScript(): Promise<string> {
  const [reader] = readdirSync(join(BUILT_WEB, 'assets')).filter((name) => /^live-reader-\w+\.js$/.test(name));
  const define = { LIVE_READER: JSON.stringify(`/assets/${reader}`) };
  const { outputFiles } = await build({
    ...{
      entryPoints: [SOURCE],
      bundle: true,
      format: 'esm',
      target: 'es2022',
      write: false,
      logLevel: 'warning',
      define,
    },
    ...{ jsx: 'automatic', jsxImportSource: 'preact' },
  });
  return outputFiles[0]?.text ?? '';
}
