/**
 * Why: the one measurement that loads the line: a download by TCP from the server's test port, judged at the WAN interface's
 * counter. The counter includes headers (IP-layer rate is what BEREC and RFC 9097 define), is not fooled by TCP's bursts, and
 * on a router adds what visitors use at that moment.
 */

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { LimitedBy } from '#contract';
import { messageOf } from '#lib/errors';
import { ipBytesBetween } from '../platform/counters.ts';
import { keepFile, readInteger } from '../platform/kept-file.ts';
import { othersSeen } from '../platform/offload.ts';
import { openWan, type Wan, type WanView } from '../platform/wan.ts';
import type { SensorContext, ThroughputOutcome, ThroughputRequest, ThroughputSensor } from '../sensor.ts';
import { countInterface } from '../speed/interface.ts';
import { type ProcessorReport, watchProcessor } from './processor.ts';
import { openStream, type StreamEnd } from './speed-stream.ts';
import { type Judgement, judge, limitOf, type Window } from './throughput-verdict.ts';

const WINDOW_MS = 100;
/** No test is longer or larger, whatever a grant says. */
const MAX_MS = 10_000;
const MAX_BYTES = 40_000_000;
/** After so long, a counter that saw less than half of the test's own bytes belongs to another interface: going on only costs. */
const ELSEWHERE_MS = 1000;
/** Wire bytes per application byte of a full TCP segment: 1500 / 1448. */
const WIRE_PER_OWN = 1500 / 1448;

export function createThroughputSensor(
  context: Pick<SensorContext, 'root' | 'clock' | 'wan' | 'log'>,
): ThroughputSensor {
  const { root, clock, log } = context;

  async function run(request: ThroughputRequest): Promise<ThroughputOutcome> {
    const wan = openWan({ root, override: context.wan });
    const stat = keepFile(join(root, 'proc/stat'));
    try {
      const view = wan.look();
      const able = await capabilityOf(request.host, view);
      if (!able.available) return outcomeOf(request, view, { limitedBy: able.limitedBy });
      const processor = watchProcessor(stat, () => clock.monoMs());
      const measured = await download({
        request,
        address: able.address,
        wan,
        view,
        now: () => clock.monoMs(),
        sampled: processor.sample,
      });
      if (measured.error)
        log.info({ server: request.host, error: measured.error }, 'throughput test ended without the whole stream');
      return conclude(request, view, measured, processor.report());
    } finally {
      wan.close();
      stat.close();
    }
  }

  return {
    async capability(host) {
      const wan = openWan({ root, override: context.wan });
      try {
        const able = await capabilityOf(host, wan.look());
        return able.available ? { available: true } : { available: false, why: able.why };
      } finally {
        wan.close();
      }
    },
    watch() {
      const wan = openWan({ root, override: context.wan });
      const view = wan.look();
      const counted = view.name !== null && othersSeen(root, view.name) === 'counted';
      const counter = countInterface(wan, view);
      return {
        wan: view.name ?? '',
        received: () => (counted ? (counter.read()?.rx ?? null) : null),
        close: () => wan.close(),
      };
    },
    run,
  };

  /** Is this probe the router that visitors' traffic passes? Otherwise it sees only its own. */
  function seesOthers(): boolean {
    return readInteger(join(root, 'proc/sys/net/ipv4/ip_forward')) === 1;
  }

  function conclude(
    request: ThroughputRequest,
    view: WanView,
    measured: Measured,
    processor: ProcessorReport,
  ): ThroughputOutcome {
    const { windows, ownBytes, ipBytes, end } = measured;
    const base = { ownBytes, durMs: windows.reduce((sum, { ms }) => sum + ms, 0), cpuPct: processor.highestPct };
    if (end === 'aborted') return outcomeOf(request, view, { ...base, limitedBy: 'aborted' });
    if (end === 'unreachable') return outcomeOf(request, view, { ...base, limitedBy: 'unreachable' });
    const judgement = measured.judgement ?? judge(windows, request.targetMbps, true);
    if (!judgement) return outcomeOf(request, view, { ...base, limitedBy: 'server' });
    const elsewhere = ipBytes < 0.95 * ownBytes;
    const limitedBy =
      judgement.verdict === 'pass'
        ? elsewhere
          ? 'route'
          : null
        : (limitOf({
            ipBytes,
            ownBytes,
            processPct: processor.processPct,
            corePct: processor.corePct,
            coreSoftirqPct: processor.coreSoftirqPct,
            allPct: processor.allPct,
            lateShare: windows.filter(({ ms }) => ms > 1.5 * WINDOW_MS).length / windows.length,
            speedMbps: view.link?.speedMbps ?? null,
            halfDuplex: view.link?.halfDuplex ?? false,
            wireless: view.link?.wireless ?? false,
          }) ?? (measured.cutShort ? 'server' : null));
    const otherMbps = seesOthers() ? Math.max(0, judgement.rateMbps - judgement.appMbps * WIRE_PER_OWN) : null;
    return outcomeOf(request, view, {
      ...base,
      limitedBy,
      judgement: limitedBy === 'route' ? undefined : judgement,
      otherMbps,
    });
  }
}

type Able = { available: true; address: string } | { available: false; why: string; limitedBy: LimitedBy };

