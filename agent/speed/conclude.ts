/** Why: what was measured becomes a result with its evidence: a verdict where one stands, and where none does, why not. Pure. */
import { isServerLimited, type LeaseKind, type LimitedBy, type ServerWatch, type TestMethod } from '#contract';
import type { OthersSeen } from '../platform/offload.ts';
import type { WanView } from '../platform/wan.ts';
import type { ThroughputOutcome, ThroughputRequest } from '../sensor.ts';
import type { ProcessorReport } from '../sensors/processor.ts';
import { burstOf } from './burst.ts';
import { isElsewhere, limitOf } from './limits.ts';
import type { Measured } from './measure.ts';
import type { Traffic } from './traffic.ts';
import { GUARD } from './windows.ts';

export interface Ended {
  request: ThroughputRequest;
  view: WanView;
  traffic: Pick<Traffic, 'ownBytes' | 'wireBytes' | 'watch' | 'rtt' | 'dispersionMbps' | 'paceMbps'>;
  measured: Measured;
  processor: ProcessorReport;
  receiveErrors: number;
  others: OthersSeen;
}

const METHODS = { udp: 'udp', tcp: 'tcp', full: 'tcp-full' } as const satisfies Record<LeaseKind, TestMethod>;
/** What a queue may still hold when a test is stopped, ms of its pace, on top of a round trip. */
const QUEUED_MS = 200;
const FASTEST_MBPS = 100;

export function conclude(ended: Ended): ThroughputOutcome {
  const { request, view, traffic, measured, processor, others } = ended;
  const { saturation, windows } = measured;
  const limitedBy = limitedOf(ended);
  // The counter of an interface that did not carry the test is nobody's rate.
  const judgement = limitedBy === 'route' ? null : measured.judgement;
  const stands = limitedBy === null && (judgement?.verdict === 'pass' || judgement?.verdict === 'fail');
  const { idleMs, loadedMs } = traffic.rtt();
  const dispersion = traffic.dispersionMbps();
  const watch = traffic.watch();
  const burst = request.kind === 'full' && stands ? burstOf(windows, request.targetMbps) : null;
  const seesOthers = others === 'counted' && request.grant.dir === 'down' && view.counters !== null;
  return {
    ...unmeasured(request, view.name, limitedBy),
    ...(stands && { verdict: judgement.verdict === 'pass' ? 'pass' : 'fail', marginal: judgement.marginal }),
    ...(judgement && {
      rate_mbps: round(judgement.rateMbps),
      app_mbps: round(judgement.appMbps),
      other_mbps: seesOthers ? round(othersOf(ended, judgement)) : null,
      windows: windows.length,
      se_mbps: round(judgement.seMbps),
      saturated: judgement.saturated,
    }),
    bytes: costOf(ended),
    dur_ms: Math.round(windows.reduce((sum, { ms }) => sum + ms, 0)),
    cpu_pct: processor.highestPct === null ? null : round(processor.highestPct),
    layer: view.counters ? 'ip' : 'app',
    lease: request.grant.id,
    ...(traffic.paceMbps() < Infinity && { pace_mbps: round(traffic.paceMbps()) }),
    ...(saturation.loss !== null && { loss_pct: round(100 * saturation.loss) }),
    ...(saturation.owdRiseMs !== null && { owd_rise_ms: round(Math.max(0, saturation.owdRiseMs)) }),
    ...(idleMs !== null && { rtt_idle_ms: round(idleMs) }),
    ...(loadedMs !== null && { rtt_loaded_ms: round(loadedMs) }),
    ...(dispersion !== null && { dispersion_mbps: round(dispersion) }),
    ...(burst !== null && { burst_shaped: true, burst_bytes: burst }),
    ...(others === 'offloaded' && { offload: true }),
    ...(watch && { watch }),
  };
}

