/** Why: asks each hop on the way to the internet, and remembers what spares the next question: addresses, the gateway's port, the target that answers. */
import { isIP } from 'node:net';
import { join } from 'node:path';
import { createNames, nameServers, type Resolution } from '../platform/dns.ts';
import { keepFile } from '../platform/kept-file.ts';
import { type DefaultRoute, neighbourComplete } from '../platform/routes.ts';
import { timeConnect } from '../platform/tcp-connect.ts';
import type { SensorContext } from '../sensor.ts';
import type { Handshake } from './latency.ts';
import { askPortal } from './portal.ts';
import { type InternetTarget, ownTargets, parseTargets } from './targets.ts';

export interface GatewayReading {
  /** Accepted or refused at one of the ports; null where there is no gateway to ask. */
  readonly answered: boolean | null;
  /** The kernel has a complete neighbour entry for it. */
  readonly neighbour: boolean | null;
  readonly rttMs: number | null;
}
export interface InternetReading {
  readonly up: boolean;
  /** A target could be tried without a name being resolved. */
  readonly byAddress: boolean;
  /** What was tried: one handshake while all is well, a second to another target where the first is silent. */
  readonly tried: readonly Handshake[];
}
export interface Ask {
  readonly route: DefaultRoute | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Hops {
  gateway(ask: Ask): Promise<GatewayReading>;
  /** Resolves the name that stands for all others, and what targets still lack an address. */
  dns(ask: Ask): Promise<Resolution>;
  internet(ask: Ask): Promise<InternetReading>;
  /** True where something else than the configured page answered; null where none is configured or nothing answered. */
  portal(ask: Ask): Promise<boolean | null>;
  /** A name has to be resolved before the internet can be asked. */
  namesFirst(route: DefaultRoute | null): boolean;
  close(): void;
}

export interface HopOptions {
  /** Resolvers in place of those of /etc/resolv.conf. */
  readonly servers?: readonly string[];
  /** Ports at which a gateway is likely to answer or to refuse. */
  readonly gatewayPorts?: readonly number[];
}

export function openHops(
  context: Pick<SensorContext, 'root' | 'targets' | 'broker' | 'log'>,
  options: HopOptions,
): Hops {
  const { root, broker, log } = context;
  const { gatewayPorts = [53, 80, 443] } = options;
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

  const hostsFor = (route: DefaultRoute | null): readonly InternetTarget[] =>
    configured.length > 0 ? configured : ownTargets(route?.family ?? 4);
  const addressIn = (target: { host: string; numeric: boolean }): string | null =>
    target.numeric ? target.host : (addressOf.get(target.host) ?? null);
  async function resolve(of: string, { route, timeoutMs, signal }: Ask): Promise<Resolution> {
    const servers = options.servers ?? nameServers(root);
    const found = await names.resolve({ name: of, family: route?.family ?? 4, servers, timeoutMs, signal });
    const address = found.addresses[0];
    if (address !== undefined) addressOf.set(of, address); // kept: a dead resolver must not look like a dead internet
    return found;
  }

  return {
    async gateway({ route, timeoutMs, signal }) {
      const address = route?.gateway ?? null;
      if (address === null) return { answered: null, neighbour: null, rttMs: null };
      const ports = gatewayPort === null ? gatewayPorts : [gatewayPort];
      const answers = await Promise.all(
        ports.map(async (port) => ({ port, connection: await timeConnect({ address, port, timeoutMs, signal }) })),
      );
      const answer = answers.find(({ connection }) => connection.outcome !== 'silent');
      gatewayPort = answer?.port ?? null;
      const rttMs = answer && answer.connection.outcome !== 'silent' ? answer.connection.ms : null;
      return { answered: answer !== undefined, neighbour: neighbourComplete(arp.read(), address), rttMs };
    },
    async dns(ask) {
      const [resolution] = await Promise.all([
        resolve(name, ask),
        ...[...hostsFor(ask.route), ...pages]
          .filter(({ numeric, host }) => !numeric && host !== name && !addressOf.has(host))
          .map(({ host }) => resolve(host, ask)),
      ]);
      return resolution;
    },
    /** The target that answered last goes first; the next is only asked when it is silent, which costs nothing while all is well. */
    async internet({ route, timeoutMs, signal }) {
      const hosts = hostsFor(route);
      const tried: Handshake[] = [];
      for (let i = 0; i < hosts.length && i < 2; i++) {
        const index = (preferred + i) % hosts.length;
        const target = hosts[index];
        const address = target ? addressIn(target) : null;
        if (!target || address === null) continue;
        // Only a completed handshake counts: a firewall on the way may refuse in the target's name.
        const connection = await timeConnect({ address, port: target.port, timeoutMs, signal });
        tried.push({ to: target.host, ms: connection.outcome === 'open' ? connection.ms : null });
        if (connection.outcome !== 'open') continue;
        preferred = index;
        return { up: true, byAddress: true, tried };
      }
      return { up: false, byAddress: hosts.some((host) => addressIn(host) !== null), tried };
    },
    async portal({ timeoutMs, signal }) {
      const address = pages[0] ? addressIn(pages[0]) : null;
      return pages[0] && address !== null ? askPortal(pages[0], address, timeoutMs, signal) : null;
    },
    namesFirst: (route) => hostsFor(route).some((host) => addressIn(host) === null),
    close: () => arp.close(),
  };
}
