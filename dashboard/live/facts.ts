/** Why: the facts of all access points, filled from the database after a start and kept current from the wal. */
import type { Broker } from '#broker';
import type { FeedBatch } from '#feed';
import { createBackoff } from '#lib/backoff';
import type { Clock } from '#lib/clock';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { State } from '#state';
import type { Cursor } from '#store';
import type { Fleet } from '../alert/fleet.ts';
import { followFeed } from '../follow-feed.ts';
import type { Notice } from '../said/said.ts';
import { pause } from '../timing.ts';
import { type Facts, joinFacts, newFacts, takeFrame } from './latest.ts';
import { rebuildFacts } from './rebuild.ts';
import type { Slots } from './slots.ts';

export interface FactsDeps {
  state: Pick<State, 'registry' | 'keep'>;
  broker: Pick<Broker, 'openFeed' | 'commit' | 'store' | 'stats'>;
  fleet: (probe?: string) => Fleet;
  slots: Slots;
  clock: Clock;
  log: Logger;
  /** The facts of the access point of this slot may have changed. */
  onChange(slot: number): void;
  onBatch(batch: FeedBatch): void;
}
export interface FactsKeeper {
  /** Reads on; waits at most 5 s for the database. */
  start(): Promise<void>;
  stop(): Promise<void>;
  of(slot: number): Facts;
  notices(): Notice[];
}

/** The place in the wal is noted this often; after a crash as much is read twice, which changes nothing. */
const COMMIT_MS = 30_000;
const START_WAIT_MS = 5000;
const CURSOR_KEY = 'live.cursor';
const NOTHING = newFacts();
/** Of a probe that judges nothing. */
const NO_SLOT = -1;

export function createFactsKeeper(deps: FactsDeps): FactsKeeper {
  const { state, broker, fleet, slots, clock, log, onChange, onBatch } = deps;
  const facts: (Facts | undefined)[] = [];
  const slotOf = slotsOfProbes(fleet, slots);
  const stopping = new AbortController();
  let cursor: Cursor | null = null;
  let committedAt = 0;
  let incomplete: Notice | null = null;
  let reading: Promise<void> = Promise.resolve();

  function takeBatch(batch: FeedBatch): void {
    take(batch.frames, true);
    take(batch.unsynced, false);
    onBatch(batch);
    cursor = batch.cursor;
    if (clock.monoMs() - committedAt >= COMMIT_MS) keepCursor();
  }

  /** All slots first: finding one waits for memory, and what waits for different places waits at the same time. */
  function take(frames: FeedBatch['frames'], synced: boolean): void {
    const found = frames.map(({ probe }) => slotOf(probe));
    for (const [i, frame] of frames.entries()) {
      const slot = found[i] ?? NO_SLOT;
      if (slot === NO_SLOT) continue;
      takeFrame(knownOf(slot), frame, synced);
      onChange(slot);
    }
  }

  function knownOf(slot: number): Facts {
    const known = facts[slot];
    if (known) return known;
    const made = newFacts();
    // Without gaps: an array with holes is slower to read.
    while (facts.length < slot) facts.push(undefined);
    facts[slot] = made;
    return made;
  }

  /** Until the database has answered once, the page says that it may not know everything yet. */
  async function rebuild(): Promise<void> {
    const backoff = createBackoff({ baseMs: 2000, capMs: 60_000, floorMs: 1000 });
    const since = clock.wallMs();
    while (!stopping.signal.aborted) {
      try {
        const stored = await rebuildFacts(broker.store, state.registry, fleet(), clock.wallMs());
        for (const [ap, known] of stored) {
          const slot = slots.of(ap);
          facts[slot] = joinFacts(knownOf(slot), known);
          onChange(slot);
        }
        incomplete = null;
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (!incomplete) log.warn({ error: messageOf(error) }, 'what was known before this start is not shown yet');
        incomplete = { code: 'LIVE_INCOMPLETE', severity: 'warning', said: { code: 'notice.live_incomplete' }, since };
        await pause(backoff.next(), stopping.signal);
      }
    }
  }

  function keepCursor(): void {
    committedAt = clock.monoMs();
    if (!cursor) return;
    try {
      state.keep.set(CURSOR_KEY, JSON.stringify(cursor));
      broker.commit('live', cursor);
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'the live view could not note how far it has read'); // it reads a little twice
    }
  }

  return {
    async start() {
      const kept = state.keep.get(CURSOR_KEY);
      cursor = kept === null ? { next: broker.stats().wal.durableEnd, held: [] } : (JSON.parse(kept) as Cursor);
      reading = followFeed({
        open: () => broker.openFeed('live', cursor),
        take: takeBatch,
        onFailure: (error) => log.error({ error: messageOf(error) }, 'the live view cannot read the log of frames'),
        signal: stopping.signal,
      });
      const waited = new AbortController();
      // A database that does not answer must not keep the page from opening.
      await Promise.race([rebuild(), pause(START_WAIT_MS, waited.signal)]);
      waited.abort();
    },
    async stop() {
      stopping.abort();
      await reading;
      keepCursor();
    },
    of: (slot) => facts[slot] ?? NOTHING,
    notices: () => (incomplete ? [incomplete] : []),
  };
}

/** One look-up for each frame while the fleet stays the same. */
function slotsOfProbes(fleet: FactsDeps['fleet'], slots: Slots): (probe: string) => number {
  const known = new Map<string, number>();
  let of = -1;
  return (probe) => {
    const { revision, apOfProbe } = fleet(probe);
    if (revision !== of) known.clear();
    of = revision;
    const found = known.get(probe);
    if (found !== undefined) return found;
    const ap = apOfProbe.get(probe);
    const slot = ap === undefined ? NO_SLOT : slots.of(ap);
    known.set(probe, slot);
    return slot;
  };
}
