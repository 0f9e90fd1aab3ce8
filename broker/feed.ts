/** Why: every consumer of the wal (store drivers, alerts, live view) reads accepted frames the same way, from its own cursor. */
import type { Frame } from '#contract';
import type { Cursor } from './store/store.ts';

/** What the gate appended. Layout on disk: broker/record.ts. */
export interface WalRecord {
  receivedMs: number;
  probe: string;
  payload: Uint8Array;
}

/** A frame whose time is known. `t_wall = offsetMs + monotonic`. */
export interface FeedFrame {
  /** Position of its record in the wal. */
  position: number;
  receivedMs: number;
  probe: string;
  frame: Frame;
  offsetMs: number;
  /** The offset comes from the server's receive time: the probe's clock was never synchronised in that boot. */
  approx: boolean;
  /** The frame was held before; it is not live any more. */
  late: boolean;
}
export interface FeedBatch {
  frames: FeedFrame[];
  /** Frames without a synchronised clock that are now held: shown live with their receive time, written nowhere yet. */
  unsynced: FeedFrame[];
  /** To be stored by the consumer together with what it made of `frames`. */
  cursor: Cursor;
  /** True when the batch reached the durable end of the wal. */
  atEnd: boolean;
}
/** A reader of the wal from a cursor. One per consumer; never blocks the gate. */
export interface Feed {
  /** Next frames, at most about `maxBytes` of records. Waits (until `signal` aborts) while there is nothing new and nothing held falls due. */
  next(maxBytes: number, signal: AbortSignal): Promise<FeedBatch>;
  close(): Promise<void>;
}
