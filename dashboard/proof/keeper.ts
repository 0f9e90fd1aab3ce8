/**
 * Why: the proof that nothing was lost between probe and log. Reads the log of frames as a consumer of its own and commits what
 * arrived together with its place in the log: a crash of the server counts no frame twice and forgets none.
 */
import type { Broker } from '#broker';
import type { ProbeDelivery } from '#contract';
import type { FeedBatch } from '#feed';
import { createBackoff } from '#lib/backoff';
import type { Clock } from '#lib/clock';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { State } from '#state';
import type { Cursor } from '#store';
import { followFeed } from '../follow-feed.ts';
import type { Notice } from '../said/said.ts';
import { type Every, pause, systemEvery } from '../timing.ts';
import { cloneNotice } from './clones.ts';
import { type FrameNote, noteOf, withNotes } from './note.ts';
import { clonedAt, deliveryOf } from './view.ts';

export interface SequenceProofDeps {
  state: Pick<State, 'delivery' | 'keep' | 'transaction'>;
  broker: Pick<Broker, 'openFeed' | 'commit' | 'presence' | 'stats'>;
  clock: Clock;
  log: Logger;
  every?: Every;
}
export interface SequenceProof {
  start(): void;
  /** What was read is committed. */
  stop(): Promise<void>;
  /** With what was read but not committed yet. */
  of(probe: string): ProbeDelivery;
  notices(): Notice[];
}

const CONSUMER = 'delivery';
const CURSOR_KEY = 'delivery.cursor';
/** Every commit is a sync on the thread that acknowledges frames; whoever asks meanwhile sees what is not committed, too. */
const COMMIT_MS = 5000;
/** A probe costs a commit some 30 us: more at once would hold up the gate. */
const MAX_PROBES = 500;
const MAX_NOTES = 20_000;
/** As long as samples are kept. */
const KEEP_MS = 90 * 86_400_000;
const FORGET_MS = 3_600_000;

/** `start` once, then `stop`. */
export function createSequenceProof({
  state,
  broker,
  clock,
  log,
  every = systemEvery,
}: SequenceProofDeps): SequenceProof {
  const stopping = new AbortController();
  let cursor: Cursor | null = null;
  let committed = -1;
  let notes = new Map<string, FrameNote[]>();
  let noted = 0;
  let failing = false;
  const cloned = new Map<string, number>();
  let forgotAt = -Infinity;
  let reading: Promise<void> = Promise.resolve();
  let stopTimer = (): void => undefined;

  /** Frames before the cursor were counted when they came; the feed shows them again once their time is known. */
  function take({ frames, unsynced, cursor: after }: FeedBatch): void {
    const from = cursor?.next ?? 0;
    for (const frame of [...frames, ...unsynced]) {
      if (frame.position < from) continue;
      const list = notes.get(frame.probe);
      if (list) list.push(noteOf(frame));
      else notes.set(frame.probe, [noteOf(frame)]);
      noted += 1;
    }
    cursor = after;
  }

  /** All or nothing. @throws CarrelError STATE_UNWRITABLE, ... */
  function commit(): void {
    if (!cursor || (cursor.next === committed && noted === 0)) return;
    const nowMs = clock.wallMs();
    const { next } = cursor;
    state.transaction(() => {
      for (const [probe, list] of notes) {
        const { runs, changed, forgotten } = withNotes(state.delivery.runs(probe), list);
        for (const run of changed) state.delivery.put(probe, run);
        for (const run of forgotten) state.delivery.drop(probe, run);
        judgeClone(probe, clonedAt(runs, nowMs));
      }
      // Held frames are counted already; at the next start there is nothing to go back for.
      state.keep.set(CURSOR_KEY, JSON.stringify({ next, held: [] }));
      if (nowMs - forgotAt >= FORGET_MS) forgetOld(nowMs);
    });
    committed = next;
    notes = new Map();
    noted = 0;
    failing = false;
    broker.commit(CONSUMER, cursor);
  }

  function forgetOld(nowMs: number): void {
    forgotAt = nowMs;
    state.delivery.forget(nowMs - KEEP_MS);
    for (const probe of cloned.keys()) judgeClone(probe, clonedAt(state.delivery.runs(probe), nowMs));
  }

  function judgeClone(probe: string, since: number | null): void {
    if (since === null) cloned.delete(probe);
    else if (!cloned.has(probe)) {
      cloned.set(probe, since);
      log.warn({ probe }, 'frames of two devices come under one id: issue a credential for each');
    }
  }

  function tryCommit(): boolean {
    try {
      commit();
      return true;
    } catch (error) {
      if (!failing) log.error({ error: messageOf(error) }, 'what has arrived cannot be noted; it is read again later');
      failing = true;
      return false;
    }
  }

  /** Notes are few: while they cannot be committed, nothing more is read. */
  async function takeAndCommit(batch: FeedBatch): Promise<void> {
    const backoff = createBackoff({ baseMs: 500, capMs: 30_000, floorMs: 200 });
    take(batch);
    while ((notes.size >= MAX_PROBES || noted >= MAX_NOTES) && !tryCommit() && !stopping.signal.aborted)
      await pause(backoff.next(), stopping.signal);
  }

  const fought = (): readonly string[] => broker.stats().cloned ?? [];

  return {
    start() {
      const kept = state.keep.get(CURSOR_KEY);
      cursor = kept === null ? null : (JSON.parse(kept) as Cursor);
      // Of a log that is gone: what is there now is all new.
      if (cursor && cursor.next > broker.stats().wal.durableEnd) cursor = null;
      committed = cursor?.next ?? -1;
      reading = followFeed({
        open: () => broker.openFeed(CONSUMER, cursor),
        take: takeAndCommit,
        onFailure: (error) => log.error({ error: messageOf(error) }, 'the log of frames cannot be read'),
        signal: stopping.signal,
      });
      stopTimer = every(COMMIT_MS, tryCommit);
    },
    async stop() {
      stopTimer();
      stopping.abort();
      await reading;
      tryCommit();
    },
    of(probe) {
      const { runs } = withNotes(state.delivery.runs(probe), notes.get(probe) ?? []);
      const presence = broker.presence().get(probe);
      return deliveryOf(probe, runs, {
        nowMs: clock.wallMs(),
        online: presence?.online ?? false,
        run: presence?.state?.run ?? null,
        fought: fought().includes(probe),
      });
    },
    notices: () => cloneNotice([...new Set([...fought(), ...cloned.keys()])].sort()),
  };
}
