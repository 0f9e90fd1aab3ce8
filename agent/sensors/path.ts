/**
 * Why: reachability and latency are two views of the same few handshakes along the way to the internet. They are made once
 * per slot, here, so that the line carries them once: about 1 kB a minute.
 */
import { isIP } from 'node:net';
import { join } from 'node:path';
import { createNames, nameServers, type Resolution } from '../platform/dns.ts';
import { keepFile } from '../platform/kept-file.ts';
import { neighbourComplete } from '../platform/routes.ts';
import { timeConnect } from '../platform/tcp-connect.ts';
import { openWan } from '../platform/wan.ts';
import type { SensorContext, Slot } from '../sensor.ts';
import { askPortal } from './portal.ts';
import { type InternetTarget, ownTargets, parseTargets } from './targets.ts';

/** What one slot found out. Null is unknown throughout. */
export interface PathReading {
  /** A default route exists and its interface has carrier. */
  readonly link: boolean | null;
  readonly gateway: {
    readonly answered: boolean | null;
    readonly neighbour: boolean | null;
    readonly rttMs: number | null;
  };
  readonly dns: Resolution;
  readonly internet: InternetReading;
  /** Something answered in place of a configured page. */
  readonly portal: boolean | null;
}
export interface InternetReading {
  /** One entry per handshake, in order; null = not answered. Empty where no target had an address. */
  readonly rttsMs: readonly (number | null)[];
  readonly up: boolean | null;
  /** A target could be tried without a name being resolved. */
  readonly byAddress: boolean;
}

export interface Path {
  measure(slot: Slot): Promise<PathReading>;
  close(): void;
}

export interface PathOptions {
  /** Handshakes to the internet per slot. */
  readonly probes?: number;
  /** Gap between them. Wider gaps wake a sleeping processor each time: at 20 ms a slot costs 5.3 ms of it, at 2 ms 3.6. */
  readonly spacingMs?: number;
  /** Resolvers in place of those of /etc/resolv.conf. */
  readonly servers?: readonly string[];
  /** Ports at which a gateway is likely to answer or to refuse. */
  readonly gatewayPorts?: readonly number[];
}

const TIMEOUT_MS = 2000;

