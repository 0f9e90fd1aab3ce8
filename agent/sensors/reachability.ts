/** Why: when the internet does not work, the first hop that fails says whom to call: the cable, the router, the resolver, the provider or us. */
import { FIRST_FAILURE, type MetricName } from '#contract';
import type { Reading, Sensor, SensorContext } from '../sensor.ts';
import type { Path, PathReading } from './path.ts';

const METRICS: readonly MetricName[] = [
  'gateway_up',
  'dns_up',
  'internet_up',
  'broker_up',
  'first_failure',
  'captive_portal',
  'dns_ms',
];

export function createReachabilitySensor(context: Pick<SensorContext, 'brokerUp'>, path: Path): Sensor {
  return {
    name: 'reachability',
    metrics: METRICS,
    probe: async () => ({ available: true }),
    read: async (slot) => reachabilityOf(await path.measure(slot), context.brokerUp()),
    stop() {}, // the path belongs to createSensors
  };
}

/** Decides what each hop's evidence means. Unknown stays null. */
export function reachabilityOf(path: PathReading, broker: boolean | null): Reading {
  const gateway = gatewayUp(path);
  const failure = firstFailure({
    link: path.link,
    gateway,
    dns: path.dns.up,
    internet: path.internet.up,
    byAddress: path.internet.byAddress,
    portal: path.portal,
    broker,
  });
  return {
    gateway_up: flag(gateway),
    dns_up: flag(path.dns.up),
    dns_ms: path.dns.up ? path.dns.ms : null,
    internet_up: flag(path.internet.up),
    captive_portal: flag(path.portal),
    broker_up: flag(broker),
    first_failure: FIRST_FAILURE.indexOf(failure),
  };
}

/** Many gateways drop what is addressed to themselves: then a live neighbour entry, or anything that answers from beyond, speaks for them. */
function gatewayUp({ gateway, internet }: PathReading): boolean | null {
  if (gateway.answered || gateway.neighbour || internet.up) return true;
  return gateway.answered;
}

export interface Hops {
  link: boolean | null;
  gateway: boolean | null;
  dns: boolean | null;
  internet: boolean | null;
  /** The internet could be tried without DNS. */
  byAddress: boolean;
  portal: boolean | null;
  broker: boolean | null;
}

/**
 * Nearest hop first. DNS is to blame where addresses still answer, or where there was no address to try; when names and
 * addresses fail together, it is the internet that is gone, and the resolver only cannot reach it either. A sign-in page explains whatever else fails: such networks forge names as well.
 */
export function firstFailure({
  link,
  gateway,
  dns,
  internet,
  byAddress,
  portal,
  broker,
}: Hops): (typeof FIRST_FAILURE)[number] {
  const reached = internet === true;
  if (link === false && !reached) return 'link';
  if (gateway === false) return 'gateway';
  if (portal === true) return 'internet';
  if (dns === false && (reached || !byAddress)) return 'dns';
  if (internet === false) return 'internet';
  return broker === false ? 'broker' : 'none';
}

function flag(value: boolean | null): number | null {
  return value === null ? null : Number(value);
}
