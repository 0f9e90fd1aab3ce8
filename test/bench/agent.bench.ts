/**
 * Why: an agent that weighs on a small router is an agent that gets removed. What it costs in memory, processor, bytes and flash,
 * with Debian's collectd beside it. Under 3 minutes; `--long` runs 10 minutes longer before memory is read.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DesiredMessage } from '#contract';
import { agentLaunch } from '../../infra/agent-launch.ts';
import { buildAgent } from '../../infra/build-agent.ts';
import { startCollectd } from './agent/collectd.ts';
import { flashOfAnOfflineDay } from './agent/flash.ts';
import { type Line, openLine } from './agent/line.ts';
import { costOf, watchChildren } from './agent/process.ts';
import { startSink } from './agent/sink.ts';
import { ipBytesOfConnection, kbPerDay } from './agent/wire.ts';

/** Three rounds of 25 samples, after which a metered agent has asked every hop. */
const WINDOW_MS = 75_000;
const WARM_UP_MS = 20_000;
const SOAK_MS = process.argv.includes('--long') ? 600_000 : 0;
const LAUNCH = agentLaunch();

interface Running {
  id: string;
  child: ChildProcess;
  pid: number;
  line: Line;
}

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
  const bench: Bench = { work, agent: join(work, 'agent.cjs'), lines: [], children: [] };
  try {
    figure('bundle_kb', (await buildAgent(work)).bytes / 1000, 'kB', 'agent.cjs');
    for (const name of ['steady', 'metered', 'others']) bench.lines.push(await openLine(join(work, `root-${name}`)));
    await measure(bench);
  } finally {
    for (const child of bench.children) await end(child);
    for (const line of bench.lines) await line.close();
    rmSync(work, { recursive: true, force: true });
  }
}

