/** Why: several test servers, and for each access point always the same one, so that its results can be compared; another confirms. */
import { createHash } from 'node:crypto';
import { CarrelError } from '#lib/errors';
import type { Tickets } from './ticket.ts';

/** A test server that leases are given for. */
export interface Place {
  name: string;
  /** Null: the broker's own host. */
  host: string | null;
  port(): number;
  udpPort(): number | null;
  /** Share of the access points by the sum of the weights; 0: only for confirmations and in need. */
  weight: number;
  uplinkMbps: number;
  tickets: Tickets;
  /** It tells when tests begin and end: it runs in this process. */
  hearsTests: boolean;
  /** Control measurements say that it does not keep its pace. */
  sick(): boolean;
}

/**
 * All places, the usual one of this access point first. Rendezvous hashing: a server that comes or goes moves only its own share
 * (Thaler and Ravishankar 1998; weights as in the logarithmic method). Sick ones come last. Pure.
 */
export function orderPlaces(places: readonly Place[], accessPoint: string): Place[] {
  const score = new Map(places.map((place) => [place, scoreOf(place, accessPoint)]));
  return [...places].sort((a, b) => Number(a.sick()) - Number(b.sick()) || (score.get(b) ?? 0) - (score.get(a) ?? 0));
}

/** The place for one lease, and another one that might be asked for. `confirming` wants another than the usual one. */
export function choosePlace(
  places: readonly Place[],
  wish: { accessPoint: string; avoid: string | null; confirming: boolean },
): { place: Place; alternative: Place | null } | null {
  const order = orderPlaces(places, wish.accessPoint);
  const [usual] = order;
  const avoided = wish.avoid ?? (wish.confirming ? usual?.name : undefined);
  const place = order.find(({ name, sick }) => name !== avoided && !sick()) ?? usual;
  return place ? { place, alternative: order.find((other) => other !== place) ?? null } : null;
}

function scoreOf({ name, weight }: Place, accessPoint: string): number {
  const hash = createHash('sha256').update(`${name}|${accessPoint}`).digest().readUIntBE(0, 6);
  return weight / -Math.log((hash + 1) / (2 ** 48 + 1));
}

/** One entry of CARREL_SPEED_SERVERS. */
export interface RemotePlace {
  name: string;
  host: string;
  port: number;
  weight: number;
  uplinkMbps: number;
}

/** `NAME=HOST:PORT/WEIGHT/UPLINK`, comma separated; weight and uplink may be left out (1, 1000). @throws Error saying what is accepted */
export function parsePlaces(text: string): RemotePlace[] {
  const places = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry.length > 0)
    .map((entry) => {
      const match =
        /^([a-z0-9-]{1,48})=(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})(?:\/(\d+(?:\.\d+)?))?(?:\/(\d+(?:\.\d+)?))?$/.exec(
          entry,
        );
      const port = Number(match?.[4]);
      if (!match || port < 1 || port > 65_535)
        throw new Error('a list of NAME=HOST:PORT, or NAME=HOST:PORT/WEIGHT/UPLINK_MBPS');
      const [, name = '', v6, host = '', , weight = '1', uplink = '1000'] = match;
      return { name, host: v6 ?? host, port, weight: Number(weight), uplinkMbps: Number(uplink) };
    });
  if (new Set(places.map(({ name }) => name)).size < places.length) throw new Error('each name once');
  return places;
}

/** Servers that share no key could not read each other's leases. @throws CarrelError SETTING_INVALID */
export function requireKey(key: string | undefined, places: readonly RemotePlace[]): void {
  if (places.length > 0 && key === undefined)
    throw new CarrelError(
      'SETTING_INVALID',
      'CARREL_SPEED_SERVERS names other test servers, and they and this server must have the same CARREL_SPEED_KEY; make one with: openssl rand -hex 32',
      { setting: 'CARREL_SPEED_KEY' },
    );
}
