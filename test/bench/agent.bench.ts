/**
 * Why: an agent that weighs on a small router is an agent that gets removed. What it costs in memory, processor, bytes and flash,
 * with Debian's collectd beside it. Under 3 minutes; `--long` runs 10 minutes longer before memory is read.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildAgent } from '../../infra/build-agent.ts';
import { createLab, type Lab, labUnavailable } from '../support/netns.ts';
import { startCollectd } from './agent/collectd.ts';
import { flashOfAnOfflineDay } from './agent/flash.ts';
import { costOf, watchChildren } from './agent/process.ts';
import { type Sink, startSink } from './agent/sink.ts';
import { ipBytesOfConnection, kbPerDay } from './agent/wire.ts';

const AGENT = fileURLToPath(new URL('../../dist/agent.cjs', import.meta.url));
const FLAGS = ['--max-semi-space-size=1', '--max-old-space-size=64']; // as the unit and the init script start it
const WARM_UP_MS = 20_000;
const WINDOW_MS = 75_000;
const SOAK_MS = process.argv.includes('--long') ? 600_000 : 0;

interface Running {
  id: string;
  child: ChildProcess;
  pid: number;
}
type Launch = (command: string, args: string[], env: NodeJS.ProcessEnv) => ChildProcess;

function figure(name: string, value: number | null, unit: string, of: string): void {
  const rounded = value === null ? null : Math.round(value * 1000) / 1000;
  console.log(JSON.stringify({ bench: 'agent', figure: name, value: rounded, unit, of }));
}

/** The Node that Debian gives to a probe, where this machine has one; else the one that runs the bench. */
function probeNode(): { path: string; version: string } {
  for (const path of ['/usr/bin/node', process.execPath]) {
    const version = existsSync(path) ? spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.trim() : '';
    if (/^v(1[89]|[2-9]\d)\./.test(version)) return { path, version };
  }
  return { path: process.execPath, version: process.version };
}

async function main(): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'carrel-bench-'));
  const lab = labUnavailable ? null : await createLab();
  const sink = await startSink(lab?.serverAddress ?? '127.0.0.1');
  const children: ChildProcess[] = [];
  try {
    figure(
      'bundle_kb',
      (existsSync(AGENT) ? statSync(AGENT).size : (await buildAgent()).bytes) / 1000,
      'kB',
      'dist/agent.cjs',
    );
    await measure({ work, lab, sink, children });
  } finally {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    await sink.close();
    await lab?.close();
    rmSync(work, { recursive: true, force: true });
  }
}

interface Bench {
  work: string;
  lab: Lab | null;
  sink: Sink;
  children: ChildProcess[];
}

