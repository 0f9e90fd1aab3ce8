/**
 * Why: nothing that was measured is lost while the server is away. Online, frames pass through memory and flash is untouched;
 * offline for ten minutes, or at a stop, they go to the journal; when even that is full the oldest go, and are told to be lost.
 */
import { messageOf } from '#lib/errors';
import type { JournalFs } from '#lib/journal-files';
import type { Logger } from '#lib/logger';
import { type Backlog, openBacklog } from './backlog.ts';
import { addLost, type LostRange, lossOf } from './lost.ts';

/** An encoded frame with the run and number that it was made with; they never change, also after a restart. */
export interface SpooledFrame {
  readonly run: string;
  readonly seq: number;
  /** Holds tests, outages and the like: kept when samples must go. */
  readonly event: boolean;
  readonly bytes: Uint8Array;
}

export interface Spool {
  add(frame: SpooledFrame): void;
  /** What to send next: what is new, then the backlog oldest first. Null when nothing is at hand (`onMore` tells when something is). */
  next(): SpooledFrame | null;
  /** The server has it. */
  acknowledge(frame: SpooledFrame): void;
  /** The connection ended before the server had it. */
  release(frame: SpooledFrame): void;
  online(): void;
  offline(): void;
  /** Offline for so long that flash is in use. */
  longAway(): boolean;
  /** Ranges that were lost and not taken yet, at most 100 at once; also those that an earlier process could not tell any more. */
  takeLost(): LostRange[];
  /** Frames that wait to be acknowledged. */
  count(): number;
  /** Puts what waits on flash and closes. */
  close(): Promise<void>;
}

export interface SpoolOptions {
  dir: string;
  capBytes: number;
  monoMs(): number;
  log: Logger;
  /** Something to send may be at hand. */
  onMore(): void;
  /** For tests that count what reaches the disk. */
  fs?: JournalFs;
  /**
   * Offline for so long before flash is used, and between later writes to it. Defaults 10 min and 58 min: a frame of an hour does not
   * wait, and twelve frames of 5 min at once cost a tenth less flash than eleven.
   */
  firstSpillMs?: number;
  spillEveryMs?: number;
  /** Frames kept in memory at most; more go to flash at once. Default 256 KiB. */
  memoryBytes?: number;
}

/** Never throws: where the directory cannot be used the spool works in memory alone, and says so once. */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { dir, log } = options;
  const lost: LostRange[] = [];
  try {
    return createSpool(options, lost, await openBacklog({ ...options, onLost: (range) => addLost(lost, range) }));
  } catch (error) {
    log.warn(
      { code: 'SPOOL_UNWRITABLE', dir, error: messageOf(error) },
      'frames are kept in memory only and would not survive a restart; make the folder writable for the agent',
    );
    return createSpool(options, lost, null);
  }
}

