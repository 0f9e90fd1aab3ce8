/** Why: throughput tests come from the calendar, from the server and from people; they run one at a time, and what they teach about the line is kept. */
import { messageOf } from '#lib/errors';
import { udpTestBytes } from './budget.ts';
import type { Kept } from './kept.ts';
import type { ThroughputOutcome } from './sensor.ts';
import { learn } from './speed/burst.ts';
import {
  type ClimbDeps,
  createClimb,
  nothingMeasured,
  slotFields,
  type TestEnd,
  type TestWish,
} from './speed/climb.ts';
import { afterTest, costOf, lineMemoryOf, rungsOf } from './speed/plan.ts';
import { watchSlot } from './speed/slot-watch.ts';
import type { Slot } from './speed/slots.ts';

export interface Tester {
  /** Waits for its turn and runs. Never rejects. */
  run(wish: TestWish): Promise<TestEnd>;
  /** Watches until the slot is due or visitors have proven the line, then runs. Never rejects. */
  slot(slot: Slot): Promise<TestEnd>;
  /** What the next test would cost, bytes. */
  nextBytes(): number;
  /** Round trip of the line as the last test saw it, ms; null before any. */
  rttMs(): number | null;
  /** Ends the running test and refuses what waits. */
  stop(): Promise<void>;
}

const MAX_WAITING = 4;

export function createTester(deps: Omit<ClimbDeps, 'memory' | 'learnt' | 'signal'> & { kept: Kept }): Tester {
  const { throughput, kept, wall, settings, log, onOutcome } = deps;
  const abort = new AbortController();
  let memory = lineMemoryOf(kept.read());
  let queue: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const climb = createClimb({
    ...deps,
    signal: abort.signal,
    memory: () => memory,
    learnt: (test) => remember(afterTest(memory, test)),
  });

  async function test(wish: TestWish): Promise<TestEnd> {
    if (abort.signal.aborted) return { ok: false, detail: 'the agent is stopping' };
    const { full } = settings().limits;
    const { reason, slot } = wish;
    const { outcome, end } = await climb(wish, rungsOf({ reason, full, memory, slot: slot ?? null }), 'down');
    if (slot?.audit && full && outcome?.verdict === 'pass') await audit(wish, outcome);
    if (slot?.upload) await climb({ ...wish, slot: undefined }, ['udp', 'tcp'], 'up');
    return end;
  }

  /** The long test after a short one that passed: does the line keep its rate? */
  async function audit({ started, stillWanted }: TestWish, short: ThroughputOutcome): Promise<void> {
    const { outcome } = await climb({ reason: 'audit', job: null, started, stillWanted }, ['full'], 'down');
    if (!outcome) return;
    // Where the test showed the bucket itself, that was learnt already.
    const seen = outcome.burst_bytes !== undefined;
    const burst = seen ? memory.burst : learn(memory.burst, short.verdict, outcome.verdict);
    if (seen || burst.minBytes !== memory.burst.minBytes)
      log.warn(
        { min_bytes: burst.minBytes, burst_bytes: outcome.burst_bytes },
        'the line gives more for a moment than for ten seconds',
      );
    remember({ ...memory, burst });
  }

  function remember(next: typeof memory): void {
    memory = next;
    kept.write(memory);
  }

  function failed(error: unknown): TestEnd {
    log.warn({ code: 'TEST_FAILED', error: messageOf(error) }, 'throughput test failed');
    return { ok: false, detail: messageOf(error).slice(0, 200) };
  }
  function enqueue(wish: TestWish): Promise<TestEnd> {
    if (waiting >= MAX_WAITING) return Promise.resolve({ ok: false, detail: 'too many tests are waiting' });
    waiting += 1;
    const end = queue
      .then(() => test(wish))
      .catch(failed)
      .finally(() => {
        waiting -= 1;
      });
    queue = end;
    return end;
  }

  async function watched(slot: Slot): Promise<TestEnd> {
    const { targetMbps } = settings();
    const line = throughput.watch();
    const dueMs = wall.monoMs() + slot.at - wall.wallMs();
    try {
      const { provenMbps } = memory;
      const { proof, waited } = await watchSlot({
        dueMs,
        targetMbps,
        provenMbps,
        read: line.received,
        clock: wall,
        signal: abort.signal,
      });
      const wish: TestWish = { reason: 'slot', job: null, slot, stillWanted: () => true, started: () => undefined };
      if (waited > 0) log.info({ slot: slot.id, waited }, 'the test waited for visitors');
      if (!proof) return enqueue(wish);
      onOutcome({
        ...nothingMeasured(wish, null, targetMbps),
        ...slotFields(slot),
        method: 'passive',
        verdict: 'pass',
        rate_mbps: proof.rateMbps,
        other_mbps: proof.rateMbps,
        dur_ms: Math.round(proof.overMs),
        wan: line.wan,
        ...(memory.chain !== null && { chain: memory.chain }),
      });
      remember({ ...memory, provenMbps: proof.rateMbps, confirms: 0, chain: null });
      return { ok: true, detail: `pass: visitors used ${proof.rateMbps.toFixed(1)} Mb/s` };
    } finally {
      line.close();
    }
  }

  return {
    run: enqueue,
    slot: (slot) => watched(slot).catch(failed),
    nextBytes: () => costOf(memory, udpTestBytes(settings().profile, memory.rttMs)),
    rttMs: () => memory.rttMs,
    async stop() {
      abort.abort();
      await queue;
    },
  };
}
