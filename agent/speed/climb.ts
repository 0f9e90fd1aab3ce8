/** Why: one throughput test under one lease: route, budget, lease, then rung after rung of the ladder until one can tell. */
import type { DesiredConfig, LeaseGrant, LeaseKind, LimitedBy, TestReason } from '#contract';
import type { Logger } from '#lib/logger';
import { type Budget, type BudgetLimits, udpTestBytes } from '../budget.ts';
import type { LeaseDesk } from '../lease.ts';
import type { ThroughputOutcome, ThroughputSensor } from '../sensor.ts';
import type { HostPort } from '../settings.ts';
import type { WallClock } from '../wall.ts';
import type { afterTest, LineMemory } from './plan.ts';
import type { Slot } from './slots.ts';

export interface TestWish {
  reason: TestReason;
  /** The job that asks, or null. */
  job: string | null;
  /** Name of the test server of the test before: another one, where there is one. */
  avoid?: string;
  /** The slot that it stands for. */
  slot?: Slot;
  /** Asked once more when the lease came: waiting for it may have taken long. */
  stillWanted(): boolean;
  started(): void;
}
export type TestEnd = { ok: true; detail: string } | { ok: false; detail: string };

export type Climbed = { outcome: ThroughputOutcome; end: TestEnd } | { outcome: null; end: TestEnd };

export interface ClimbDeps {
  throughput: ThroughputSensor;
  desk: LeaseDesk;
  budget: Budget;
  wall: WallClock;
  /** CARREL_AGENT_SPEED, else the host of the broker with the port of the grant. */
  speed: HostPort | null;
  brokerHost: string;
  settings(): { targetMbps: number; profile: DesiredConfig['profile']; limits: BudgetLimits };
  log: Logger;
  memory(): LineMemory;
  learnt(test: Parameters<typeof afterTest>[1]): void;
  onOutcome(outcome: ThroughputOutcome): void;
  signal: AbortSignal;
}

/** A test of 10 s at 30 Mb/s is 37.5 MB. */
const FULL_BYTES = 40_000_000;
/** Room for two rungs, one after the other, and for the volume that a burst shaped line needs. */
const PACED_BYTES = 24_000_000;
const ABOVE_TARGET = 1.2;
/** Four streams without a pace must be able to show more than the target. */
const FULL_ABOVE_TARGET = 2;
const DEFAULT_PORT = 4443;
const DAY_MS = 86_400_000;

