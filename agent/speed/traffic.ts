/** Why: what the judge needs of test traffic, whatever carries it: how much came, what it shows about the line, and how it ended. */
import type { ServerWatch } from '#contract';
import type { Saturation, Window } from './windows.ts';

/** `closed`: the other end stopped by itself. `refused`: it said no. `unreachable`: it said nothing. */
export interface TrafficEnd {
  end: 'enough' | 'closed' | 'refused' | 'unreachable' | 'aborted';
  error: string | null;
}
export interface Traffic {
  /** True with the first byte of the load itself; false where none will come. */
  readonly first: Promise<boolean>;
  readonly ended: Promise<TrafficEnd>;
  /** Application bytes of the load so far, received or (upload) sent. */
  ownBytes(): number;
  /** The same with IP headers, as far as it is known. */
  ownIpBytes(): number;
  /** Everything that the test has cost on the wire so far, both ways, IP layer. */
  wireBytes(): number;
  /** What the far end counted, in an upload; null where our own interface counts. */
  farWindows(): readonly Window[] | null;
  /** A window is over: what it showed. */
  saturation(windowRateMbps: number): Saturation;
  /** What the sender is asked for, Mb/s at the IP layer; and another pace from now on, where that can be had. */
  paceMbps(): number;
  raise(paceMbps: number): boolean;
  dispersionMbps(): number | null;
  rtt(): { idleMs: number | null; loadedMs: number | null };
  watch(): ServerWatch | null;
  /** The server ends it after a start and a little more: its end is what counts (`long-way.ts`). */
  readonly settles: boolean;
  /** Enough is known. */
  stop(): void;
}

/** Promise.withResolvers, which Node 18 and 20 lack. */
export function deferred<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

export function median(values: readonly number[]): number | null {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
