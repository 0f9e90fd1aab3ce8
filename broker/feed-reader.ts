/**
 * Why: one reader of the wal per consumer, in the main thread or in a worker: records become frames with a known time.
 * Duplicates are not removed here; consumers know them by (probe, run, seq).
 */
import type { Clock } from '#lib/clock';
import { systemClock } from '#lib/clock';
import { openJournalReader } from '#lib/journal';
import { serverRawDeflate } from '#lib/raw-inflate';
import { type DecodedFrame, decodeFrame, type Frame } from './contract/index.ts';
import type { Feed, FeedBatch, FeedFrame, WalRecord } from './feed.ts';
import { believable, createFeedTime, HOLD_MS, type Released } from './feed-time.ts';
import { parseRecord } from './record.ts';
import type { Cursor } from './store/store.ts';

/** A payload that is no frame: acknowledged, so that nobody sends it again, counted, and shown to whoever looks. */
export interface QuarantinedPayload {
  position: number;
  receivedMs: number;
  probe: string;
  code: string;
  detail: string /** At most 512 bytes. */;
  head: Uint8Array;
}
export interface FeedOptions {
  /** The wal's directory. */
  dir: string;
  /** Null starts at the oldest record that is kept. */
  cursor: Cursor | null;
  /** Position up to which the wal is durable. */
  durableEnd(): number;
  /** Calls back after the durable end has grown. Returns the unsubscriber. */
  onDurable(listener: () => void): () => void;
  clock?: Clock;
  /** Where several readers share the work; each for itself otherwise. */
  decode?(position: number, payload: Uint8Array): DecodedFrame;
  onQuarantine?(payload: QuarantinedPayload): void;
  /** It has read everything and waits. */
  onWaiting?(): void;
}
export interface FeedReader extends Feed {
  /** What could not be used, by code (FrameRefusal, RECORD_VERSION, RECORD_DAMAGED), since this reader was made. */
  refused(): Readonly<Record<string, number>>;
}

export function openFeedReader(options: FeedOptions): FeedReader {
  const { clock = systemClock, durableEnd } = options;
  const decode = options.decode ?? ((_: number, payload: Uint8Array) => decodeFrame(payload, serverRawDeflate));
  const journal = openJournalReader({ dir: options.dir });
  const time = createFeedTime();
  const refused: Record<string, number> = {};
  let next: number | null = null;
  let wake: (() => void) | null = null;
  const unsubscribe = options.onDurable(() => wake?.());
  const closing = new AbortController();
  let reading: Promise<unknown> = Promise.resolve();

  function refuse(code: string, detail: string, position: number, record: WalRecord | null): void {
    refused[code] = (refused[code] ?? 0) + 1;
    if (record)
      options.onQuarantine?.({
        position,
        receivedMs: record.receivedMs,
        probe: record.probe,
        code,
        detail,
        head: record.payload.slice(0, 512),
      });
  }

  /** The frame of a record; null where it is none (counted by code). */
  function frameOf(position: number, bytes: Uint8Array): { record: WalRecord; frame: Frame } | null {
    const record = parseRecord(bytes);
    if (!record) {
      refuse('RECORD_VERSION', 'not a record of this version', position, null);
      return null;
    }
    const decoded = decode(position, record.payload);
    if (decoded.ok) return { record, frame: decoded.frame };
    refuse(decoded.code, decoded.detail, position, record);
    return null;
  }

  /** First call only: finds where to start, and takes up again what was held when the cursor was stored. */
  async function start(): Promise<number> {
    const end = durableEnd();
    const oldest = await journal.oldest(end);
    const { cursor } = options;
    // A cursor beyond the end belongs to a wal that is gone: what is here is all new.
    if (!cursor || cursor.next > end) return oldest;
    for (const position of cursor.held) {
      const record = await journal.readOne(position, end);
      const found = record && frameOf(position, record.payload);
      if (found) time.place(position, found.record.receivedMs, found.record.probe, found.frame);
    }
    return Math.max(cursor.next, oldest);
  }

  async function readBatch(from: number, maxBytes: number): Promise<FeedBatch> {
    const read = await journal.read(from, maxBytes, durableEnd());
    for (const damage of read.damage) refuse('RECORD_DAMAGED', `${damage.bytes} bytes`, damage.position, null);
    const frames: FeedFrame[] = [];
    const unsynced = new Map<number, FeedFrame>();
    for (const { position, payload } of read.records) {
      const found = frameOf(position, payload);
      if (!found) continue;
      const placed = time.place(position, found.record.receivedMs, found.record.probe, found.frame);
      for (const one of placed.released) await release(one, unsynced, frames);
      if (placed.state === 'held') unsynced.set(position, placed.frame);
      else frames.push(placed.frame);
    }
    for (const one of time.due(clock.wallMs())) await release(one, unsynced, frames);
    next = read.next;
    return {
      frames,
      unsynced: [...unsynced.values()],
      cursor: { next: read.next, held: time.heldPositions() },
      atEnd: read.next >= durableEnd(),
    };
  }

  async function release(
    { held, offsetMs, approx }: Released,
    unsynced: Map<number, FeedFrame>,
    frames: FeedFrame[],
  ): Promise<void> {
    unsynced.delete(held.position);
    const record = await journal.readOne(held.position, durableEnd());
    const found = record && frameOf(held.position, record.payload);
    if (!found) return refuse('RECORD_DAMAGED', 'a held record is gone', held.position, null);
    const placed = approx ? { offsetMs, approx } : believable(offsetMs, held.receivedMs, found.frame);
    frames.push({
      position: held.position,
      receivedMs: held.receivedMs,
      probe: held.probe,
      frame: found.frame,
      ...placed,
      late: true,
    });
  }

  /** Until the wal grows beyond `from`, a held frame falls due, or somebody gives up. */
  function waitForMore(from: number, signal: AbortSignal): Promise<void> {
    if (durableEnd() > from || signal.aborted || closing.signal.aborted) return Promise.resolve();
    options.onWaiting?.();
    const dueMs = time.nextDueMs();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        closing.signal.removeEventListener('abort', done);
        wake = null;
        resolve();
      };
      const timer =
        dueMs === null ? undefined : setTimeout(done, Math.min(HOLD_MS, Math.max(1, dueMs - clock.wallMs())));
      signal.addEventListener('abort', done);
      closing.signal.addEventListener('abort', done);
      wake = done;
    });
  }

  async function nextBatch(maxBytes: number, signal: AbortSignal): Promise<FeedBatch> {
    closing.signal.throwIfAborted();
    next ??= await start();
    for (;;) {
      signal.throwIfAborted();
      closing.signal.throwIfAborted();
      const from = next;
      const batch = await readBatch(from, maxBytes);
      if (batch.cursor.next > from || batch.frames.length > 0) return batch;
      await waitForMore(from, signal);
    }
  }

  return {
    refused: () => refused,
    next(maxBytes, signal) {
      const found = nextBatch(maxBytes, signal);
      reading = found.catch(() => undefined); // whoever asked gets the error
      return found;
    },
    async close() {
      unsubscribe();
      closing.abort(new Error('the feed is closed'));
      await reading; // it may be opening a file
      await journal.close();
    },
  };
}
