/** Why: that a push service took a message does not mean that a phone showed it. The phone says so itself, signed in or not. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { State } from '#state';
import { linkKey } from '../links.ts';

const LIVES_MS = 7 * 86_400_000;
const MINUTE_MS = 60_000;

export interface Receipts {
  /** Travels inside the encrypted message: only the device knows it. */
  forDevice(id: number, now: number): string;
  /** The device; null for what was not made here or is too old. */
  read(receipt: string, now: number): number | null;
}

export function createReceipts(state: Pick<State, 'keep'>): Receipts {
  const key = linkKey(state);
  const sign = (said: string): string =>
    createHmac('sha256', key).update(`push.${said}`).digest('base64url').slice(0, 22);
  return {
    forDevice(id, now) {
      const said = `${id.toString(36)}.${Math.floor((now + LIVES_MS) / MINUTE_MS).toString(36)}`;
      return `${said}.${sign(said)}`;
    },
    read(receipt, now) {
      const [, said = '', id = '', minutes = '', mac = ''] =
        /^(([0-9a-z]{1,11})\.([0-9a-z]{1,8}))\.([\w-]{22})$/.exec(receipt) ?? [];
      if (said === '' || !timingSafeEqual(Buffer.from(mac), Buffer.from(sign(said)))) return null;
      return Number.parseInt(minutes, 36) * MINUTE_MS > now ? Number.parseInt(id, 36) : null;
    },
  };
}
