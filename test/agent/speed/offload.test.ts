import { afterEach, expect, test } from 'vitest';
import { othersSeen } from '../../../agent/platform/offload.ts';
import { createFixtureRoot, type FixtureRoot, netDev } from '../../support/fixture-root.ts';

let root: FixtureRoot | null = null;
afterEach(() => root?.close());

const NONE = { rxBytes: 0, rxPackets: 0, txBytes: 0, txPackets: 0 };
function seenWith(forward: string, interfaces: string[], firewall?: string) {
  root = createFixtureRoot({
    'proc/sys/net/ipv4/ip_forward': `${forward}\n`,
    'proc/net/dev': netDev(Object.fromEntries(interfaces.map((name) => [name, NONE]))),
    ...(firewall !== undefined && { 'etc/config/firewall': firewall }),
  });
  return othersSeen(root.path, 'wan');
}
const firewall = (value: string): string =>
  `config defaults\n\toption flow_offloading '1'\n\toption flow_offloading_hw '${value}'\n`;

test('a router counts its visitors, unless its hardware forwards them', () => {
  expect(seenWith('1', ['lo', 'wan', 'br-lan'])).toBe('counted');
  expect(seenWith('1', ['lo', 'wan', 'br-lan'], firewall('0'))).toBe('counted');
  expect(seenWith('1', ['lo', 'wan', 'br-lan'], firewall('1'))).toBe('offloaded');
});

test('a device beside the router sees only its own, also where containers make it forward', () => {
  expect(seenWith('0', ['lo', 'wan', 'eth1'])).toBe('elsewhere');
  expect(seenWith('1', ['lo', 'wan', 'docker0', 'br-0123456789ab', 'veth1234'])).toBe('elsewhere');
});
