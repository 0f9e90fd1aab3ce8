/**
 * Why: a whole day of a country's probes at the real desk for leases, its clock simulated: real slots of each probe's key, tests that take
 * what tests take, confirmations and audits, probes that die in mid-test. `leaseDay` tells the peak and what became of each slot.
 */
import type { Denial, LeaseDeny, LeaseGrant, LeaseRequest, TestReason } from '#contract';
import { slotKey, slotsOf } from '../../../agent/speed/slots.ts';
import { createLeases, type PlaceStats } from '../../../broker/speed/lease.ts';
import { createTickets } from '../../../broker/speed/ticket.ts';
import { chance } from '../../../infra/simulate/random.ts';

export interface LeaseDay {
  /** The most that was booked at one moment by the declared uplink; 0.8 is the bound. */
  peakShare: number;
  /** The same for what was really sent. */
  sentShare: number;
  slots: number;
  served: number;
  /** Slots that were not served, by the reason that their probe was told. */
  told: Partial<Record<Denial, number>>;
  /** Slots of which the probe never heard. 0 is the bound. */
  unanswered: number;
  /** Requests that were answered later than 4.25 s. 0 is the bound. */
  late: number;
  /** From the slot to the beginning of its test, s, 99th percentile. */
  waitP99S: number;
  places: PlaceStats[];
}

interface Wish {
  probe: string;
  reason: TestReason;
  full: boolean;
  slotMs: number;
  denied: number;
  confirmations: number;
}

/** As agent/lease.ts does. */
const ATTEMPTS = 6;
const MAX_RETRY_MS = 600_000;
const TICK_MS = 250;
const DAY = 20_000;
const DAY_MS = 86_400_000;

/**
 * @param herd one test of each probe, all within one minute, as if power had come back to a whole country
 */
export function leaseDay(options: {
  probes?: number;
  testsPerDay?: number;
  uplinkMbps?: number;
  herd?: boolean;
}): LeaseDay {
  const { probes = 1200, testsPerDay = 6, uplinkMbps = 1000, herd = false } = options;
  const result = { slots: 0, served: 0, unanswered: 0, late: 0, sentMbps: 0 };
  const told: Partial<Record<Denial, number>> = {};
  const waits: number[] = [];
  const open = new Map<string, { wish: Wish; askedMs: number }>();
  const agenda = createAgenda();
  /** What the test server refuses. */
  const withdrawn = new Set<string>();
  let sending = 0;
  let serial = 0;

  const tickets = createTickets('simulated', 'main');
  const leases = createLeases({
    places: [
      {
        ...{ name: 'main', host: null, weight: 1, uplinkMbps, tickets, hearsTests: true },
        ...{ port: () => 4443, udpPort: () => 4443, sick: () => false },
      },
    ],
    accessPointOf: (probe) => `${probe}-line`,
    random: () => chance('queue', ++serial),
    freed: (_, probe, id) => withdrawn.add(`${probe}/${id}`),
    answer(probe, answer) {
      const id = 'grant' in answer ? answer.grant.id : answer.deny.id;
      const asked = open.get(id);
      open.delete(id);
      if (!asked) throw new Error(`answered twice or never asked: ${probe} ${id}`);
      if (agenda.nowMs() - asked.askedMs > 4000 + TICK_MS) result.late += 1;
      if ('grant' in answer) begin(asked.wish, answer.grant);
      else again(asked.wish, answer.deny);
    },
  });

  function ask(wish: Wish): void {
    const id = `l${++serial}`;
    open.set(id, { wish, askedMs: agenda.nowMs() });
    const request: LeaseRequest = {
      ...{ id, dir: 'down', reason: wish.reason, kinds: wish.full ? ['full'] : ['udp', 'tcp'] },
      ...{ want_mbps: wish.full ? 200 : 36, max_bytes: wish.full ? 60_000_000 : 9_000_000 },
    };
    leases.ask(wish.probe, request, agenda.nowMs());
  }

  function again(wish: Wish, deny: LeaseDeny): void {
    wish.denied += 1;
    if (wish.denied < ATTEMPTS && deny.why !== 'budget') {
      const pauseMs = Math.min(MAX_RETRY_MS, deny.retry_after_s * 1000);
      agenda.at(agenda.nowMs() + pauseMs, () => ask(wish));
    } else told[deny.why] = (told[deny.why] ?? 0) + 1;
  }

  function begin(wish: Wish, grant: LeaseGrant): void {
    result.served += 1;
    waits.push(Math.max(grant.not_before, agenda.nowMs()) - wish.slotMs);
    const luck = chance(grant.id);
    if (luck < 0.02) return; // died before it began
    agenda.at(Math.max(grant.not_before, agenda.nowMs()) + 100, () => {
      if (withdrawn.has(`${wish.probe}/${grant.id}`)) return;
      leases.heard('main', { probe: wish.probe, id: grant.id, state: 'begun' }, agenda.nowMs());
      sending += grant.pace_mbps ?? 0;
      result.sentMbps = Math.max(result.sentMbps, sending);
      const tookMs = wish.full ? 10_000 : 500 + 1500 * chance(grant.id, 2) ** 3;
      agenda.at(agenda.nowMs() + tookMs, () => end(wish, grant, luck));
    });
  }

  function end(wish: Wish, grant: LeaseGrant, luck: number): void {
    sending -= grant.pace_mbps ?? 0;
    leases.heard('main', { probe: wish.probe, id: grant.id, state: 'idle' }, agenda.nowMs());
    if (luck > 0.04) leases.release(wish.probe, grant.id, agenda.nowMs()); // the others died after it
    if (chance(grant.id, 3) < 0.05 && wish.confirmations < 3) {
      const confirm: Wish = {
        ...wish,
        reason: 'confirm',
        full: wish.confirmations === 2,
        denied: 0,
        confirmations: wish.confirmations + 1,
      };
      agenda.at(agenda.nowMs() + 120_000 + 180_000 * chance(grant.id, 4), () => {
        result.slots += 1;
        ask({ ...confirm, slotMs: agenda.nowMs() });
      });
    }
  }

  const plan = { zone: 'Europe/Vilnius', closed: [], testsPerDay, opening: Array(7).fill([[540, 1140]]) };
  for (let i = 0; i < probes; i++) {
    const probe = `probe-${i}`;
    for (const slot of slotsOf(plan, DAY, slotKey(probe))) {
      if (slot.series === 'line' || (herd && !slot.id.endsWith('.1'))) continue;
      result.slots += 1;
      const slotMs = herd ? DAY * DAY_MS + 60_000 * chance(probe, slot.at) : slot.at;
      const wish: Wish = {
        probe,
        reason: slot.audit ? 'audit' : 'slot',
        full: slot.audit,
        slotMs,
        denied: 0,
        confirmations: 0,
      };
      agenda.at(slotMs, () => ask(wish));
    }
  }
  agenda.run(TICK_MS, () => leases.tick(agenda.nowMs()));
  result.unanswered = open.size;
  const places = leases.stats(agenda.nowMs());
  const peak = Math.max(...places.map(({ peakMbps }) => peakMbps));
  waits.sort((a, b) => a - b);
  return {
    ...{ slots: result.slots, served: result.served, unanswered: result.unanswered, late: result.late, told, places },
    peakShare: peak / uplinkMbps,
    sentShare: result.sentMbps / uplinkMbps,
    waitP99S: (waits[Math.floor(waits.length * 0.99)] ?? 0) / 1000,
  };
}

