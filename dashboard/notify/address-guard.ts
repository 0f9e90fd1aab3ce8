/** Why: a webhook must not become a way into the private network (SSRF): literal, resolved and connected addresses are all checked. */
import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { Said } from '../said/said.ts';
import { inEnglish } from '../said/say.ts';

export interface AddressGuard {
  /** Null when webhooks may go there, else why not. `host` as in a URL (brackets of IPv6 included). */
  refusedHost(host: string): Said | null;
  /** Null when this address may be connected to for `host`. */
  refusedAddress(host: string, address: string): Said | null;
  /** DNS lookup for sockets: answers only with addresses that are allowed for `host`. */
  lookupFor(host: string): LookupFunction;
}

/** Not the public internet: RFC 6890 and its successors, multicast, and IPv6 forms that carry an IPv4 address. */
const PRIVATE_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
const PRIVATE_V6 = [
  '::/128',
  '::1/128',
  '::/96',
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

/** `allow`: hosts (by name or address) and networks (CIDR) that are private and yet may be reached. */
export function createAddressGuard(allow: readonly string[]): AddressGuard {
  const blocked = listOf([...PRIVATE_V4, ...PRIVATE_V6]);
  const networks = listOf(allow.filter((entry) => isIP(entry.split('/')[0] ?? '') > 0));
  const names = new Set(allow.map((entry) => entry.toLowerCase()));
  const allowedAddress = (address: string): boolean =>
    isIP(address) > 0 && (has(networks, address) || !has(blocked, address));
  const guard: AddressGuard = {
    refusedHost(host) {
      const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
      // URL parsing has already turned 0x7f.1, 2130706433 and the like into dotted form.
      return isIP(bare) > 0 ? guard.refusedAddress(bare, bare) : null;
    },
    refusedAddress(host, address) {
      if (names.has(host.toLowerCase()) || allowedAddress(address)) return null;
      return { code: 'trouble.private', address };
    },
    lookupFor: (host) => (name, options, callback) => {
      lookup(name, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, '', 0);
        const refused = addresses
          .map(({ address }) => guard.refusedAddress(host, address))
          .find((reason) => reason !== null);
        const first = addresses[0];
        // One private answer among public ones is an attempt to slip through: the whole name is refused.
        if (refused || !first)
          return callback(new RefusedAddress(refused ?? { code: 'trouble.no_address', name }), '', 0);
        if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      });
    },
  };
  return guard;
}

/** The address is not one that webhooks may go to; trying again does not help. */
export class RefusedAddress extends Error {
  readonly code = 'WEBHOOK_ADDRESS';
  readonly why: Said;
  constructor(why: Said) {
    super(inEnglish(why));
    this.why = why;
  }
}

function listOf(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** BlockList reads IPv4 inside IPv6 (`::ffff:7f00:1`) as the IPv4 address that it is. */
function has(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family === 0 || list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
