/**
 * Why: the live view with many sites, without paying for the probes on the same machine: the real hub, routes and page; frames are put into
 * its log instead of travelling by MQTT. Prints its address, then one JSON line with the processor time of a tick on "cpu": of the
 * whole process, with the collections of its garbage, for a minute. On "heap" its heap, MB, after a collection; on "spread" changes come over
 * the whole second from now on.
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import cookie from '@fastify/cookie';
import Fastify from 'fastify';
import type { Feed, FeedFrame } from '#feed';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { openState } from '#state';
import { addCompression } from '../../../dashboard/compression.ts';
import { createLiveHub } from '../../../dashboard/live/hub.ts';
import { registerLiveRoutes } from '../../../dashboard/routes/live.ts';
import { addPages, registerStaticRoutes } from '../../../dashboard/routes/static.ts';
import { libraryOf } from '../../../infra/simulate/library.ts';
import { testAt } from '../../alert/tests.ts';
import { fakeBroker, frameOf } from '../../alert/world.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const [sites = 20_000, changes = 400] = process.argv.slice(2).map(Number);
const now = (): number => Date.now();

const state = openState({ path: ':memory:' });
const frames = framesInMemory();
const broker = { ...fakeBroker(), openFeed: frames.openFeed };
const ids = state.transaction(() =>
  Array.from({ length: sites }, (_, i) => {
    const { id, site } = libraryOf(i);
    state.registry.putSite(site);
    state.registry.putAccessPoint({ id, site: id, name: 'Internet', target_mbps: 30 });
    state.registry.addProbe(id, null, now() - 86_400_000);
    state.registry.bind(id, id, now() - 86_400_000);
    state.registry.setCredential(id, new Uint8Array(32), now() - 86_400_000);
    return id;
  }),
);
for (const id of ids) broker.online(id, now());
const alerts = { openOf: () => null, view: () => null, onChange: () => () => undefined, notices: () => [] };
const hub = createLiveHub({
  settings: { CARREL_DARK_AFTER_S: 300, CARREL_VIEWERS: 500, CARREL_VIEWERS_EACH: 500 },
  state,
  broker,
  alerts,
  clock: systemClock,
  log: silentLogger,
});
let turn = 0;
const sample = (id: string, tested: boolean): FeedFrame => {
  turn += 1;
  const at = now();
  const tests = tested ? [testAt(0, turn % 16 === 0 ? 12 : 40 + (turn % 50), { id: `t${turn}`, at: at - 60_000 })] : [];
  const m = Object.fromEntries(Object.entries(valuesOf(turn)).map(([metric, value]) => [metric, [value]]));
  return frameOf(id, tests, at, m, at);
};
for (const id of ids) frames.put(sample(id, true));
await hub.start();

const app = Fastify({ forceCloseConnections: true });
app.decorateRequest('who', null);
app.decorateRequest('stillAllowed', () => true);
await app.register(cookie);
await addCompression(app);
const folders = { web: join(ROOT, 'dist/web'), dist: join(ROOT, 'dist'), deploy: join(ROOT, 'infra/deploy') };
addPages(app, folders);
app.get('/api/v1/me', () => ({ name: 'bench', role: 'viewer', csrf: '' }));
app.get('/api/v1/map-layers', () => ({ items: [] }));
app.get('/api/v1/alerts', () => ({ items: [], next: null }));
registerLiveRoutes(app, { live: hub, state }, () => async () => undefined);
await registerStaticRoutes(app, folders);
const address = await app.listen({ port: 0, host: '127.0.0.1' });

/** The same objects each second with other values: garbage of this bench would be collected at the expense of what is measured. */
const SECONDS = 60;
const spare = Array.from({ length: changes }, () => sample(ids[0] ?? '', false));
/** The changes of a second come at once, or in so many parts: rows are told with the next tick of the hub, however they came. */
const PARTS = 10;
let changing = setInterval(() => put(spare), 1000);
function spread(): void {
  clearInterval(changing);
  let part = 0;
  changing = setInterval(() => {
    part = (part + 1) % PARTS;
    put(spare.filter((_, i) => i % PARTS === part));
  }, 1000 / PARTS);
}
function put(some: readonly FeedFrame[]): void {
  const at = now();
  for (const feed of some) {
    turn += 1;
    feed.probe = ids[(turn * 7919) % ids.length] ?? '';
    feed.receivedMs = at;
    const { frame } = feed;
    frame.wall = at;
    frame.mono = at;
    frame.t[0] = at;
    setValues(frame.m, turn);
    frames.put(feed);
  }
}
console.log(address);
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'spread') spread();
  if (line === 'heap') {
    globalThis.gc?.();
    console.log(JSON.stringify({ mb: process.memoryUsage().heapUsed / 1e6 }));
  }
  if (line !== 'cpu') continue;
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ ms: (user + system) / 1000 / SECONDS }));
}
process.exit(0);

/** Without a list of its entries: that is no work of the server. */
function setValues(m: FeedFrame['frame']['m'], n: number): void {
  const { rtt_ms, wan_rx_mbps, cpu_pct, clients } = valuesOf(n);
  if (m.rtt_ms) m.rtt_ms[0] = rtt_ms;
  if (m.wan_rx_mbps) m.wan_rx_mbps[0] = wan_rx_mbps;
  if (m.cpu_pct) m.cpu_pct[0] = cpu_pct;
  if (m.clients) m.clients[0] = clients;
}

function valuesOf(n: number): Record<'rtt_ms' | 'wan_rx_mbps' | 'cpu_pct' | 'clients', number> {
  return { rtt_ms: 5 + (n % 90), wan_rx_mbps: (n % 80) / 10, cpu_pct: 1 + (n % 70), clients: n % 30 };
}

/** A feed that forgets what was read, and hands over all that waits, as the log's reader does. */
function framesInMemory(): { put(frame: FeedFrame): void; openFeed(): Feed } {
  let waiting: FeedFrame[] = [];
  let next = 0;
  let wake = (): void => undefined;
  return {
    put(frame) {
      waiting.push(frame);
      wake();
    },
    openFeed: () => ({
      async next() {
        if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        const frames = waiting;
        waiting = [];
        next += frames.length;
        return { frames, unsynced: [], cursor: { next, held: [] }, atEnd: true };
      },
      close: async () => undefined,
    }),
  };
}