/** Null where the verdict stands. A pass stands whatever the probe was doing: the line did carry it. */
function limitedOf(ended: Ended): LimitedBy | null {
  const { request, view, traffic, measured, processor, others } = ended;
  const { judgement, end } = measured;
  if (end.end === 'aborted') return 'aborted';
  if (measured.windows.length === 0) return end.end === 'unreachable' ? 'unreachable' : 'server';
  const ipBytes = measured.counted[request.grant.dir === 'down' ? 'rx' : 'tx'];
  // Of an upload, what arrived: the rest may lie in this machine.
  const ownBytes =
    request.grant.dir === 'up'
      ? measured.windows.reduce((sum, window) => sum + window.ownBytes, 0)
      : traffic.ownBytes();
  if (view.counters && isElsewhere({ ipBytes, ownBytes })) return 'route';
  if (judgement?.verdict === 'pass') return null;
  const watch = traffic.watch();
  const limit = limitOf({
    ipBytes: view.counters ? ipBytes : ownBytes,
    ownBytes,
    ...processor,
    stalledShare: measured.stalledShare,
    receiveErrors: ended.receiveErrors,
    speedMbps: view.link?.speedMbps ?? null,
    halfDuplex: view.link?.halfDuplex ?? false,
    wireless: view.link?.wireless ?? false,
    serverFit: watch && isFit(watch, judgement?.rateMbps ?? 0, request),
    othersInvisible: others === 'offloaded',
  });
  if (limit) return limit;
  if (!judgement || measured.cutShort || judgement.verdict === 'unsaturated') return 'server';
  return judgement.verdict === 'growing' ? 'time' : null;
}

/**
 * A server that missed a part of its pace left the line idle for no longer than that. Where the line would be too slow even if all of
 * that were given to it, the server is not to blame.
 */
function isFit(watch: ServerWatch, rateMbps: number, { kind, targetMbps }: ThroughputRequest): boolean {
  if (!holdsLoss(kind, watch.cc)) return false;
  const enough =
    watch.pace_kept !== null && watch.pace_kept > 0 && rateMbps / watch.pace_kept < (1 - GUARD) * targetMbps;
  return !isServerLimited(enough ? { ...watch, pace_kept: 1 } : watch);
}

/** A sender that takes each lost packet for congestion (cubic, reno) says little about a line with 1 % of loss: 2.8 of 50 Mb/s. */
function holdsLoss(kind: LeaseKind, congestion: string | null): boolean {
  return kind === 'udp' || congestion === null || congestion.startsWith('bbr');
}

/** What visitors had of the line: all that came, without the test's own share of it. */
function othersOf({ traffic, measured }: Ended, judgement: { rateMbps: number; appMbps: number }): number {
  const ownIpMbps = judgement.appMbps * (measured.ownIpBytes / Math.max(1, traffic.ownBytes()));
  return Math.max(0, judgement.rateMbps - ownIpMbps);
}

/** At the interface, what was on its way included; where visitors' traffic is counted as well, no more than the test can have caused. */
function costOf({ traffic, measured, others }: Ended): number {
  const own = traffic.wireBytes();
  const counted = measured.counted.rx + measured.counted.tx;
  const onItsWay = Math.min(traffic.paceMbps(), FASTEST_MBPS) * 125 * ((traffic.rtt().idleMs ?? 0) + QUEUED_MS);
  if (others === 'counted') return Math.round(Math.max(own, Math.min(counted, own + onItsWay)));
  return Math.round(counted > 0 ? counted : own);
}

/** A test of which nothing is known but why. */
export function unmeasured(
  request: ThroughputRequest,
  wan: string | null,
  limitedBy: LimitedBy | null,
): ThroughputOutcome {
  return {
    kind: 'throughput',
    method: METHODS[request.kind],
    dir: request.grant.dir,
    verdict: 'inconclusive',
    marginal: false,
    reason: request.reason,
    target_mbps: request.targetMbps,
    rate_mbps: null,
    app_mbps: null,
    other_mbps: null,
    bytes: 0,
    dur_ms: 0,
    limited_by: limitedBy,
    cpu_pct: null,
    wan: wan ?? '',
    server: request.grant.server || `${request.host}:${request.port}`,
    job: request.job,
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
