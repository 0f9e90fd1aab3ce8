/** Why: throughput tests as a whole: this machine's test server, the others, the desk for leases, and the control of them all. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '#lib/clock';
import type { Logger } from '#lib/logger';
import type { BrokerSettings } from '../config.ts';
import type { LeaseDeny, LeaseGrant, LeaseRequest } from '../contract/index.ts';
import { listenOr } from '../listeners.ts';
import type { RegistryState } from '../state/index.ts';
import { type Control, startControl } from './control.ts';
import { createLeases, type PlaceStats } from './lease.ts';
import type { Place } from './places.ts';
import { type LocalServerOptions, type SpeedServer, startLocalServer } from './server.ts';
import type { SpeedStats } from './stats.ts';
import { systemCongestionControl } from './tcp-info.ts';
import { createTickets } from './ticket.ts';
import type { UseEvent } from './uses.ts';

export interface Speed {
  ask(probe: string, request: LeaseRequest): void;
  release(probe: string, id: string): void;
  onAnswer(listener: (probe: string, answer: { grant: LeaseGrant } | { deny: LeaseDeny }) => void): void;
  /** `tcp://host:port` of this machine's server; null when there is none. */
  address(): string | null;
  report(): SpeedReport;
  stop(): Promise<void>;
}
export interface SpeedReport {
  /** This machine's test server; null when CARREL_SPEED is off. */
  server: SpeedStats | null;
  places: (PlaceStats & { controlShare: number | null })[];
}
export interface SpeedDeps {
  settings: Pick<
    BrokerSettings,
    | 'CARREL_SPEED'
    | 'CARREL_SPEED_UPLINK_MBPS'
    | 'CARREL_SPEED_NAME'
    | 'CARREL_SPEED_SERVERS'
    | 'CARREL_SPEED_KEY'
    | 'CARREL_SPEED_FOREIGN'
  >;
  registry: Pick<RegistryState, 'revision' | 'bindings' | 'desired'>;
  clock: Clock;
  log: Logger;
  /** Where this machine's test server runs: in this thread when left out; `startSpeedThread` gives it one of its own. */
  startServer?(options: LocalServerOptions): Promise<SpeedServer>;
}

const TICK_MS = 250;
const LOOPBACK: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Null where there is no test server at all. @throws CarrelError PORT_IN_USE, ADDRESS_UNUSABLE */
export async function startSpeed(deps: SpeedDeps): Promise<Speed | null> {
  const { settings, registry, clock, log, startServer = startLocalServer } = deps;
  const key = settings.CARREL_SPEED_KEY ?? randomBytes(32);
  const { CARREL_SPEED: address, CARREL_SPEED_NAME: name } = settings;
  let control: Control | null = null;
  const sick = (place: string) => (): boolean => control?.sick(place) ?? false;
  const local = address ? await startLocal(address) : null;
  const places: Place[] = settings.CARREL_SPEED_SERVERS.filter((remote) => remote.name !== name).map((remote) => ({
    ...remote,
    port: () => remote.port,
    udpPort: () => remote.port,
    tickets: createTickets(key, remote.name),
    hearsTests: false,
    sick: sick(remote.name),
  }));
  if (local) places.unshift(local.place);
  if (places.length === 0) return null;

  if (local) warnOfCongestionControl(log);

  let listener: Parameters<Speed['onAnswer']>[0] = () => undefined;
  const leases = createLeases({
    places,
    accessPointOf: accessPoints(registry),
    mayTest: (probe) => registry.desired(probe)?.config.budget_mb !== 0,
    answer: (probe, answer) => listener(probe, answer),
    freed: (place, probe, id) => place === name && local?.server.withdraw(probe, id),
  });
  const ticker = setInterval(() => leases.tick(clock.wallMs()), TICK_MS);
  ticker.unref();
  control = startControl({
    places: places.map((place) => place.name),
    lease: (place, wish) => leases.control(place, wish, clock.wallMs()),
    release: (place, grant) => leases.release(`control_${place}`, grant.id, clock.wallMs()),
    hostOf: (wanted) => places.find((place) => place.name === wanted)?.host ?? loopbackOf(address?.host ?? ''),
    clock,
    log,
  });

  async function startLocal(at: NonNullable<typeof address>): Promise<{ server: SpeedServer; place: Place }> {
    const tickets = createTickets(key, name);
    const uplinkMbps = settings.CARREL_SPEED_UPLINK_MBPS;
    const server = await listenOr('CARREL_SPEED', at, () =>
      startServer({
        address: at,
        key,
        name,
        clock,
        log,
        foreign: settings.CARREL_SPEED_FOREIGN,
        foreignMbps: uplinkMbps * 0.2,
        changed: (event: UseEvent) => leases.heard(name, event, clock.wallMs()),
      }),
    );
    const ports = { port: server.port, udpPort: server.udpPort };
    return {
      server,
      place: { name, host: null, ...ports, weight: 1, uplinkMbps, tickets, hearsTests: true, sick: sick(name) },
    };
  }

  return {
    ask: (probe, request) => leases.ask(probe, request, clock.wallMs()),
    release: (probe, id) => leases.release(probe, id, clock.wallMs()),
    onAnswer(next) {
      listener = next;
    },
    address: () =>
      address && local
        ? `tcp://${address.host.includes(':') ? `[${address.host}]` : address.host}:${local.server.port()}`
        : null,
    report: () => ({
      server: local?.server.stats() ?? null,
      places: leases
        .stats(clock.wallMs())
        .map((place) => ({ ...place, controlShare: control?.share(place.name) ?? null })),
    }),
    async stop() {
      control?.stop();
      clearInterval(ticker);
      await local?.server.stop();
    },
  };
}

/** Cubic takes each lost packet for a full line: at 1 % and 50 ms it gives 3 Mb/s on any line. Probes do not trust a fail by it. */
function warnOfCongestionControl(log: Logger): void {
  const cc = systemCongestionControl();
  if (cc !== null && !cc.startsWith('bbr'))
    log.warn(
      { congestion_control: cc },
      'TCP throughput tests need BBR on lines with loss: docs/guides/test-servers.md',
    );
}

const loopbackOf = (host: string): string => LOOPBACK[host] ?? host;

/** Where each probe stands, also one that does not judge; read again when the registry changes. */
function accessPoints(registry: SpeedDeps['registry']): (probe: string) => string | null {
  let revision = -1;
  let known = new Map<string, string>();
  return (probe) => {
    if (registry.revision() !== revision) {
      revision = registry.revision();
      known = new Map(
        registry
          .bindings()
          .flatMap(({ probe: bound, access_point, to }) => (to === null ? [[bound, access_point]] : [])),
      );
    }
    return known.get(probe) ?? null;
  };
}
