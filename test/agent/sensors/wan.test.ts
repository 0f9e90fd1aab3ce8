import { afterEach, describe, expect, test } from 'vitest';
import { headerBytes } from '../../../agent/platform/link.ts';
import { openWan } from '../../../agent/platform/wan.ts';
import { createWanSensor } from '../../../agent/sensors/wan.ts';
import {
  type Counted,
  createFixtureRoot,
  type FixtureRoot,
  linkFiles,
  netDev,
  type RouteRow,
  routeTable,
} from '../../support/fixture-root.ts';

const roots: FixtureRoot[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) root.close();
});

const WRAP = 2 ** 32;
const QUIET: Counted = { rxBytes: 0, rxPackets: 0, txBytes: 0, txPackets: 0 };

/** A line on eth1 whose counters the test turns, read every 60 s. */
function line(
  options: { routes?: RouteRow[]; wan?: string | null; iface?: string; type?: number; kind?: string } = {},
) {
  const { iface = 'eth1', routes = [{ iface, gateway: '192.0.2.1' }], wan = null, type = 1, kind } = options;
  const root = createFixtureRoot({
    'proc/net/route': routeTable(routes),
    ...linkFiles(iface, { type, ...(kind ? { kind } : {}) }),
  });
  roots.push(root);
  let monoMs = 0;
  const sensor = createWanSensor({ root: root.path, wan, clock: { wallMs: () => 0, monoMs: () => monoMs } });
  const read = async (counted: Partial<Counted>, name = iface) => {
    monoMs += 60_000;
    root.write({ 'proc/net/dev': netDev({ lo: QUIET, [name]: { ...QUIET, ...counted } }) });
    return sensor.read({ monoMs, signal: new AbortController().signal });
  };
  return { root, read, sensor };
}

describe('WAN traffic', () => {
  test('the first reading is a baseline, not traffic', async () => {
    const { read } = line();
    expect(await read({ rxBytes: 5e9, rxPackets: 4e6 })).toEqual({ wan_up: 1 });
  });

  test('counts the IP layer: 14 bytes of Ethernet header per packet do not belong to it', async () => {
    const { read } = line();
    await read({});
    const reading = await read({ rxBytes: 1_514_000, rxPackets: 1000, txBytes: 66_000, txPackets: 1000 });
    expect(reading).toEqual({
      wan_up: 1,
      wan_rx_bytes: 1_500_000,
      wan_tx_bytes: 52_000,
      wan_rx_mbps: 0.2,
      wan_tx_mbps: expect.closeTo(0.00693, 5),
    });
  });

  test('a modem or tunnel has no Ethernet header to take off', async () => {
    const { read } = line({ iface: 'ppp0', type: 512 });
    await read({}, 'ppp0');
    expect(await read({ rxBytes: 1_500_000, rxPackets: 1000 }, 'ppp0')).toMatchObject({ wan_rx_bytes: 1_500_000 });
  });

  test('a bridge counts what it receives without the header and what it sends with it', () => {
    expect(headerBytes({ type: 1, kind: 'bridge', vlanBelow: false })).toEqual({ rx: 0, tx: 14 });
  });

  test('the parent below a VLAN carries the tag as well', async () => {
    const { root } = line({ wan: 'eth1' });
    root.write({
      'proc/net/vlan/config':
        'VLAN Dev name    | VLAN ID\nName-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD\neth1.7         | 7  | eth1\n',
      'proc/net/route': routeTable([{ iface: 'eth1.7' }]),
    });
    const wan = openWan({ root: root.path, override: 'eth1' });
    expect(wan.look().link?.header).toEqual({ rx: 18, tx: 18 });
    wan.close();
  });

  test('a 32-bit counter that wraps goes on counting', async () => {
    const { read } = line();
    await read({ rxBytes: WRAP - 1_000_000, rxPackets: 50_000 });
    expect(await read({ rxBytes: 514_000, rxPackets: 51_000 })).toMatchObject({ wan_rx_bytes: 1_500_000 });
  });

  test('a counter reset without a reboot is a new baseline, never traffic', async () => {
    const { read } = line();
    await read({ rxBytes: 3_000_000_000, rxPackets: 2_500_000, txBytes: 9e8, txPackets: 1e6 });
    expect(await read({ rxBytes: 900, rxPackets: 12, txBytes: 800, txPackets: 9 })).toEqual({ wan_up: 1 });
    expect(await read({ rxBytes: 151_400 + 900, rxPackets: 112, txBytes: 800, txPackets: 9 })).toMatchObject({
      wan_rx_bytes: 150_000,
    });
  });

  test('a reset of counters that were still small is not taken for a wrap', async () => {
    const { read } = line();
    await read({ rxBytes: 1000, rxPackets: 10 });
    expect(await read({ rxBytes: 900, rxPackets: 12 })).toEqual({ wan_up: 1 });
  });

  test('a 64-bit counter that falls is never a wrap', async () => {
    const { read } = line();
    await read({ rxBytes: 5 * WRAP, rxPackets: 10 });
    expect(await read({ rxBytes: 5 * WRAP - 1, rxPackets: 1_000_000 })).toEqual({ wan_up: 1 });
  });
});

