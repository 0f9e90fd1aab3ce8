/**
 * Why: the way in, beside Debian's Mosquitto in the same run: broker on one core, generator on the other. 300 bytes, QoS 1.
 * A ratio is of packets per second as the clients see them; what the broker's processor had to do for it stands beside it.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianServer } from '../support/debian.ts';
import { ceiling, type Load, type LoadReport, runLoad } from './ingest/generator.ts';
import { startMosquitto, startOurs } from './ingest/processes.ts';

const LOAD = { connections: 200, bytes: 300, seconds: 4, rate: 0 };
const dir = mkdtempSync(join(tmpdir(), 'carrel-bench-'));

function figure(name: string, value: number, unit: string, of: string): void {
  console.log(JSON.stringify({ bench: 'ingest', figure: name, value: Math.round(value * 1000) / 1000, unit, of }));
}

const [luajit, mosquitto] = [await debianServer('luajit'), await debianServer('mosquitto')];
if (!luajit || !mosquitto) {
  console.error("skipped: Debian's luajit and mosquitto cannot be had here");
  process.exit(1);
}
console.error(`load of this machine before: ${loadavg().join(' ')}`);
const only = process.argv[2];
const flags = (process.env['BROKER_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');

async function throughput(name: string, server: { port: number; pid: number }, window: number): Promise<number> {
  let before = 0;
  const report = await runLoad(luajit!, { ...LOAD, port: server.port, window }, () => { before = cpuSeconds(server.pid); });
  const cpu = cpuSeconds(server.pid) - before;
  const rate = report.acked / report.seconds;
  figure(`${name}_per_s`, rate, 'packets/s', `broker ${((cpu / report.seconds) * 100).toFixed(0)} % of its core (${((cpu * 1e5) / report.acked).toFixed(2)} s per 100k), generator ${((report.cpu / report.seconds) * 100).toFixed(0)} %`);
  return rate;
}
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

for (const window of [1, 20]) {
  if (only && only !== `w${window}`) continue;
  figure(`generator_w${window}_ceiling_per_s`, await ceiling(luajit, { ...LOAD, window }), 'packets/s', '');
  const peer = await startMosquitto(mosquitto, dir);
  const theirs = await throughput(`mosquitto_w${window}`, peer, window);
  await peer.kill();
  for (const log of ['none', 'wal'] as const) {
    const home = join(dir, `${log}${window}`);
    mkdirSync(home);
    const ours = await startOurs({ dir: home, log, probes: LOAD.connections, flags });
    const rate = await throughput(`${log}_w${window}`, ours, window);
    figure(`w${window}${log === 'wal' ? '_log' : ''}_vs_mosquitto`, rate / theirs, 'ratio', '');
    if (flags.length > 0) process.kill(ours.pid, 'SIGINT');
    await new Promise((resolve) => setTimeout(resolve, flags.length > 0 ? 3000 : 0));
    await ours.kill();
    rmSync(home, { recursive: true });
  }
}
if (!only || only === 'latency') {
  const home = join(dir, 'latency');
  mkdirSync(home);
  const ours = await startOurs({ dir: home, log: 'wal', probes: 1000, flags });
  const report = await runLoad(luajit, { ...LOAD, connections: 200, window: 1, rate: 5000, seconds: 10, port: ours.port });
  console.log(report);
  await ours.kill();
}
rmSync(dir, { recursive: true, force: true });
