import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Feed, FeedFrame } from '#feed';
import { silentLogger } from '#lib/logger';
import { type Batch, type Cursor, type SetAside, type Store, StoreError, type WriteReport } from '#store';
import { type Consumer, type ConsumerStatus, startConsumer } from '../../broker/consumer-loop.ts';
import type { RollupKeeper } from '../../broker/rollup/keeper.ts';
import { createMemoryStore } from '../../broker/store/memory.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const fed = (seq: number): FeedFrame => ({
  position: seq * 10,
  receivedMs: NOON,
  probe: 'p',
  offsetMs: NOON,
  approx: false,
  late: false,
  frame: {
    v: 1,
    boot: 'b',
    run: 'r',
    seq,
    wall: NOON,
    mono: 0,
    sync: 1,
    t: [seq * 60_000],
    m: { rtt_ms: [seq] },
    e: [],
  },
});

let reads = 0;
/** A wal of `count` frames, one per read. */
function feedOf(count: number, cursor: Cursor | null): Feed {
  reads = 0;
  let next = cursor?.next ?? 0;
  return {
    async next(_, signal) {
      if (next >= count)
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      const frames = [fed(next)];
      next += 1;
      reads += 1;
      return { frames, unsynced: [], cursor: { next, held: [] }, atEnd: next === count };
    },
    async close() {},
  };
}

/** A memory store whose writes first go through `fault`, and which survives being closed. */
function faulty(fault: (attempt: number) => WriteReport | undefined): {
  open(): Promise<Store>;
  opened: number;
  closed: number;
  memory: Store;
} {
  const memory = createMemoryStore();
  let attempt = 0;
  const self = {
    memory,
    opened: 0,
    closed: 0,
    async open(): Promise<Store> {
      self.opened += 1;
      return {
        ...memory,
        async write(batch: Batch, cursor: Cursor, aside?: SetAside) {
          const report = fault(++attempt);
          if (report) await aside?.(report.quarantined);
          await memory.write(batch, cursor);
          return report ?? { quarantined: [] };
        },
        async close() {
          self.closed += 1;
        },
      };
    },
  };
  return self;
}

