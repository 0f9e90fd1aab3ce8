/** Why: interface counters wrap at 2^32 on 32-bit kernels and fall to 0 when a driver restarts; only what is certainly traffic may count as traffic. */
import type { HeaderBytes } from './link.ts';

export interface Counters {
  readonly rxBytes: number;
  readonly rxPackets: number;
  readonly txBytes: number;
  readonly txPackets: number;
}

/** Counters of `name` from the text of /proc/net/dev (one read, so that all four belong together); null where it is not listed. */
export function countersOf(netDev: string | null, name: string): Counters | null {
  for (const line of (netDev ?? '').split('\n')) {
    const colon = line.lastIndexOf(':');
    if (colon < 0 || line.slice(0, colon).trim() !== name) continue;
    const fields = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    const [rxBytes, rxPackets] = fields;
    const [txBytes, txPackets] = fields.slice(8);
    if (rxBytes === undefined || rxPackets === undefined || txBytes === undefined || txPackets === undefined)
      return null;
    return { rxBytes, rxPackets, txBytes, txPackets };
  }
  return null;
}

/** IP-layer bytes between two readings; null where the counters began anew and the later reading is only a baseline. */
export function ipBytesBetween(
  before: Counters,
  after: Counters,
  header: HeaderBytes,
): { rx: number; tx: number } | null {
  const rx = grown(before.rxBytes, after.rxBytes, after.rxPackets - before.rxPackets);
  const tx = grown(before.txBytes, after.txBytes, after.txPackets - before.txPackets);
  if (rx === null || tx === null) return null;
  return {
    rx: Math.max(0, rx - header.rx * (after.rxPackets - before.rxPackets)),
    tx: Math.max(0, tx - header.tx * (after.txPackets - before.txPackets)),
  };
}

const WRAP = 2 ** 32;
/** Smallest and largest packet that a driver may count as one: an IP header, and a 64 KiB segment before it is cut. */
const PACKET_BYTES = { min: 20, max: 65_600 };

/**
 * Growth of a byte counter. A fall is a wrap only where the packet counter went on rising and the wrapped amount fits the
 * number of packets: after a reset both fall, or the amount would need packets of gigabytes.
 */
function grown(before: number, after: number, packets: number): number | null {
  if (packets < 0) return null;
  if (after >= before) return after - before;
  const wrapped = after + WRAP - before;
  const fits = before < WRAP && wrapped >= packets * PACKET_BYTES.min && wrapped <= packets * PACKET_BYTES.max;
  return fits ? wrapped : null;
}
