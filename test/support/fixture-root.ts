/** Why: a small /proc and /sys for sensors: files are written in place, as the kernel changes them, so that kept descriptors see the change. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface FixtureRoot {
  readonly path: string;
  /** Writes files by path below the root. */
  write(files: Readonly<Record<string, string>>): void;
  remove(path: string): void;
  close(): void;
}

export function createFixtureRoot(files: Readonly<Record<string, string>> = {}): FixtureRoot {
  const path = mkdtempSync(join(tmpdir(), 'carrel-root-'));
  const root: FixtureRoot = {
    path,
    write(more) {
      for (const [name, text] of Object.entries(more)) {
        const file = join(path, name);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
      }
    },
    remove: (name) => rmSync(join(path, name), { recursive: true, force: true }),
    close: () => rmSync(path, { recursive: true, force: true }),
  };
  root.write(files);
  return root;
}

/** An interface under /sys/class/net. `type` 1 is Ethernet, 512 ppp, 65534 tun. */
export function linkFiles(
  name: string,
  facts: {
    ifindex?: number;
    type?: number;
    operstate?: string;
    carrier?: number;
    speed?: number;
    duplex?: string;
    kind?: string;
  } = {},
): Record<string, string> {
  const { ifindex = 2, type = 1, operstate = 'up', carrier = 1, speed = 1000, duplex = 'full', kind } = facts;
  const folder = `sys/class/net/${name}`;
  return {
    [`${folder}/ifindex`]: `${ifindex}\n`,
    [`${folder}/type`]: `${type}\n`,
    [`${folder}/operstate`]: `${operstate}\n`,
    [`${folder}/carrier`]: `${carrier}\n`,
    [`${folder}/speed`]: `${speed}\n`,
    [`${folder}/duplex`]: `${duplex}\n`,
    [`${folder}/uevent`]: `${kind ? `DEVTYPE=${kind}\n` : ''}INTERFACE=${name}\n`,
  };
}

export interface Counted {
  rxBytes: number;
  rxPackets: number;
  txBytes: number;
  txPackets: number;
}

/** Text of /proc/net/dev. */
export function netDev(interfaces: Readonly<Record<string, Counted>>): string {
  const rows = Object.entries(interfaces).map(
    ([name, c]) =>
      `${name.padStart(6)}: ${c.rxBytes} ${c.rxPackets} 0 0 0 0 0 0 ${c.txBytes} ${c.txPackets} 0 0 0 0 0 0`,
  );
  return [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    ...rows,
    '',
  ].join('\n');
}

/** `192.0.2.1` as /proc/net/route writes it on this machine. */
export function routeHex(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0').toUpperCase());
  return (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? bytes.reverse() : bytes).join('');
}

export interface RouteRow {
  iface: string;
  to?: string;
  mask?: string;
  gateway?: string;
  metric?: number;
  flags?: string;
}

/** Text of /proc/net/route. */
export function routeTable(rows: readonly RouteRow[]): string {
  const lines = rows.map(
    ({ iface, to = '0.0.0.0', mask = '0.0.0.0', gateway = '0.0.0.0', metric = 0, flags = '0003' }) =>
      [iface, routeHex(to), routeHex(gateway), flags, 0, 0, metric, routeHex(mask), 0, 0, 0].join('\t'),
  );
  return ['Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT', ...lines, ''].join(
    '\n',
  );
}
