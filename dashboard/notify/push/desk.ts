/** Why: the push channel's own memory: whose devices there are, under which key they subscribed, and what became of each message. */
import type { PushDevice, State } from '#state';
import type { DashboardSettings } from '../../config.ts';
import { storedTrouble, type Trouble } from '../../said/said.ts';
import type { AddressGuard } from '../address-guard.ts';
import { pushGuard, refusedEndpoint } from './endpoint.ts';
import { createReceipts, type Receipts } from './receipt.ts';
import { createVapid, type Vapid } from './vapid.ts';

export type PushSettings = Pick<DashboardSettings, 'CARREL_PUSH_HOSTS' | 'CARREL_MAIL_FROM' | 'CARREL_PUBLIC_URL'>;
export interface PushDesk extends Pick<Vapid, 'publicKey' | 'authorization'>, Pick<Receipts, 'forDevice'> {
  guard: AddressGuard;
  devicesOf(user: string): PushDevice[];
  refused(endpoint: string): Trouble | null;
  sent(id: number, key: string, now: number): void;
  failed(id: number, error: Trouble, now: number): void;
  /** Its browser unsubscribed, or its person removed the site's data. */
  gone(id: number): void;
}

export function createPushDesk(settings: PushSettings, state: Pick<State, 'keep' | 'push'>): PushDesk {
  const { CARREL_PUSH_HOSTS: hosts, CARREL_PUBLIC_URL: url, CARREL_MAIL_FROM: mail } = settings;
  // Apple refuses contacts that are plainly none, such as localhost.
  const contact = (): string => (url?.startsWith('https:') ? url : `mailto:${mail}`);
  return {
    ...createVapid(state, contact),
    forDevice: createReceipts(state).forDevice,
    guard: pushGuard(hosts),
    devicesOf: (user) => state.push.ofUser(user),
    refused: (endpoint) => refusedEndpoint(endpoint, hosts),
    sent: (id, key, now) => state.push.noteSent(id, key, now),
    failed: (id, error, now) => state.push.noteFailed(id, storedTrouble(error), now),
    gone: (id) => state.push.drop(id),
  };
}
