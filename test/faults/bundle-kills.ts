/**
 * Why: the agent as it is deployed, one file, killed at any moment: while it starts, samples, sends, says goodbye and writes to flash, on
 * a line that comes and goes. What stands on flash after a kill must be in the server's log in the end, with the same bytes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { decodeFrame } from '#contract';
import { openJournalReader } from '#lib/journal';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { parseRecord } from '../../broker/record.ts';
import { runBroker } from '../broker/running.ts';
import { ROOT, until } from '../support/server.ts';
import { type Line, openLine } from './line.ts';

const PROBE = 'probe-a';
const WORTH = 3;

export interface BundleReport {
  kills: number;
  /** Frames that stood on flash after a kill, of all lives together, and of these those that never came to the server's log. */
  durable: number;
  lost: number;
  /** Frames of one run and number that came with different bytes. */
  wrong: number;
  /** Frames in the log, each counted once. */
  arrived: number;
}

/** `random` says when each kill comes, and what the line does meanwhile. Goes on beyond `kills` while there was hardly anything to lose. */
export async function killBundle(dir: string, kills: number, random: () => number): Promise<BundleReport> {
  mkdirSync(dir, { recursive: true });
  const running = await runBroker({ dir, limits: { packetsPerS: 1e6, bytesPerS: 1e9 } });
  const line = await openLine(running.port);
  const credential = join(dir, 'credential.json');
  const broker = `mqtt://127.0.0.1:${line.port}`;
  writeFileSync(credential, JSON.stringify({ broker, id: PROBE, token: running.probe(PROBE), ca: null }), {
    mode: 0o600,
  });
  const state = join(dir, 'agent');
  const durable = new Map<string, string>();
  try {
    let life = 0;
    for (; life < kills || (durable.size < WORTH && life < 4 * kills); life++) {
      await oneLife(startAgent(credential, state, line.port), line, random);
      for (const [name, bytes] of await framesOnFlash(join(state, 'spool'))) durable.set(name, bytes);
    }
    line.set(true);
    const before = (await arrivedIn(dir)).size;
    const last = startAgent(credential, state, line.port);
    const missing = (arrived: Arrived): string[] => [...durable.keys()].filter((name) => !arrived.has(name));
    const done = (arrived: Arrived): boolean => arrived.size > before && missing(arrived).length === 0;
    await until(async () => done(await arrivedIn(dir)), 120_000).catch(() => undefined);
    last.kill('SIGTERM');
    const [code] = await once(last, 'exit');
    if (code !== 0) throw new Error(`the last life ended with ${code}`);
    const arrived = await arrivedIn(dir);
    const differs = [...durable].filter(([name, bytes]) => arrived.has(name) && !arrived.get(name)?.has(bytes));
    const doubtful = [...arrived.values()].filter((versions) => versions.size > 1);
    return {
      kills: life,
      durable: durable.size,
      lost: missing(arrived).length,
      wrong: differs.length + doubtful.length,
      arrived: arrived.size,
    };
  } finally {
    line.close();
    await running.stop();
  }
}

function startAgent(credential: string, state: string, targetPort: number): ChildProcess {
  return spawn(process.execPath, ['dist/agent.cjs'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      CARREL_AGENT_CREDENTIAL: credential,
      CARREL_AGENT_SPOOL: state,
      CARREL_AGENT_SAMPLE_S: '1',
      CARREL_AGENT_BATCH: '1',
      CARREL_AGENT_CLOCK: 'trusted',
      CARREL_AGENT_TARGETS: `127.0.0.1:${targetPort}`,
    },
  });
}

/** Some seconds of work on a line that is there or not and may change; half of the lives are killed inside their goodbye, some at the start. */
async function oneLife(agent: ChildProcess, line: Line, random: () => number): Promise<void> {
  const gone = once(agent, 'exit');
  const spoke = new Promise((resolve) => {
    for (const stream of [agent.stdout, agent.stderr]) stream?.once('data', resolve).resume();
  });
  line.set(random() < 0.3);
  if (random() < 0.1) await delay(random() * 500);
  else {
    await Promise.race([spoke, gone]); // it is connected, or knows that it is not
    await delay(random() * 1500);
    if (random() < 0.3) line.set(!line.isOpen());
    await delay(random() * 1500);
  }
  if (agent.exitCode !== null) throw new Error(`the agent ended by itself with ${agent.exitCode}`);
  if (random() < 0.6) {
    agent.kill('SIGTERM');
    await Promise.race([gone, delay(random() * 250)]);
  }
  agent.kill('SIGKILL');
  await gone;
}

/** Of each frame that can still be read on flash: run and number, and its bytes. */
async function framesOnFlash(spool: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const payload of recordsOf(spool)) {
    const end = payload.indexOf(0x0a);
    const [run, seq] = payload.toString('latin1', 0, end).split(' ');
    found.set(`${run} ${seq}`, payload.toString('hex', end + 1));
  }
  return found;
}

type Arrived = Map<string, Set<string>>;
/** Of each frame in the server's log: run and number, and the bytes with which it came, each version once. */
async function arrivedIn(dir: string): Promise<Arrived> {
  const arrived: Arrived = new Map();
  for await (const payload of recordsOf(join(dir, 'wal'))) {
    const record = parseRecord(payload);
    const frame = record && decodeFrame(record.payload, nodeRawDeflate);
    if (!record || !frame?.ok) throw new Error('a record of the log holds no frame');
    const name = `${frame.frame.run} ${frame.frame.seq}`;
    arrived.set(name, (arrived.get(name) ?? new Set()).add(Buffer.from(record.payload).toString('hex')));
  }
  return arrived;
}

async function* recordsOf(dir: string): AsyncGenerator<Buffer> {
  const reader = openJournalReader({ dir });
  const end = Number.MAX_SAFE_INTEGER;
  try {
    for (let at = await reader.oldest(end); at < end; ) {
      const read = await reader.read(at, 1024 * 1024, end);
      for (const { payload } of read.records) yield Buffer.from(payload);
      at = read.next;
    }
  } finally {
    await reader.close();
  }
}
