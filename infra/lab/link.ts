/**
 * Why: a line between a probe and a server whose rate, delay, loss and queue are known, so that a verdict can be held against the
 * truth. Two network namespaces and `link.c` between them; a third one behind the probe where visitors are wanted.
 */
import { type ChildProcess, execFile, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { CarrelError } from '#lib/errors';
import { buildLabTools, labProblem } from './tools.ts';

/** One direction of a line. What is left out stays as it is; at first: 1 Gb/s, no delay, no loss, a queue of 100 ms. */
export interface Shape {
  /** IP layer. */
  rateMbps?: number;
  /** One way. */
  delayMs?: number;
  /** Each packet by itself, before the queue. */
  lossPct?: number;
  /** A packet that would wait longer is dropped. */
  bufferMs?: number;
  /** A token bucket: so many bytes go at the peak rate, and come back at `rateMbps`. */
  burst?: { bytes: number; peakMbps: number };
  /** The rate wanders around `rateMbps`: standard deviation as a share of it, and correlation from one 100 ms step to the next. */
  noise?: { sigma: number; correlation: number };
  /** Of loss and noise. */
  seed?: number;
}
export type Direction = 'down' | 'up';
export type Side = 'probe' | 'server' | 'visitor';

/** Since the line was opened; whole IP packets. */
export interface LinkCounters {
  inPackets: number;
  inBytes: number;
  outPackets: number;
  outBytes: number;
  /** By chance. */
  lost: number;
  /** By the queue. */
  dropped: number;
  /** Worst lateness of a delivery since the counters were last read: what the machine did to the emulator. */
  lateMs: number;
}
/** Of the rate's noise: its next steps, made without spending them. */
export interface NoiseDraws {
  mean: number;
  sigma: number;
  correlation: number;
}

export interface Link {
  /** The same in every lab: namespaces do not see each other. */
  readonly addresses: Readonly<Record<Side, string>>;
  readonly namespaces: Readonly<Record<Side, string>>;
  /** The probe's WAN interface. */
  readonly wan: string;
  /** Changes the line while it carries. @throws CarrelError LAB_SHAPE */
  shape(direction: Direction, shape: Shape): Promise<void>;
  counters(): Promise<Record<Direction, LinkCounters>>;
  draws(direction: Direction, count: number): Promise<NoiseDraws>;
  /** The pid is the program's own. It is ended by `close`, if it still runs. */
  spawn(side: Side, command: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
  close(): Promise<void>;
}

export interface LinkOptions {
  down: Shape;
  up?: Shape;
  /** Of TCP that sends to the other side; the system's own when left out. */
  congestion?: { server?: string; probe?: string };
  /** The probe forwards to a namespace of visitors behind it. */
  visitors?: boolean;
  /** The one family that the line speaks; 4 when left out. Visitors speak 4 only. */
  family?: 4 | 6;
}

// For benchmarks: RFC 2544 and RFC 5180.
const ADDRESSES = {
  4: { server: '198.18.0.1', probe: '198.18.0.2', visitor: '198.18.1.2' },
  6: { server: '2001:2::1', probe: '2001:2::2', visitor: '198.18.1.2' },
} as const;
const ROUTER = '198.18.1.1';
const WAN = 'wan0';
let opened = 0;

/** @throws CarrelError LAB_NEEDS_*, LAB_BUILD, LAB_SHAPE, LAB_FAILED */
export async function openLink(options: LinkOptions): Promise<Link> {
  const missing = labProblem();
  if (missing) throw missing;
  const tools = await buildLabTools();
  opened += 1;
  const name = `carrel-lab-${process.pid}-${opened}`;
  const namespaces = { probe: `${name}p`, server: `${name}s`, visitor: `${name}v` };
  const used = [namespaces.probe, namespaces.server, ...(options.visitors ? [namespaces.visitor] : [])];
  // The emulator removes its two when this process dies; here is for all, and for an emulator that died.
  const removeNow = (): void => {
    for (const namespace of used) spawnSync('ip', ['netns', 'del', namespace]);
  };
  process.once('exit', removeNow);
  const children = new Set<ChildProcess>();
  let emulator: Emulator | null = null;
  const close = async (): Promise<void> => {
    await Promise.all([...children].map(killed));
    await emulator?.end();
    process.removeListener('exit', removeNow);
    removeNow();
  };
  try {
    for (const namespace of used) await ip(null, [`netns add ${namespace}`]);
    emulator = await startEmulator(tools.link, [namespaces.probe, WAN, namespaces.server, 'line0']);
    await connect(namespaces, options);
    for (const direction of ['down', 'up'] as const) await emulator.shape(direction, options[direction] ?? {});
  } catch (error) {
    await close();
    throw error;
  }
  const running = emulator;
  return {
    addresses: ADDRESSES[options.family ?? 4],
    namespaces,
    wan: WAN,
    shape: running.shape,
    counters: () => running.ask<Record<Direction, LinkCounters>>('stats'),
    draws: (direction, count) => running.ask<NoiseDraws>(`draw ${direction} ${count}`),
    spawn(side, command, args, spawnOptions = {}) {
      const child = spawn('ip', ['netns', 'exec', namespaces[side], command, ...args], spawnOptions);
      children.add(child);
      child.once('exit', () => children.delete(child));
      return child;
    },
    close,
  };
}

async function connect(namespaces: Record<Side, string>, options: LinkOptions): Promise<void> {
  const { probe, server, visitor } = namespaces;
  const { family = 4 } = options;
  const addresses = ADDRESSES[family];
  const everywhere = family === 6 ? '::/0' : 'default';
  const congestion = (side: 'probe' | 'server'): string =>
    options.congestion?.[side] ? ` congctl ${options.congestion[side]}` : '';
  const device = (of: string, own: string, other: string): string[] => [
    'link set lo up',
    `link set ${of} addrgenmode none`, // no packets but those of the test
    // 8192: what arrives while the emulator waits for its turn is late, not lost.
    `link set ${of} txqueuelen 8192`,
    // On a line of two nobody else can have the address.
    `addr add ${own} peer ${other} dev ${of}${family === 6 ? ' nodad' : ''}`,
    `link set ${of} up`,
  ];
  await ip(probe, [
    ...device(WAN, addresses.probe, addresses.server),
    `route replace ${everywhere} ${family === 6 ? '' : `via ${addresses.server} `}dev ${WAN}${congestion('probe')}`,
    `route replace ${addresses.server} dev ${WAN}${congestion('probe')}`,
  ]);
  await ip(server, [
    ...device('line0', addresses.server, addresses.probe),
    `route replace ${everywhere} dev line0${congestion('server')}`,
    `route replace ${addresses.probe} dev line0${congestion('server')}`,
  ]);
  if (!options.visitors) return;
  await ip(probe, [
    `link add lan0 type veth peer name eth0 netns ${visitor}`,
    `addr add ${ROUTER}/30 dev lan0`,
    'link set lan0 up',
  ]);
  await ip(visitor, [
    'link set lo up',
    `addr add ${addresses.visitor}/30 dev eth0`,
    'link set eth0 up',
    `route add default via ${ROUTER}`,
  ]);
  const forward = ['netns', 'exec', probe, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward'];
  const done = spawnSync('ip', forward, { encoding: 'utf8' });
  if (done.status !== 0) throw new CarrelError('LAB_FAILED', `the probe cannot forward: ${done.stderr.trim()}`);
}

/** Commands of iproute2 in a namespace, in one process. @throws CarrelError LAB_FAILED */
async function ip(namespace: string | null, commands: readonly string[]): Promise<void> {
  const inside = namespace === null ? [] : ['-n', namespace];
  const child = execFile('ip', [...inside, '-batch', '-']);
  let said = '';
  child.stderr?.on('data', (text: string) => {
    said += text;
  });
  child.stdin?.end(`${commands.join('\n')}\n`);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new CarrelError('LAB_FAILED', `ip could not set up the line: ${said.trim()}`);
}

interface Emulator {
  ask<T>(command: string): Promise<T>;
  shape(direction: Direction, shape: Shape): Promise<void>;
  end(): Promise<void>;
}

async function startEmulator(program: string, args: readonly string[]): Promise<Emulator> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString();
  });
  child.stdin.on('error', () => {}); // it has died; the answer that does not come says so
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  const answer = (): Promise<string> => new Promise((resolve, reject) => void waiting.push({ resolve, reject }));
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  const closed = once(child, 'close');
  child.once('close', (code) => {
    for (const { reject } of waiting)
      reject(new CarrelError('LAB_FAILED', `the emulator ended with ${code}: ${said.trim()}`));
  });
  await answer();
  const ask = async <T>(command: string): Promise<T> => {
    const line = answer();
    child.stdin.write(`${command}\n`);
    return JSON.parse(await line) as T;
  };
  return {
    ask,
    async shape(direction, shape) {
      const words = wordsOf(shape);
      if (words === '') return;
      const { ok } = await ask<{ ok: boolean }>(`${direction} ${words}`);
      if (!ok) throw new CarrelError('LAB_SHAPE', `${direction} got ${JSON.stringify(shape)}, which no line can have`);
    },
    async end() {
      child.stdin.end();
      await closed;
    },
  };
}

/** In the emulator's units: bit/s, s, bytes, shares. */
function wordsOf({ rateMbps, delayMs, lossPct, bufferMs, burst, noise, seed }: Shape): string {
  const words: Record<string, number | undefined> = {
    rate: rateMbps === undefined ? undefined : rateMbps * 1e6,
    delay: delayMs === undefined ? undefined : delayMs / 1e3,
    loss: lossPct === undefined ? undefined : lossPct / 100,
    buffer: bufferMs === undefined ? undefined : bufferMs / 1e3,
    burst: burst?.bytes,
    peak: burst === undefined ? undefined : burst.peakMbps * 1e6,
    sigma: noise?.sigma,
    rho: noise?.correlation,
    seed,
  };
  return Object.entries(words)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
    .join(' ');
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
