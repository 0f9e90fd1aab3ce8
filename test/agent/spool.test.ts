/** Why: the spool's promises one by one: flash untouched online, bounded offline, told when it must drop, alive when the disk is not. */
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Logger, silentLogger } from '#lib/logger';
import { openSpool, type Spool, type SpooledFrame, type SpoolOptions } from '../../agent/spool.ts';
import { freshDir, until } from './fixture.ts';

const RUN = 'run-1';

async function spoolIn(dir: string, over: Partial<SpoolOptions> = {}): Promise<Spool> {
  const spool = await openSpool({
    dir,
    capBytes: 4 * 1024 * 1024,
    monoMs: () => 0,
    log: silentLogger,
    onMore: () => undefined,
    ...over,
  });
  onTestFinished(() => spool.close().catch(() => undefined));
  return spool;
}

function frame(seq: number, size = 100, run = RUN): SpooledFrame {
  return { run, seq, event: false, bytes: new Uint8Array(size).fill(seq % 251) };
}

/** Everything that is at hand or can be fetched, in the order of sending. */
async function takeAll(spool: Spool): Promise<SpooledFrame[]> {
  const taken: SpooledFrame[] = [];
  await until('the spool is empty', () => {
    for (let next = spool.next(); next; next = spool.next()) {
      taken.push(next);
      spool.acknowledge(next);
    }
    return spool.count() === 0;
  });
  return taken;
}

test('online, frames pass through memory and nothing is written', async () => {
  const dir = freshDir();
  const spool = await spoolIn(dir);
  spool.online();
  for (let seq = 0; seq < 100; seq++) spool.add(frame(seq));
  expect((await takeAll(spool)).map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, seq) => seq));
  expect(readdirSync(dir)).toEqual([]);
});

test('after ten minutes offline what waits is on flash, and a kill -9 does not lose it', async () => {
  const dir = freshDir();
  let now = 0;
  const spool = await spoolIn(dir, { monoMs: () => now });
  spool.add(frame(0));
  expect(readdirSync(dir)).toEqual([]);
  now = 600_001;
  spool.add(frame(1));
  await until('it is written', () => readdirSync(dir).some((name) => name.endsWith('.seg')) && spool.count() === 2);
  const other = await spoolIn(dir); // what a process after a kill finds; the first one is never closed properly
  await until('both are found', () => other.count() === 2);
  expect((await takeAll(other)).map(({ run, seq }) => `${run}/${seq}`)).toEqual(['run-1/0', 'run-1/1']);
});

