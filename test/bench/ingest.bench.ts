/**
 * Why: the way in, beside Debian's Mosquitto in the same run: broker on one core, generator on the other; 300 bytes, QoS 1, 200
 * connections. About four minutes. A name as argument (throughput, latency, syncs, fleet, end-to-end, catch-up, stores) runs that part only; `stores influxdb` only that database.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DebianServer, debianServer } from '../support/debian.ts';
import { benchCatchUp } from './ingest/catch-up.ts';
import { benchEndToEnd } from './ingest/end-to-end.ts';
import { benchFleet } from './ingest/fleet.ts';
import { ceiling, runLoad } from './ingest/generator.ts';
import { type BenchedBroker, cpuSeconds, startMosquitto, startNodeFloor, startOurs } from './ingest/processes.ts';
import { benchStores, type Figure } from './ingest/stores.ts';
import { benchSyncs } from './ingest/syncs.ts';

const LOAD = { connections: 200, bytes: 300, seconds: 4, rate: 0 };
const dir = mkdtempSync(join(tmpdir(), 'carrel-bench-'));

const figure: Figure = (name, value, unit, of) =>
  console.log(JSON.stringify({ bench: 'ingest', figure: name, value: Math.round(value * 1000) / 1000, unit, of }));

interface Rate {
  /** Packets per second as the clients see them. */
  perS: number;
  /** Packets per second of processor time: what a whole core could do. The same on a machine that has other work as well. */
  perCpuS: number;
}

async function rateOf(name: string, luajit: DebianServer, server: BenchedBroker, window: number): Promise<Rate> {
  let cpuBefore = 0;
  const report = await runLoad(luajit, { ...LOAD, port: server.port, window }, () => {
    cpuBefore = cpuSeconds(server.pid);
  });
  const cpuS = cpuSeconds(server.pid) - cpuBefore;
  await server.stop();
  const share = (seconds: number): string => `${((seconds / report.seconds) * 100).toFixed(0)} %`;
  const of = `broker ${share(cpuS)} of its core, ${((cpuS * 1e5) / report.acked).toFixed(2)} s per 100,000; generator ${share(report.cpu)} of its own`;
  const rate = { perS: report.acked / report.seconds, perCpuS: report.acked / cpuS };
  figure(`${name}_w${window}_per_s`, rate.perS, 'packets/s', of);
  return rate;
}

function compare(name: string, ours: Rate, theirs: Rate, of: string): void {
  figure(`${name}_vs_mosquitto`, ours.perS / theirs.perS, 'ratio', of);
  figure(
    `${name}_per_core_vs_mosquitto`,
    ours.perCpuS / theirs.perCpuS,
    'ratio',
    `${of}; per second of processor time`,
  );
}

function ours(log: 'wal' | 'none', name: string): Promise<BenchedBroker> {
  mkdirSync(join(dir, name));
  return startOurs({ dir: join(dir, name), log, probes: LOAD.connections });
}

async function throughput(luajit: DebianServer, mosquitto: DebianServer): Promise<void> {
  for (const window of [1, 20]) {
    const most = await ceiling(luajit, { ...LOAD, window });
    figure(`generator_w${window}_ceiling_per_s`, most, 'packets/s', 'against the most trivial acknowledger');
    const peer = await rateOf('mosquitto', luajit, await startMosquitto(mosquitto, dir, 'at once'), window);
    const floor = await rateOf('node_floor', luajit, await startNodeFloor(), window);
    compare(`node_floor_w${window}`, floor, peer, 'Node that reads, counts and answers, no more');
    const gate = await rateOf('gate', luajit, await ours('none', `none-${window}`), window);
    compare(`w${window}`, gate, peer, `${window} unanswered per connection, no log`);
    const durable = await rateOf('durable', luajit, await ours('wal', `wal-${window}`), window);
    compare(`w${window}_log`, durable, peer, `${window} unanswered per connection, each durable`);
  }
  await rateOf('mosquitto_nagle', luajit, await startMosquitto(mosquitto, dir, 'gathered'), 20);
}

async function latency(luajit: DebianServer): Promise<void> {
  const server = await ours('wal', 'latency');
  const load = { ...LOAD, port: server.port, window: 1, rate: 5000, seconds: 15 };
  const { p50_ms = Number.NaN, p99_ms = Number.NaN, p999_ms, unanswered } = await runLoad(luajit, load);
  await server.stop();
  const of = `5,000 packets/s over 200 connections, from the moment a packet is due; p99.9 ${p999_ms} ms, ${unanswered} unanswered`;
  figure('durable_p50_ms', p50_ms, 'ms', of);
  figure('durable_p99_ms', p99_ms, 'ms', of);
}

const [luajit, mosquitto] = [await debianServer('luajit'), await debianServer('mosquitto')];
const wanted = process.argv[2];
const parts: Record<string, (() => Promise<void>) | null> = {
  throughput: luajit && mosquitto && (() => throughput(luajit, mosquitto)),
  latency: luajit && (() => latency(luajit)),
  syncs: () => benchSyncs(join(dir, 'syncs'), figure),
  fleet: luajit && (() => benchFleet(join(dir, 'fleet'), luajit, figure)),
  'end-to-end': () => benchEndToEnd(join(dir, 'end-to-end'), figure),
  'catch-up': () => benchCatchUp(join(dir, 'catch-up'), figure),
  stores: () => benchStores(dir, figure, process.argv[3]),
};
try {
  for (const [name, run] of Object.entries(parts)) {
    if (wanted !== undefined && wanted !== name) continue;
    if (run) await run();
    else console.error(`skipped: ${name} (Debian's mosquitto or luajit cannot be had here)`);
    figure(`load_after_${name}`, loadavg()[0] ?? 0, 'processes', 'load average of this machine, one minute');
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
