/** Why: a probe that must drop frames says which; no stop, restart or bad disk makes a loss that nobody hears of. */
import { execFileSync } from 'node:child_process';
import { readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Logger, silentLogger } from '#lib/logger';
import { createDrain } from '../../agent/drain.ts';
import type { LostRange } from '../../agent/lost.ts';
import { openSpool, type Spool, type SpooledFrame, type SpoolOptions } from '../../agent/spool.ts';
import type { Uplink } from '../../agent/uplink.ts';
import { gapsOf, keysOf, startTestBroker, type TestBroker } from './broker.ts';
import { agentFor, configFor, freshDir, told, until } from './fixture.ts';

async function spoolIn(dir: string, over: Partial<SpoolOptions> = {}): Promise<Spool> {
  const spool = await openSpool({
    dir,
    capBytes: 100 * 1024,
    monoMs: () => 0,
    log: silentLogger,
    onMore: () => undefined,
    ...over,
  });
  onTestFinished(() => spool.close().catch(() => undefined));
  return spool;
}
const frame = (seq: number, event = false): SpooledFrame => ({ run: 'run-1', seq, event, bytes: new Uint8Array(1000) });
const seqsOf = (ranges: readonly LostRange[]): number[] =>
  ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

async function takeAll(spool: Spool): Promise<number[]> {
  const taken: number[] = [];
  await until('the spool is empty', () => {
    for (let next = spool.next(); next; next = spool.next()) {
      taken.push(next.seq);
      spool.acknowledge(next);
    }
    return spool.count() === 0;
  });
  return taken;
}

describe('what does not fit', () => {
  test('at the stop is told by the next process, once it is delivered by no later one', async () => {
    const dir = freshDir();
    const first = await spoolIn(dir, { memoryBytes: 1024 * 1024 });
    for (let seq = 0; seq < 200; seq++) first.add(frame(seq));
    await first.close();
    const second = await spoolIn(dir);
    const lost = seqsOf(second.takeLost());
    expect(lost.length).toBeGreaterThan(90);
    expect([...lost, ...(await takeAll(second))].sort((a, b) => a - b)).toEqual(upTo(200));
    await second.close();
    expect((await spoolIn(dir)).takeLost()).toEqual([]);
  });

  test('is told again by a third process when the second was cut off before the server had it', async () => {
    const dir = freshDir();
    const first = await spoolIn(dir, { memoryBytes: 1024 * 1024 });
    for (let seq = 0; seq < 200; seq++) first.add(frame(seq));
    await first.close();
    const lost = (await spoolIn(dir)).takeLost();
    expect((await spoolIn(dir)).takeLost()).toEqual(lost);
  });

  test('into memory alone goes oldest first, events last', async () => {
    const file = join(freshDir(), 'a-file');
    writeFileSync(file, '');
    const spool = await spoolIn(join(file, 'spool'), { memoryBytes: 10_000 });
    for (let seq = 0; seq < 30; seq++) spool.add(frame(seq, seq % 10 === 0));
    expect(seqsOf(spool.takeLost())).toEqual(upTo(23).filter((seq) => seq % 10 !== 0));
    expect(await takeAll(spool)).toEqual([0, 10, 20, ...upTo(30).slice(23)].sort((a, b) => a - b));
  });
});

