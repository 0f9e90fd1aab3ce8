/**
 * Why: one database, one loop: open, read the wal, write, tell how far it came; for ever, by itself. Whatever goes wrong with it
 * is waited for and told, and no other database, nor ingest, ever notices.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createBackoff } from '#lib/backoff';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import { type BatchReader, createBatchReader, type ReadBatch } from './batch-reader.ts';
import type { Feed } from './feed.ts';
import type { Fill, Filling, StoreSlice } from './fill.ts';
import type { RollupKeeper } from './rollup/keeper.ts';
import { createOwedRollups, type OwedRollups } from './rollup/owed.ts';
import type { Quarantine } from './store/quarantine.ts';
import { type Batch, type Cursor, type QuarantinedLine, type Store, StoreError } from './store/store.ts';

/** What the loop knows of its database; the lag is added by whoever knows the end of the wal. */
export interface ConsumerStatus {
  name: string;
  state: 'ok' | 'catching_up' | 'down' | 'refused';
  /** Last failure in words; null when it works. */
  error: string | null;
  /** Since when it does not work; null when it works. */
  since_ms: number | null;
  rows_written: number;
  filling?: Filling | null;
  quarantined: number;
}

export interface ConsumerDeps {
  name: string;
  openStore(): Promise<Store>;
  /** @param waiting is called whenever the feed has read everything and waits for more */
  openFeed(cursor: Cursor | null, waiting: () => void): Feed;
  /** What this database lacks and the log no longer has. */
  fill?: Fill;
  /** Rollups of what this database took; it writes them there too. */
  openRollups?(store: Store): Promise<RollupKeeper>;
  /** The database takes rollups while it takes samples. */
  rollupsBeside?: boolean;
  quarantine: Pick<Quarantine, 'add'>;
  /** What is durable in this database. Also called once after each opening. */
  onCursor(cursor: Cursor): void;
  onStatus(status: ConsumerStatus): void;
  log: Logger;
  nowMs(): number;
  /** Shortest time between two small writes: a commit costs a sync, and flash wears. */
  gatherMs?: number;
  /** How often is looked whether a rollup is due. */
  tickMs?: number;
  /** Rows after which a batch of a backlog is closed. */
  rowsAtOnce?: number;
  /** Waits between attempts. */
  retry?: { baseMs: number; capMs: number };
}
export interface Consumer {
  /** The open database; null while it is not. */
  store(): Store | null;
  /** Resolves when it was first tried to open the database, whatever came of it. */
  readonly tried: Promise<void>;
  /** Lets a running write finish, then closes. */
  stop(): Promise<void>;
}

/** Of a backlog, where a database wants no other number: four requests of InfluxDB, so that it hardly ever waits for the next. */
const ROWS_AT_ONCE = 20_000;
const QUARANTINE_LOGGED = 3;
/** How often is looked whether a rollup is due; sooner while there are more. */
const TICK_MS = 5000;
const MORE_MS = 10;

