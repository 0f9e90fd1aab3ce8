/** Why: hardware flow offload lets visitors' packets pass a router without being counted; the probe's own still are, so that no self-check shows it. */
import { join } from 'node:path';
import { readInteger, readText } from './kept-file.ts';

/** What the WAN counters tell about traffic that is not the probe's own. */
export type OthersSeen =
  /** This machine is the router, and the kernel forwards (and counts) each packet. */
  | 'counted'
  /** It is the router, but hardware forwards what it knows: counted only in part. */
  | 'offloaded'
  /** It is a device beside the router and sees only its own. */
  | 'elsewhere';

/** Container and virtual networks are no reason to call a machine a router. */
const NOT_A_LAN = /^(lo|veth.*|docker\d*|br-[0-9a-f]{12}|virbr\d+|lxcbr\d+|tun.*|wg.*|ppp.*|ifb.*)$/;

/** @param wan name of the WAN interface */
export function othersSeen(root: string, wan: string): OthersSeen {
  if (readInteger(join(root, 'proc/sys/net/ipv4/ip_forward')) !== 1) return 'elsewhere';
  if (!interfaceNames(readText(join(root, 'proc/net/dev'))).some((name) => name !== wan && !NOT_A_LAN.test(name)))
    return 'elsewhere';
  // OpenWrt: firewall.@defaults[0].flow_offloading_hw
  const hardware = /^\s*option\s+flow_offloading_hw\s+['"]?(1|on|true|yes|enabled)['"]?\s*$/m;
  return hardware.test(readText(join(root, 'etc/config/firewall')) ?? '') ? 'offloaded' : 'counted';
}

function interfaceNames(netDev: string | null): string[] {
  return (netDev ?? '').split('\n').flatMap((line) => {
    const colon = line.lastIndexOf(':');
    return colon < 0 ? [] : [line.slice(0, colon).trim()];
  });
}
