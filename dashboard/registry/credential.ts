/** Why: a new probe gets everything it needs in one file and one command, shown once. */
import { createHash, randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import type { ProbeCredential } from '#contract';
import type { DashboardDeps } from '../deps.ts';

type CredentialDeps = Pick<DashboardDeps, 'state' | 'broker' | 'clock' | 'publicUrl'>;

/** Makes a new token (only its SHA-256 is kept), which replaces an older one. */
export function issueCredential(deps: CredentialDeps, probe: string): ProbeCredential {
  const token = randomBytes(32).toString('base64url');
  deps.state.registry.setCredential(probe, createHash('sha256').update(token).digest(), deps.clock.wallMs());
  const { mqtt, mqtts } = deps.broker.addresses();
  const broker = reachable(mqtts ?? mqtt ?? '', deps.publicUrl(), lanAddress);
  const ca = mqtts === null ? null : deps.broker.authority();
  const file = JSON.stringify({ broker, id: probe, token, ca });
  return { id: probe, token, ca, broker, file, command: installCommand(deps.publicUrl(), file) };
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

function lanAddress(): string | null {
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((address) => !address.internal && address.family === 'IPv4');
  return found?.address ?? null;
}