function createSpool(options: SpoolOptions, lost: LostRange[], backlog: Backlog | null): Spool {
  const { monoMs, log, onMore, firstSpillMs = 600_000, spillEveryMs = 3_480_000, memoryBytes = 256 * 1024 } = options;
  /** Frames of this connection's time: sent first, so that the page shows now before it shows then. */
  let live: SpooledFrame[] = [];
  let waiting: SpooledFrame[] = [];
  /** With where they lie meanwhile. */
  const inFlight = new Map<SpooledFrame, 'memory' | 'flash'>();
  let connected = false;
  let awaySinceMs = monoMs();
  let spillAtMs = awaySinceMs + firstSpillMs;
  let spilling: Promise<void> | null = null;
  let fetching = false;
  let readable = true;
  let refused = false;

  const bytesHeld = (): number => [...live, ...waiting].reduce((sum, frame) => sum + frame.bytes.length, 0);

  function keepWithinMemory(): void {
    if (!connected && monoMs() >= spillAtMs) void spill();
    if (bytesHeld() <= memoryBytes) return;
    if (backlog && !refused) return void spill();
    while (bytesHeld() > memoryBytes) {
      const all = [...waiting, ...live];
      const oldest = all.find(({ event }) => !event) ?? all[0];
      if (!oldest) return;
      waiting = waiting.filter((frame) => frame !== oldest);
      live = live.filter((frame) => frame !== oldest);
      lose(oldest);
    }
  }
  function lose(frame: SpooledFrame): void {
    const range = lossOf(frame);
    addLost(lost, range);
    backlog?.owe(range);
  }
  /** One at a time; frames stay in memory until they are durable. */
  function spill(): Promise<void> {
    spilling ??= spillNow().finally(() => {
      spilling = null;
    });
    return spilling;
  }
  async function spillNow(): Promise<void> {
    if (!backlog || waiting.length + live.length === 0) return;
    spillAtMs = monoMs() + spillEveryMs;
    for (const group of groupsOf([...waiting, ...live])) {
      const durable = await backlog.append(group).catch(() => false);
      if (!durable && !refused)
        log.warn(
          { code: 'SPOOL_REFUSED', dir: options.dir },
          'the disk takes no frames (full or failing); they are kept in memory',
        );
      refused = !durable;
      if (refused) return;
      const gone = new Set(group);
      waiting = waiting.filter((frame) => !gone.has(frame));
      live = live.filter((frame) => !gone.has(frame));
    }
    onMore();
  }
  function fetchMore(from: Backlog): void {
    if (fetching) return;
    fetching = true;
    from
      .fetch()
      .catch((error: unknown) => {
        readable = false; // until the next connection
        log.warn({ code: 'SPOOL_UNREADABLE', error: messageOf(error) }, 'the spool cannot be read now');
      })
      .finally(() => {
        fetching = false;
        onMore();
      });
  }
  /** Frames in memory are younger than those on flash, and go last. */
  function take(): [SpooledFrame, 'memory' | 'flash'] | null {
    const first = live.shift();
    if (first) return [first, 'memory'];
    const old = backlog?.next();
    if (old) return [old, 'flash'];
    if (backlog && readable && !backlog.exhausted()) {
      fetchMore(backlog);
      return null;
    }
    const young = waiting.shift();
    return young ? [young, 'memory'] : null;
  }
  function takeBack(frame: SpooledFrame): void {
    const from = inFlight.get(frame);
    inFlight.delete(frame);
    if (from === 'flash') backlog?.release(frame);
    else if (from === 'memory') waiting = [...waiting, frame].sort((a, b) => a.seq - b.seq); // memory holds one run only
  }
  const count = (): number =>
    live.length +
    waiting.length +
    [...inFlight.values()].filter((from) => from === 'memory').length +
    (backlog?.count() ?? 0);
  return {
    add(frame) {
      (connected ? live : waiting).push(frame);
      keepWithinMemory();
      onMore();
    },
    next() {
      const taken = take();
      if (!taken) return null;
      inFlight.set(...taken);
      return taken[0];
    },
    acknowledge(frame) {
      if (inFlight.get(frame) === 'flash') backlog?.acknowledge(frame);
      inFlight.delete(frame);
      if (lost.length === 0 && count() === 0) backlog?.settle();
    },
    release: takeBack,
    online() {
      connected = true;
      refused = false;
      readable = true;
      const newest = waiting.pop();
      if (newest) live.push(newest);
      onMore();
    },
    offline() {
      if (connected) {
        awaySinceMs = monoMs();
        spillAtMs = awaySinceMs + firstSpillMs;
      }
      connected = false;
      waiting = [...waiting, ...live];
      live = [];
    },
    longAway: () => !connected && monoMs() - awaySinceMs >= firstSpillMs,
    takeLost: () => lost.splice(0, LOST_AT_ONCE),
    count,
    async close() {
      for (const frame of [...inFlight.keys()]) takeBack(frame);
      await spilling;
      await spillNow();
      for (const frame of [...waiting, ...live]) lose(frame);
      await backlog?.close();
    },
  };
}

/** The contract takes 256 events a frame. */
const LOST_AT_ONCE = 100;
/** What one sync makes durable: of a size that fits into the smallest spool. */
const GROUP_BYTES = 8 * 1024;

function groupsOf(frames: readonly SpooledFrame[]): SpooledFrame[][] {
  const groups: SpooledFrame[][] = [];
  let bytes = Number.MAX_SAFE_INTEGER;
  for (const frame of frames) {
    bytes += frame.bytes.length;
    if (bytes > GROUP_BYTES) {
      groups.push([]);
      bytes = frame.bytes.length;
    }
    groups.at(-1)?.push(frame);
  }
  return groups;
}
