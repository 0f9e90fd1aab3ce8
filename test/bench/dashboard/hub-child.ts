/**
 * Why: the live view with many sites, without paying for the probes on the same machine: the real hub, routes and page; frames are put into
 * its log instead of travelling by MQTT. Prints its address, then one JSON line with the processor time of the last ten seconds on "cpu".
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import cookie from '@fastify/cookie';
import Fastify from 'fastify';
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
const broker = fakeBroker();
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
  settings: { CARREL_DARK_AFTER_S: 300 },
  state,
  broker,
  alerts,
  clock: systemClock,
  log: silentLogger,
});
let turn = 0;
const sample = (id: string, tested: boolean): void => {
  turn += 1;
  const at = now();
  const tests = tested ? [testAt(0, turn % 16 === 0 ? 12 : 40 + (turn % 50), { id: `t${turn}`, at: at - 60_000 })] : [];
  const m = {
    rtt_ms: [5 + (turn % 90)],
    wan_rx_mbps: [(turn % 80) / 10],
    cpu_pct: [1 + (turn % 70)],
    clients: [turn % 30],
  };
  broker.put(frameOf(id, tests, at, m, at));
};
for (const id of ids) sample(id, true);
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
registerLiveRoutes(app, { live: hub }, () => async () => undefined);
await registerStaticRoutes(app, folders);
const address = await app.listen({ port: 0, host: '127.0.0.1' });

setInterval(() => {
  for (let i = 0; i < changes; i++) sample(ids[(turn * 7919) % ids.length] ?? '', false);
  // What was read long ago is let go, as the wal would; places in the log stay.
  const [first] = broker.log;
  if (first) broker.log.fill(first, 0, Math.max(0, broker.log.length - 4 * changes));
}, 1000);
console.log(address);
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== 'cpu') continue;
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ ms: (user + system) / 10_000 }));
}
process.exit(0);
