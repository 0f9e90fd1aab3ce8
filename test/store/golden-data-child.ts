/**
 * Why: a small data folder as a server of today leaves it, for those of tomorrow: `node test/store/golden-data-child.ts DIR`. Run once per
 * released version; the folders that are checked in under test/fixtures are never written again.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { encodeFrame, type Frame, roundToStep } from '#contract';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { openState } from '#state';
import { batchOfFrames } from '../../broker/consumer.ts';
import { openFeedReader } from '../../broker/feed-reader.ts';
import { openRollupKeeper } from '../../broker/rollup/keeper.ts';
import { createCursorFile } from '../../broker/store/cursor-file.ts';
import { openDuckdbStore } from '../../broker/store/duckdb.ts';
import { createQuarantine } from '../../broker/store/quarantine.ts';
import { openWal } from '../../broker/wal.ts';
import { outageEvent, testEvent } from './batches.ts';

const target = process.argv[2];
if (!target) throw new Error('the folder to write into is missing');
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 10, 20, 9);
const PROBES = ['p-1', 'p-2'];
/** Ten minutes each; the database takes the first two of each probe. */
const FRAMES = 3;
const dir = join(tmpdir(), `carrel-golden-${process.pid}`);
mkdirSync(join(dir, 'wal'), { recursive: true });

function frame(probe: string, seq: number): Uint8Array {
  const mono = seq * 600_000;
  const t = Array.from({ length: 10 }, (_, i) => mono + i * 60_000);
  const n = PROBES.indexOf(probe);
  const m: Frame['m'] = {
    internet_up: t.map((_, i) => (n === 1 && i === 4 ? 0 : 1)),
    rtt_ms: t.map((_, i) => roundToStep('rtt_ms', 10 + n + seq / 10 + i)),
    wan_rx_bytes: t.map((_, i) => (i === 3 ? null : 1000 * (i + 1))),
  };
  const at = mono + 300_000;
  const e = seq === 0 ? [testEvent(`t-${probe}`, { at }), outageEvent(`o-${probe}`, at - 90_000, at)] : [];
  const plain: Frame = { v: 1, boot: 'b', run: 'r', seq, wall: START + mono, mono, sync: 1, t, m, e };
  return encodeFrame(plain, nodeRawDeflate);
}

const wal = await openWal({ dir: join(dir, 'wal'), capBytes: 2 ** 26, clock: systemClock, log: silentLogger });
let last = 0;
for (let seq = 0; seq < FRAMES; seq++)
  for (const probe of PROBES) last = wal.append(START + (seq + 1) * 600_000, probe, frame(probe, seq)) ?? Number.NaN;
while (wal.durableEnd() <= last) await delay(5);

let nowMs = START;
const store = await openDuckdbStore({ dir: join(dir, 'series'), nowMs: () => nowMs });
const statePath = join(dir, 'cursors', 'duckdb.rollups.json');
const onCursor = (): void => undefined;
const keeper = await openRollupKeeper({ store, statePath, nowMs: () => nowMs, onCursor, log: silentLogger });
const feed = openFeedReader({
  dir: wal.dir,
  cursor: null,
  durableEnd: () => wal.durableEnd(),
  onDurable: (listener) => wal.onChange(listener),
});
for (let record = 0; record < 2 * PROBES.length; record++) {
  if (record === PROBES.length) nowMs += DAY_MS; // the second frames arrive a day later, into a file of their own
  const { frames, cursor } = await feed.next(1, AbortSignal.timeout(5000));
  const batch = batchOfFrames(frames);
  await store.write(batch, cursor);
  keeper.take(batch, cursor);
  wal.commit('duckdb', cursor);
}
nowMs += 2 * DAY_MS;
while (await keeper.tick());
nowMs += DAY_MS;
while (await keeper.tick());
await keeper.close();
await store.seal();
const cursor = await store.cursor();
if (!cursor) throw new Error('the database has a cursor');
await createCursorFile(join(dir, 'cursors', 'influx1_db_8086_carrel.json')).write(cursor);
await store.close();
await feed.close();
await wal.close();
await createQuarantine({ dir: join(dir, 'quarantine'), name: 'influx1_db_8086_carrel' }).add([
  {
    at: START,
    store: 'influx1 db:8086/carrel',
    line: 'probe,probe=p-1 rtt_ms="text" 1',
    reason: 'field type conflict',
  },
]);

const state = openState({ path: join(dir, 'carrel.db') });
state.registry.putSite({
  ...{ id: 'kaunas', name: 'Kauno biblioteka', region: 'Kaunas', isp: 'isp', zone: 'Europe/Vilnius' },
  opening: Array.from({ length: 7 }, () => [[540, 1080] as const]),
  ...{ contract_mbps: null, metered: false, lat: null, lon: null, notes: '' },
});
state.registry.putAccessPoint({ id: 'hall', site: 'kaunas', name: 'Hall', target_mbps: 30 });
state.registry.addProbe('p-1', 'hall', START);
state.close();

for (const entry of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
  const path = join(dir, entry);
  if (!statSync(path).isFile() || /-(wal|shm)$|\.tmp/.test(entry)) continue;
  const packed = join(target, `${relative(dir, path)}.gz`);
  mkdirSync(dirname(packed), { recursive: true });
  writeFileSync(packed, gzipSync(readFileSync(path), { level: 9 }));
}
rmSync(dir, { recursive: true });
