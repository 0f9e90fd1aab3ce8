/** Why: what this device is, from the files that each system spells its own way. No serial number, no address, no host name. */
import { existsSync, readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { InventoryFacts } from './sensor.ts';

/** What systeminformation tells; only these fields of it are ever read. */
export interface Described {
  readonly manufacturer: string;
  readonly model: string;
  readonly distro: string;
  readonly release: string;
  readonly cpu: string;
}

/** Facts from files; systeminformation fills in what they do not say. Empty facts are left out. */
export function factsOf(root: string, described: Described | null): InventoryFacts {
  const openwrt = variables(textOf(root, 'etc/openwrt_release'));
  const debian = variables(textOf(root, 'etc/os-release'));
  const facts: Record<string, string> = {
    model:
      textOf(root, 'tmp/sysinfo/model') ||
      textOf(root, 'proc/device-tree/model') ||
      dmi(root) ||
      joined(described?.manufacturer, described?.model),
    board: textOf(root, 'tmp/sysinfo/board_name'),
    os: openwrt['DISTRIB_DESCRIPTION'] || debian['PRETTY_NAME'] || joined(described?.distro, described?.release),
    kernel: release(),
    arch: arch(),
    firmware: firmwareOf(root, openwrt),
    cpu: described?.cpu || cpuName(root),
    cores: String(cpus().length),
    ram: `${Math.round(totalmem() / 1e6)} MB`,
    node: process.version,
  };
  return Object.fromEntries(
    Object.entries(facts)
      .filter(([, text]) => text !== '')
      .map(([key, text]) => [key, text.slice(0, 160)]),
  );
}

/** OpenWrt's own revision; the bootloader's build of a Raspberry Pi; the BIOS of a PC. */
function firmwareOf(root: string, openwrt: Readonly<Record<string, string>>): string {
  const { DISTRIB_RELEASE: version = '', DISTRIB_REVISION: revision = '', DISTRIB_TARGET: target = '' } = openwrt;
  if (version) return joined('OpenWrt', version, revision, target);
  const pi = textOf(root, 'proc/device-tree/chosen/bootloader/version');
  if (pi) return `bootloader ${pi.slice(0, 12)}`;
  const bios = textOf(root, 'sys/class/dmi/id/bios_version');
  return bios ? joined('BIOS', bios, textOf(root, 'sys/class/dmi/id/bios_date')) : '';
}

function dmi(root: string): string {
  return joined(textOf(root, 'sys/class/dmi/id/sys_vendor'), textOf(root, 'sys/class/dmi/id/product_name'));
}

function cpuName(root: string): string {
  const info = textOf(root, 'proc/cpuinfo');
  return /^(?:model name|system type|Hardware)\s*:\s*(.+)$/m.exec(info)?.[1] ?? '';
}

export function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' ');
}

/** `KEY='value'` lines of a shell file, as data. */
function variables(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, key, value] of text.matchAll(/^([A-Z_]+)=["']?(.*?)["']?$/gm))
    if (key !== undefined && value !== undefined) found[key] = value;
  return found;
}

/** Device tree texts end in NUL. Empty where there is no such file. */
function textOf(root: string, path: string): string {
  const file = join(root, path);
  try {
    return existsSync(file) ? readFileSync(file, 'latin1').replace(/\0/g, '').trim() : '';
  } catch {
    return ''; // some of /sys is for root alone
  }
}
