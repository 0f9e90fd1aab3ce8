/** Why: the main thread's readers of the wal, and what they found that is no frame. */
import type { Clock } from '#lib/clock';
import { serverRawDeflate } from '#lib/raw-inflate';
import { decodeFrame } from './contract/index.ts';
import type { Feed } from './feed.ts';
import { type FeedReader, openFeedReader, type QuarantinedPayload } from './feed-reader.ts';
import { createSharedDecoding } from './shared-decoding.ts';
import type { Cursor } from './store/store.ts';
import type { Wal } from './wal.ts';

export interface Feeds {
  open(consumer: string, cursor: Cursor | null): Feed;
  quarantined(): readonly QuarantinedPayload[];
  /** Undecodable records by code. Every reader meets the same ones: the highest count is the number. */
  refused(): Record<string, number>;
  close(): Promise<void>;
}

const QUARANTINE = 100;

export function createFeeds(wal: Wal, clock: Clock): Feeds {
  const readers = new Set<FeedReader>();
  const decode = createSharedDecoding(
    (payload) => decodeFrame(payload, serverRawDeflate),
    () => readers.size,
  );
  const quarantine = new Map<number, QuarantinedPayload>();

  function keep(payload: QuarantinedPayload): void {
    if (quarantine.has(payload.position)) return;
    quarantine.set(payload.position, payload);
    if (quarantine.size > QUARANTINE)
      for (const oldest of quarantine.keys()) {
        quarantine.delete(oldest);
        break;
      }
  }

  return {
    open(consumer, cursor) {
      wal.register(consumer, cursor);
      const reader = openFeedReader({
        dir: wal.dir,
        cursor,
        durableEnd: wal.durableEnd,
        onDurable: wal.onChange,
        clock,
        decode,
        onQuarantine: keep,
      });
      readers.add(reader);
      return {
        next: reader.next,
        async close() {
          readers.delete(reader);
          await reader.close();
        },
      };
    },
    quarantined: () => [...quarantine.values()],
    refused() {
      const counts: Record<string, number> = {};
      for (const reader of readers)
        for (const [code, n] of Object.entries(reader.refused())) counts[code] = Math.max(counts[code] ?? 0, n);
      return counts;
    },
    async close() {
      for (const reader of readers) await reader.close();
    },
  };
}
