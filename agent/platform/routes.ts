/** Why: the default route says which interface is the WAN and who the gateway is. Read from /proc/net, without spawning `ip`. */
import { endianness } from 'node:os';

/** The way to the internet as the main routing table has it. */
export interface DefaultRoute {
  readonly iface: string;
  readonly family: 4 | 6;
  /** Address of the next hop; null on a point-to-point link (ppp, tun), which needs none. */
  readonly gateway: string | null;
  readonly metric: number;
}

const RTF_UP = 0x1;
const RTF_REJECT = 0x200;

interface Candidate extends DefaultRoute {
  /** Bits of the prefix: two halves (a VPN's 0.0.0.0/1 and 128.0.0.0/1) win over 0.0.0.0/0. */
  readonly prefix: number;
}

/**
 * The default route in use: IPv4 if there is one, else IPv6; a VPN's pair of halves before the plain default, as the kernel
 * prefers the longer prefix; then the lowest metric. Null where there is none.
 * @param ipv4 text of /proc/net/route
 * @param ipv6 text of /proc/net/ipv6_route
 */
export function defaultRoute(ipv4: string | null, ipv6: string | null): DefaultRoute | null {
  const best = first(candidates4(ipv4 ?? '')) ?? first(candidates6(ipv6 ?? ''));
  if (!best) return null;
  const { prefix: _, ...route } = best;
  return route;
}

function first(candidates: Candidate[]): Candidate | undefined {
  return candidates.sort((a, b) => b.prefix - a.prefix || a.metric - b.metric)[0];
}

// Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT; addresses as hex numbers in the host's byte order
function candidates4(text: string): Candidate[] {
  const found: Candidate[] = [];
  const halves = new Map<string, number>();
  for (const line of text.split('\n').slice(1)) {
    const [iface, destination, gateway, flags, , , metric, mask] = line.trim().split(/\s+/);
    if (!iface || !destination || !gateway || !flags || !mask || !usable(flags)) continue;
    const [to, of] = [address4(destination), address4(mask)];
    const prefix = of === '0.0.0.0' && to === '0.0.0.0' ? 0 : of === '128.0.0.0' ? 1 : null;
    if (prefix === null) continue;
    if (prefix === 1) halves.set(iface, (halves.get(iface) ?? 0) | (to === '0.0.0.0' ? 1 : 2));
    const hop = address4(gateway);
    found.push({ iface, family: 4, gateway: hop === '0.0.0.0' ? null : hop, metric: Number(metric), prefix });
  }
  return found.filter(({ iface, prefix }) => prefix === 0 || halves.get(iface) === 3);
}

// destination plen source plen nexthop metric refcnt use flags iface, all hex
function candidates6(text: string): Candidate[] {
  const found: Candidate[] = [];
  for (const line of text.split('\n')) {
    const [destination, plen, , , hop, metric, , , flags, iface] = line.trim().split(/\s+/);
    if (!destination || !plen || !hop || !metric || !flags || !iface || iface === 'lo' || !usable(flags)) continue;
    const prefix = Number.parseInt(plen, 16);
    const whole = prefix === 0 || (prefix === 3 && destination.startsWith('2')); // 2000::/3 is all of the global internet
    if (!whole) continue;
    found.push({ iface, family: 6, gateway: gateway6(hop, iface), metric: Number.parseInt(metric, 16), prefix });
  }
  return found;
}

function usable(flags: string): boolean {
  const bits = Number.parseInt(flags, 16);
  return (bits & RTF_UP) !== 0 && (bits & RTF_REJECT) === 0;
}

/** `010200C0` is 192.0.2.1 on a little-endian machine; big-endian ones write C0000201. */
export function address4(hex: string): string {
  const bytes = hex.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return (endianness() === 'LE' ? bytes.reverse() : bytes).join('.');
}

function gateway6(hex: string, iface: string): string | null {
  if (/^0+$/.test(hex)) return null;
  const address = hex.match(/.{4}/g)?.join(':') ?? '';
  return hex.startsWith('fe8') ? `${address}%${iface}` : address; // link-local means nothing without its zone
}

/** Has the kernel a complete neighbour entry for this address? Null where /proc/net/arp does not know it at all. */
export function neighbourComplete(arp: string | null, address: string): boolean | null {
  for (const line of (arp ?? '').split('\n')) {
    const [ip, , flags] = line.trim().split(/\s+/);
    if (ip === address && flags) return (Number.parseInt(flags, 16) & 0x2) !== 0;
  }
  return null;
}