interface Bench {
  work: string;
  agent: string;
  lines: Line[];
  children: ChildProcess[];
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function measure(bench: Bench): Promise<void> {
  const [first, second, third] = bench.lines;
  if (!first || !second || !third) throw new Error('three lines were to be opened');
  const node = probeNode();
  await startTimes(bench, node);
  const fast = { CARREL_AGENT_SAMPLE_S: '1', CARREL_AGENT_BATCH: '5' };
  const [steady, metered, idle, own] = await Promise.all([
    startAgent(bench, first, 'steady', node.path, fast),
    startAgent(bench, second, 'metered', node.path, { CARREL_AGENT_SAMPLE_S: '1', CARREL_AGENT_PROFILE: 'metered' }),
    startAgent(bench, third, 'idle', node.path, { CARREL_AGENT_SAMPLE_S: '3600', CARREL_AGENT_KEEPALIVE_S: '10' }),
    startAgent(bench, third, 'own', process.execPath, fast),
  ]);
  const collectd = await startCollectd(
    join(bench.work, 'collectd'),
    { host: third.sink.host, port: third.sink.plainPort },
    1,
  );
  if (collectd) bench.children.push(collectd);
  await delay(5000);
  const connect = mqttBytes(idle);
  await delay(WARM_UP_MS);

  const watched = watchChildren(steady.pid);
  const collectdCost = () => (collectd?.pid && collectd.exitCode === null ? costOf(collectd.pid) : null);
  const look = () => ({
    cost: costOf(steady.pid),
    collectd: collectdCost(),
    wire: { steady: wireOf(steady), metered: wireOf(metered), idle: wireOf(idle) },
  });
  const before = look();
  await delay(WINDOW_MS + SOAK_MS);
  const after = look();
  watched.stop();

  const samples = (after.wire.steady.frames - before.wire.steady.frames) * 5;
  const seconds = (5000 + WARM_UP_MS + WINDOW_MS + SOAK_MS) / 1000;
  const setting = `Node ${node.version}, TLS, ${first.place}, flags of the unit, calendar planned, sampling each second for ${seconds} s`;
  figure('rss_mb', after.cost.rssMb, 'MB', setting);
  figure('private_mb', after.cost.privateMb, 'MB', `${setting}; RssAnon`);
  const cpuMs = after.cost.cpuMs - before.cost.cpuMs;
  figure('cpu_ms_per_sample', cpuMs / samples, 'ms', `${setting}; ${samples} samples, frames of 5, all threads`);
  const hidden = after.cost.childFaults > before.cost.childFaults && watched.count() === 0 ? 1 : 0;
  const spawned = `${setting}; seen among its children, or by the faults of reaped ones`;
  figure('spawned_processes', watched.count() + hidden, '1', spawned);
  const newest = costOf(own.pid);
  figure('rss_mb_newest_node', newest.rssMb, 'MB', `the same on Node ${process.version}`);
  figure('private_mb_newest_node', newest.privateMb, 'MB', `the same on Node ${process.version}`);
  const costs = { ping: costOfPing(before.wire.idle, after.wire.idle), connect };
  reportLine('', steady, 5, before.wire.steady, after.wire.steady, costs);
  reportLine('_metered', metered, 10, before.wire.metered, after.wire.metered, costs);
  reportCollectd(before.collectd, after.collectd, after.cost, WINDOW_MS + SOAK_MS);
  const flash = await flashOfAnOfflineDay(first.sink.frames('steady'));
  const how = flash?.how ?? 'needs root, mkfs.ext4 and a loop device';
  figure('flash_mb_per_day_offline', flash?.mbPerDay ?? null, 'MB', how);
}

/** From the start of the process until the broker has accepted its CONNECT, and until a Node with nothing to do has ended: medians. */
async function startTimes(bench: Bench, node: { path: string; version: string }): Promise<void> {
  const sink = await startSink('127.0.0.1');
  const loopback: Line = { sink, place: '', root: '/', spawn, ipBytes: () => null, close: sink.close };
  const times: number[] = [];
  const bare: number[] = [];
  for (let i = 0; i < 9; i++) {
    const begun = performance.now();
    const { child } = await startAgent(bench, loopback, `start-${i}`, node.path, {});
    times.push(performance.now() - begun);
    await end(child);
    const bareBegun = performance.now();
    await once(spawn(node.path, [...LAUNCH.flags, '-e', '0'], { stdio: 'ignore' }), 'exit');
    bare.push(performance.now() - bareBegun);
  }
  await sink.close();
  const median = (of: number[]): number | null => of.sort((a, b) => a - b)[4] ?? null;
  const of = `Node ${node.version}, process start to accepted CONNECT over TLS on loopback, median of 9`;
  figure('start_ms', median(times), 'ms', of);
  figure('start_bare_node_ms', median(bare), 'ms', 'the same Node with nothing to do, beside it, start to end');
}

async function startAgent(
  { work, agent, children }: Bench,
  line: Line,
  id: string,
  node: string,
  settings: NodeJS.ProcessEnv,
): Promise<Running> {
  const { sink } = line;
  const ca = join(work, `${sink.tlsPort}.pem`);
  writeFileSync(ca, sink.ca);
  mkdirSync(join(work, id));
  writeFileSync(join(work, id, 'desired.json'), JSON.stringify(desired()));
  const connected = sink.connected(id);
  const env = {
    ...LAUNCH.env,
    PATH: process.env['PATH'],
    TZ: 'UTC',
    CARREL_AGENT_BROKER: `mqtts://${sink.host}:${sink.tlsPort}`,
    CARREL_AGENT_ID: id,
    CARREL_AGENT_TOKEN: 'bench',
    CARREL_AGENT_CA_FILE: ca,
    CARREL_AGENT_SPOOL: join(work, id),
    CARREL_AGENT_TARGETS: `${sink.host}:${sink.targetPort}`,
    CARREL_AGENT_ROOT: line.root,
    CARREL_AGENT_CLOCK: 'trusted',
    ...settings,
  };
  const child = line.spawn(node, [...LAUNCH.flags, agent], { env, stdio: 'ignore' });
  children.push(child);
  const lost = once(child, 'exit').then(() =>
    Promise.reject(new Error(`the agent ${id} ended with ${child.exitCode ?? child.signalCode} before it connected`)),
  );
  await Promise.race([connected, lost]);
  lost.catch(() => {}); // its later end is expected
  return { id, child, pid: child.pid ?? 0, line };
}

/** What a server tells every probe, so that the calendar runs as it does in a library; the open hour is far from now. */
function desired(): DesiredMessage {
  const hour = (new Date().getUTCHours() + 12) % 24;
  const day = [[hour * 60, hour * 60 + 60]] as const;
  return {
    version: 1,
    config: {
      sample_s: 60,
      batch: 5,
      profile: 'default',
      target_mbps: 30,
      zone: 'Europe/Vilnius',
      opening: [day, day, day, day, day, day, day],
      tests_per_day: 4,
      budget_mb: 5000,
    },
    jobs: [],
  };
}

interface Wire {
  /** On the connection to the broker, by the kernel's own count of its segments. */
  mqtt: number | null;
  /** On the line, whatever it was for. */
  line: number | null;
  frames: number;
  pings: number;
}

function mqttBytes({ id, line: { sink } }: Running): number | null {
  const remote = sink.remotePort(id);
  return remote === null ? null : ipBytesOfConnection(sink.tlsPort, remote);
}

function wireOf(running: Running): Wire {
  const { id, line } = running;
  return {
    mqtt: mqttBytes(running),
    line: line.ipBytes(),
    frames: line.sink.frames(id).length,
    pings: line.sink.pings(id),
  };
}

function costOfPing(before: Wire, after: Wire): number | null {
  if (before.mqtt === null || after.mqtt === null || after.pings === before.pings) return null;
  return (after.mqtt - before.mqtt) / (after.pings - before.pings);
}

/** A day at one sample a minute, from what the frames and the samples of the window cost. */
function reportLine(
  suffix: string,
  { id, line: { sink, place } }: Running,
  batch: number,
  before: Wire,
  after: Wire,
  { ping, connect }: { ping: number | null; connect: number | null },
): void {
  const frames = after.frames - before.frames;
  const keepaliveS = sink.keepaliveS(id);
  const perFrame = before.mqtt === null || after.mqtt === null ? null : (after.mqtt - before.mqtt) / frames;
  const known = perFrame !== null && ping !== null && connect !== null && keepaliveS !== null;
  const wire = known ? kbPerDay({ perFrame, perPing: ping, connect }, batch, keepaliveS) : null;
  const all = before.line === null || after.line === null ? null : after.line - before.line;
  const perSample = all === null || perFrame === null ? null : (all - perFrame * frames) / (frames * batch);
  const path = perSample === null ? null : (perSample * 1440) / 1000;
  figure(
    `wire${suffix}_kb_per_day`,
    wire,
    'kB',
    `to the server ${place}, IP bytes with TCP, TLS and acknowledgements, one sample a minute in frames of ${batch}: from ${Math.round(perFrame ?? 0)} B per frame, ${Math.round(ping ?? 0)} B per ping at keepalive ${keepaliveS} s and ${connect} B for one connect`,
  );
  figure(
    `path${suffix}_kb_per_day`,
    path,
    'kB',
    `handshakes and DNS questions that tell reachability and latency: what else the line carried, ${perSample?.toFixed(0)} B per sample`,
  );
  figure(`line${suffix}_kb_per_day`, wire === null || path === null ? null : wire + path, 'kB', 'both');
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
