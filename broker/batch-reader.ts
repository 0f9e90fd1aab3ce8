/**
 * Why: of a backlog a database gets as many rows at once as are good for it, and the next ones are decoded while it writes these.
 * What is decoded lives as frames only until it has become columns: one read at a time.
 */
import { createBatchBuilder } from './consumer.ts';
import type { Feed, FeedBatch } from './feed.ts';
import type { Batch, Cursor } from './store/store.ts';

export interface ReadBatch {
  batch: Batch;
  cursor: Cursor;
  /** It reached the durable end of the log. */
  atEnd: boolean;
}
export interface BatchReader {
  /** What was begun to be read ahead; null where the end of the log was reached. */
  ahead(): Promise<ReadBatch> | null;
  /** Waits for the next rows; null where nothing came in that time. */
  next(withinMs: number | null): Promise<ReadBatch | null>;
}

/** Of the log, at once. */
const READ_BYTES = 64 * 1024;
/** 16 MiB of the log: frames without rows, or that nobody can decode, close a batch too, so that memory and the way back are bounded. */
const READS_AT_ONCE = 256;

/** @param rowsAtOnce a batch is closed when it has so many, after 16 MiB, or at the end of the log */
export function createBatchReader(feed: Feed, rowsAtOnce: number, stopping: AbortSignal): BatchReader {
  let begun: Promise<ReadBatch> | null = null;

  async function gather(first: FeedBatch): Promise<ReadBatch> {
    const builder = createBatchBuilder();
    let reads = 0;
    for (let read = first; ; read = await feed.next(READ_BYTES, stopping)) {
      builder.add(read.frames);
      const { cursor, atEnd } = read;
      if (atEnd || builder.rows() >= rowsAtOnce || ++reads >= READS_AT_ONCE)
        return { batch: builder.take(), cursor, atEnd };
    }
  }

  function beginNext({ atEnd }: ReadBatch): void {
    if (atEnd) return;
    begun = feed.next(READ_BYTES, stopping).then(gather);
    begun.catch(() => undefined); // whoever takes it gets the error
  }

  return {
    ahead() {
      const taken = begun;
      begun = null;
      return (
        taken?.then((read) => {
          beginNext(read);
          return read;
        }) ?? null
      );
    },
    async next(withinMs) {
      const first = await nextWithin(feed, withinMs, stopping);
      if (!first) return null;
      const read = await gather(first);
      beginNext(read);
      return read;
    },
  };
}

async function nextWithin(feed: Feed, withinMs: number | null, stopping: AbortSignal): Promise<FeedBatch | null> {
  if (withinMs === null) return feed.next(READ_BYTES, stopping);
  const patience = new AbortController();
  const stop = (): void => patience.abort(stopping.reason);
  const timer = setTimeout(() => patience.abort(), withinMs);
  stopping.addEventListener('abort', stop, { once: true });
  if (stopping.aborted) stop();
  try {
    return await feed.next(READ_BYTES, patience.signal);
  } catch (error) {
    if (stopping.aborted || !patience.signal.aborted) throw error;
    return null;
  } finally {
    clearTimeout(timer);
    stopping.removeEventListener('abort', stop);
  }
}
