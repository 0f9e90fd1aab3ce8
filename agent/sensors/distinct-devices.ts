/**
 * Why: "how many devices today" without knowing any of them. A device is remembered only as a keyed hash (HMAC-SHA256); the
 * random key lives in this memory and dies at local midnight, so that days cannot be linked and nothing can be looked up.
 */
import { createHmac, randomBytes } from 'node:crypto';

export interface DistinctDevices {
  /** Counts these devices as seen on that local day; a new day begins with a new key and nobody seen. */
  see(dayNumber: number, macs: Iterable<string>): void;
  /** Distinct devices of the current day. After a restart it counts from the restart. */
  count(): number;
}

/** 50,000 devices a day in one library is no library; the count stops there and memory stays below 4 MB. */
const CAP = 50_000;

export function createDistinctDevices(): DistinctDevices {
  let today = Number.NaN;
  let key = randomBytes(32);
  const seen = new Set<number>();
  return {
    see(dayNumber, macs) {
      if (dayNumber !== today) {
        today = dayNumber;
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
