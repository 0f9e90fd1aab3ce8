/** Why: dnsmasq's lease file says how many devices hold an address. What identifies them stays in this folder's callers' memory. */

/** `expiry mac address name client-id` (dnsmasq lease-tools); `expiry` in s since 1970, 0 = never. */
export interface Lease {
  readonly expiresMs: number;
  /** Identifies a person's device: never to be sent, logged or stored. */
  readonly mac: string;
}

const MAC = /^(?:[0-9a-f]{2}-)?[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i; // a hardware type other than Ethernet stands before a dash

/** The IPv4 leases of a file. `duid ...`, and the IPv6 lines that follow it, are another table about the same devices. */
export function parseLeases(text: string): Lease[] {
  const leases: Lease[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('duid ')) break;
    const [expiry, mac, address] = line.trim().split(/\s+/);
    if (!expiry || !mac || !address || !/^\d+$/.test(expiry) || !MAC.test(mac)) continue;
    leases.push({ expiresMs: expiry === '0' ? Infinity : Number(expiry) * 1000, mac: mac.toLowerCase() });
  }
  return leases;
}