/** What happens when, in order; a heap. Between two things the tick runs, as long as something is to come and a minute longer. */
function createAgenda(): {
  nowMs(): number;
  at(ms: number, act: () => void): void;
  run(tickMs: number, tick: () => void): void;
} {
  const heap: { ms: number; act: () => void }[] = [];
  let nowMs = 0;
  const before = (a: number, b: number): boolean => (heap[a]?.ms ?? Infinity) < (heap[b]?.ms ?? Infinity);
  const swap = (a: number, b: number): void => {
    const [one, other] = [heap[a], heap[b]];
    if (one && other) [heap[a], heap[b]] = [other, one];
  };
  function take(): { ms: number; act: () => void } | undefined {
    swap(0, heap.length - 1);
    const first = heap.pop();
    for (let i = 0; ; ) {
      const child = before(2 * i + 2, 2 * i + 1) ? 2 * i + 2 : 2 * i + 1;
      if (!before(child, i)) return first;
      swap(child, i);
      i = child;
    }
  }
  return {
    nowMs: () => nowMs,
    at(ms, act) {
      heap.push({ ms: Math.max(ms, nowMs), act });
      for (let i = heap.length - 1; i > 0 && before(i, (i - 1) >> 1); i = (i - 1) >> 1) swap(i, (i - 1) >> 1);
    },
    run(tickMs, tick) {
      nowMs = heap[0]?.ms ?? 0;
      let nextMs = nowMs;
      for (let idleMs = 0; heap.length > 0 || idleMs < 60_000; ) {
        const first = heap[0];
        if (first && first.ms <= nextMs) {
          const { ms, act } = take() ?? first;
          nowMs = ms;
          act();
          idleMs = 0;
          continue;
        }
        nowMs = nextMs;
        nextMs += tickMs;
        idleMs += tickMs;
        tick();
      }
    },
  };
}