test('what was acknowledged is not sent again after a restart', async () => {
  const dir = freshDir();
  const first = await spoolIn(dir);
  for (let seq = 0; seq < 10; seq++) first.add(frame(seq));
  await first.close();
  const second = await spoolIn(dir);
  expect((await takeAll(second)).map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await second.close();
  expect((await spoolIn(dir)).count()).toBe(0);
});

test('frames come back byte for byte', async () => {
  const dir = freshDir();
  const first = await spoolIn(dir);
  first.add(frame(7, 60_000));
  await first.close();
  const [back] = await takeAll(await spoolIn(dir));
  expect(back).toEqual(frame(7, 60_000));
});

test('a connection that ends gives its frames back, and they go again in order', async () => {
  const spool = await spoolIn(freshDir());
  for (let seq = 0; seq < 4; seq++) spool.add(frame(seq));
  spool.online();
  const inFlight = [spool.next(), spool.next()].filter((one) => one !== null);
  expect(inFlight.map(({ seq }) => seq)).toEqual([3, 0]);
  for (const one of inFlight) spool.release(one);
  spool.offline();
  expect((await takeAll(spool)).map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
});

test('at its cap the oldest frames go, and are told by run and number', async () => {
  const dir = freshDir();
  const cap = 100 * 1024;
  const spool = await spoolIn(dir, { capBytes: cap, memoryBytes: 8 * 1024 });
  for (let seq = 0; seq < 400; seq++) {
    spool.add(frame(seq, 1000));
    if (seq % 16 === 15)
      await until('it is on flash', () => readdirSync(dir).length > 0).then(
        () => new Promise((resolve) => setImmediate(resolve)),
      );
  }
  await spool.close();
  const bytes = readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
  expect(bytes).toBeLessThanOrEqual(cap + 4096);
  const kept = (await takeAll(await spoolIn(dir))).map(({ seq }) => seq);
  const ranges = spool.takeLost();
  expect(new Set(ranges.map(({ run, class: kind }) => `${run} ${kind}`))).toEqual(new Set([`${RUN} frame`]));
  const lost = ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
  expect([...lost, ...kept].sort((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, seq) => seq));
  expect(kept).toContain(399);
});

test('a torn tail costs the torn frame only', async () => {
  const dir = freshDir();
  const first = await spoolIn(dir);
  for (let seq = 0; seq < 5; seq++) first.add(frame(seq));
  await first.close();
  const segment = join(dir, readdirSync(dir).filter((name) => name.endsWith('.seg'))[0] ?? '');
  truncateSync(segment, statSync(segment).size - 30);
  expect((await takeAll(await spoolIn(dir))).map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
});

test('a damaged frame in the middle is told as lost, and the rest arrives', async () => {
  const dir = freshDir();
  const first = await spoolIn(dir);
  for (let seq = 0; seq < 5; seq++) first.add(frame(seq));
  await first.close();
  const segment = join(dir, readdirSync(dir).filter((name) => name.endsWith('.seg'))[0] ?? '');
  const bytes = readFileSync(segment);
  bytes.fill(0xff, 8 + 2 * 116 + 40, 8 + 2 * 116 + 60); // inside of the third record
  writeFileSync(segment, bytes);
  const second = await spoolIn(dir);
  const arrived: number[] = [];
  await until('the rest arrived', () => {
    for (let next = second.next(); next; next = second.next()) arrived.push(next.seq);
    return arrived.includes(4);
  });
  expect(arrived).toEqual([0, 1, 3, 4]);
  expect(second.takeLost()).toEqual([{ run: RUN, from: 2, to: 2, class: 'damaged' }]);
});

test('where the folder cannot be used it works in memory, warns once, and stays within its bound', async () => {
  const file = join(freshDir(), 'a-file');
  writeFileSync(file, '');
  const warnings: unknown[] = [];
  const log: Logger = { ...silentLogger, warn: (fields) => warnings.push(fields) };
  const spool = await spoolIn(join(file, 'spool'), { log, memoryBytes: 10_000 });
  for (let seq = 0; seq < 50; seq++) spool.add(frame(seq, 1000));
  expect(warnings).toMatchObject([{ code: 'SPOOL_UNWRITABLE' }]);
  expect(spool.count()).toBe(10);
  expect(spool.takeLost()).toEqual([{ run: RUN, from: 0, to: 39, class: 'frame' }]);
});

test('a disk that fails while it runs costs durability, not the agent, and is told once', async () => {
  const dir = join(freshDir(), 'spool');
  let now = 0;
  const warnings: unknown[] = [];
  const spool = await spoolIn(dir, {
    monoMs: () => now,
    log: { ...silentLogger, warn: (fields) => warnings.push(fields) },
  });
  rmSync(dir, { recursive: true });
  writeFileSync(dir, 'the folder is gone');
  for (let seq = 0; seq < 3; seq++) {
    now += 3_700_000;
    spool.add(frame(seq));
    await until('the disk was tried', () => warnings.length > 0);
  }
  expect(warnings).toMatchObject([{ code: 'SPOOL_REFUSED' }]);
  spool.online();
  expect([spool.next(), spool.next(), spool.next()].map((one) => one?.seq)).toEqual([2, 0, 1]);
});
