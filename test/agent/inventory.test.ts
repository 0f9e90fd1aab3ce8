import { execFileSync } from 'node:child_process';
import { hostname, networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { factsOf } from '../../agent/inventory-facts.ts';
import { createFixtureRoot, type FixtureRoot } from '../support/fixture-root.ts';

const roots: FixtureRoot[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) root.close();
});

function device(files: Record<string, string>): string {
  const root = createFixtureRoot(files);
  roots.push(root);
  return root.path;
}

test('an OpenWrt router names its model, board and firmware', () => {
  const root = device({
    'tmp/sysinfo/model': 'GL.iNet GL-MT6000\n',
    'tmp/sysinfo/board_name': 'glinet,gl-mt6000\n',
    'etc/openwrt_release':
      "DISTRIB_ID='OpenWrt'\nDISTRIB_RELEASE='24.10.1'\nDISTRIB_REVISION='r28597-0425664679'\nDISTRIB_TARGET='mediatek/filogic'\nDISTRIB_DESCRIPTION='OpenWrt 24.10.1 r28597-0425664679'\n",
  });
  expect(factsOf(root, null)).toMatchObject({
    model: 'GL.iNet GL-MT6000',
    board: 'glinet,gl-mt6000',
    os: 'OpenWrt 24.10.1 r28597-0425664679',
    firmware: 'OpenWrt 24.10.1 r28597-0425664679 mediatek/filogic',
  });
});

test('a Raspberry Pi names its model from the device tree, not its serial number', () => {
  const root = device({
    'proc/device-tree/model': 'Raspberry Pi 4 Model B Rev 1.5\0',
    'proc/device-tree/serial-number': '10000000abcdef01\0',
    'etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\n',
    'proc/cpuinfo': 'Hardware\t: BCM2835\nSerial\t\t: 10000000abcdef01\n',
  });
  const facts = factsOf(root, null);
  expect(facts).toMatchObject({
    model: 'Raspberry Pi 4 Model B Rev 1.5',
    os: 'Debian GNU/Linux 13 (trixie)',
    cpu: 'BCM2835',
  });
  expect(JSON.stringify(facts)).not.toContain('abcdef01');
});

test('what nobody says is left out', () => {
  expect(factsOf(device({}), null)).not.toHaveProperty('firmware');
});

test('as a program it prints one JSON object without the name or an address of this machine', () => {
  const printed = execFileSync(
    process.execPath,
    [fileURLToPath(new URL('../../agent/inventory.ts', import.meta.url))],
    { encoding: 'utf8' },
  );
  const facts: unknown = JSON.parse(printed);
  expect(facts).toMatchObject({ kernel: expect.any(String), ram: expect.stringMatching(/^\d+ MB$/) });
  for (const value of Object.values(facts as Record<string, unknown>)) expect(value).toMatch(/^.{1,160}$/);
  const macs = Object.values(networkInterfaces())
    .flatMap((own) => own ?? [])
    .filter(({ internal }) => !internal)
    .map(({ mac }) => mac);
  for (const mac of macs) expect(printed.toLowerCase()).not.toContain(mac);
  expect(Object.values(facts as Record<string, unknown>)).not.toContain(hostname());
});
