/** Why: the two brokers of the bench, each alone on the broker's core: ours and Debian's Mosquitto. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DebianServer, freePort } from '../../support/debian.ts';
import { until } from '../../support/server.ts';
import { BROKER_CORE } from './generator.ts';

export interface ChildStats {
  cpuS: number;
  rssBytes: number;
  /** Of the event loop's delay since the last question, ms. */
  loopP99Ms: number;
  loopMaxMs: number;
  framesAccepted: number;
  connections: number;
  /** In the database. */
  rows: number;
}
export interface BenchedBroker {
  port: number;
  pid: number;
  /** Lets it go by itself. */
  stop(): Promise<void>;
}
export interface RunningBroker extends BenchedBroker {
  /** After a garbage collection. */
  stats(): Promise<ChildStats>;
  /** In the database. */
  rows(): Promise<number>;
  /** Of live frames when the reader behind the live view had them, ms, ascending. */
  ages(): Promise<number[]>;
  /** kill -9. */
  kill(): Promise<void>;
}

const CHILD = fileURLToPath(new URL('./broker-child.ts', import.meta.url));
const FLOOR = fileURLToPath(new URL('./node-floor-child.ts', import.meta.url));

/** Our broker, started as `npm start` starts it, for probes `probe-1` to `probe-N` with the token "token". */
export async function startOurs(options: {
  dir: string;
  port?: number;
  /** What stands behind the gate: the wal on disk, the wal and DuckDB, or nothing. */
  log: 'wal' | 'duckdb' | 'none';
  probes: number;
  flags?: readonly string[];
  /** Where it runs; the broker's core when left out. */
  cores?: string;
}): Promise<RunningBroker> {
  const { dir, port = 0, log, probes, flags = [], cores } = options;
  const child = startNode([...flags, CHILD, dir, String(port), log, String(probes)], cores);
  const bound = await answer<number>(child);
  return {
    port: bound,
    pid: child.pid ?? 0,
    stats() {
      child.send('stats');
      return answer<ChildStats>(child);
    },
    rows() {
      child.send('rows');
      return answer<number>(child);
    },
    ages() {
      child.send('ages');
      return answer<number[]>(child);
    },
    kill: () => end(child, 'SIGKILL'),
    stop: () => letGo(child),
  };
}

export async function startNodeFloor(): Promise<BenchedBroker> {
  const child = startNode([FLOOR]);
  return { port: await answer<number>(child), pid: child.pid ?? 0, stop: () => letGo(child) };
}

/** As `npm start` starts Node. */
function startNode(args: readonly string[], cores = String(BROKER_CORE)): ChildProcess {
  return spawn('taskset', ['-c', cores, process.execPath, '--expose-gc', '--max-semi-space-size=16', ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072', UV_THREADPOOL_SIZE: '8' },
  });
}

/** The child's next message. */
async function answer<T>(child: ChildProcess): Promise<T> {
  const heard = new AbortController();
  try {
    const [message] = await Promise.race([
      once(child, 'message', heard),
      once(child, 'exit', heard).then(() => Promise.reject(new Error('the broker ended'))),
    ]);
    return message;
  } finally {
    heard.abort();
  }
}

async function letGo(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.disconnect();
  await gone;
}

/** `at once`: each PUBACK is sent when it is made, as ours are; `gathered`: Debian's default, where the kernel may hold it back. */
export async function startMosquitto(
  { path, env }: DebianServer,
  dir: string,
  pubacks: 'at once' | 'gathered',
): Promise<BenchedBroker> {
  const port = await freePort();
  const config = join(dir, 'mosquitto.conf');
  writeFileSync(
    config,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type none\nset_tcp_nodelay ${pubacks === 'at once'}\n`,
  );
  const child = spawn('taskset', ['-c', String(BROKER_CORE), path, '-c', config], { env, stdio: 'ignore' });
  await until(() => canConnect(port), 10_000);
  return { port, pid: child.pid ?? 0, stop: () => end(child, 'SIGTERM') };
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** User and system time of all threads of a process. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
