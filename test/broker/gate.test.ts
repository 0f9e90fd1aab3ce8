/** The gate against bytes that no honest client sends. Clause numbers are those of MQTT 3.1.1. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { topicOf } from '#contract';
import {
  connectPacket,
  field,
  frameBytes,
  framesTopic,
  packet,
  publishPacket,
  type Running,
  raw,
  runBroker,
} from './running.ts';

let running: Running;
let token: string;
const start = async (limits = {}): Promise<void> => {
  running = await runBroker({ limits });
  token = running.probe('probe-a');
};
beforeEach(() => start());
afterEach(() => running.stop());
const restart = async (limits: object): Promise<void> => {
  await running.stop();
  await start(limits);
};
const refused = (): Readonly<Record<string, number>> => running.broker.stats().refused;
const own = framesTopic('probe-a');

async function accepted(): Promise<ReturnType<typeof raw>> {
  const client = raw(running.port);
  client.socket.write(connectPacket('probe-a', token));
  await vi.waitUntil(() => client.received().length >= 4);
  expect(client.received()).toEqual(Buffer.from([0x20, 2, 0, 0]));
  return client;
}

describe('before the CONNACK', () => {
  const flags = (value: number): Buffer =>
    packet(0x10, 'MQTT', Buffer.from([4, value, 0, 60]), 'probe-a', 'probe-a', 'x');
  test.each([
    ['a packet that announces 256 MB', Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]), 'PACKET_TOO_LARGE'],
    ['a CONNECT of more than 4 KiB', connectPacket('probe-a', 'x'.repeat(5000)), 'PACKET_TOO_LARGE'],
    ['a fifth length byte [2.2.3]', Buffer.from([0x10, 0x80, 0x80, 0x80, 0x80, 1]), 'PACKET_MALFORMED'],
    ['a PUBLISH first [3.1.0-1]', publishPacket(own, frameBytes(0)), 'NOT_CONNECT'],
    ['a PINGREQ first', Buffer.from([0xc0, 0]), 'NOT_CONNECT'],
    ['a reserved type', Buffer.from([0xf0, 0]), 'PACKET_TYPE'],
    ['a CONNECT with wrong flags [2.2.2-2]', Buffer.from([0x13, 2, 0, 0]), 'PACKET_FLAGS'],
    ['another protocol', packet(0x10, 'HTTP', Buffer.from([4, 2, 0, 60]), 'probe-a'), 'PACKET_MALFORMED'],
    ['the reserved connect flag [3.1.2-3]', flags(0xc3), 'PACKET_FLAGS'],
    ['a password without a user name [3.1.2-22]', flags(0x42), 'PACKET_FLAGS'],
    ['a will of QoS 3 [3.1.2-14]', flags(0xde), 'PACKET_FLAGS'],
    [
      'a will with an empty topic',
      packet(0x10, 'MQTT', Buffer.from([4, 0xc6, 0, 60]), 'probe-a', '', 'bye', 'probe-a', 'x'),
      'TOPIC_INVALID',
    ],
    [
      'a client id that is no UTF-8 [1.5.3-1]',
      packet(0x10, 'MQTT', Buffer.from([4, 2, 0, 60]), field(Buffer.from([0xc3, 0x28]))),
      'TEXT_UTF8',
    ],
    ['a field longer than its packet', packet(0x10, 'MQTT', Buffer.from([4, 2, 0, 60, 0, 200, 1])), 'PACKET_MALFORMED'],
    ['text of another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'PACKET_FLAGS'],
  ])('%s closes the connection', async (_name, bytes, reason) => {
    const client = raw(running.port);
    client.socket.write(bytes);
    await client.closed;
    expect(refused()).toEqual({ [reason]: 1 });
    expect(client.received()).toHaveLength(0);
  });

  test.each([
    ['MQTT 5', packet(0x10, 'MQTT', Buffer.from([5, 2, 0, 60, 0]), 'probe-a'), 1],
    ['an empty client id without a clean session [3.1.3-8]', packet(0x10, 'MQTT', Buffer.from([4, 0, 0, 60]), ''), 2],
    ['a client id that is no probe id', packet(0x10, 'MQTT', Buffer.from([4, 2, 0, 60]), 'Probe A!'), 2],
    ['a wrong token', connectPacket('probe-a', 'wrong'), 4],
  ])('%s is told by the CONNACK code', async (_name, bytes, code) => {
    const client = raw(running.port);
    client.socket.write(bytes);
    await client.closed;
    expect(client.received()).toEqual(Buffer.from([0x20, 2, 0, code]));
  });

  test('eight sockets that announce 256 MB and go on sending leave nothing behind', async () => {
    const flood = Buffer.alloc(4_000_000);
    const clients = Array.from({ length: 8 }, () => raw(running.port));
    const before = process.memoryUsage().arrayBuffers;
    for (const { socket } of clients) {
      socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
      socket.write(flood);
    }
    await Promise.all(clients.map((client) => client.closed));
    expect(refused()).toEqual({ PACKET_TOO_LARGE: 8 });
    await vi.waitUntil(() => running.broker.stats().connections === 0);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5_000_000);
  });

  test('what a client pipelines behind its CONNECT is taken after it was accepted', async () => {
    const client = raw(running.port);
    client.socket.write(
      Buffer.concat([
        connectPacket('probe-a', token),
        publishPacket(own, frameBytes(0), 5),
        publishPacket(own, frameBytes(1), 6),
      ]),
    );
    await vi.waitUntil(() => client.received().length >= 12);
    expect(client.received()).toEqual(Buffer.from([0x20, 2, 0, 0, 0x40, 2, 0, 5, 0x40, 2, 0, 6]));
  });

  test('a silent connection is closed when the time for its CONNECT is over', async () => {
    await restart({ connectMs: 10 });
    await raw(running.port).closed;
    expect(refused()).toEqual({ CONNECT_TIMEOUT: 1 });
  });
});

describe('after the CONNACK', () => {
  const subscribe = (filter: string | Uint8Array, qos = 0): Buffer =>
    packet(0x82, Buffer.from([0, 1]), field(filter), Buffer.from([qos]));
  test.each([
    ['a second CONNECT [3.1.0-2]', () => connectPacket('probe-a', token), 'SECOND_CONNECT'],
    ['a packet of more than 64 KiB', () => publishPacket(own, Buffer.alloc(67_000, 0x7b)), 'PACKET_TOO_LARGE'],
    ['QoS 3 [3.3.1-4]', () => packet(0x36, own, Buffer.from([0, 1])), 'PACKET_FLAGS'],
    ['DUP without QoS [3.3.1-2]', () => packet(0x38, own), 'PACKET_FLAGS'],
    ['message id 0 [2.3.1-1]', () => publishPacket(own, frameBytes(0), 0), 'PACKET_MALFORMED'],
    ['a topic longer than its packet', () => Buffer.from([0x30, 3, 0, 200, 65]), 'PACKET_MALFORMED'],
    ['an empty topic', () => publishPacket('', frameBytes(0)), 'TOPIC_INVALID'],
    ['a wildcard in a topic [3.3.2-2]', () => publishPacket('carrel/v1/+/frames', frameBytes(0)), 'TOPIC_INVALID'],
    ['NUL in a topic [1.5.3-2]', () => publishPacket('carrel/v1/\0/frames', frameBytes(0)), 'TOPIC_INVALID'],
    [
      'a topic that is no UTF-8 [1.5.3-1]',
      () => publishPacket(Buffer.from([0xed, 0xa0, 0x80]), frameBytes(0)),
      'TEXT_UTF8',
    ],
    ['a topic of the server', () => publishPacket('$SYS/broker', frameBytes(0)), 'TOPIC_RESERVED'],
    ['a filter that is no UTF-8', () => subscribe(Buffer.from([0xff])), 'TEXT_UTF8'],
    ['# in the middle of a filter [4.7.1-2]', () => subscribe('carrel/#/x'), 'TOPIC_INVALID'],
    ['a filter of QoS 3', () => subscribe('a', 3), 'PACKET_MALFORMED'],
    ['a SUBSCRIBE of nothing [3.8.3-3]', () => packet(0x82, Buffer.from([0, 1])), 'PACKET_MALFORMED'],
    ['a PINGREQ with a body', () => Buffer.from([0xc0, 1, 0]), 'PACKET_MALFORMED'],
  ])('%s closes the connection', async (_name, bytes, reason) => {
    const client = await accepted();
    client.socket.write(bytes());
    await client.closed;
    expect(refused()).toEqual({ [reason]: 1 });
  });

  test('a packet that comes byte by byte is taken like any other', async () => {
    const client = await accepted();
    for (const byte of publishPacket(own, frameBytes(0), 9)) client.socket.write(Buffer.from([byte]));
    await vi.waitUntil(() => client.received().length >= 8);
    expect(client.received().subarray(4)).toEqual(Buffer.from([0x40, 2, 0, 9]));
  });

  test('packets cut at every place are the same packets', async () => {
    const client = await accepted();
    const one = publishPacket(own, frameBytes(0), 3);
    const two = Buffer.concat([one, one]);
    for (let cut = 1; cut < two.length; cut += 7) {
      client.socket.write(two.subarray(0, cut));
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      client.socket.write(two.subarray(cut));
      const answers = 4 + 8 * (1 + (cut - 1) / 7);
      await vi.waitUntil(() => client.received().length >= answers, { interval: 1 });
    }
    expect(refused()).toEqual({});
  });

  test('a packet that never ends is cut off', async () => {
    await restart({ packetMs: 10 });
    const client = await accepted();
    client.socket.write(publishPacket(own, frameBytes(0)).subarray(0, 20));
    await client.closed;
    expect(refused()).toEqual({ PACKET_TIMEOUT: 1 });
  });

  test('keepalive counts complete packets: silence ends the connection, also for those who asked for none', async () => {
    await restart({ keepaliveS: 0.5 });
    const client = raw(running.port);
    client.socket.write(connectPacket('probe-a', token, 0));
    await client.closed;
    expect(refused()).toEqual({ KEEPALIVE: 1 });
  });

  test('a server that stood still for longer than a keepalive reads what came meanwhile before it judges', async () => {
    await restart({ keepaliveS: 1 });
    const client = await accepted();
    for (let pause = 0; pause < 3; pause++) {
      client.socket.write(Buffer.from([0xc0, 0]));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500); // nothing runs in this process
      await vi.waitUntil(() => client.received().length === 4 + 2 * (pause + 1));
    }
    expect(refused()).toEqual({});
  });

  test('a probe that is too fast is read more slowly, and nothing is dropped', async () => {
    await restart({ packetsPerS: 50, burst: 1 });
    const client = await accepted();
    const startMs = performance.now();
    client.socket.write(Buffer.concat(Array.from({ length: 75 }, (_, i) => publishPacket(own, frameBytes(i), i + 1))));
    await vi.waitUntil(() => client.received().length >= 4 + 4 * 75);
    expect(performance.now() - startMs).toBeGreaterThan(400);
    expect(running.broker.stats().framesAccepted).toBe(75);
  });

  test('a reader that never reads holds nobody up and costs a bounded memory', async () => {
    await restart({ unsentBytes: 64 * 1024, packetsPerS: 1e6, bytesPerS: 1e9 });
    const frozen = await accepted();
    frozen.socket.write(packet(0x82, Buffer.from([0, 1]), topicOf('probe-a', 'reported'), Buffer.from([0])));
    await vi.waitUntil(() => frozen.received().length >= 9);
    frozen.socket.pause();
    // Its own messages come back to it: what it does not read fills the kernel's buffers, then stays within the limit here.
    const message = packet(0x30, topicOf('probe-a', 'reported'), Buffer.alloc(8000, 0x20));
    await vi.waitUntil(
      () => {
        for (let i = 0; i < 20; i++) frozen.socket.write(message);
        return 'FORWARD_DROPPED' in refused();
      },
      { interval: 1, timeout: 10_000 },
    );
    const token2 = running.probe('probe-b');
    const other = raw(running.port);
    other.socket.write(
      Buffer.concat([connectPacket('probe-b', token2), publishPacket(framesTopic('probe-b'), frameBytes(0), 2)]),
    );
    await vi.waitUntil(() => other.received().length >= 8);
  });
});
