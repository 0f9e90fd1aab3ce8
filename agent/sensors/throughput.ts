/**
 * Why: the one measurement that loads the line, judged at the WAN interface's counter. The counter includes headers (IP-layer rate is
 * what BEREC and RFC 9097 define), is not fooled by TCP's bursts, and on a router adds what visitors use at that moment.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { LimitedBy } from '#contract';
import { messageOf } from '#lib/errors';
import { type KeptFile, keepFile } from '../platform/kept-file.ts';
import { othersSeen } from '../platform/offload.ts';
import { timeConnect } from '../platform/tcp-connect.ts';
import { openWan, type WanView } from '../platform/wan.ts';
import type { SensorContext, ThroughputOutcome, ThroughputRequest, ThroughputSensor } from '../sensor.ts';
import { conclude, unmeasured } from '../speed/conclude.ts';
import { countInterface } from '../speed/interface.ts';
import { LONG_RTT_MS, longBytes } from '../speed/long-way.ts';
import { measure } from '../speed/measure.ts';
import { paceOf } from '../speed/pace.ts';
import { ruleFor } from '../speed/sequential.ts';
import { openStreams } from '../speed/streams.ts';
import { openTcp } from '../speed/tcp.ts';
import type { Traffic } from '../speed/traffic.ts';
import { openUdp } from '../speed/udp.ts';
import { watchProcessor } from './processor.ts';

/** No test is longer or larger, whatever a grant says. */
const MAX_MS = 10_000;
const MAX_BYTES = 40_000_000;
const CONNECT_MS = 5000;

export function createThroughputSensor(
  context: Pick<SensorContext, 'root' | 'clock' | 'wan' | 'log'>,
): ThroughputSensor {
  const { root, clock, log } = context;

  async function run(request: ThroughputRequest): Promise<ThroughputOutcome> {
    const wan = openWan({ root, override: context.wan });
    const [stat, snmp] = [keepFile(join(root, 'proc/stat')), keepFile(join(root, 'proc/net/snmp'))];
    try {
      const view = wan.look();
      const able = await capabilityOf(request.host, view);
      if (!able.available) return unmeasured(request, view.name, able.limitedBy);
      const processor = watchProcessor(stat, () => clock.monoMs());
      const dropped = receiveErrors(snmp);
      const counter = view.counters ? countInterface(wan, view) : null;
      const traffic = await open(request, able.address, counter !== null);
      const { kind, grant, targetMbps, minBytes } = request;
      const fullMbps = paceOf(targetMbps, null);
      const { settles } = traffic;
      const measured = await measure({
        ...{ traffic, counter, targetMbps, now: () => clock.monoMs(), dir: grant.dir, sampled: processor.sample },
        fullMbps,
        rule: () =>
          ruleFor(kind, {
            ...{ rttMs: traffic.rtt().idleMs ?? 0, minBytes, paceMbps: fullMbps, counted: counter !== null, settles },
          }),
      });
      if (measured.end.error)
        log.debug(
          { server: request.host, kind, end: measured.end.end, error: measured.end.error },
          'throughput test ended',
        );
      return conclude({
        ...{ request, view, traffic, measured, processor: processor.report() },
        receiveErrors: receiveErrors(snmp) - dropped,
        others: view.name === null ? 'elsewhere' : othersSeen(root, view.name),
      });
    } finally {
      for (const file of [wan, stat, snmp]) file.close();
    }
  }

  async function open(request: ThroughputRequest, address: string, counted: boolean): Promise<Traffic> {
    const { kind, grant, host, port, targetMbps, signal } = request;
    const common = {
      ...{ address, grant, signal, targetMbps, now: () => clock.monoMs() },
      maxMs: Math.min(MAX_MS, grant.max_ms),
      maxBytes: Math.min(MAX_BYTES, request.maxBytes, grant.max_bytes),
    };
    if (kind === 'udp') return openUdp({ ...common, port: grant.udp_port ?? port });
    const tcp = { ...common, host, port, allBytes: null };
    if (kind === 'full') return openStreams(openTcp, { ...tcp, paceMbps: null });
    const paced = { ...tcp, paceMbps: Math.min(paceOf(targetMbps, null), grant.pace_mbps ?? Infinity) };
    const way = await timeConnect({ address, port, timeoutMs: CONNECT_MS, signal });
    if (way.outcome !== 'open' || way.ms <= LONG_RTT_MS || grant.dir === 'up') return openTcp({ ...paced, stream: 0 });
    // Where only the application counts, or a burst must be outlasted, it takes what it takes.
    const soon = counted && request.minBytes === 0;
    const allBytes = soon ? longBytes(paced.paceMbps, way.ms, request.patience) : null;
    return openStreams(openTcp, { ...paced, allBytes });
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
}

/** Datagrams that came and found no room (`Udp: ... RcvbufErrors`); 0 where the kernel does not tell. */
function receiveErrors(snmp: KeptFile): number {
  const [names, values] = (snmp.read() ?? '').split('\n').filter((line) => line.startsWith('Udp:'));
  const index = names?.split(' ').indexOf('RcvbufErrors') ?? -1;
  return index < 0 ? 0 : Number(values?.split(' ')[index]) || 0;
}

type Able = { available: true; address: string } | { available: false; why: string; limitedBy: LimitedBy };

/** Resolves the host and refuses what cannot measure a line: this machine itself, or one without a route. */
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
  return { available: true, address };
}

/** Loopback, or an address of one of this machine's interfaces: the kernel routes both over `lo`. */
function isOwnAddress(address: string): boolean {
  if (/^127\.|^::1$|^::ffff:127\.|^0\.0\.0\.0$|^::$/.test(address)) return true;
  return Object.values(networkInterfaces()).some((own) => own?.some((entry) => entry.address === address));
}
