/** A line by satellite on a bad day: 600 ms there and back, three packets in a hundred lost each way, 64 kbit/s. */
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { decodeFrame, encodeFrame, type Frame } from '#contract';
import { openJournalReader } from '#lib/journal';
import { silentLogger } from '#lib/logger';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { openSpool } from '../../agent/spool.ts';
import { parseRecord } from '../../broker/record.ts';
import { type Link, openLink } from '../../infra/lab/link.ts';
import { labProblem } from '../../infra/lab/tools.ts';
import { gapsOf, keysOf } from '../agent/broker.ts';
import { PROBE, TOKEN } from '../agent/fixture.ts';
import { ROOT, until } from '../support/server.ts';

const THIN = { rateMbps: 0.064, delayMs: 300, lossPct: 3, bufferMs: 1000 };
const PORT = 1883;
const KEEPALIVE_S = 10;
const BACKLOG = 60;

/** Frames of an earlier life that never reached the server. */
async function leaveBacklog(dir: string): Promise<void> {
  const deps = { dir, capBytes: 1024 * 1024, monoMs: () => 0, log: silentLogger, onMore: () => undefined };
  const spool = await openSpool(deps);
  const wall = Date.now() - 3_600_000;
  for (let seq = 0; seq < BACKLOG; seq++) {
    const at = { seq, wall: wall + seq * 1000, mono: seq * 1000, t: [seq * 1000] };
    const frame: Frame = { v: 1, boot: 'before', run: 'before', sync: 1, ...at, m: { cpu_pct: [seq % 100] }, e: [] };
    spool.add({ run: 'before', seq, event: false, bytes: encodeFrame(frame, nodeRawDeflate) });
  }
  await spool.close();
}

async function startServer(link: Link, dir: string): Promise<void> {
  mkdirSync(dir);
  const hash = createHash('sha256').update(TOKEN).digest('hex');
  const program = fileURLToPath(new URL('../broker/victim.ts', import.meta.url));
  const args = [program, dir, PROBE, hash, `${link.addresses.server}:${PORT}`];
  const child = link.spawn('server', process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the server ended')));
  await Promise.race([once(createInterface({ input: child.stdout ?? process.stdin }), 'line'), ended]);
  ended.catch(() => undefined);
}

/** The agent as it is deployed, one frame a second. */
function startAgent(link: Link, dir: string): ChildProcess {
  const server = link.addresses.server;
  const credential = { broker: `mqtt://${server}:${PORT}`, id: PROBE, token: TOKEN, ca: null };
  writeFileSync(join(dir, 'credential.json'), JSON.stringify(credential), { mode: 0o600 });
  const env = {
    ...process.env,
    CARREL_AGENT_CREDENTIAL: join(dir, 'credential.json'),
    CARREL_AGENT_SPOOL: join(dir, 'agent'),
    CARREL_AGENT_SAMPLE_S: '1',
    CARREL_AGENT_BATCH: '1',
    CARREL_AGENT_CLOCK: 'trusted',
    CARREL_AGENT_KEEPALIVE_S: String(KEEPALIVE_S),
    CARREL_AGENT_TARGETS: `${server}:${PORT}`,
  };
  return link.spawn('probe', process.execPath, ['dist/agent.cjs'], { cwd: ROOT, env });
}

async function arrivedIn(dir: string): Promise<Frame[]> {
  const reader = openJournalReader({ dir });
  const frames: Frame[] = [];
  const end = Number.MAX_SAFE_INTEGER;
  for (let at = await reader.oldest(end); at < end; ) {
    const read = await reader.read(at, 1024 * 1024, end);
    for (const { payload } of read.records) {
      const frame = decodeFrame(parseRecord(payload)?.payload ?? payload, nodeRawDeflate);
      if (frame.ok) frames.push(frame.frame);
    }
    at = read.next;
  }
  await reader.close();
  return frames;
}

const problem = labProblem();
describe.skipIf(problem)(`over 600 ms, 3 % loss and 64 kbit/s${problem ? ` (${problem.code})` : ''}`, () => {
  test('a backlog and what is new arrive whole, on one connection that no keepalive ends', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'thin-line-'));
    const link = await openLink({ down: THIN, up: THIN });
    onTestFinished(async () => {
      await link.close();
      rmSync(dir, { recursive: true, force: true });
    });
    await leaveBacklog(join(dir, 'agent', 'spool'));
    await startServer(link, join(dir, 'server'));
    const agent = startAgent(link, dir);
    let said = '';
    for (const stream of [agent.stdout, agent.stderr]) stream?.on('data', (text) => (said += text));
    // The backlog, and live frames for more than two keepalives.
    const wanted = BACKLOG + 2.5 * KEEPALIVE_S;
    const enough = async (): Promise<boolean> => keysOf(await arrivedIn(join(dir, 'server', 'wal'))).length >= wanted;
    await until(enough, 100_000, () => said);
    const frames = await arrivedIn(join(dir, 'server', 'wal'));
    expect(frames.filter(({ run }) => run === 'before')).toHaveLength(BACKLOG);
    expect(keysOf(frames)).toHaveLength(frames.length);
    expect(gapsOf(frames).length).toBeLessThanOrEqual(4); // in flight
    expect(said.match(/^info connected /gm), said).toHaveLength(1);
  }, 120_000);
});