describe('which interface is the WAN', () => {
  test('a re-dialled ppp0 is a new baseline although its name is the same', async () => {
    const { root, read } = line({ iface: 'ppp0', type: 512 });
    await read({ rxBytes: 100, rxPackets: 1 }, 'ppp0');
    root.write(linkFiles('ppp0', { type: 512, ifindex: 9 }));
    expect(await read({ rxBytes: 9_000_000, rxPackets: 9000 }, 'ppp0')).toEqual({ wan_up: 1 });
    expect(await read({ rxBytes: 9_001_000, rxPackets: 9001 }, 'ppp0')).toMatchObject({ wan_rx_bytes: 1000 });
  });

  test('a WAN under another name is a new baseline', async () => {
    const { root, read } = line();
    await read({ rxBytes: 100, rxPackets: 1 });
    root.remove('sys/class/net/eth1');
    root.write({
      ...linkFiles('wan', { ifindex: 2 }),
      'proc/net/route': routeTable([{ iface: 'wan', gateway: '192.0.2.1' }]),
    });
    expect(await read({ rxBytes: 9e9, rxPackets: 9e6 }, 'wan')).toEqual({ wan_up: 1 });
  });

  test.each([
    [
      'the lowest metric wins',
      [
        { iface: 'wwan0', metric: 20 },
        { iface: 'eth1', metric: 10 },
      ],
      'eth1',
    ],
    [
      'a rejecting or disabled default route is none',
      [
        { iface: 'eth0', flags: '0203' },
        { iface: 'eth2', flags: '0000' },
        { iface: 'eth1', metric: 99 },
      ],
      'eth1',
    ],
    [
      'a VPN that takes both halves of the internet is the default route',
      [
        { iface: 'eth1', metric: 0 },
        { iface: 'tun0', mask: '128.0.0.0', metric: 50 },
        { iface: 'tun0', to: '128.0.0.0', mask: '128.0.0.0', metric: 50 },
      ],
      'tun0',
    ],
    ['half of the internet is no default route', [{ iface: 'eth1' }, { iface: 'tun0', mask: '128.0.0.0' }], 'eth1'],
    [
      'a WireGuard default route counts',
      [
        { iface: 'wg0', metric: 0 },
        { iface: 'eth1', metric: 5 },
      ],
      'wg0',
    ],
  ])('%s', (_, rows, expected) => {
    const { root } = line({ routes: rows });
    const wan = openWan({ root: root.path, override: null });
    expect(wan.look().name).toBe(expected);
    wan.close();
  });

  test('an IPv6-only line has a WAN, and a gateway with its zone', () => {
    const { root } = line({ routes: [] });
    const zero = '0'.repeat(32);
    root.write({
      'proc/net/ipv6_route': [
        `${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200       lo`,
        `${zero} 00 ${zero} 00 fe800000000000000000000000000001 00000400 00000002 00000000 00000003     eth1`,
      ].join('\n'),
    });
    const wan = openWan({ root: root.path, override: null });
    expect(wan.look()).toMatchObject({
      name: 'eth1',
      route: { family: 6, gateway: 'fe80:0000:0000:0000:0000:0000:0000:0001%eth1', metric: 1024 },
    });
    wan.close();
  });

  test('the configured interface is taken whatever the routes say', async () => {
    const { read } = line({ routes: [{ iface: 'eth9' }], wan: 'eth1' });
    await read({});
    expect(await read({ rxBytes: 1514, rxPackets: 1 })).toMatchObject({ wan_rx_bytes: 1500 });
  });

  test('without a default route nothing is known about traffic, and an unknown line is not down', async () => {
    const { read } = line({ routes: [] });
    expect(await read({ rxBytes: 9, rxPackets: 1 })).toEqual({ wan_up: null });
  });

  test('a line that lost its route keeps its interface; once the interface is gone, it is down', async () => {
    const { root, read } = line();
    await read({});
    root.write({ 'proc/net/route': routeTable([]), ...linkFiles('eth1', { operstate: 'down', carrier: 0 }) });
    expect(await read({ rxBytes: 1514, rxPackets: 1 })).toMatchObject({ wan_up: 0, wan_rx_bytes: 1500 });
    root.remove('sys/class/net/eth1');
    expect(await read({}, 'eth0')).toEqual({ wan_up: 0 });
  });

  test('a tunnel whose operstate is unknown is up while it has carrier', async () => {
    const { root, read } = line({ iface: 'tun0', type: 65534 });
    root.write(linkFiles('tun0', { type: 65534, operstate: 'unknown' }));
    expect(await read({}, 'tun0')).toEqual({ wan_up: 1 });
  });
});
