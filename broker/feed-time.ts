/**
 * Why: decides the wall time of every frame (contract.md, Time), purely: frames and `now` in, frames with an offset out.
 * Frames of a boot without a synchronised clock are held until that boot syncs or an hour has passed.
 */
import type { Frame } from './contract/index.ts';
import type { FeedFrame } from './feed.ts';

/** A frame of an unsynchronised boot that waits. Its payload stays in the wal. */
export interface HeldFrame {
  position: number;
  receivedMs: number;
  probe: string;
  boot: string;
  mono: number;
}
/** A held frame whose time is decided now. */
export interface Released {
  held: HeldFrame;
  offsetMs: number;
  approx: boolean;
}

export const HOLD_MS = 3_600_000;
/** A probe's time later than this after its arrival is not believed. */
export const FUTURE_MS = 120_000;
const MAX_HELD = 20_000;
const MAX_BOOTS = 20_000;

export interface FeedTime {
  /** Takes the next frame in the wal's order. */
  place(
    position: number,
    receivedMs: number,
    probe: string,
    frame: Frame,
  ): { frame: FeedFrame; state: 'placed' | 'held'; released: Released[] };
  /** Held frames that have waited for an hour (or are too many), with the smallest receive offset of their boot. */
  due(nowMs: number): Released[];
  /** When the next held frame falls due; null when nothing is held. */
  nextDueMs(): number | null;
  /** Positions of what is held, ascending. */
  heldPositions(): number[];
}

export function createFeedTime(): FeedTime {
  const boots = new Map<string, HeldFrame[]>();
  /** Offsets of boots that have synced once: a later frame that says "not synced" still belongs to the same clock. */
  const synced = new Map<string, number>();
  /** Offsets of boots of which frames were released as approximate: the frames that fall due later get none that is larger. */
  const approx = new Map<string, number>();
  let count = 0;
  /** Of the frame before: those of a backlog come one after another, and joining and hashing a key for each took as long as all the rest here. */
  let last = { probe: '', boot: '', key: '', offsetMs: Number.NaN };

  function keyOf(probe: string, boot: string): string {
    if (last.probe !== probe || last.boot !== boot)
      last = { probe, boot, key: `${probe}/${boot}`, offsetMs: Number.NaN };
    return last.key;
  }

  /** The smallest offset that any frame of the boot has shown: the one that was under way for the shortest time. Kept after the first release. */
  function smallestOffset(key: string, frames: readonly HeldFrame[]): number {
    const offsetMs = Math.min(...frames.map((one) => one.receivedMs - one.mono), approx.get(key) ?? Infinity);
    keepNewest(approx, key, offsetMs);
    return offsetMs;
  }

  function takeAll(key: string): HeldFrame[] {
    const frames = boots.get(key) ?? [];
    boots.delete(key);
    count -= frames.length;
    return frames;
  }

  function hold(key: string, held: HeldFrame): void {
    const frames = boots.get(key);
    if (frames) frames.push(held);
    else boots.set(key, [held]);
    count += 1;
  }

  return {
    place(position, receivedMs, probe, frame) {
      const key = keyOf(probe, frame.boot);
      const known = frame.sync > 0 ? frame.wall - frame.mono : synced.get(key);
      const receiveOffset = receivedMs - frame.mono;
      if (known === undefined) {
        hold(key, { position, receivedMs, probe, boot: frame.boot, mono: frame.mono });
        return {
          frame: { position, receivedMs, probe, frame, offsetMs: receiveOffset, approx: true, late: false },
          state: 'held',
          released: [],
        };
      }
      const { offsetMs, approx: isApprox } = believable(known, receivedMs, frame);
      const placed: FeedFrame = { position, receivedMs, probe, frame, offsetMs, approx: isApprox, late: false };
      if (frame.sync === 0 || isApprox) return { frame: placed, state: 'placed', released: [] };
      if (last.offsetMs !== known) keepNewest(synced, key, known); // else it is the newest, and the same
      last.offsetMs = known;
      if (approx.size > 0) approx.delete(key);
      const released =
        count === 0 ? [] : takeAll(key).map((held): Released => ({ held, offsetMs: known, approx: false }));
      return { frame: placed, state: 'placed', released };
    },
    due(nowMs) {
      const released: Released[] = [];
      for (const [key, frames] of boots) {
        const isDue = (): boolean =>
          frames[0] !== undefined && (frames[0].receivedMs + HOLD_MS <= nowMs || count > MAX_HELD);
        if (!isDue()) continue;
        const offsetMs = smallestOffset(key, frames);
        // Order of arrival: the first of each boot has waited longest.
        while (isDue()) {
          const held = frames.shift();
          if (held) released.push({ held, offsetMs, approx: true });
          count -= 1;
        }
        if (frames.length === 0) boots.delete(key);
      }
      return released.sort((a, b) => a.held.position - b.held.position);
    },
    nextDueMs() {
      let next: number | null = null;
      for (const [first] of boots.values()) if (first) next = Math.min(next ?? Infinity, first.receivedMs + HOLD_MS);
      return next;
    },
    heldPositions: () =>
      [...boots.values()]
        .flat()
        .map((one) => one.position)
        .sort((a, b) => a - b),
  };
}

function keepNewest(offsets: Map<string, number>, key: string, offsetMs: number): void {
  offsets.delete(key);
  offsets.set(key, offsetMs);
  if (offsets.size <= MAX_BOOTS) return;
  for (const oldest of offsets.keys()) {
    offsets.delete(oldest);
    break;
  }
}

/** The offset, or the one that puts the frame's newest moment at its arrival where it would lie in the future. */
export function believable(offsetMs: number, receivedMs: number, frame: Frame): { offsetMs: number; approx: boolean } {
  let newest = Math.max(frame.mono, frame.t.at(-1) ?? 0);
  for (const event of frame.e) newest = Math.max(newest, event.at);
  if (offsetMs + newest <= receivedMs + FUTURE_MS) return { offsetMs, approx: false };
  return { offsetMs: receivedMs - newest, approx: true };
}