test('a backlog goes at its rate after a first burst, and what is new overtakes it', async () => {
  const sent: { seq: number; atMs: number }[] = [];
  let connected = false;
  const uplink: Pick<Uplink, 'connected' | 'publish'> = {
    connected: () => connected,
    publish(_kind, payload, done) {
      sent.push({ seq: payload.length, atMs: performance.now() });
      setImmediate(done, true);
    },
  };
  const spool = await spoolIn(freshDir(), { onMore: () => drain.pump() });
  const sized = (seq: number): SpooledFrame => ({ run: 'run-1', seq, event: false, bytes: new Uint8Array(seq) });
  const drain = createDrain({ spool, uplink: uplink as Uplink, monoMs: () => performance.now(), framesPerS: 50 });
  onTestFinished(() => drain.stop());
  for (let seq = 1; seq <= 60; seq++) spool.add(sized(seq));
  connected = true;
  spool.online();
  await until('the burst is over', () => sent.length >= 25);
  spool.add(sized(999));
  await until('all is sent', () => sent.length >= 61);
  const start = sent[0]?.atMs ?? 0;
  for (const [i, { atMs }] of sent.entries()) expect(i).toBeLessThanOrEqual(21 + ((atMs - start) / 1000) * 50);
  expect(sent.findIndex(({ seq }) => seq === 999)).toBeLessThan(30);
  expect(sent.filter(({ seq }) => seq !== 999).map(({ seq }) => seq)).toEqual([60, ...upTo(60).slice(1)]);
});

async function broker(): Promise<TestBroker> {
  const server = await startTestBroker();
  onTestFinished(() => server.stop().catch(() => undefined));
  return server;
}

test('while it is connected the agent writes nothing to flash', async () => {
  const server = await broker();
  const stateDir = freshDir();
  await agentFor(configFor(server.port, { stateDir }));
  await until('it delivers', () => server.frames.length >= 2);
  const files = (): string[] =>
    readdirSync(stateDir, { recursive: true, encoding: 'utf8' }).map((name) => {
      const { mtimeMs, size, ino } = statSync(join(stateDir, name));
      return `${name} ${size} ${ino} ${mtimeMs}`;
    });
  const before = files();
  await until('five more came', () => server.frames.length >= 7);
  expect(files()).toEqual(before);
});

const mountable = process.getuid?.() === 0;

/** A file system of its own for the agent's folder. */
function mounted(options: string): string {
  const disk = freshDir();
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', disk]);
    rmdirSync(disk);
  });
  return disk;
}

describe.skipIf(!mountable)('on a disk that takes nothing (needs root, for a tmpfs)', () => {
  test.each([
    ['read-only', 'size=1m,ro', 0],
    ['full', 'size=1m', 1024 * 1024],
  ])(
    'that is %s the agent measures, delivers, and catches up from memory after an outage',
    async (_, options, ballast) => {
      const stateDir = mounted(options);
      if (ballast > 0) writeFileSync(join(stateDir, 'ballast'), Buffer.alloc(ballast - 4096));
      const server = await broker();
      let reads = 0;
      await agentFor(configFor(server.port, { stateDir }), {
        sensors: () => [told(() => ({ cpu_pct: ++reads % 100 }))],
      });
      await until('it delivers', () => server.frames.length >= 1);
      await server.stop();
      const atStop = reads;
      await until('three slots passed', () => reads >= atStop + 3);
      const before = server.frames.length;
      await server.restart();
      await until('the backlog is there', () => server.frames.length >= before + 3);
      expect(gapsOf(server.frames)).toEqual([]);
      expect(keysOf(server.frames)).toHaveLength(server.frames.length);
    },
  );

  test('that becomes full the spool keeps to memory, and uses the disk again when there is room', async () => {
    const disk = mounted('size=4m');
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(3_500_000));
    const warnings: unknown[] = [];
    const log: Logger = { ...silentLogger, warn: (fields) => warnings.push(fields) };
    let now = 0;
    const spool = await spoolIn(join(disk, 'spool'), { monoMs: () => now, log });
    spool.add(frame(0));
    now = 700_000;
    spool.add(frame(1));
    await until('it was refused', () => warnings.length > 0);
    rmSync(join(disk, 'ballast'));
    now += 3_600_000;
    spool.add(frame(2));
    await until('it is on the disk', () => readdirSync(join(disk, 'spool')).some((name) => name.endsWith('.seg')));
    await spool.close();
    expect(warnings).toMatchObject([{ code: 'SPOOL_REFUSED' }]);
    expect(await takeAll(await spoolIn(join(disk, 'spool')))).toEqual([0, 1, 2]);
  });
});
