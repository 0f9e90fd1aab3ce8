/** Why: starts generator.lua on the second core and reads what it reports. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { DebianServer } from '../../support/debian.ts';

const PROGRAM = fileURLToPath(new URL('./generator.lua', import.meta.url));

/** The broker has a core of its own, and the generator another one. */
export const BROKER_CORE = 0;
const GENERATOR_CORE = Math.min(1, availableParallelism() - 1);

export interface Load {
  port: number;
  connections: number;
  /** Packets that each connection keeps unanswered. */
  window: number;
  /** Of the payload. */
  bytes: number;
  seconds: number;
  /** Packets per second over all connections; 0 for as many as the window allows. */
  rate: number;
}
export interface LoadReport {
  acked: number /** PUBACKs out of order or for something else. */;
  wrong: number;
  seconds: number /** Processor seconds of the generator. */;
  cpu: number;
  unanswered?: number;
  p50_ms?: number;
  p99_ms?: number;
  p999_ms?: number;
}
export interface Generator {
  process: ChildProcessWithoutNullStreams;
  /** The next line that it prints. @throws with what it said where it ends instead */
  line(): Promise<string>;
  /** Ends it by the end of its input, or by force. */
  stop(): Promise<void>;
}

export function startGenerator(luajit: DebianServer, options: Readonly<Record<string, string | number>>): Generator {
  const child = spawn(
    'taskset',
    [
      '-c',
      String(GENERATOR_CORE),
      luajit.path,
      PROGRAM,
      ...Object.entries(options).map(([name, value]) => `${name}=${value}`),
    ],
    { env: luajit.env, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    async line() {
      const next = await lines.next();
      if (next.done) throw new Error(`the generator ended: ${said}`);
      return next.value;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** Runs one load to its end; `measured` is called when counting starts. */
export async function runLoad(luajit: DebianServer, load: Load, measured?: () => void): Promise<LoadReport> {
  const generator = startGenerator(luajit, { mode: 'publish', ...load });
  try {
    await generator.line();
    measured?.();
    const report: LoadReport = JSON.parse(await generator.line());
    if (report.wrong > 0) throw new Error(`${report.wrong} PUBACKs were not those that were due`);
    return report;
  } finally {
    await generator.stop();
  }
}

/** What the generator reaches against the most trivial acknowledger on the broker's core, packets/s. */
export async function ceiling(luajit: DebianServer, load: Omit<Load, 'port'>): Promise<number> {
  const acknowledger = startGenerator({ ...luajit, path: luajit.path }, { mode: 'answer' });
  try {
    const port = Number(await acknowledger.line());
    const { acked, seconds } = await runLoad(luajit, { ...load, port });
    return acked / seconds;
  } finally {
    await acknowledger.stop();
  }
}
