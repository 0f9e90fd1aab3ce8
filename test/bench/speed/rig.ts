/**
 * Why: a line with the real test server at one end and the real agent's tests at the other, each a process in a namespace of its own.
 * What travels by MQTT in a library goes by pipes here, so that the line carries nothing but the test.
 */
import { type ChildProcess, type SpawnOptions, spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Link, type LinkOptions, openLink, type Side } from '../../../infra/lab/link.ts';
import { buildLabTools } from '../../../infra/lab/tools.ts';
import { type Cell, lineOf, type Method, type Sample } from './cells.ts';
import type { ProbeQuestion, ProbeSays } from './probe-child.ts';
import type { ServerQuestion, ServerSays } from './server-child.ts';
import { type Talk, talkTo } from './talk.ts';

export const SERVER_PORT = 4443;
const CHILDREN = { probe: 'probe-child.ts', server: 'server-child.ts' } as const;

export interface Measured<T> {
  result: T;
  seconds: number;
  wireBytes: number;
  sentBytes: number;
  lateMs: number;
}
export interface Rig {
  readonly link: Link;
  /** Program that sends and receives plain traffic. */
  readonly traffic: string;
  /** The line from now on. */
  become(cell: Cell): Promise<void>;
  /** One test of the cell that the line is. */
  test(cell: Cell, method: Method): Promise<Sample>;
  /** Any test, as the probe's child knows it. */
  probe(question: ProbeQuestion): Promise<ProbeSays>;
  server<T extends ServerSays>(question: ServerQuestion): Promise<T>;
  /** Kills the server as a crash would; `restart` brings one back. */
  killServer(): void;
  restartServer(): Promise<void>;
  readonly probePid: number;
  /** A program of a peer, before ordinary programs, as the measured ones are. */
  start(side: Side, command: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
  /** What something costs on the wire, until nothing comes any more. */
  measure<T>(rttMs: number, run: () => Promise<T>): Promise<Measured<T>>;
  close(): Promise<void>;
}

/** Loss is another one in each test, and the same in each run of the bench. */
let seed = 1;

export async function openRig(options: Partial<LinkOptions> = {}, serverArgs: readonly string[] = []): Promise<Rig> {
  const { traffic } = await buildLabTools();
  const link = await openLink({ down: {}, ...options, congestion: { server: 'bbr', ...options.congestion } });
  const start: Rig['start'] = (side, command, args, spawnOptions = {}) =>
    link.spawn(side, ...first(command, args), { stdio: ['pipe', 'pipe', 'inherit'], ...spawnOptions });
  const launch = async (side: 'probe' | 'server', args: readonly string[]): Promise<Talk> => {
    const talk = talkTo(start(side, process.execPath, [childPath(CHILDREN[side]), ...args]));
    await talk.next();
    return talk;
  };
  const args = [...serverArgs, ...(options.family === 6 ? ['--host', '::'] : [])];
  let server = await launch('server', args);
  const probe = await launch('probe', [link.addresses.server, link.wan]);

  async function measure<T>(rttMs: number, run: () => Promise<T>): Promise<Measured<T>> {
    const before = await link.counters();
    const begun = performance.now();
    const result = await run();
    const seconds = (performance.now() - begun) / 1000;
    const after = await quiet(link, rttMs);
    return {
      result,
      seconds,
      wireBytes: after.down.outBytes - before.down.outBytes + after.up.inBytes - before.up.inBytes,
      sentBytes: after.down.inBytes - before.down.inBytes,
      lateMs: Math.max(after.down.lateMs, after.up.lateMs),
    };
  }
  return {
    link,
    traffic,
    start,
    measure,
    get probePid() {
      return probe.child.pid ?? 0;
    },
    async become(cell) {
      seed += 2;
      const { down, up } = lineOf(cell, seed);
      await link.shape('down', down);
      await link.shape('up', up);
      // What TCP remembers of the line that was.
      for (const side of ['probe', 'server'] as const)
        spawnSync('ip', ['-n', link.namespaces[side], 'tcp_metrics', 'flush']);
    },
    async test(cell, method) {
      const { result, ...cost } = await measure(cell.rttMs, () =>
        relayed(probe, server, { rungs: [method], targetMbps: 30 }),
      );
      if (!result.outcome) throw new Error(`no outcome: ${result.detail}`);
      return { cell, method, outcome: result.outcome, ...cost, seconds: result.seconds };
    },
    probe: (question) => relayed(probe, server, question),
    server: (question) => server.ask(question),
    killServer: () => void server.child.kill('SIGKILL'),
    async restartServer() {
      server = await launch('server', args);
    },
    close: () => link.close(),
  };
}

/** Carries the lease's messages between the two while a test runs. */
async function relayed(probe: Talk, server: Talk, question: ProbeQuestion): Promise<ProbeSays> {
  let line = await probe.ask<ProbeSays | { tell: 'lease/request' | 'lease/release'; text: string }>(question);
  while ('tell' in line) {
    const question = { tell: line.tell, text: line.text };
    // A server that was killed answers as a broker does that is gone: not at all.
    const said = await server.ask<{ answer: string | null }>(question).catch(() => ({ answer: null }));
    line = said.answer === null ? await probe.next() : await probe.ask(said);
  }
  return line;
}

/** Counters when nothing has come for a while that is long for this line. */
async function quiet(link: Link, rttMs: number): ReturnType<Link['counters']> {
  let before = await link.counters();
  const late = before;
  for (;;) {
    await delay(rttMs + 150);
    const after = await link.counters();
    const still = after.down.inBytes === before.down.inBytes && after.up.inBytes === before.up.inBytes;
    late.down.lateMs = Math.max(late.down.lateMs, after.down.lateMs);
    late.up.lateMs = Math.max(late.up.lateMs, after.up.lateMs);
    if (still) {
      return {
        down: { ...after.down, lateMs: late.down.lateMs },
        up: { ...after.up, lateMs: late.up.lateMs },
      };
    }
    before = after;
  }
}

/** The measured programs come before whatever else this machine does: each stands for a machine of its own. */
function first(command: string, args: readonly string[]): [string, string[]] {
  return PREFERRED ? ['chrt', ['--rr', '1', command, ...args]] : [command, [...args]];
}
const PREFERRED = spawnSync('chrt', ['--rr', '1', 'true']).status === 0;

function childPath(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
