/** Why: alerts, the live view and the proof of delivery read the log of frames alike: to the end and on, again after a failure, until they are stopped. */
import type { Feed, FeedBatch } from '#feed';
import { createBackoff } from '#lib/backoff';
import { pause } from './timing.ts';

const BATCH_BYTES = 64 * 1024;

interface Following {
  /** Opened anew after each failure, from where its consumer has come. */
  open(): Feed;
  take(batch: FeedBatch): Promise<void> | void;
  /** Told each time; reading goes on by itself. */
  onFailure(error: unknown): void;
  signal: AbortSignal;
}

/** Resolves when the signal has aborted and the feed is closed. All frames of a batch are in memory at once: of a backlog 64 KiB are 4 MB. */
export async function followFeed({ open, take, onFailure, signal }: Following): Promise<void> {
  const backoff = createBackoff({ baseMs: 1000, capMs: 30_000, floorMs: 500 });
  while (!signal.aborted) {
    try {
      const feed = open();
      try {
        while (!signal.aborted) await take(await feed.next(BATCH_BYTES, signal));
      } finally {
        await feed.close();
      }
    } catch (error) {
      if (signal.aborted) return; // the wait for frames ends with a throw
      onFailure(error);
      await pause(backoff.next(), signal);
    }
  }
}
