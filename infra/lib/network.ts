/** Why: limits per address count a customer, not an address of his choice. */
import { isIPv6 } from 'node:net';

/** What to count under: an IPv4 address as it is, of an IPv6 address the first 64 bits, all of which one customer has. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  if (address.toLowerCase().startsWith('::ffff:')) return address.slice(7);
  const [head = '', tail] = address.split('::');
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  return [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
    .slice(0, 4)
    .join(':');
}

/** This very machine: 127.0.0.0/8, ::1 and their mapped form. */
export function isLoopback(address: string): boolean {
  return /^(127\.|::1$|::ffff:127\.)/i.test(address);
}
