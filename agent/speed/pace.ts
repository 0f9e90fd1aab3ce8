/** Why: a line of 5 Mb/s must not be flooded with 36. Thirty packets sent at once arrive as far apart as the narrowest link made them. Pure. */

/** Above the target, so that a line that carries it shows a margin; a tenth of what an unlimited test would send on a fast line. */
const ABOVE_TARGET = 1.2;
const SLOWEST_MBPS = 6;
/** The dispersion of a train is between the available rate and the capacity; this leaves room for its error. */
const ABOVE_DISPERSION = 1.5;
/** A train of fewer packets that arrived says nothing. */
const FEWEST = 8;

/**
 * Rate at which a train of back-to-back packets arrived, Mb/s at the IP layer; null where too few came, or all in one moment (then
 * the line is faster than this machine's clock can tell).
 * @param arrivals ms of arrival and IP-layer bytes, in the order of arrival
 */
export function dispersionMbps(arrivals: readonly { atMs: number; ipBytes: number }[]): number | null {
  const [first, last] = [arrivals[0], arrivals.at(-1)];
  if (!first || !last || arrivals.length < FEWEST || last.atMs <= first.atMs) return null;
  // The first packet only starts the clock.
  const bytes = arrivals.reduce((sum, { ipBytes }) => sum + ipBytes, -first.ipBytes);
  return (bytes * 8) / 1000 / (last.atMs - first.atMs);
}

/** What the server is asked to send at, Mb/s at the IP layer. */
export function paceOf(targetMbps: number, dispersion: number | null): number {
  const full = ABOVE_TARGET * targetMbps;
  if (dispersion === null) return full;
  return Math.min(full, Math.max(Math.min(SLOWEST_MBPS, full), ABOVE_DISPERSION * dispersion));
}
