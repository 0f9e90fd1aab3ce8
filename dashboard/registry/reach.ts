/** Why: a listener's address is not what somebody elsewhere types. Which address reaches it, and whether anybody but this machine can. */
import { networkInterfaces } from 'node:os';
import type { Door, NetworkView } from '#contract';
import { isLoopback } from '#lib/network';
import type { DashboardDeps } from '../deps.ts';

type ReachDeps = Pick<DashboardDeps, 'broker' | 'publicUrl' | 'settings'>;

/** The page, where probes deliver, and where they test. */
export function doorsOf({ broker, publicUrl, settings }: ReachDeps): Pick<NetworkView, 'page' | 'probes' | 'tests'> {
  const { mqtt, mqtts, speed } = broker.addresses();
  const door = (listener: string | null): Door => doorTo(listener && reachable(listener, publicUrl(), lanAddress));
  return { page: doorTo(pageAddress({ publicUrl, settings })), probes: door(mqtts ?? mqtt), tests: door(speed) };
}

/** The page as other machines reach it: the address that people use or, where nobody has said one and it listens everywhere, that of this machine. */
export function pageAddress({ publicUrl, settings }: Pick<ReachDeps, 'publicUrl' | 'settings'>): string {
  const { host } = settings.CARREL_HTTP;
  const everywhere = settings.CARREL_PUBLIC_URL === undefined && (host === '0.0.0.0' || host === '::');
  const lan = everywhere ? lanAddress() : null;
  return lan === null ? publicUrl() : `http://${lan}:${new URL(publicUrl()).port || 80}`;
}

function doorTo(url: string | null): Door {
  if (url === null || !URL.canParse(url)) return { url: null, reach: 'off' };
  return { url, reach: isThisMachine(new URL(url).hostname) ? 'machine' : 'network' };
}

/** A listener on every address is reached by the name that people use; where that is this machine alone, by its address in the network. Pure. */
export function reachable(listener: string, publicUrl: string, lan: () => string | null): string {
  if (!URL.canParse(listener)) return listener;
  const { protocol, hostname, port } = new URL(listener);
  if (hostname !== '0.0.0.0' && hostname !== '[::]') return listener;
  const host = new URL(publicUrl).hostname;
  const outside = /^(localhost|127\..*|\[::1\]|0\.0\.0\.0|\[::\])$/.test(host) ? (lan() ?? host) : host;
  return `${protocol}//${outside}:${port}`;
}

export function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

export function lanAddress(): string | null {
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((address) => !address.internal && address.family === 'IPv4');
  return found?.address ?? null;
}
