/**
 * Why: how fast the worker brings accepted frames into each database, decoding included, and what a batch costs when it goes on live.
 * One JSON line per figure. The databases are real; the frames are those of 1,200 probes with 24 metrics.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeFrame, type Frame, METRIC_NAMES, METRICS, roundToStep } from '#contract';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { openWal, type Wal } from '../../broker/wal.ts';
import { startStoreWorker } from '../../broker/worker-host.ts';
import { debianServer, startInfluxdb } from '../support/debian.ts';

const PROBES = 1200;
const SAMPLES = 10;
const FRAMES_EACH = process.argv.includes('--long') ? 100 : 20;
const ROWS = PROBES * SAMPLES * FRAMES_EACH;
const START = Date.UTC(2026, 10, 20);
const dir = mkdtempSync(join(tmpdir(), 'carrel-bench-'));
const metrics = METRIC_NAMES.filter((name) => !('reserved' in METRICS[name])).slice(0, 24);
const figure = (name: string, value: number, unit: string, of: string): void =>
  console.log(JSON.stringify({ bench: 'ingest', figure: name, value: Math.round(value * 100) / 100, unit, of }));

function frame(probe: number, seq: number): Uint8Array {
  const mono = seq * SAMPLES * 60_000;
  const t = Array.from({ length: SAMPLES }, (_, i) => mono + i * 60_000);
  const m = Object.fromEntries(
    metrics.map((name, k) => {
      const { min, max } = METRICS[name];
      return [
        name,
        t.map((_, i) =>
          roundToStep(name, min + Math.min(max - min, 100) * (((probe * 31 + seq * 7 + i * 3 + k) % 97) / 97)),
        ),
      ];
    }),
  );
  const plain: Frame = { v: 1, boot: 'boot', run: `run-${probe}`, seq, wall: START + mono, mono, sync: 1, t, m, e: [] };
  return encodeFrame(plain, nodeRawDeflate);
}

async function fillWal(wal: Wal): Promise<void> {
  const changed = { resolve: () => {} };
  const unsubscribe = wal.onChange(() => changed.resolve());
  let last = 0;
  for (let seq = 0; seq < FRAMES_EACH; seq++) {
    for (let probe = 0; probe < PROBES; probe++)
      last = wal.append(START, `probe-${probe}`, frame(probe, seq)) ?? Number.NaN;
    while (wal.durableEnd() <= last)
      await Promise.race([
        new Promise<void>((resolve) => {
          changed.resolve = resolve;
        }),
        delay(50),
      ]);
  }
  unsubscribe();
}

async function measure(wal: Wal, name: string, store: string): Promise<void> {
  const worker = startStoreWorker({
    settings: { CARREL_STORE: [store], CARREL_INFLUX_TOKEN: undefined },
    dataDir: join(dir, name),
    walDir: wal.dir,
    durableEnd: wal.durableEnd,
    onDurable: wal.onChange,
    commit: () => undefined,
    log: silentLogger,
  });
  const begin = performance.now();
  for (;;) {
    const [status] = worker.stores();
    if (status && status.rows_written >= ROWS) break;
    if (status?.error) console.error(name, status.error);
    await delay(10);
  }
  figure(
    `worker_rows_${name}`,
    ROWS / ((performance.now() - begin) / 1000),
    'rows/s',
    `${ROWS} rows of ${metrics.length} values, decoding included`,
  );
  const day = { from_s: START / 1000, to_s: START / 1000 + 86_400 };
  const ask = performance.now();
  await worker.store.series({ probe: 'probe-7', metric: 'rtt_ms', ...day, bucket_s: 300 });
  figure(`probe_day_${name}`, performance.now() - ask, 'ms', 'one metric of one probe, 24 h in 288 buckets');
  const fleet = performance.now();
  const rows = await worker.store.fleet({ metric: 'internet_up', ...day });
  figure(`fleet_day_${name}`, performance.now() - fleet, 'ms', `sum per probe, ${rows.length} probes`);
  await worker.stop();
}

mkdirSync(join(dir, 'wal'));
const wal = await openWal({ dir: join(dir, 'wal'), capBytes: 2 ** 32, clock: systemClock, log: silentLogger });
await fillWal(wal);
await measure(wal, 'memory', 'memory:');
await measure(wal, 'duckdb', 'duckdb:');
const influxd = await debianServer('influxdb');
if (influxd) {
  const server = await startInfluxdb({ dir: join(dir, 'influxd') }, influxd);
  await measure(wal, 'influxdb', `influx1+${server.url}/carrel`);
  await server.stop();
} else console.error("skipped: InfluxDB (Debian's influxdb cannot be had here)");
await wal.close();
rmSync(dir, { recursive: true, force: true });
