/**
 * Why: 1,200 libraries share one test server. A whole day of them against the real queue, in simulated time: their own slots, retests of
 * what failed, audits, an operator who tests a county at once, and probes that die with a lease in their hands.
 */
import type { LeaseGrant, LeaseKind, OpeningHours, TestReason } from '#contract';
import { type Slot, slotKey, slotsOf } from '../../../agent/speed/slots.ts';
import { createLeases } from '../../../broker/speed/lease.ts';
import { createTickets } from '../../../broker/speed/ticket.ts';
import { figure } from './report.ts';

const PROBES = 1200;
const TESTS_PER_DAY = 6;
const UPLINKS = [1000, 200];
const PACE_MBPS = 36;
const FULL_MBPS = 60;
const NAME = 'lab';
/** After so long a probe asks again. */
const ANSWER_MS = 5000;
const DENIED_ATTEMPTS = 6;
const TICK_MS = 250;
/** A Saturday, so that days have hours of several kinds. */
const DAY = Math.floor(Date.UTC(2026, 10, 28) / 86_400_000);
const ZONE = 'Europe/Vilnius';

interface Wish {
  probe: string;
  reason: TestReason;
  dueMs: number;
  attempt: number;
  /** How many retests may still follow. */
  retests: number;
  audit: boolean;
}
interface Day {
  wishes: number;
  served: number;
  /** Denied so often that the probe told `server`. */
  told: number;
  /** Neither served nor told anything. */
  lost: number;
  /** Answers that came later than the 5 s after which a probe asks again. */
  late: number;
  peakMbps: number;
  /** Of tests that really ran. */
  peakRunningMbps: number;
  waitsS: number[];
}

export function simulateDay(): void {
  for (const uplinkMbps of UPLINKS) {
    const day = runDay(uplinkMbps, generator(20_261_128));
    const suffix = uplinkMbps === UPLINKS[0] ? '' : `_${uplinkMbps}`;
    const of = `a day of ${PROBES} probes with ${TESTS_PER_DAY} slots each through the real desk for leases, uplink of ${uplinkMbps} Mb/s`;
    figure(`lease_peak_share${suffix}`, day.peakMbps / uplinkMbps, 'share', `${of}; most that was booked at once`);
    figure(`lease_running_share${suffix}`, day.peakRunningMbps / uplinkMbps, 'share', `${of}; most that ran at once`);
    figure(`lease_served_share${suffix}`, day.served / day.wishes, 'share', `${of}; of ${day.wishes} tests`);
    figure(`lease_told_busy${suffix}`, day.told, 'count', `${of}; denied ${DENIED_ATTEMPTS} times, told as such`);
    figure(`lease_lost${suffix}`, day.lost + day.late, 'count', `${of}; not answered in time, or never`);
    const waits = day.waitsS.toSorted((a, b) => a - b);
    figure(`lease_wait_p99_s${suffix}`, waits[Math.floor(waits.length * 0.99)] ?? 0, 's', `${of}; wish to begin`);
  }
}

