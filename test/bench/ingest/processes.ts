/** Why: the two brokers of the bench, each alone on the broker's core: ours and Debian's Mosquitto. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
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
}
export interface RunningBroker {
  port: number;
  pid: number;
  /** After a garbage collection. */
  stats(): Promise<ChildStats>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Lets it go by itself. */
  stop(): Promise<void>;
}

const CHILD = fileURLToPath(new URL('./broker-child.ts', import.meta.url));

/** Our broker, started as `npm start` starts it, for probes `probe-1` to `probe-N` with the token "token". */
export async function startOurs(options: {
  dir: string;
  port?: number;
  log: 'wal' | 'none';
  probes: number;
  flags?: readonly string[];
}): Promise<RunningBroker> {
  const { dir, port = 0, log, probes, flags = [] } = options;
  const node = [process.execPath, '--expose-gc', '--max-semi-space-size=16', ...flags, CHILD];
  const child = spawn('taskset', ['-c', String(BROKER_CORE), ...node, dir, String(port), log, String(probes)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const answer = async <T>(): Promise<T> => {
    const [message] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error('the broker ended'))),
    ]);
    return message;
  };
  const bound = await answer<number>();
  return {
    port: bound,
    pid: child.pid ?? 0,
    stats() {
      child.send('stats');
      return answer<ChildStats>();
    },
    kill: () => end(child, 'SIGKILL'),
    async stop() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

export async function startMosquitto(
  { path, env }: DebianServer,
  dir: string,
): Promise<Pick<RunningBroker, 'port' | 'pid' | 'stop'>> {
  const port = await freePort();
  const config = join(dir, 'mosquitto.conf');
  // As fast as it can be: no log, nothing on disk, no delay of small packets.
  writeFileSync(
    config,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type none\nset_tcp_nodelay true\nmax_inflight_messages 0\n`,
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
