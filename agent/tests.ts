/** Why: one throughput test from wish to told result: route, budget, lease, measurement, event. One at a time, and never a rate that was not measured. */
import type { LimitedBy, TestReason } from '#contract';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { Budget } from './budget.ts';
import type { LeaseDesk } from './lease.ts';
import type { ThroughputOutcome, ThroughputSensor } from './sensor.ts';
import type { HostPort } from './settings.ts';
import type { WallClock } from './wall.ts';

export interface TestWish {
  reason: TestReason;
  /** The job that asks, or null. */
  job: string | null;
  /** Asked once more when the lease came: waiting for it may have taken long. */
  stillWanted(): boolean;
  started(): void;
}
export type TestEnd = { ok: true; detail: string } | { ok: false; detail: string };

export interface Tester {
  /** Waits for its turn and runs. Never rejects. */
  run(wish: TestWish): Promise<TestEnd>;
  /** Ends the running test and refuses what waits. */
  stop(): Promise<void>;
}

export interface TesterDeps {
  throughput: ThroughputSensor;
  desk: LeaseDesk;
  budget: Budget;
  wall: WallClock;
  /** CARREL_AGENT_SPEED, else the host of the broker with the port of the grant. */
  speed: HostPort | null;
  brokerHost: string;
  settings(): { targetMbps: number; budgetMb: number };
  log: Logger;
  onOutcome(outcome: ThroughputOutcome): void;
}

/** 10 s at 30 Mb/s are 37.5 MB. */
const TEST_BYTES = 40_000_000;
/** A test that may not cost this much cannot tell 30 Mb/s from 20. */
const LEAST_BYTES = 4_000_000;
const DEFAULT_PORT = 4443;
const MAX_WAITING = 4;
const DAY_MS = 86_400_000;

export function createTester(deps: TesterDeps): Tester {
  const { throughput, desk, budget, wall, settings, log, onOutcome } = deps;
  const abort = new AbortController();
  const toldAtMs = new Map<LimitedBy, number>();
  let queue: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  /** A test that could not run is told as inconclusive, but the same reason only once a day. */
  function inconclusive(wish: TestWish, limitedBy: LimitedBy, detail: string, server: string): TestEnd {
    const last = toldAtMs.get(limitedBy);
    if (last === undefined || wall.monoMs() - last >= DAY_MS) {
      toldAtMs.set(limitedBy, wall.monoMs());
      log.info({ limited_by: limitedBy, why: detail }, 'throughput test could not tell');
      onOutcome(nothingMeasured(wish, limitedBy, settings().targetMbps, server));
    }
    return { ok: false, detail };
  }
  async function test(wish: TestWish): Promise<TestEnd> {
    if (abort.signal.aborted) return { ok: false, detail: 'the agent is stopping' };
    const { targetMbps, budgetMb } = settings();
    const at = deps.speed ?? { host: deps.brokerHost, port: DEFAULT_PORT };
    const server = `${at.host}:${at.port}`;
    const capability = await throughput.capability(at.host, at.port);
    if (!capability.available) return inconclusive(wish, 'route', capability.why, server);
    const left = budget.left(wall.wallMs(), budgetMb);
    if (left < LEAST_BYTES)
      return inconclusive(wish, 'budget', `the month's budget of ${budgetMb} MB is used up`, server);
    const booking = await desk.book(
      { mbps: targetMbps * 1.35, maxBytes: Math.min(TEST_BYTES, left), reason: wish.reason },
      abort.signal,
    );
    if (!booking.granted)
      return inconclusive(wish, booking.why === 'budget' ? 'budget' : 'server', `no lease: ${booking.why}`, server);
    if (!wish.stillWanted()) return { ok: false, detail: 'expired while it waited for its turn' };
    wish.started();
    const { grant } = booking;
    const host = deps.speed?.host ?? grant.host ?? deps.brokerHost;
    const port = deps.speed?.port ?? grant.port;
    const outcome = await throughput.run({
      grant,
      host,
      port,
      targetMbps,
      maxBytes: Math.min(grant.max_bytes, left),
      reason: wish.reason,
      job: wish.job,
      signal: abort.signal,
    });
    budget.spend(wall.wallMs(), outcome.bytes);
    onOutcome(outcome);
    const rate = outcome.rate_mbps === null ? 'nothing measured' : `${outcome.rate_mbps.toFixed(1)} Mb/s`;
    return {
      ok: true,
      detail: `${outcome.verdict}: ${rate}${outcome.limited_by ? `, limited by ${outcome.limited_by}` : ''}`,
    };
  }
  return {
    run(wish) {
      if (waiting >= MAX_WAITING) return Promise.resolve({ ok: false, detail: 'too many tests are waiting' });
      waiting += 1;
      const end = queue
        .then(() => test(wish))
        .catch((error: unknown): TestEnd => {
          log.warn({ code: 'TEST_FAILED', error: messageOf(error) }, 'throughput test failed');
          return { ok: false, detail: messageOf(error).slice(0, 200) };
        })
        .finally(() => {
          waiting -= 1;
        });
      queue = end;
      return end;
    },
    async stop() {
      abort.abort();
      await queue;
    },
  };
}

function nothingMeasured(wish: TestWish, limitedBy: LimitedBy, targetMbps: number, server: string): ThroughputOutcome {
  return {
    kind: 'throughput',
    method: 'tcp',
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
    server,
    job: wish.job,
  };
}
