import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { readBlobs, readTable, writeTable } from '../../../agent/platform/blobmsg.ts';
import { connectUbus } from '../../../agent/platform/ubus.ts';
import { createFixtureRoot, type FixtureRoot } from '../../support/fixture-root.ts';
import { type FakeUbusd, startUbusd } from '../../support/ubusd.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** The attributes of one answer of the real ubusd (libubox 2026) to `hostapd.wlan0 get_clients`. */
const REAL_ANSWER =
  '8500001000046672657100000000143c8200010c0007636c69656e7473000000820000bc001130323a31313a32323a33333a34343a3535008700000d00056173736f63000100000087000015000a' +
  '617574686f72697a656400000000010000008500001400067369676e616c00000000ffffffcc81000048000372726d0000008500000c00000000000000008500000c00000000000000018500000c' +
  '00000000000000028500000c00000000000000038500000c00000000000000048200002000056279746573008400001400027278000000000000001cbe991a1482000040001130323a31313a32323a' +
  '33333a34343a3636008700000d00056173736f63000100000087000015000a617574686f72697a65640000000000000000';

async function bus(objects: Parameters<typeof startUbusd>[1]): Promise<{ path: string; daemon: FakeUbusd }> {
  const root: FixtureRoot = createFixtureRoot();
  const path = join(root.path, 'ubus.sock');
  const daemon = await startUbusd(path, objects);
  closers.push(
    () => daemon.close(),
    () => root.close(),
  );
  return { path, daemon };
}

test('reads the bytes of a real ubusd', () => {
  expect(readTable(Buffer.from(REAL_ANSWER, 'hex'))).toEqual({
    freq: 5180,
    clients: {
      '02:11:22:33:44:55': { assoc: 1, authorized: 1, signal: -52, rrm: [0, 1, 2, 3, 4], bytes: { rx: 123456789012 } },
      '02:11:22:33:44:66': { assoc: 1, authorized: 0 },
    },
  });
});

test('what is written reads back', () => {
  const text = fc
    .string({ minLength: 1, maxLength: 20 })
    .filter((name) => name !== '__proto__' && !name.includes('\0') && Buffer.from(name).toString() === name);
  const value = fc.oneof(
    text,
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.dictionary(text, value, { maxKeys: 6 }), (table) => {
      expect(readTable(writeTable(table))).toEqual({ ...table });
    }),
    { numRuns: 200 },
  );
});

test('damaged bytes never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      readBlobs(Buffer.from(bytes));
      expect(readTable(Buffer.from(bytes))).toBeTypeOf('object');
    }),
    { numRuns: 500 },
  );
});

test('looks objects up by pattern and calls a method', async () => {
  const { path } = await bus({
    'hostapd.wlan0': { get_clients: () => ({ freq: 2437 }) },
    'hostapd.wlan1': {},
    iwinfo: {},
  });
  const ubus = await connectUbus(path);
  closers.push(() => ubus.close());
  expect(await ubus.lookup('hostapd.*')).toEqual(['hostapd.wlan0', 'hostapd.wlan1']);
  expect(await ubus.invoke('hostapd.wlan0', 'get_clients')).toEqual({ freq: 2437 });
});

test('a refusal is a coded error, and the connection goes on', async () => {
  const { path } = await bus({ iwinfo: { info: () => 6, devices: () => ({ devices: ['wlan0'] }) } });
  const ubus = await connectUbus(path);
  closers.push(() => ubus.close());
  await expect(ubus.invoke('iwinfo', 'info', { device: 'wlan0' })).rejects.toMatchObject({
    code: 'UBUS_REFUSED',
    detail: { status: 6 },
  });
  await expect(ubus.invoke('absent', 'x')).rejects.toMatchObject({ code: 'UBUS_REFUSED' });
  expect(await ubus.invoke('iwinfo', 'devices')).toEqual({ devices: ['wlan0'] });
});

test('nobody at the socket, a bus that stops, and one that stays silent are told apart from an answer', async () => {
  const { path, daemon } = await bus({ iwinfo: {} });
  await expect(connectUbus(`${path}.none`)).rejects.toMatchObject({ code: 'UBUS_CLOSED' });
  const ubus = await connectUbus(path);
  await daemon.close();
  closers.shift();
  await expect(ubus.invoke('iwinfo', 'devices')).rejects.toMatchObject({ code: 'UBUS_CLOSED' });
  const mute = createServer().listen(`${path}.mute`);
  await once(mute, 'listening');
  closers.push(() => void mute.close());
  const waiting = await connectUbus(`${path}.mute`, 30);
  closers.push(() => waiting.close());
  await expect(waiting.lookup('*')).rejects.toMatchObject({ code: 'UBUS_TIMEOUT' });
});