function runDay(uplinkMbps: number, random: () => number): Day {
  const day: Day = {
    ...{ wishes: 0, served: 0, told: 0, lost: 0, late: 0, peakMbps: 0, peakRunningMbps: 0 },
    waitsS: [],
  };
  const port = (): number => 4443;
  const place = { name: NAME, host: null, port, udpPort: port, weight: 1, hearsTests: true, sick: () => false };
  const leases = createLeases({
    places: [{ ...place, uplinkMbps, tickets: createTickets('a key of the bench', NAME) }],
    accessPointOf: (probe) => `line-of-${probe}`,
    random,
    answer(_probe, answer) {
      if ('grant' in answer) granted(answer.grant);
      else denied(answer.deny.id, answer.deny.retry_after_s * 1000);
    },
  });
  const agenda = createAgenda();
  const open = new Map<string, { wish: Wish; askedMs: number }>();
  let nowMs = 0;
  let runningMbps = 0;
  let ticking = false;
  let number = 0;

  const later = (ms: number, act: () => void): void => agenda.add(nowMs + ms, act);

  function wish(one: Wish): void {
    if (one.attempt === 1) day.wishes += 1;
    ask(one);
  }
  function ask(one: Wish): void {
    number += 1;
    const id = `${number}`;
    open.set(id, { wish: one, askedMs: nowMs });
    const full = one.reason === 'audit';
    const kinds: readonly LeaseKind[] = full ? ['full'] : ['udp', 'tcp'];
    const want = { want_mbps: full ? FULL_MBPS : PACE_MBPS, max_bytes: full ? 4e7 : 2.4e7, reason: one.reason };
    leases.ask(one.probe, { id, kinds, dir: 'down', ...want }, nowMs);
    keepTicking();
  }
  function keepTicking(): void {
    if (ticking || open.size === 0) return;
    ticking = true;
    later(TICK_MS, () => {
      ticking = false;
      leases.tick(nowMs);
      keepTicking();
    });
  }
  function answered(id: string): Wish | null {
    const asked = open.get(id);
    open.delete(id);
    if (asked && nowMs - asked.askedMs > ANSWER_MS) day.late += 1;
    return asked?.wish ?? null;
  }
  function denied(id: string, retryMs: number): void {
    const one = answered(id);
    if (!one) return;
    if (one.attempt >= DENIED_ATTEMPTS) day.told += 1;
    else later(retryMs, () => ask({ ...one, attempt: one.attempt + 1 }));
  }
  function granted({ id, not_before, pace_mbps: paceMbps = 0 }: LeaseGrant): void {
    const one = answered(id);
    if (!one) return;
    day.served += 1;
    const { probe, reason } = one;
    const fate = random();
    if (fate < 0.005) return; // dies with the grant in its hands
    later(Math.max(0, not_before - nowMs) + 100 + random() * 600, () => {
      day.waitsS.push((nowMs - one.dueMs) / 1000);
      leases.heard(NAME, { probe, id, state: 'begun' }, nowMs);
      runningMbps += paceMbps;
      day.peakRunningMbps = Math.max(day.peakRunningMbps, runningMbps);
      later(reason === 'audit' ? 10_000 : 500 + random() * 1500, () => {
        runningMbps -= paceMbps;
        leases.heard(NAME, { probe, id, state: 'idle' }, nowMs);
        if (fate < 0.01) return; // dies before it gives the lease back
        later(50, () => leases.release(probe, id, nowMs));
        goOn(one);
      });
    });
  }
  /** One of twenty lines is slow: it is tested again, twice. */
  function goOn(one: Wish): void {
    const isSlow = Number(one.probe.slice(1)) % 20 === 0;
    const again = (reason: TestReason, ms: number, retests: number): void =>
      later(ms, () => wish({ ...one, reason, dueMs: nowMs, attempt: 1, retests, audit: false }));
    if (isSlow && one.retests > 0) again('confirm', (2 + random() * 8) * 60_000, one.retests - 1);
    else if (one.audit) again('audit', 1000, 0);
  }

  for (let n = 0; n < PROBES; n++) {
    const probe = `p${n}`;
    for (const slot of slotsOfProbe(n)) agenda.add(slot.at, () => wish(wishOf(probe, slot)));
    // At noon somebody presses "test now" for a county.
    if (n % 4 === 0)
      agenda.add(Date.UTC(2026, 10, 28, 10) + random() * 20_000, () =>
        wish({ probe, reason: 'manual', dueMs: nowMs, attempt: 1, retests: 2, audit: false }),
      );
  }
  agenda.run((ms) => {
    nowMs = ms;
  });
  day.lost = open.size;
  day.peakMbps = leases.stats(nowMs)[0]?.peakMbps ?? NaN;
  return day;
}

function slotsOfProbe(n: number): Slot[] {
  const hours: OpeningHours[number] =
    n % 3 === 0
      ? [
          [540, 720],
          [780, 1080],
        ]
      : [[n % 3 === 1 ? 600 : 480, n % 3 === 1 ? 1080 : 1200]];
  const opening: OpeningHours = Array.from({ length: 7 }, () => hours);
  return slotsOf({ zone: ZONE, opening, closed: [], testsPerDay: TESTS_PER_DAY }, DAY, slotKey(`secret of ${n}`));
}

function wishOf(probe: string, { at, audit }: Slot): Wish {
  return { probe, reason: 'slot', dueMs: at, attempt: 1, retests: 2, audit };
}

/** What happens when, in order; what happens may add more. A binary heap. */
function createAgenda(): { add(ms: number, act: () => void): void; run(at: (ms: number) => void): void } {
  const heap: { ms: number; act: () => void }[] = [];
  const swap = (a: number, b: number): void => {
    const [one, other] = [heap[a], heap[b]];
    if (one && other) [heap[a], heap[b]] = [other, one];
  };
  const ms = (i: number): number => heap[i]?.ms ?? Infinity;
  return {
    add(at, act) {
      heap.push({ ms: at, act });
      for (let i = heap.length - 1; i > 0 && ms(i) < ms((i - 1) >> 1); i = (i - 1) >> 1) swap(i, (i - 1) >> 1);
    },
    run(at) {
      while (heap.length > 0) {
        swap(0, heap.length - 1);
        const next = heap.pop();
        for (let i = 0; ; ) {
          const child = ms(2 * i + 1) <= ms(2 * i + 2) ? 2 * i + 1 : 2 * i + 2;
          if (ms(child) >= ms(i)) break;
          swap(i, child);
          i = child;
        }
        if (!next) return;
        at(next.ms);
        next.act();
      }
    },
  };
}

/** xorshift32: the same day each time. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
