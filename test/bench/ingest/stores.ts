/** Why: how fast the worker brings accepted frames into each database: frames of 1,200 probes with 20 metrics, real databases. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeFrame, type Frame, METRIC_NAMES, METRICS, roundToStep } from '#contract';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { openWal, type Wal } from '../../../broker/wal.ts';
import { type StoreWorker, startStoreWorker } from '../../../broker/worker-host.ts';
import {
  type DebianServer,
  debianServer,
  type RunningServer,
  startInfluxdb,
  startVictoria,
} from '../../support/debian.ts';
import { clientRowsRate, type RowsRate, rowsRate } from './influx-client.ts';

export const PROBES = 1200;
export const SAMPLES = 10;
const FRAMES_EACH = 50;
const ROWS = PROBES * SAMPLES * FRAMES_EACH;
/** All of it lies in the past, whatever day it is: frames from beyond their arrival would be put onto each other. */
const START = (Math.floor(Date.now() / 86_400_000) - 3) * 86_400_000;
const metrics = METRIC_NAMES.filter((name) => !('reserved' in METRICS[name])).slice(0, 20);
const OF = `${ROWS} rows of ${metrics.length} values, decoding and gathering of rollups included, from the moment when the database is open`;
const PEERS = [
  {
    name: 'influxdb',
    program: 'influxdb',
    start: startInfluxdb,
    scheme: (port: number) => `influx1+http://127.0.0.1:${port}/carrel`,
  },
  {
    name: 'victoriametrics',
    program: 'victoria-metrics',
    start: startVictoria,
    scheme: (port: number) => `influx2+http://127.0.0.1:${port}/carrel/samples`,
  },
] as const;
export type Figure = (name: string, value: number, unit: string, of: string) => void;

/** A frame of ten minutes, as the contract has it. */
export function frame(probe: number, seq: number): Uint8Array {
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
      last = wal.append(Date.now(), `probe-${probe}`, frame(probe, seq)) ?? Number.NaN;
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

interface WorkerRate extends RowsRate {
  rollupsAfterS: number | null;
}

interface Run {
  dir: string;
  wal: Wal;
  name: string;
  store: string;
  /** Whose processor time counts; our own process where the database is in it. */
  server: RunningServer | null;
}

/** Seconds from the last row until the last hour of every probe is there as a rollup. */
async function rollupsAfterS(worker: StoreWorker): Promise<number> {
  const begin = performance.now();
  const hour_s = Math.floor(START / 3_600_000 + (FRAMES_EACH * SAMPLES - 1) / 60) * 3600;
  const query = { tier: 'hour', from_s: hour_s, to_s: hour_s + 3600, metrics: [] } as const;
  while ((await worker.store.rollups(query)).length < PROBES) await delay(500);
  return (performance.now() - begin) / 1000;
}

/** From the moment when the database is open, as a client is measured from its first request, until all rows are in it. */
async function workerRate({ dir, wal, name, store, server }: Run): Promise<WorkerRate> {
  const open = Promise.withResolvers<void>();
  const worker = startStoreWorker({
    settings: { CARREL_STORE: [store], CARREL_INFLUX_TOKEN: undefined },
    dataDir: join(dir, name),
    walDir: wal.dir,
    durableEnd: wal.durableEnd,
    onDurable: wal.onChange,
    commit: () => open.resolve(), // the first one is that of the rollups, when they begin
    log: silentLogger,
  });
  try {
    await Promise.race([open.promise, delay(30_000)]);
    const measured = rowsRate(server);
    for (;;) {
      const [status] = worker.stores();
      if (status?.error) throw new Error(`${name}: ${status.error}`);
      if (status && status.rows_written >= ROWS) {
        const rate = measured(ROWS);
        return { ...rate, rollupsAfterS: name === 'influxdb' ? await rollupsAfterS(worker) : null };
      }
      await delay(10);
    }
  } finally {
    await worker.stop();
  }
}

/** Rows per second into each database, and ours beside the others. @param only the name of one of the others */
export async function benchStores(dir: string, figure: Figure, only?: string): Promise<void> {
  mkdirSync(join(dir, 'wal'));
  const wal = await openWal({ dir: join(dir, 'wal'), capBytes: 2 ** 32, clock: systemClock, log: silentLogger });
  await fillWal(wal);
  const ours = only ? null : await workerRate({ dir, wal, name: 'duckdb', store: 'duckdb:', server: null });
  if (ours) figure('worker_rows_duckdb', ours.perS, 'rows/s', OF);
  for (const { name, program, start, scheme } of PEERS) {
    if (only && only !== name) continue;
    const found = await debianServer(program);
    if (!found) {
      console.error(`skipped: Debian's ${program} cannot be had here`);
      continue;
    }
    const server = await start({ dir: join(dir, program) }, found);
    const rate = await workerRate({ dir, wal, name, store: scheme(server.port), server });
    await server.stop();
    figure(`worker_rows_${name}`, rate.perS, 'rows/s', `${OF}; ${costOf(rate)}`);
    if (rate.rollupsAfterS !== null)
      figure(
        `rollups_after_${name}`,
        rate.rollupsAfterS,
        's',
        `from the last sample until the last hour of ${PROBES} probes is written; while a backlog is read, hours are gathered`,
      );
    if (ours) figure(`rows_vs_${name}`, ours.perS / rate.perS, 'ratio', 'through the same worker, decoding included');
    if (name === 'influxdb') await compareWithClient(dir, found, rate, figure);
  }
  await wal.close();
}

function costOf({ cpuUs, serverCpuUs }: RowsRate): string {
  return `processor time of each: ${cpuUs.toFixed(1)} us here, ${serverCpuUs.toFixed(1)} us in the database`;
}

/** The same rows by InfluxDB's own client into a database of the same kind, lines made by the client or made before. */
async function compareWithClient(dir: string, found: DebianServer, ours: RowsRate, figure: Figure): Promise<void> {
  for (const lines of ['its own', 'ready'] as const) {
    const server = await startInfluxdb({ dir: join(dir, `client-${lines}`) }, found);
    const rate = await clientRowsRate(server, lines, {
      frame,
      probes: PROBES,
      frames: FRAMES_EACH,
      samples: SAMPLES,
    });
    await server.stop();
    const name = lines === 'ready' ? 'ready_lines' : 'client';
    const of = `the same fields and types, 5,000 lines a request, two in flight; ${lines === 'ready' ? 'lines made before' : 'points given to the package influx'}, nothing decoded, no rollups`;
    figure(`influxdb_${name}_rows`, rate.perS, 'rows/s', `${of}; ${costOf(rate)}`);
    figure(
      `influxdb_vs_${name}`,
      ours.perS / rate.perS,
      'ratio',
      `our worker, decoding and gathering of rollups included, to that: ${of}`,
    );
    const both = ({ cpuUs, serverCpuUs }: RowsRate): number => cpuUs + serverCpuUs;
    figure(
      `influxdb_vs_${name}_per_cpu`,
      both(rate) / both(ours),
      'ratio',
      'the same per second of processor time, that of the database included: what it is on a machine that has other work',
    );
  }
}
