/** Why: the broker in a process and on a core of its own, for benches; it answers over IPC what its parent cannot see. */
import { createHash } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { readSettings } from '#lib/settings';
import { openState } from '#state';
import { brokerSettings } from '../../../broker/config.ts';
import { startBroker } from '../../../broker/index.ts';
import { startStoreWorker } from '../../../broker/worker-host.ts';
import { noStores } from '../../broker/no-stores.ts';
import { openForgetfulWal } from './forgetful-wal.ts';
import type { ChildStats } from './processes.ts';

const [dir = '', port = '0', log = 'wal', probes = '0'] = process.argv.slice(2);
const state = openState({ path: ':memory:' });
const hash = createHash('sha256').update('token').digest();
for (let i = 1; i <= Number(probes); i++) {
  state.registry.addProbe(`probe-${i}`, null, 0);
  state.registry.setCredential(`probe-${i}`, hash, 0);
}
const broker = await startBroker({
  settings: readSettings(brokerSettings, {
    CARREL_DATA_DIR: dir,
    CARREL_MQTT: `127.0.0.1:${port}`,
    CARREL_SPEED: 'off',
  }),
  state,
  log: silentLogger,
  clock: systemClock,
  startStores: log === 'duckdb' ? startStoreWorker : noStores,
  ...(log === 'none' ? { openWal: openForgetfulWal } : {}),
  limits: { packetsPerS: 1e9, bytesPerS: 1e12 },
});

/** Ages of live frames at a reader of this thread, as alerts and the live view are. */
const ages: number[] = [];
const reader = broker.openFeed('bench', { next: broker.stats().wal.durableEnd, held: [] });
const reading = async (): Promise<void> => {
  for (;;) {
    const { frames } = await reader.next(64 * 1024, new AbortController().signal);
    for (const { frame, offsetMs } of frames)
      if (frame.run.startsWith('live-')) ages.push(Date.now() - (offsetMs + frame.mono));
  }
};
if (log === 'duckdb') reading().catch(() => undefined); // the broker stops

/** A look each millisecond would itself take the processor from the database a thousand times a second. */
const LOOK_MS = 10;
const loop = monitorEventLoopDelay({ resolution: LOOK_MS });
loop.enable();
process.on('message', (what) => {
  if (what === 'rows') return void process.send?.(broker.stores()[0]?.rows_written ?? 0);
  if (what === 'ages') return void process.send?.(ages.sort((a, b) => a - b));
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const stats: ChildStats = {
    cpuS: (user + system) / 1e6,
    rssBytes: process.memoryUsage.rss(),
    loopP99Ms: loop.percentile(99) / 1e6 - LOOK_MS,
    loopMaxMs: loop.max / 1e6 - LOOK_MS,
    framesAccepted: broker.stats().framesAccepted,
    connections: broker.stats().connections,
    rows: broker.stores()[0]?.rows_written ?? 0,
  };
  loop.reset();
  process.send?.(stats);
});
process.on('disconnect', () => void broker.stop().finally(() => process.exit(0))); // the bench is done, or gone
process.send?.(Number(new URL(broker.addresses().mqtt ?? 'mqtt://none:0').port));
