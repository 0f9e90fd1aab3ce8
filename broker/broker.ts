/** Why: what the rest of the server may ask of the broker. `broker/index.ts` makes one. */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { StateMessage } from './contract/index.ts';
import type { Feed } from './feed.ts';
import type { QuarantinedPayload } from './feed-reader.ts';
import type { SpeedReport } from './speed/index.ts';
import type { Cursor, StoreReader, StoreStatus } from './store/store.ts';
import type { StoreCopy, StoreTasks } from './worker-tasks.ts';

/** Is the probe connected now? Rebuilt at start; `since` is when that last changed (or the server's start). */
export interface Presence {
  probe: string;
  online: boolean;
  since: number /** Last frame, ping or state, ms. */;
  lastSeen: number | null /** True when the end was told by the will, not by a clean goodbye. */;
  byWill: boolean;
  state: StateMessage | null;
}

export interface BrokerStats {
  connections: number;
  framesAccepted: number;
  /** Refusals by reason code. */
  refused: Readonly<Record<string, number>>;
  authFailures: number;
  takeovers: number;
  /** Probes whose credential two devices use at once. */
  cloned?: readonly string[];
  /** Throughput tests; null when off. */
  speed?: SpeedReport | null;
  wal: {
    bytes: number;
    capBytes: number;
    durableEnd: number;
    writable: boolean;
    error: string | null;
    oldestMs: number | null /** From 50 % and from 80 % of the cap on. */;
    alarm?: 'half' | 'nearly_full' | null;
  };
}

/** From where a WebSocket comes, as the web server knows it. */
export interface UpgradeOrigin {
  /** Of the client, not of a proxy on this machine. */
  address: string;
  /** Its bytes travel in clear beyond this machine. */
  clear: boolean;
}

export interface Broker {
  /** Bound addresses, as connect URLs without secrets. */
  addresses(): { mqtt: string | null; mqtts: string | null; speed: string | null };
  /** PEM of the authority that probes must trust; null when a certificate was given or MQTTS is off. */
  authority(): string | null;
  /** The entry of a probe stays the same object, and is changed where it lies. */
  presence(): ReadonlyMap<string, Presence>;
  /** Called after each change of presence. Returns the unsubscriber. */
  onPresence(listener: (presence: Presence) => void): () => void;
  /** A `reported` message was stored in the registry. */
  onReported(listener: (probe: string) => void): () => void;
  /** Sends the registry's `desired` of this probe (retained for later connections too). */
  publishDesired(probe: string): void;
  /** Cuts the connection at once, after a revocation. */
  disconnect(probe: string, why: string): void;
  /** A new reader of the wal; `cursor` null starts at the oldest record that is kept. The wal keeps what registered consumers have not committed. */
  openFeed(consumer: string, cursor: Cursor | null): Feed;
  /** Tells how far a consumer has durably come, so that the wal may be trimmed. */
  commit(consumer: string, cursor: Cursor): void;
  /** The primary database, through the worker. */
  store: StoreReader;
  stores(): StoreStatus[];
  /** Called after rollups of the primary database were written. Returns the unsubscriber. */
  onRollups(listener: () => void): () => void;
  /** What administrators ask of the databases, through the worker. */
  tasks: StoreTasks;
  /**
   * Copies what the broker keeps into `dir`: databases, cursors, quarantine, keys and the log, which is kept whole until then.
   * `before` runs first: who holds a cursor of the log must be copied before the log. @throws StoreError, the system's errors
   */
  copyTo(dir: string, before: () => Promise<void>): Promise<StoreCopy[]>;
  stats(): BrokerStats;
  /** The newest payloads that were acknowledged but are no frames, oldest first, at most 100. */
  quarantined?(): readonly QuarantinedPayload[];
  /** Takes over an HTTP request to become MQTT over WebSocket (RFC 6455, subprotocol `mqtt`), or answers why not. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer, from: UpgradeOrigin): void;
  /** Stops accepting, flushes, closes. Nothing acknowledged is lost. */
  stop(): Promise<void>;
}