async function measure(bench: Bench): Promise<void> {
  const { work, lab, sink, children } = bench;
  const node = probeNode();
  const place = lab ? 'over a veth' : 'over loopback';
  const local: Launch = (command, args, env) => spawn(command, args, { env, stdio: 'ignore' });
  const inProbe: Launch = lab
    ? (command, args, env) => lab.spawnInProbe(command, args, { env, stdio: 'ignore' })
    : local;
  const start = (id: string, path: string, settings: NodeJS.ProcessEnv) =>
    startAgent(bench, inProbe, id, path, settings);

  await startTimes(bench, node, local);
  const [steady, metered, idle, own] = await Promise.all([
    start('steady', node.path, { CARREL_AGENT_SAMPLE_S: '1', CARREL_AGENT_BATCH: '5' }),
    start('metered', node.path, { CARREL_AGENT_SAMPLE_S: '1', CARREL_AGENT_PROFILE: 'metered' }),
    start('idle', node.path, { CARREL_AGENT_SAMPLE_S: '3600', CARREL_AGENT_KEEPALIVE_S: '10' }),
    start('own', process.execPath, { CARREL_AGENT_SAMPLE_S: '1', CARREL_AGENT_BATCH: '5' }),
  ]);
  const collectd = await startCollectd(join(work, 'collectd'), { host: sink.host, port: sink.plainPort }, 1);
  if (collectd) children.push(collectd);
  const connect = await afterConnect(sink, 'idle');
  await delay(WARM_UP_MS);

  const watched = watchChildren(steady.pid);
  const before = {
    steady: costOf(steady.pid),
    frames: sink.frames('steady').length,
    collectd: collectd?.pid && collectd.exitCode === null ? costOf(collectd.pid) : null,
    wire: wireOf(sink),
  };
  await delay(WINDOW_MS + SOAK_MS);
  const after = {
    steady: costOf(steady.pid),
    own: costOf(own.pid),
    collectd: collectd?.pid && collectd.exitCode === null ? costOf(collectd.pid) : null,
    wire: wireOf(sink),
  };
  watched.stop();

  const samples = (sink.frames('steady').length - before.frames) * 5;
  const seconds = (WARM_UP_MS + WINDOW_MS + SOAK_MS) / 1000;
  const setting = `Node ${node.version}, TLS, ${place}, sampling each second for ${seconds} s`;
  figure('rss_mb', after.steady.rssMb, 'MB', setting);
  figure('private_mb', after.steady.privateMb, 'MB', `${setting}; RssAnon`);
  figure(
    'cpu_ms_per_sample',
    (after.steady.cpuMs - before.steady.cpuMs) / samples,
    'ms',
    `${setting}; ${samples} samples, frames of 5, all threads`,
  );
  const hidden = after.steady.childFaults > before.steady.childFaults && watched.count() === 0 ? 1 : 0;
  figure(
    'spawned_processes',
    watched.count() + hidden,
    '1',
    `${setting}; seen among its children, or by the faults of reaped ones`,
  );
  figure('rss_mb_newest_node', after.own.rssMb, 'MB', `the same on Node ${process.version}`);
  figure('private_mb_newest_node', after.own.privateMb, 'MB', `the same on Node ${process.version}`);
  reportWire(sink, before.wire, after.wire, connect, place);
  reportCollectd(before.collectd, after.collectd, after.steady, WINDOW_MS + SOAK_MS);
  const flash = await flashOfAnOfflineDay(sink.frames('steady'));
  figure(
    'flash_mb_per_day_offline',
    flash?.mbPerDay ?? null,
    'MB',
    flash?.how ?? 'needs root, mkfs.ext4 and a loop device',
  );
  for (const { child } of [steady, metered, idle, own]) child.kill('SIGTERM');
}