export function openPath(
  context: Pick<SensorContext, 'root' | 'wan' | 'targets' | 'broker' | 'log'>,
  options: PathOptions = {},
): Path {
  const { root, broker, log } = context;
  const { probes = 5, spacingMs = 2, gatewayPorts = [53, 80, 443] } = options;
  const wan = openWan({ root, override: context.wan });
  const arp = keepFile(join(root, 'proc/net/arp'));
  const { hosts: configured, pages, refused } = parseTargets(context.targets ?? []);
  if (refused.length > 0)
    log.warn({ targets: refused.join(', ') }, 'targets are neither host:port nor an http:// page');
  const name =
    [...configured, ...pages].find(({ numeric }) => !numeric)?.host ??
    (isIP(broker.host) === 0 && broker.host.includes('.') ? broker.host : '.');
  const names = createNames();
  const addressOf = new Map<string, string>();
  let gatewayPort: number | null = null;
  let preferred = 0;
  let current: { monoMs: number; reading: Promise<PathReading> } | null = null;
  let lastSlotMs: number | null = null;

  async function gatewayAnswer(
    address: string | null,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<PathReading['gateway']> {
    if (address === null) return { answered: null, neighbour: null, rttMs: null };
    const ports = gatewayPort === null ? gatewayPorts : [gatewayPort];
    const answers = await Promise.all(
      ports.map(async (port) => ({ port, connection: await timeConnect({ address, port, timeoutMs, signal }) })),
    );
    const answer = answers.find(({ connection }) => connection.outcome !== 'silent');
    gatewayPort = answer?.port ?? null;
    const rttMs = answer && answer.connection.outcome !== 'silent' ? answer.connection.ms : null;
    return { answered: answer !== undefined, neighbour: neighbourComplete(arp.read(), address), rttMs };
  }

  /** The target that answered last goes first; the others are only asked when it is silent, which costs nothing while all is well. */
  async function internetAnswer(
    hosts: readonly InternetTarget[],
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<InternetReading> {
    let silent: readonly (number | null)[] = [];
    for (let i = 0; i < hosts.length && i < 2; i++) {
      const index = (preferred + i) % hosts.length;
      const address = hosts[index] && addressIn(hosts[index]);
      if (!hosts[index] || address === null || address === undefined) continue;
      const rttsMs = await handshakes({ address, port: hosts[index].port, probes, spacingMs, timeoutMs, signal });
      if (rttsMs.some((rtt) => rtt !== null)) {
        preferred = index;
        return { rttsMs, up: true, byAddress: true };
      }
      silent = rttsMs;
    }
    return { rttsMs: silent, up: false, byAddress: hosts.some(({ numeric, host }) => numeric || addressOf.has(host)) };
  }
  const addressIn = (target: { host: string; numeric: boolean }): string | null =>
    target.numeric ? target.host : (addressOf.get(target.host) ?? null);

  async function measure(slot: Slot, timeoutMs: number): Promise<PathReading> {
    const { signal } = slot;
    const { route, link } = wan.look();
    const family = route?.family ?? 4;
    const hosts = configured.length > 0 ? configured : ownTargets(family);
    const resolve = (of: string): Promise<Resolution> =>
      names.resolve({ name: of, family, servers: options.servers ?? nameServers(root), timeoutMs, signal });
    const gateway = gatewayAnswer(route?.gateway ?? null, timeoutMs, signal);
    const dns = resolve(name).then(async (resolution) => {
      const others = [...hosts, ...pages].filter(
        ({ numeric, host }) => !numeric && host !== name && !addressOf.has(host),
      );
      for (const { host, resolution: found } of [
        { host: name, resolution },
        ...(await Promise.all(others.map(async ({ host }) => ({ host, resolution: await resolve(host) })))),
      ]) {
        const address = found.addresses[0];
        if (address !== undefined) addressOf.set(host, address); // kept: a dead resolver must not look like a dead internet
      }
      return resolution;
    });
    const internet = hosts.every(({ numeric }) => numeric)
      ? internetAnswer(hosts, timeoutMs, signal)
      : dns.then(() => internetAnswer(hosts, timeoutMs, signal));
    const portal = dns.then(() => portalAnswer(timeoutMs, signal));
    const [gatewayReading, resolution, internetReading, portalReading] = await Promise.all([
      gateway,
      dns,
      internet,
      portal,
    ]);
    return {
      link: route === null ? false : (link?.up ?? null),
      gateway: gatewayReading,
      dns: resolution,
      internet: internetReading,
      portal: portalReading,
    };
  }
  async function portalAnswer(timeoutMs: number, signal: AbortSignal): Promise<boolean | null> {
    const address = pages[0] ? addressIn(pages[0]) : null;
    return pages[0] && address !== null ? askPortal(pages[0], address, timeoutMs, signal) : null;
  }

  return {
    measure(slot) {
      if (current?.monoMs === slot.monoMs) return current.reading;
      const periodMs = lastSlotMs === null ? Infinity : slot.monoMs - lastSlotMs;
      lastSlotMs = slot.monoMs;
      // DNS, one target and the next one may each wait so long, and all must be told before the slot is over.
      const timeoutMs = periodMs > 0 ? Math.min(TIMEOUT_MS, Math.max(200, Math.floor(periodMs / 4))) : TIMEOUT_MS;
      current = { monoMs: slot.monoMs, reading: measure(slot, timeoutMs) };
      return current.reading;
    },
    close() {
      wan.close();
      arp.close();
    },
  };
}

/** Only a completed handshake counts: a firewall on the way may refuse in the target's name. */
async function handshakes(to: {
  address: string;
  port: number;
  probes: number;
  spacingMs: number;
  timeoutMs: number;
  signal: AbortSignal;
}): Promise<(number | null)[]> {
  const { address, port, probes, spacingMs, timeoutMs, signal } = to;
  const pending: Promise<number | null>[] = [];
  for (let i = 0; i < probes && !signal.aborted; i++) {
    if (i > 0) await new Promise((resolve) => setTimeout(resolve, spacingMs));
    pending.push(
      timeConnect({ address, port, timeoutMs, signal }).then((connection) =>
        connection.outcome === 'open' ? connection.ms : null,
      ),
    );
  }
  return Promise.all(pending);
}
