import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { silentLogger } from '#lib/logger';
import type { RollupRow, Store, StoreStatus } from '#store';
import { withAnswers } from '../../broker/store/answers.ts';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { TIER_S } from '../../broker/store/store.ts';
import { closeMonths } from '../../dashboard/report/keeper.ts';
import { startReady } from '../../dashboard/report/ready.ts';
import { closesAt, reportOf } from '../../dashboard/report/report.ts';
import { filled } from '../dashboard/query/month-world.ts';
import { reportWorld } from './world.ts';

const DAY_MS = 86_400_000;
/** In the opening hours of a working day. */
const NOON = Date.UTC(2026, 9, 20, 9, 20);
let stop: () => Promise<void> = async () => undefined;

beforeEach(() => {
  vi.useFakeTimers({ now: NOON, toFake: ['setInterval', 'clearInterval', 'setTimeout', 'Date'] });
});
afterEach(async () => {
  await stop();
  vi.useRealTimers();
});

/** A server that has just started, with libraries and rollups, and what its database is asked for. */
async function started(state: StoreStatus['state'] = 'ok') {
  const { state: registered } = await reportWorld();
  const past = createMemoryStore();
  await past.writeRollups((await filled()).rollups.filter(({ t_s, tier }) => t_s + TIER_S[tier] <= NOON / 1000));
  const world = { state: registered, store: past };
  const asked: string[] = [];
  const slow = { ms: 0 };
  const watched: Store = {
    ...past,
    rollupTotals(query) {
      asked.push('tests');
      return past.rollupTotals(query);
    },
    async known(groups) {
      asked.push('seconds');
      if (slow.ms > 0) await new Promise((resolve) => setTimeout(resolve, slow.ms));
      return past.known(groups);
    },
  };
  const store = withAnswers(watched, Date.now);
  const listeners = new Set<() => void>();
  const status = { name: 'memory', primary: true, state } as StoreStatus;
  const broker = {
    store,
    stores: () => [status],
    onRollups(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const clock = { wallMs: Date.now, monoMs: Date.now };
  stop = startReady({ state: world.state, broker, clock, log: silentLogger });
  return {
    world,
    asked,
    slow,
    status,
    listeners,
    async hourCame(hour_s: number) {
      const [row] = await store.rollups({ tier: 'hour', from_s: NOON / 1000 - 3 * 86_400, to_s: hour_s });
      await store.writeRollups([{ ...row, t_s: hour_s, version: 99 } as RollupRow]);
      for (const listener of listeners) listener();
    },
    /** How often a person who opens the report has to wait for the database. */
    async waits() {
      asked.length = 0;
      await reportOf({ state: world.state, store }, '2026-10', Date.now());
      return asked.length;
    },
  };
}

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}

it('a server that was started asks for the month under way, so that nobody waits for it', async () => {
  const { waits, asked } = await started();
  expect(asked).toEqual([]);
  await pass(20_000);
  expect(asked).not.toEqual([]);
  expect(await waits()).toBe(0);
  await pass(40 * 60_000);
  expect(asked).toEqual([]); // nothing came
  expect(await waits()).toBe(0);
});

it('asks again when an hour came, once it is all written', async () => {
  const { waits, hourCame } = await started();
  await pass(90_000);
  await hourCame(NOON / 1000 - 4800);
  expect(await waits()).toBeGreaterThan(0);
  await hourCame(NOON / 1000 - 4800);
  await pass(20_000);
  expect(await waits()).toBe(0);
});

it('asks at most once a minute while late hours trickle in', async () => {
  const { asked, hourCame } = await started();
  await pass(90_000);
  asked.length = 0;
  for (let i = 0; i < 60; i++) {
    await hourCame(NOON / 1000 - 4800);
    await pass(5000);
  }
  expect(asked.length).toBeGreaterThanOrEqual(2 * 4);
  expect(asked.length).toBeLessThanOrEqual(2 * 5);
});

it('asks less often of a database that is slow, so that it has time for others', async () => {
  const { asked, hourCame, slow } = await started();
  slow.ms = 2000;
  await pass(20_000);
  for (let i = 0; i < 120; i++) {
    await hourCame(NOON / 1000 - 4800);
    await pass(5000);
  }
  expect(asked.length).toBeLessThanOrEqual(4);
});

it('lets a backlog go first', async () => {
  const { asked, status, waits } = await started('catching_up');
  await pass(10 * 60_000);
  expect(asked).toEqual([]);
  status.state = 'ok';
  await pass(10_000);
  expect(await waits()).toBe(0);
});

it('asks again when a day begins: the older days are others then', async () => {
  const { waits } = await started();
  await pass(20_000);
  vi.setSystemTime(NOON + DAY_MS);
  await pass(90_000);
  expect(await waits()).toBe(0);
});

it('asks for the month before as well, until that is closed', async () => {
  const { world, asked, waits } = await started();
  await pass(20_000);
  vi.setSystemTime(closesAt('2026-10') - 3_600_000);
  await pass(90_000);
  expect(await waits()).toBe(0);
  await closeMonths(world, closesAt('2026-10'));
  vi.setSystemTime(closesAt('2026-10') + DAY_MS);
  asked.length = 0;
  await pass(90_000);
  expect(asked.filter((what) => what === 'tests').length).toBeLessThanOrEqual(2); // November, in its two parts
});

it('tries again when the database gave no answer', async () => {
  const { world, waits } = await started();
  const state = vi.spyOn(world.state.registry, 'sites').mockImplementationOnce(() => {
    throw new Error('busy');
  });
  await pass(20_000);
  expect(state).toHaveBeenCalledTimes(1);
  await pass(70_000);
  expect(await waits()).toBe(0);
});

it('asks nothing any more when it was stopped', async () => {
  const { asked, listeners } = await started();
  await stop();
  await pass(10 * 60_000);
  expect(asked).toEqual([]);
  expect(listeners.size).toBe(0);
});
