/** Why: a new probe gets everything it needs in one file and one command, shown once. */
import { createHash, randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import type { ProbeCredential } from '#contract';
import { isLoopback } from '#lib/network';
import type { DashboardDeps } from '../deps.ts';
import { MQTT_PATH } from '../upgrade.ts';

type CredentialDeps = Pick<DashboardDeps, 'state' | 'broker' | 'clock' | 'publicUrl'>;

/** Makes a new token (only its SHA-256 is kept), which replaces an older one. */
export function issueCredential(deps: CredentialDeps, probe: string): ProbeCredential {
  const token = randomBytes(32).toString('base64url');
  deps.state.registry.setCredential(probe, createHash('sha256').update(token).digest(), deps.clock.wallMs());
  const { mqtt, mqtts } = deps.broker.addresses();
  const broker = reachable(mqtts ?? mqtt ?? '', deps.publicUrl(), lanAddress);
  const ca = mqtts === null ? null : deps.broker.authority();
  const broker_ws = webSocketOf(broker, deps.publicUrl());
  const file = JSON.stringify({ broker, ...(broker_ws !== null && { broker_ws }), id: probe, token, ca });
  return { id: probe, token, ca, broker, broker_ws, file, command: installCommand(deps.publicUrl(), file) };
}

/** Runs on Debian, Raspberry Pi OS and OpenWrt; the credential goes through a pipe of the shell, not through the network. */
function installCommand(publicUrl: string, file: string): string {
  const credential = Buffer.from(file).toString('base64');
  return `wget -qO- ${publicUrl}/install/install.sh | sh -s -- --server ${publicUrl} --credential ${credential}`;
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

/** The way through the web port, where it does not show the credential to the network: by https, or within this machine. Pure. */
export function webSocketOf(broker: string, publicUrl: string): string | null {
  const { protocol, host, pathname } = new URL(publicUrl);
  const at = `${host}${pathname.replace(/\/+$/, '')}${MQTT_PATH}`;
  if (protocol === 'https:') return `wss://${at}`;
  const within = [broker, publicUrl].every((url) => URL.canParse(url) && isThisMachine(new URL(url).hostname));
  return within ? `ws://${at}` : null;
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

function lanAddress(): string | null {
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((address) => !address.internal && address.family === 'IPv4');
  return found?.address ?? null;
}