export function createClimb(
  deps: ClimbDeps,
): (wish: TestWish, rungs: readonly LeaseKind[], dir: 'down' | 'up') => Promise<Climbed> {
  const { throughput, desk, budget, wall, settings, log, memory, onOutcome, signal } = deps;
  const toldAtMs = new Map<LimitedBy, number>();
  /** The server that did not answer last time. */
  let avoid: string | null = null;

  /** A test that could not run is told as inconclusive, but the same reason only once a day; a slot is always told. */
  function inconclusive(wish: TestWish, limitedBy: LimitedBy, detail: string): Climbed {
    const last = toldAtMs.get(limitedBy);
    if (wish.slot || last === undefined || wall.monoMs() - last >= DAY_MS) {
      toldAtMs.set(limitedBy, wall.monoMs());
      log.info({ limited_by: limitedBy, why: detail }, 'throughput test could not tell');
      onOutcome({ ...nothingMeasured(wish, limitedBy, settings().targetMbps), ...slotFields(wish.slot) });
    }
    return { outcome: null, end: { ok: false, detail } };
  }

  async function climb(wish: TestWish, rungs: readonly LeaseKind[], dir: 'down' | 'up'): Promise<Climbed> {
    const { targetMbps, profile, limits } = settings();
    const at = deps.speed ?? { host: deps.brokerHost, port: DEFAULT_PORT };
    const capability = await throughput.capability(at.host, at.port);
    if (!capability.available) return inconclusive(wish, 'route', capability.why);
    const full = rungs.includes('full');
    const left = budget.left(wall.wallMs(), limits, wish.reason);
    const least = full ? FULL_BYTES : Math.max(udpTestBytes(profile, memory().rttMs), memory().burst.minBytes);
    if (left < least)
      return inconclusive(wish, 'budget', `${mb(left)} of the budget are left, and a test costs ${mb(least)}`);
    const booking = await desk.book(
      {
        kinds: rungs,
        dir,
        mbps: targetMbps * (full ? FULL_ABOVE_TARGET : ABOVE_TARGET),
        maxBytes: Math.min(full ? FULL_BYTES : PACED_BYTES, left),
        reason: wish.reason,
        // One that did not answer is no choice, whatever was asked for.
        avoid: avoid ?? wish.avoid ?? null,
      },
      signal,
    );
    if (!booking.granted) return inconclusive(wish, whyNoLease(booking.why), `no lease: ${booking.why}`);
    const { grant } = booking;
    try {
      if (!wish.stillWanted())
        return { outcome: null, end: { ok: false, detail: 'expired while it waited for its turn' } };
      wish.started();
      const outcome = await runRungs(wish, rungs, grant, Math.min(left, grant.max_bytes));
      if (!outcome) return inconclusive(wish, 'server', `the server allows none of ${rungs.join(', ')}`);
      avoid = outcome.limited_by === 'unreachable' || outcome.limited_by === 'server' ? grant.server || null : null;
      onOutcome(outcome);
      return { outcome, end: endOf(outcome) };
    } finally {
      desk.release(grant.id);
    }
  }

  async function runRungs(
    wish: TestWish,
    rungs: readonly LeaseKind[],
    grant: LeaseGrant,
    maxBytes: number,
  ): Promise<ThroughputOutcome | null> {
    const { targetMbps, limits } = settings();
    const { dir } = grant;
    const before = memory();
    let outcome: ThroughputOutcome | null = null;
    let spent = 0;
    // What the machine's own haste has spoilt is worth one more try before the next rung.
    const tries = rungs
      .filter((one) => grant.kinds.includes(one))
      .flatMap((one) => (one === 'udp' ? [one, one] : [one]));
    for (const [i, kind] of tries.entries()) {
      if (outcome && i > 0 && kind === tries[i - 1] && !spoilt(outcome)) continue;
      if (spent > 0 && maxBytes - spent < udpTestBytes(settings().profile, memory().rttMs)) break;
      const next = await throughput.run({
        ...{ kind, grant, targetMbps, signal },
        host: deps.speed?.host ?? grant.host ?? deps.brokerHost,
        port: deps.speed?.port ?? grant.port,
        minBytes: dir === 'down' ? memory().burst.minBytes : 0,
        patience: memory().patience,
        maxBytes: maxBytes - spent,
        reason: wish.reason,
        job: wish.job,
      });
      budget.spend(wall.wallMs(), limits, next.bytes);
      spent += next.bytes;
      const { verdict, rate_mbps: rateMbps, bytes, rtt_idle_ms: rttMs = null, limited_by: limitedBy } = next;
      if (dir === 'down')
        deps.learnt({
          ...{ reason: wish.reason, kind, verdict, limitedBy, rateMbps, bytes, rttMs, lease: grant.id, targetMbps },
          burstBytes: next.burst_bytes ?? null,
        });
      // A rung that could not tell does not take the word from one that measured.
      if (!outcome || next.verdict !== 'inconclusive') outcome = next;
      if (!triesNext(wish.reason, kind, next)) break;
    }
    const burst = memory().burst.minBytes > 0;
    const attempt = wish.reason === 'confirm' ? { attempt: before.confirms + 1 } : {};
    const chain = dir === 'down' && wish.reason !== 'audit' ? (before.chain ?? memory().chain) : null;
    return (
      outcome && {
        ...outcome,
        ...slotFields(wish.slot),
        ...(burst && { burst_shaped: true }),
        ...attempt,
        ...(chain !== null && { chain }),
        bytes: spent,
      }
    );
  }
  return climb;
}

/** What is blocked or could not tell is tried another way; and a slot that TCP failed is heard once more, by UDP. */
function triesNext(reason: TestReason, kind: LeaseKind, { verdict, limited_by }: ThroughputOutcome): boolean {
  if (verdict === 'fail') return kind === 'tcp' && reason === 'slot';
  return verdict === 'inconclusive' && limited_by !== null && ANOTHER_WAY.has(limited_by);
}

const ANOTHER_WAY: ReadonlySet<LimitedBy> = new Set(['unreachable', 'server', 'time', 'cpu']);

function spoilt({ limited_by }: ThroughputOutcome): boolean {
  return limited_by === 'cpu' || limited_by === 'server';
}

function whyNoLease(why: string): LimitedBy {
  if (why === 'budget' || why === 'aborted') return why;
  return why === 'offline' || why === 'silent' ? 'unreachable' : 'server';
}

function endOf({ verdict, rate_mbps, limited_by }: ThroughputOutcome): TestEnd {
  const rate = rate_mbps === null ? 'nothing measured' : `${rate_mbps.toFixed(1)} Mb/s`;
  return { ok: true, detail: `${verdict}: ${rate}${limited_by ? `, limited by ${limited_by}` : ''}` };
}

export function slotFields(slot: Slot | undefined): Pick<ThroughputOutcome, 'slot' | 'drawn' | 'series'> {
  return slot ? { slot: slot.id, drawn: true, series: slot.series } : {};
}

export function nothingMeasured(wish: TestWish, limitedBy: LimitedBy | null, targetMbps: number): ThroughputOutcome {
  return {
    kind: 'throughput',
    method: 'udp',
    dir: 'down',
    verdict: 'inconclusive',
    marginal: false,
    reason: wish.reason,
    target_mbps: targetMbps,
    rate_mbps: null,
    app_mbps: null,
    other_mbps: null,
    bytes: 0,
    dur_ms: 0,
    limited_by: limitedBy,
    cpu_pct: null,
    wan: '',
    server: '',
    job: wish.job,
  };
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