/** Resolves the host and refuses what cannot measure a line: this machine itself, or a system without interface counters. */
async function capabilityOf(host: string, view: WanView): Promise<Able> {
  let address: string;
  try {
    address = isIP(host) === 0 ? (await lookup(host)).address : host;
  } catch (error) {
    return { available: false, why: `${host} has no address (${messageOf(error)})`, limitedBy: 'unreachable' };
  }
  if (isOwnAddress(address))
    return {
      available: false,
      why: 'this machine is the test server: the way to it leaves by lo and never touches the line',
      limitedBy: 'route',
    };
  if (view.name === null)
    return { available: false, why: 'no default route, so no line to measure', limitedBy: 'unreachable' };
  if (!view.counters)
    return { available: false, why: `no counters of ${view.name} in /proc/net/dev`, limitedBy: 'route' };
  return { available: true, address };
}

/** Loopback, or an address of one of this machine's interfaces: the kernel routes both over `lo`. */
function isOwnAddress(address: string): boolean {
  if (/^127\.|^::1$|^::ffff:127\.|^0\.0\.0\.0$|^::$/.test(address)) return true;
  return Object.values(networkInterfaces()).some((own) => own?.some((entry) => entry.address === address));
}

interface Measured {
  windows: readonly Window[];
  ownBytes: number;
  ipBytes: number;
  /** Made when the test ended early by a clear pass. */
  judgement: Judgement | null;
  end: StreamEnd;
  /** The server closed long before the grant's bounds. */
  cutShort: boolean;
  error: string | null;
}

/** Takes the stream in windows until a clear pass, the bounds, its end, or the signal. */
async function download(options: {
  request: ThroughputRequest;
  address: string;
  wan: Wan;
  view: WanView;
  now(): number;
  sampled(): void;
}): Promise<Measured> {
  const { request, address, wan, view, now, sampled } = options;
  const name = view.name ?? '';
  const header = view.link?.header ?? { rx: 0, tx: 0 };
  const maxMs = Math.min(MAX_MS, request.grant.max_ms);
  const maxOwn = Math.min(MAX_BYTES, request.maxBytes, request.grant.max_bytes) / WIRE_PER_OWN;
  const windows: Window[] = [];
  const totals = { ownBytes: 0, ipBytes: 0 };
  const stream = openStream({
    address,
    port: request.port,
    token: request.grant.token,
    maxBytes: maxOwn,
    signal: request.signal,
  });
  if (!(await stream.first)) return { windows, ...totals, judgement: null, cutShort: false, ...(await stream.ended) };

  let last = { atMs: now(), own: stream.bytes(), counters: wan.counters(name) };
  const startMs = last.atMs;
  let judgement: Judgement | null = null;
  const takeWindow = (): void => {
    const next = { atMs: now(), own: stream.bytes(), counters: wan.counters(name) };
    const ip = last.counters && next.counters ? ipBytesBetween(last.counters, next.counters, header) : null;
    const window = { ms: next.atMs - last.atMs, ipBytes: ip?.rx ?? 0, ownBytes: next.own - last.own };
    last = next;
    if (window.ms <= 0) return;
    windows.push(window);
    totals.ownBytes += window.ownBytes;
    totals.ipBytes += window.ipBytes;
  };
  const timer = setInterval(() => {
    takeWindow();
    sampled();
    judgement = judge(windows, request.targetMbps, false);
    const elsewhere = now() - startMs >= ELSEWHERE_MS && totals.ipBytes < 0.5 * totals.ownBytes;
    if (judgement || elsewhere || now() - startMs >= maxMs) stream.stop();
  }, WINDOW_MS);
  const { end, error } = await stream.ended;
  clearInterval(timer);
  sampled();
  const cutShort = end === 'closed' && now() - startMs < 0.9 * maxMs && stream.bytes() < 0.9 * maxOwn;
  return { windows, ...totals, judgement, end, error, cutShort };
}

interface Conclusion {
  limitedBy: LimitedBy | null;
  judgement?: Judgement | undefined;
  ownBytes?: number;
  durMs?: number;
  cpuPct?: number | null;
  otherMbps?: number | null;
}

function outcomeOf(request: ThroughputRequest, view: WanView, conclusion: Conclusion): ThroughputOutcome {
  const { limitedBy, judgement, ownBytes = 0, durMs = 0, cpuPct = null, otherMbps = null } = conclusion;
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  return {
    kind: 'throughput',
    method: 'tcp',
    dir: 'down',
    verdict: limitedBy === null && judgement ? judgement.verdict : 'inconclusive',
    marginal: limitedBy === null && (judgement?.marginal ?? false),
    reason: request.reason,
    target_mbps: request.targetMbps,
    rate_mbps: judgement ? round(judgement.rateMbps) : null,
    app_mbps: judgement ? round(judgement.appMbps) : null,
    other_mbps: otherMbps === null ? null : round(otherMbps),
    bytes: Math.round(ownBytes * WIRE_PER_OWN),
    dur_ms: Math.round(durMs),
    limited_by: limitedBy,
    cpu_pct: cpuPct === null ? null : Math.round(cpuPct * 10) / 10,
    wan: view.name ?? '',
    server: `${request.host}:${request.port}`,
    job: request.job,
  };
}
