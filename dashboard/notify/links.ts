/**
 * Why: who is told can act where the message is read. A link is signed, ends after a day and works once; opening it changes nothing, since
 * scanners of mail open every link.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { OutboxItem, State } from '#state';

/** What a link may be used for. `turn` rises with each use, so that the next action has a link of its own. */
export interface ActLink {
  incident: number;
  /** Of the outbox: who was told. */
  item: number;
  turn: number;
  /** ms since 1970. */
  expires: number;
}
export interface ActLinks {
  /** The last part of the address. */
  tokenOf(link: ActLink): string;
  /** For this message, ending a day from now; null for messages that ask for nothing. */
  forItem(item: OutboxItem, now: number): string | null;
  /** `expired` and `wrong` say nothing about incidents. */
  read(token: string, now: number): ActLink | 'expired' | 'wrong';
  /** True once; inside the transaction of what it does. */
  use(link: ActLink, now: number): boolean;
}

const LIVES_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;
const KEY = 'links.key';

export function createActLinks(state: Pick<State, 'keep' | 'escalations'>): ActLinks {
  const key = linkKey(state);
  const sign = (said: string): string => createHmac('sha256', key).update(said).digest('base64url').slice(0, 22);
  const links: ActLinks = {
    tokenOf({ incident, item, turn, expires }) {
      const said = [incident, item, turn, Math.floor(expires / MINUTE_MS)].map((n) => n.toString(36)).join('.');
      return `${said}.${sign(said)}`;
    },
    forItem: ({ incident, id, kind }, now) =>
      incident === null || (kind !== 'firing' && kind !== 'update')
        ? null
        : links.tokenOf({ incident, item: id, turn: 0, expires: now + LIVES_MS }),
    read(token, now) {
      const match = /^(([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.([0-9a-z]{1,4})\.([0-9a-z]{1,8}))\.([\w-]{22})$/.exec(token);
      const [, said = '', incident = '', item = '', turn = '', minutes = '', mac = ''] = match ?? [];
      if (!match || !timingSafeEqual(Buffer.from(mac), Buffer.from(sign(said)))) return 'wrong';
      const expires = Number.parseInt(minutes, 36) * MINUTE_MS;
      if (expires <= now) return 'expired';
      return {
        incident: Number.parseInt(incident, 36),
        item: Number.parseInt(item, 36),
        turn: Number.parseInt(turn, 36),
        expires,
      };
    },
    use: ({ item, turn, expires }, now) => state.escalations.useLink(`${item}.${turn}`, expires, now),
  };
  return links;
}

/** Signs what people carry away: links, and receipts of pushes. */
export function linkKey(state: Pick<State, 'keep'>): Buffer {
  return Buffer.from(state.keep.get(KEY) ?? newKey(state), 'base64url');
}

/** 256 bits; lies in the state database, which only its owner can read. */
function newKey(state: Pick<State, 'keep'>): string {
  const made = randomBytes(32).toString('base64url');
  state.keep.set(KEY, made);
  return made;
}