describe('the loop of one database', () => {
  let consumer: Consumer;
  let states: ConsumerStatus[];
  let cursors: Cursor[];
  let kept: object[];
  let hasRoom = true;
  const start = (openStore: () => Promise<Store>, frames = 5, rowsAtOnce = 1, rollups?: RollupKeeper): void => {
    [states, cursors, kept] = [[], [], []];
    consumer = startConsumer({
      name: 'db',
      openStore,
      openFeed: (cursor) => feedOf(frames, cursor),
      ...(rollups ? { openRollups: async () => rollups } : {}),
      quarantine: { add: async (entries) => hasRoom && kept.push(...entries) > 0 },
      onCursor: (cursor) => cursors.push(cursor),
      onStatus: (status) => states.push(status),
      log: silentLogger,
      nowMs: () => NOON,
      gatherMs: 1,
      tickMs: 5,
      rowsAtOnce,
      retry: { baseMs: 1, capMs: 2 },
    });
  };
  const done = (frames = 5): Promise<void> => vi.waitFor(() => expect(cursors.at(-1)?.next).toBe(frames));
  const rows = async (store: Store): Promise<number> =>
    (await store.fleet({ metric: 'rtt_ms', from_s: 0, to_s: NOON }))[0]?.count ?? 0;
  afterEach(() => consumer.stop());

  it('tells each cursor only after the write, and ends up to date', async () => {
    const database = faulty(() => undefined);
    start(database.open);
    await done();
    expect(cursors.map(({ next }) => next)).toEqual([1, 2, 3, 4, 5]);
    expect(await rows(database.memory)).toBe(5);
    expect(states.at(-1)).toEqual({
      name: 'db',
      state: 'ok',
      error: null,
      since_ms: null,
      rows_written: 5,
      quarantined: 0,
    });
  });

  it('is not up to date while it reads, however long that takes; only when there is nothing more to read', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    [states, cursors] = [[], []];
    const { promise: atEnd, resolve: reachEnd } = Promise.withResolvers<void>();
    consumer = startConsumer({
      name: 'db',
      openStore: async () => createMemoryStore(),
      openFeed: (_, waiting) => ({
        async next(_bytes, signal) {
          await atEnd;
          waiting();
          return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        },
        async close() {},
      }),
      quarantine: { add: async () => true },
      onCursor: (cursor) => cursors.push(cursor),
      onStatus: (status) => states.push(status),
      log: silentLogger,
      nowMs: () => NOON,
    });
    await vi.waitFor(() => expect(consumer.store()).not.toBeNull());
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states.map(({ state }) => state)).not.toContain('ok');
    reachEnd();
    await vi.waitFor(() => expect(states.at(-1)?.state).toBe('ok'));
  });

  it('gives a database many rows of a backlog at once, and what is left at the end', async () => {
    const database = faulty(() => undefined);
    start(database.open, 10, 4);
    await done(10);
    expect(cursors.map(({ next }) => next)).toEqual([4, 8, 10]);
    expect(await rows(database.memory)).toBe(10);
  });

  it('decodes the next rows while the database writes', async () => {
    const memory = createMemoryStore();
    const { promise: written, resolve: letItWrite } = Promise.withResolvers<void>();
    const write = async (batch: Batch, cursor: Cursor): Promise<WriteReport> => {
      await written;
      return memory.write(batch, cursor);
    };
    start(async () => ({ ...memory, write }), 10, 4);
    await vi.waitFor(() => expect(reads).toBe(8));
    expect(cursors).toEqual([]);
    letItWrite();
    await done(10);
  });

  it('gathers the rollups of a batch only when the database has it, the last ones at once, and none of a batch that it refused', async () => {
    const told: string[] = [];
    const memory = createMemoryStore();
    let attempt = 0;
    const openStore = async (): Promise<Store> => ({
      ...memory,
      async write(batch, cursor) {
        told.push(`write ${cursor.next}`);
        await new Promise(setImmediate);
        if (++attempt === 3) throw new StoreError('broken', 'no');
        told.push(`has ${cursor.next}`);
        return memory.write(batch, cursor);
      },
    });
    start(openStore, 4, 1, {
      from: null,
      take: (_, cursor) => told.push(`gather ${cursor.next}`),
      tick: async () => false,
      trouble: () => null,
      close: async () => void told.push('close'),
    });
    await vi.waitFor(() => expect(states.at(-1)?.rows_written).toBe(4), { timeout: 5000 });
    for (const next of [1, 2, 3, 4]) {
      const [has, gathered] = [told.lastIndexOf(`has ${next}`), told.indexOf(`gather ${next}`)];
      expect(has).toBeGreaterThanOrEqual(0);
      expect(gathered).toBeGreaterThan(told.indexOf(`has ${next}`));
      expect(told.filter((one) => one === `gather ${next}`)).toHaveLength(1);
    }
    expect(told.slice(0, 4)).toEqual(['write 1', 'has 1', 'write 2', 'gather 1']);
    expect(told.indexOf('gather 2')).toBeLessThan(told.indexOf('close'));
    await consumer.stop();
  });

  it('writes the same batch again while the database is unreachable or overloaded', async () => {
    const database = faulty((attempt) => {
      if (attempt === 2) throw new StoreError('unreachable', 'connection refused');
      if (attempt === 3) throw new StoreError('overloaded', 'too many requests', 20);
      return undefined;
    });
    start(database.open);
    await done();
    expect(await rows(database.memory)).toBe(5);
    expect(database.opened).toBe(1);
    expect(states.map(({ state, error }) => `${state} ${error}`)).toContain('down connection refused');
    expect(states.at(-1)?.error).toBeNull();
  });

  it('opens the database again when it is broken or gone, and resumes at its own cursor', async () => {
    const database = faulty((attempt) => {
      if (attempt === 3) throw new StoreError('missing_database', 'database not found');
      if (attempt === 4) throw new Error('a fault of the driver');
      return undefined;
    });
    start(database.open);
    await done();
    expect(database.opened).toBe(3);
    expect(database.closed).toBe(2);
    expect(await rows(database.memory)).toBe(5);
    expect(states.map(({ state }) => state)).toContain('refused');
  });

  it('waits for a database that cannot be opened at the start', async () => {
    const database = faulty(() => undefined);
    let attempts = 0;
    start(async () => {
      if (++attempts < 4) throw new StoreError('unreachable', 'not yet');
      return database.open();
    });
    await done();
    expect(states.find(({ state }) => state === 'down')).toMatchObject({ error: 'not yet', since_ms: NOON });
  });

  it('keeps refused lines with their reason and goes on', async () => {
    const database = faulty((attempt) =>
      attempt === 2 ? { quarantined: [{ line: 'bad', reason: 'conflict' }] } : undefined,
    );
    start(database.open);
    await done();
    expect(kept).toEqual([{ at: NOON, store: 'db', line: 'bad', reason: 'conflict' }]);
    expect(states.at(-1)).toMatchObject({ rows_written: 4, quarantined: 1 });
  });

  it('tells that it takes no rollups, and that it takes them again', async () => {
    let trouble: string | null = null;
    const rollups = { from: null, take: () => undefined, tick: async () => false, trouble: () => trouble };
    const database = faulty(() => undefined);
    start(database.open, 3, 1, { ...rollups, close: async () => undefined });
    await done(3);
    trouble = 'a field has another type';
    const last = () => states.at(-1);
    await vi.waitFor(() => expect(last()).toMatchObject({ state: 'down', since_ms: NOON }));
    expect(last()?.error).toBe('takes no rollups: a field has another type');
    trouble = null;
    await vi.waitFor(() => expect(last()).toMatchObject({ state: 'ok', error: null }));
  });

  it('waits with refused lines for room in the quarantine: none of them is given up', async () => {
    hasRoom = false;
    let written = 0;
    const database = faulty(() => {
      written += 1;
      return { quarantined: [{ line: 'bad', reason: 'conflict' }] };
    });
    start(database.open, 1);
    await vi.waitFor(() => expect(written).toBeGreaterThan(2));
    expect(states.at(-1)).toMatchObject({ state: 'down', error: expect.stringContaining('its quarantine is full') });
    expect(cursors).toEqual([]);
    hasRoom = true;
    await done(1);
    expect(kept).toEqual([{ at: NOON, store: 'db', line: 'bad', reason: 'conflict' }]);
  });

  it('stops while it waits for a database that never comes', async () => {
    start(async () => {
      throw new StoreError('unreachable', 'never', 300_000);
    });
    await vi.waitFor(() => expect(states.at(-1)?.state).toBe('down'));
    await consumer.stop();
    expect(consumer.store()).toBeNull();
  });
});
