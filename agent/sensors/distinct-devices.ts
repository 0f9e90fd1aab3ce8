/**
 * Why: "how many devices today" without knowing any of them. A device is remembered only as a keyed hash (HMAC-SHA256); the
 * random key lives in this memory and dies at local midnight, so that days cannot be linked and nothing can be looked up.
 */
import { createHmac, randomBytes } from 'node:crypto';

export interface DistinctDevices {
  /** Counts these devices as seen on `day`; a new day begins with a new key and nobody seen. */
  see(day: string, macs: Iterable<string>): void;
  /** Distinct devices of the current day. After a restart it counts from the restart. */
  count(): number;
}

/** 50,000 devices a day in one library is no library; the count stops there and memory stays below 4 MB. */
const CAP = 50_000;

export function createDistinctDevices(): DistinctDevices {
  let today = '';
  let key = randomBytes(32);
  const seen = new Set<number>();
  return {
    see(day, macs) {
      if (day !== today) {
        today = day;
        key.fill(0);
        key = randomBytes(32);
        seen.clear();
      }
      for (const mac of macs) {
        // 48 bits: among 50,000 devices two collide once in 200,000 days
        if (seen.size < CAP) seen.add(createHmac('sha256', key).update(mac.toLowerCase()).digest().readUIntBE(0, 6));
      }
    },
    count: () => seen.size,
  };
}

/** Local calendar day in `zone`; in UTC where the zone is unknown or this Node has no Intl (some OpenWrt builds). */
export function createLocalDay(): (wallMs: number, zone: string) => string {
  let known: { zone: string; format: Intl.DateTimeFormat | null } | null = null;
  return (wallMs, zone) => {
    if (known?.zone !== zone) known = { zone, format: formatOf(zone) };
    return known.format ? known.format.format(wallMs) : new Date(wallMs).toISOString().slice(0, 10);
  };
}

function formatOf(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  } catch {
    return null;
  }
}
