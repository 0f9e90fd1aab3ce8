/** Why: what the kernel knows about one interface: is it up, how fast, and how many bytes of each counted packet are not IP. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readInteger, readText } from './kept-file.ts';

export interface Link {
  /** Changes when an interface is made anew under its old name (a re-dialled ppp0). Null where /sys does not show it. */
  readonly ifindex: number | null;
  /** Null where the kernel does not say. */
  readonly up: boolean | null;
  /** Mb/s; null for virtual links and Wi-Fi. */
  readonly speedMbps: number | null;
  readonly halfDuplex: boolean;
  readonly wireless: boolean;
  readonly header: HeaderBytes;
}

/** Bytes below the IP layer that the counters include for each packet. */
export interface HeaderBytes {
  readonly rx: number;
  readonly tx: number;
}

const ETHERNET = 1; // ARPHRD_ETHER, linux/if_arp.h; ppp is 512, tun and wireguard 65534, raw-IP modems 519
const ETHERNET_HEADER = 14;
const VLAN_TAG = 4;

/**
 * Facts about an interface now; null where no such interface exists. `carries` is the interface of the default route. What an
 * interface is, is read once for as long as it lives: of ten files two are read at a slot.
 */
export function createLinkReader(root: string): (name: string, carries: string | null) => Link | null {
  let known: { key: string; facts: Omit<Link, 'up'> } | null = null;
  return (name, carries) => {
    const folder = join(root, 'sys/class/net', name);
    const ifindex = readInteger(join(folder, 'ifindex'));
    if (ifindex === null && !existsSync(folder)) return null;
    const operstate = readText(join(folder, 'operstate'));
    const key = `${name} ${ifindex} ${carries} ${operstate}`;
    if (ifindex === null || known?.key !== key)
      known = { key, facts: { ifindex, ...factsOf(root, folder, name, carries) } };
    return { ...known.facts, up: linkUp(operstate, () => readInteger(join(folder, 'carrier'))) };
  };
}

function factsOf(root: string, folder: string, name: string, carries: string | null): Omit<Link, 'ifindex' | 'up'> {
  const speed = readInteger(join(folder, 'speed'));
  return {
    speedMbps: speed !== null && speed > 0 ? speed : null,
    halfDuplex: readText(join(folder, 'duplex')) === 'half',
    wireless: existsSync(join(folder, 'wireless')) || existsSync(join(folder, 'phy80211')),
    header: headerBytes({
      type: readInteger(join(folder, 'type')),
      kind: /^DEVTYPE=(.+)$/m.exec(readText(join(folder, 'uevent')) ?? '')?.[1] ?? null,
      vlanBelow:
        carries !== null &&
        carries !== name &&
        vlanParent(readText(join(root, 'proc/net/vlan/config')), carries) === name,
    }),
  };
}

/** `carrier` cannot be read while an interface is administratively down; tun and ppp have the operstate `unknown` while they work. */
function linkUp(operstate: string | null, readCarrier: () => number | null): boolean | null {
  switch (operstate) {
    case 'up':
      return true;
    case 'down':
    case 'lowerlayerdown':
    case 'notpresent':
    case 'dormant':
      return false;
    default: {
      const carrier = readCarrier();
      return carrier === null ? null : carrier === 1;
    }
  }
}

/**
 * An Ethernet device counts its 14-byte header in both directions. A bridge and a VLAN device count what they receive after
 * the header is gone (br_pass_frame_up, vlan_do_receive; 100 packets of 1000 bytes read 100,000 on a bridge and 101,400 on
 * its port), but what they send with it. The parent below a VLAN also carries the 4-byte tag. Others count IP only.
 */
export function headerBytes(link: { type: number | null; kind: string | null; vlanBelow: boolean }): HeaderBytes {
  if (link.type !== ETHERNET) return { rx: 0, tx: 0 };
  if (link.kind === 'bridge' || link.kind === 'vlan') return { rx: 0, tx: ETHERNET_HEADER };
  const bytes = ETHERNET_HEADER + (link.vlanBelow ? VLAN_TAG : 0);
  return { rx: bytes, tx: bytes };
}

// eth0.7          | 7  | eth0
function vlanParent(config: string | null, name: string): string | null {
  for (const line of (config ?? '').split('\n')) {
    const [vlan, , parent] = line.split('|').map((part) => part.trim());
    if (vlan === name && parent) return parent;
  }
  return null;
}
