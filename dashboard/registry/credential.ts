/** Why: a new probe gets everything it needs in one file and one command, shown once. */
import { createHash, randomBytes } from 'node:crypto';
import type { ProbeCredential } from '#contract';
import type { DashboardDeps } from '../deps.ts';
import { MQTT_PATH } from '../upgrade.ts';
import { isThisMachine, lanAddress, pageAddress, reachable } from './reach.ts';

type CredentialDeps = Pick<DashboardDeps, 'state' | 'broker' | 'clock' | 'settings' | 'publicUrl'>;

/** Makes a new token (only its SHA-256 is kept), which replaces an older one. */
export function issueCredential(deps: CredentialDeps, probe: string): ProbeCredential {
  const token = randomBytes(32).toString('base64url');
  deps.state.registry.setCredential(probe, createHash('sha256').update(token).digest(), deps.clock.wallMs());
  const { mqtt, mqtts } = deps.broker.addresses();
  const broker = reachable(mqtts ?? mqtt ?? '', deps.publicUrl(), lanAddress);
  const ca = mqtts === null ? null : deps.broker.authority();
  const broker_ws = webSocketOf(broker, deps.publicUrl());
  const file = JSON.stringify({ broker, ...(broker_ws !== null && { broker_ws }), id: probe, token, ca });
  return { id: probe, token, ca, broker, broker_ws, file, command: installCommand(pageAddress(deps), file) };
}

/** Runs on Debian, Raspberry Pi OS and OpenWrt; the credential goes through a pipe of the shell, not through the network. */
function installCommand(page: string, file: string): string {
  const credential = Buffer.from(file).toString('base64');
  return `wget -qO- ${page}/install/install.sh | sh -s -- --server ${page} --credential ${credential}`;
}

/** The way through the web port, where it does not show the credential to the network: by https, or within this machine. Pure. */
export function webSocketOf(broker: string, publicUrl: string): string | null {
  const { protocol, host, pathname } = new URL(publicUrl);
  const at = `${host}${pathname.replace(/\/+$/, '')}${MQTT_PATH}`;
  if (protocol === 'https:') return `wss://${at}`;
  const within = [broker, publicUrl].every((url) => URL.canParse(url) && isThisMachine(new URL(url).hostname));
  return within ? `ws://${at}` : null;
}