/** From the start of the process until the broker has accepted its CONNECT: the median of seven. */
async function startTimes(bench: Bench, node: { path: string; version: string }, launch: Launch): Promise<void> {
  const times: number[] = [];
  const loopback = await startSink('127.0.0.1');
  for (let i = 0; i < 7; i++) {
    const begun = performance.now();
    const { child } = await startAgent({ ...bench, sink: loopback }, launch, `start-${i}`, node.path, {});
    times.push(performance.now() - begun);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  await loopback.close();
  figure(
    'start_ms',
    times.sort((a, b) => a - b)[3] ?? null,
    'ms',
    `Node ${node.version}, process start to accepted CONNECT over TLS on loopback, median of 7`,
  );
}

async function startAgent(
  { work, sink, children }: Bench,
  launch: Launch,
  id: string,
  node: string,
  settings: NodeJS.ProcessEnv,
): Promise<Running> {
  const ca = join(work, `${sink.tlsPort}.pem`);
  writeFileSync(ca, sink.ca);
  const connected = sink.connected(id);
  const child = launch(node, [...FLAGS, AGENT], {
    PATH: process.env['PATH'],
    MALLOC_ARENA_MAX: '1',
    UV_THREADPOOL_SIZE: '2',
    NODE_ENV: 'production',
    TZ: 'UTC',
    CARREL_AGENT_BROKER: `mqtts://${sink.host}:${sink.tlsPort}`,
    CARREL_AGENT_ID: id,
    CARREL_AGENT_TOKEN: 'bench',
    CARREL_AGENT_CA_FILE: ca,
    CARREL_AGENT_SPOOL: join(work, id),
    CARREL_AGENT_TARGETS: `${sink.host}:${sink.targetPort}`,
    CARREL_AGENT_TESTS_PER_DAY: '0',
    CARREL_AGENT_CLOCK: 'trusted',
    ...settings,
  });
  children.push(child);
  const lost = once(child, 'exit').then(() =>
    Promise.reject(new Error(`the agent ${id} ended with ${child.exitCode ?? child.signalCode} before it connected`)),
  );
  await Promise.race([connected, lost]);
  lost.catch(() => {}); // its later end is expected
  return { id, child, pid: child.pid ?? 0 };
}

interface Wire {
  bytes: number;
  frames: number;
  pings: number;
}
const CLIENTS = ['steady', 'metered', 'idle'] as const;

function wireOf(sink: Sink): Record<(typeof CLIENTS)[number], Wire | null> {
  const read = (client: string): Wire | null => {
    const remote = sink.remotePort(client);
    const bytes = remote === null ? null : ipBytesOfConnection(sink.tlsPort, remote);
    return bytes === null ? null : { bytes, frames: sink.frames(client).length, pings: sink.pings(client) };
  };
  return { steady: read('steady'), metered: read('metered'), idle: read('idle') };
}

/** Bytes of a connect with all that is told at once: session, presence, first frames. */
async function afterConnect(sink: Sink, client: string): Promise<number | null> {
  await delay(5000);
  const remote = sink.remotePort(client);
  return remote === null ? null : ipBytesOfConnection(sink.tlsPort, remote);
}

function reportWire(
  sink: Sink,
  before: ReturnType<typeof wireOf>,
  after: ReturnType<typeof wireOf>,
  connect: number | null,
  place: string,
): void {
  const per = (client: (typeof CLIENTS)[number], what: 'frames' | 'pings'): number | null => {
    const [a, b] = [before[client], after[client]];
    return a && b && b[what] > a[what] ? (b.bytes - a.bytes) / (b[what] - a[what]) : null;
  };
  const perPing = per('idle', 'pings');
  const day = (client: 'steady' | 'metered', batch: number): number | null => {
    const perFrame = per(client, 'frames');
    const keepaliveS = sink.keepaliveS(client);
    return perFrame === null || perPing === null || connect === null || keepaliveS === null
      ? null
      : kbPerDay({ perFrame, perPing, connect }, batch, keepaliveS);
  };
  const words = (client: 'steady' | 'metered', batch: number): string =>
    `IP bytes ${place} with TCP, TLS and acknowledgements, one sample a minute in frames of ${batch}: extrapolated from ${Math.round(per(client, 'frames') ?? 0)} B per frame, ${Math.round(perPing ?? 0)} B per ping at keepalive ${sink.keepaliveS(client)} s and ${connect} B for one connect`;
  figure('wire_kb_per_day', day('steady', 5), 'kB', words('steady', 5));
  figure('wire_metered_kb_per_day', day('metered', 10), 'kB', words('metered', 10));
}

function reportCollectd(
  before: ReturnType<typeof costOf> | null,
  after: ReturnType<typeof costOf> | null,
  agent: ReturnType<typeof costOf>,
  windowMs: number,
): void {
  if (!before || !after) {
    figure('collectd_rss_mb', null, 'MB', "needs Debian's collectd-core");
    return;
  }
  const of =
    'Debian collectd with cpu, memory, load, interface, uptime, df each second to plain MQTT QoS 1, in the same run';
  figure('collectd_rss_mb', after.rssMb, 'MB', of);
  figure('collectd_private_mb', after.privateMb, 'MB', of);
  figure('collectd_cpu_ms_per_sample', (after.cpuMs - before.cpuMs) / (windowMs / 1000), 'ms', of);
  figure('rss_vs_collectd', after.rssMb / agent.rssMb, '1', 'collectd / agent; above 1 the agent is smaller');
}

await main();
process.exit(0);
