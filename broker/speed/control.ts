/**
 * Why: which test servers are sick. Every quarter of an hour this process takes a short test of each, over a way that is good. A server that
 * fails two in a row gets no new leases where there is another, and the operator is told.
 */
import type { Clock } from '#lib/clock';
import type { Logger } from '#lib/logger';
import { isServerLimited, type LeaseGrant } from '../contract/index.ts';
import { type Companion, takeUdpTest } from './companion.ts';

export interface Control {
  sick(place: string): boolean;
  /** Newest rate by what was asked for; null before the first. */
  share(place: string): number | null;
  /** One measurement of each place. */
  measure(): Promise<void>;
  stop(): void;
}
export interface ControlDeps {
  places: readonly string[];
  /** A lease for this, now; null where the server is busy: then nothing is measured. */
  lease(place: string, wish: { paceMbps: number; maxBytes: number }): LeaseGrant | null;
  release(place: string, grant: LeaseGrant): void;
  /** Where this process reaches it. */
  hostOf(place: string): string;
  clock: Clock;
  log: Logger;
}

const EVERY_MS = 900_000;
const FIRST_MS = 60_000;
/** As a probe's test: a third of a second at 1.2 times the usual target. */
const PACE_MBPS = 36;
const BYTES = 1_500_000;
/** Less than this share arrived of what was asked for. */
const SICK_SHARE = 0.95;
const SICK_AFTER = 2;

/** Of a healthy server and way. Pure. */
export function isGoodControl(result: Companion, paceMbps: number): boolean {
  if (!result.end || result.rateMbps === null) return false;
  const { cpuPct: cpu_pct, lagMs: lag_ms, ticks, lateTicks: late_ticks, paceKept: pace_kept } = result.end;
  if (isServerLimited({ cpu_pct, lag_ms, ticks, late_ticks, pace_kept, cc: null })) return false;
  return result.rateMbps >= SICK_SHARE * paceMbps;
}

export function startControl(deps: ControlDeps): Control {
  const { places, clock, log } = deps;
  const bad = new Map<string, number>();
  const shares = new Map<string, number>();
  let stopped = false;

  async function measureOne(place: string): Promise<void> {
    const grant = deps.lease(place, { paceMbps: PACE_MBPS, maxBytes: BYTES });
    if (!grant) return;
    const paceMbps = grant.pace_mbps ?? PACE_MBPS;
    const result = await takeUdpTest({ grant, host: deps.hostOf(place), mode: 'down', rateMbps: paceMbps, clock });
    deps.release(place, grant);
    if (stopped) return;
    shares.set(place, (result.rateMbps ?? 0) / paceMbps);
    note(place, isGoodControl(result, paceMbps), result);
  }

  function note(place: string, good: boolean, { rateMbps, end }: Companion): void {
    const before = bad.get(place) ?? 0;
    const now = good ? 0 : before + 1;
    bad.set(place, now);
    const facts = { server: place, mbps: rateMbps, pace_kept: end?.paceKept, cpu_pct: end?.cpuPct };
    if (now === SICK_AFTER) log.warn(facts, 'test server does not keep its pace');
    else if (good && before >= SICK_AFTER) log.info(facts, 'test server keeps its pace again');
  }

  async function measure(): Promise<void> {
    for (const place of places) if (!stopped) await measureOne(place);
  }

  const run = (): void => void measure();
  const first = setTimeout(run, FIRST_MS);
  const timer = setInterval(run, EVERY_MS);
  first.unref();
  timer.unref();
  return {
    sick: (place) => (bad.get(place) ?? 0) >= SICK_AFTER,
    share: (place) => shares.get(place) ?? null,
    measure,
    stop() {
      stopped = true;
      clearTimeout(first);
      clearInterval(timer);
    },
  };
}