export function startConsumer(deps: ConsumerDeps): Consumer {
  const { name, log, gatherMs = 1000, tickMs = TICK_MS, rowsAtOnce = ROWS_AT_ONCE } = deps;
  const stopping = new AbortController();
  const backoff = createBackoff({ floorMs: 100, ...(deps.retry ?? { baseMs: 500, capMs: 30_000 }) });
  let status: ConsumerStatus = {
    name,
    state: 'catching_up',
    error: null,
    since_ms: null,
    rows_written: 0,
    quarantined: 0,
  };
  let store: Store | null = null;
  let keeper: RollupKeeper | undefined;
  const tried = Promise.withResolvers<void>();

  function tell(change: Partial<ConsumerStatus>): void {
    status = { ...status, ...change };
    deps.onStatus(status);
  }

  /** Rollups that it does not take hold the log as samples do, and are told as they are. */
  function works(state: 'ok' | 'catching_up', change: Partial<ConsumerStatus> = {}): void {
    const trouble = keeper?.trouble() ?? null;
    if (trouble !== null) {
      const since_ms = status.since_ms ?? deps.nowMs();
      tell({ ...change, state: 'down', error: `takes no rollups: ${trouble}`, since_ms });
      return;
    }
    if (status.error !== null)
      log.info({ store: name, downMs: deps.nowMs() - (status.since_ms ?? 0) }, 'store works again');
    backoff.reset();
    tell({ ...change, state, error: null, since_ms: null });
  }

  /** Tells the failure once per kind of failure, then waits. */
  async function failed(error: unknown): Promise<void> {
    const words = messageOf(error);
    const refused =
      error instanceof StoreError && (error.failure === 'refused_credentials' || error.failure === 'missing_database');
    const state = refused ? 'refused' : 'down';
    if (status.state !== state)
      log.warn(
        { store: name, error: words, code: error instanceof StoreError ? error.code : 'STORE_FAILED' },
        'store does not take rows; they wait in the log',
      );
    tell({ state, error: words, since_ms: status.since_ms ?? deps.nowMs() });
    const askedMs = error instanceof StoreError ? (error.retryAfterMs ?? 0) : 0;
    await delay(Math.max(backoff.next(), Math.min(askedMs, 300_000)), undefined, { signal: stopping.signal });
  }

  async function setAside(quarantined: readonly QuarantinedLine[]): Promise<void> {
    const kept = await deps.quarantine.add(quarantined.map((entry) => ({ at: deps.nowMs(), store: name, ...entry })));
    // What was accepted may not vanish: the cursor stays, and all of them wait in the log.
    if (!kept)
      throw new StoreError('broken', 'refuses lines, and its quarantine is full: replay or drop what lies there');
    log.warn(
      { store: name, lines: quarantined.length, first: quarantined.slice(0, QUARANTINE_LOGGED) },
      'store refused lines for ever; they are in the quarantine',
    );
  }

  /** The same batch until it is in, or until the database must be opened again. */
  async function writeUntilTaken(open: Store, batch: Batch, cursor: Cursor): Promise<number> {
    for (;;) {
      try {
        const { quarantined } = await open.write(batch, cursor, setAside);
        return quarantined.length;
      } catch (error) {
        if (!(error instanceof StoreError) || (error.failure !== 'unreachable' && error.failure !== 'overloaded'))
          throw error;
        await failed(error);
      }
    }
  }

  /** Rollups of the batch before are gathered while the database takes this one. */
  async function take(
    open: Store,
    rollups: RollupKeeper | undefined,
    owed: OwedRollups,
    { batch, cursor, atEnd }: ReadBatch,
  ): Promise<void> {
    const writing = writeUntilTaken(open, batch, cursor);
    writing.catch(() => undefined); // awaited below
    owed.gather();
    if (deps.rollupsBeside) await rollups?.tick(!atEnd);
    const quarantined = await writing;
    deps.onCursor(cursor);
    owed.add(batch, cursor);
    if (atEnd) owed.gather();
    if (atEnd || !deps.rollupsBeside) await rollups?.tick(!atEnd);
    const rows = batch.samples.t_s.length + batch.events.length - quarantined;
    works(atEnd ? 'ok' : 'catching_up', {
      rows_written: status.rows_written + rows,
      quarantined: status.quarantined + quarantined,
    });
    if (atEnd) await delay(gatherMs, undefined, { signal: stopping.signal });
  }

  /** Where to go on in the log, after what is missing has come from another database. */
  async function filled(open: Store, cursor: Cursor | null): Promise<Cursor | null> {
    if (cursor) deps.onCursor(cursor);
    if (!deps.fill) return cursor;
    const storeSlice: StoreSlice = async (batch, place, filling) => {
      const quarantined = await writeUntilTaken(open, batch, place);
      deps.onCursor(place);
      const rows = batch.samples.t_s.length + batch.events.length - quarantined;
      works('catching_up', { filling, rows_written: status.rows_written + rows });
    };
    return deps.fill(open, cursor, storeSlice, stopping.signal);
  }

  /** Waiting at the end of the log is being up to date; reading for long, on a busy machine, is not. */
  function upToDate(): void {
    if (status.state === 'catching_up') works('ok');
  }

  /** One life of the open database. */
  async function consume(): Promise<never> {
    const open = await deps.openStore();
    let feed: Feed | null = null;
    let rollups: RollupKeeper | undefined;
    let owed = createOwedRollups(rollups);
    try {
      store = open;
      tried.resolve();
      const cursor = await filled(open, await open.cursor());
      rollups = await deps.openRollups?.(open);
      keeper = rollups;
      owed = createOwedRollups(rollups);
      feed = deps.openFeed(earlier(cursor, rollups?.from ?? cursor), upToDate);
      if (status.error !== null) works('catching_up');
      const reader = createBatchReader(feed, rowsAtOnce, stopping.signal);
      for (;;) await take(open, rollups, owed, await nextOf(reader, rollups));
    } finally {
      store = null;
      keeper = undefined;
      await feed?.close();
      owed.gather();
      await rollups
        ?.close()
        .catch((error: unknown) => log.warn({ store: name, error: messageOf(error) }, 'state of rollups not kept'));
      await open
        .close()
        .catch((error: unknown) => log.warn({ store: name, error: messageOf(error) }, 'store did not close cleanly'));
    }
  }

  /** Rollups fall due while nothing comes. */
  async function nextOf(reader: BatchReader, rollups: RollupKeeper | undefined): Promise<ReadBatch> {
    const ahead = reader.ahead();
    if (ahead) return ahead;
    for (let more = false; ; more = (await rollups?.tick()) ?? false) {
      const read = await reader.next(rollups ? (more ? MORE_MS : tickMs) : null);
      if (read) return read;
      // Nothing comes that would tell it.
      if ((rollups?.trouble() ?? null) !== null || status.state === 'down') works('ok');
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await consume();
      } catch (error) {
        tried.resolve();
        if (stopping.signal.aborted) return;
        await failed(error).catch(() => undefined); // stopped while waiting
      }
    }
  }

  tell({});
  const running = run();
  return {
    store: () => store,
    tried: tried.promise,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Null is the oldest record. */
function earlier(a: Cursor | null, b: Cursor | null): Cursor | null {
  return a && b ? (a.next <= b.next ? a : b) : null;
}
