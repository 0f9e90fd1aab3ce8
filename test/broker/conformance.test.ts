/**
 * MQTT 3.1.1 as a client sees it, byte by byte, where aedes alone fails or where our rules touch the standard. Each test names its clause;
 * docs/decisions/mqtt-conformance.md says the same in words. Malformed packets are in gate.test.ts.
 */
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
beforeEach(async () => {
  running = await runBroker({});
  token = running.probe('probe-a');
});
afterEach(() => running.stop());

type Client = ReturnType<typeof raw>;
const own = framesTopic('probe-a');
const state = topicOf('probe-a', 'state');
const bytes = (...values: number[]): Buffer => Buffer.from(values);
const accepted = bytes(0x20, 2, 0, 0);
const online = Buffer.from('{"state":"online","boot":"b","run":"r"}');
/** CONNECT with flags of one's choice and the credential of probe-a. */
const connect = (flags: number, ...fields: (string | Uint8Array)[]): Buffer =>
  packet(0x10, 'MQTT', bytes(4, flags, 0, 60), ...fields.map((one) => field(one)));
const subscribe = (id: number, ...filters: [string, number][]): Buffer =>
  packet(0x82, bytes(0, id), ...filters.flatMap(([filter, qos]) => [field(filter), bytes(qos)]));
const publish = (first: number, topic: string, payload: Uint8Array, id?: number): Buffer =>
  packet(first, field(topic), ...(id === undefined ? [] : [bytes(0, id)]), payload);

/** Whole packets that came so far. */
function packetsOf(client: Client): Buffer[] {
  const all = client.received();
  const found: Buffer[] = [];
  for (let at = 0; at + 2 <= all.length; ) {
    const one = all[at + 1] ?? 0;
    const size = one < 128 ? 2 + one : 3 + (one & 0x7f) + (all[at + 2] ?? 0) * 128;
    if (at + size > all.length) break;
    found.push(all.subarray(at, at + size));
    at += size;
  }
  return found;
}
async function received(client: Client, packets: number): Promise<Buffer[]> {
  await vi.waitUntil(() => packetsOf(client).length >= packets, { interval: 2, timeout: 5000 });
  return packetsOf(client);
}
/** Sends a PINGREQ: what comes before its answer is all that there is. */
async function all(client: Client): Promise<Buffer[]> {
  client.socket.write(bytes(0xc0, 0));
  const isPong = (one: Buffer): boolean => one[0] === 0xd0;
  await vi.waitUntil(() => packetsOf(client).some(isPong), { interval: 2, timeout: 5000 });
  return packetsOf(client).filter((one) => !isPong(one));
}
async function open(...first: Buffer[]): Promise<Client> {
  const client = raw(running.port);
  client.socket.write(Buffer.concat([connectPacket('probe-a', token), ...first]));
  await received(client, 1);
  return client;
}
async function answerTo(connectBytes: Buffer): Promise<Buffer> {
  const client = raw(running.port);
  client.socket.write(connectBytes);
  await client.closed;
  return client.received();
}

describe('3.1 CONNECT', () => {
  test('[MQTT-3.1.3-8] an empty client id without a clean session is answered with CONNACK 2 and the end', async () => {
    expect(await answerTo(connect(0xc0, '', 'probe-a', token))).toEqual(bytes(0x20, 2, 0, 2));
  });
  test('[MQTT-3.1.3-6] limit: an empty client id is refused with a clean session too, since a probe is its id', async () => {
    expect(await answerTo(connect(0xc2, '', 'probe-a', token))).toEqual(bytes(0x20, 2, 0, 2));
  });
  test('[MQTT-3.1.2-2] another protocol level is answered with CONNACK 1 and the end', async () => {
    const five = packet(0x10, 'MQTT', bytes(5, 0xc2, 0, 60, 0), 'probe-a', 'probe-a', token);
    expect(await answerTo(five)).toEqual(bytes(0x20, 2, 0, 1));
  });
  test('[MQTT-3.1.4-2] a second connection of a client ends the first', async () => {
    const first = await open();
    const second = await open();
    await first.closed;
    expect(await all(second)).toEqual([accepted]);
  });

  const bad = Buffer.from([0xc3, 0x28]);
  const surrogate = Buffer.from([0xed, 0xa0, 0x80]);
  test.each([
    ['client id', () => connect(0xc2, bad, 'probe-a', token)],
    ['user name', () => connect(0xc2, 'probe-a', surrogate, token)],
    ['will topic', () => connect(0xc6, 'probe-a', bad, '', 'probe-a', token)],
  ])('[MQTT-1.5.3-1] a %s that is no UTF-8 ends the connection', async (_name, bytesOf) => {
    expect(await answerTo(bytesOf())).toHaveLength(0);
  });
  test.each([
    ['client id', () => connect(0xc2, 'probe\0', 'probe-a', token)],
    ['will topic', () => connect(0xc6, 'probe-a', 'a\0b', '', 'probe-a', token)],
  ])('[MQTT-1.5.3-2] NUL in the %s ends the connection', async (_name, bytesOf) => {
    expect(await answerTo(bytesOf())).toHaveLength(0);
  });
  test('[MQTT-4.7.3-1] a will without a topic ends the connection', async () => {
    expect(await answerTo(connect(0xc6, 'probe-a', '', 'bye', 'probe-a', token))).toHaveLength(0);
  });
  test('[MQTT-3.1.2-8] the will is published, and kept where it asks for it, when the connection is lost', async () => {
    const lost = Buffer.from('{"state":"offline","boot":"b","run":"r"}');
    const first = raw(running.port);
    first.socket.write(connect(0xe6, 'probe-a', state, lost, 'probe-a', token));
    await received(first, 1);
    first.socket.destroy();
    await vi.waitUntil(() => running.broker.presence().get('probe-a')?.state?.state === 'offline');
    const [, , kept] = await received(await open(subscribe(1, [state, 0])), 3);
    expect(kept).toEqual(publish(0x31, state, lost));
  });
  test('[MQTT-3.14.4-3] a goodbye takes the will back', async () => {
    const first = raw(running.port);
    first.socket.write(connect(0xe6, 'probe-a', state, 'lost', 'probe-a', token));
    await received(first, 1);
    first.socket.write(bytes(0xe0, 0));
    await first.closed;
    expect(await all(await open(subscribe(1, [state, 0])))).toEqual([accepted, bytes(0x90, 3, 0, 1, 0)]);
  });
});

describe('4.1 sessions end with their connection', () => {
  const lasting = (): Buffer => connect(0xc0, 'probe-a', 'probe-a', token);
  async function again(first: Buffer[]): Promise<Client> {
    const before = raw(running.port);
    before.socket.write(Buffer.concat([lasting(), ...first]));
    await received(before, 1 + first.length);
    before.socket.destroy();
    await vi.waitUntil(() => running.broker.stats().connections === 0);
    const client = raw(running.port);
    client.socket.write(lasting());
    await received(client, 1);
    return client;
  }
  test('[MQTT-3.2.2-2] [MQTT-3.2.2-3] session present is 0, for there is none', async () => {
    expect(packetsOf(await again([subscribe(1, [state, 1])]))).toEqual([accepted]);
  });
  test('[MQTT-3.1.2-4] limit: a session that was to last is gone with its subscriptions, which session present says', async () => {
    const client = await again([subscribe(1, [state, 1])]);
    client.socket.write(publish(0x32, state, online, 7));
    expect(await all(client)).toEqual([accepted, bytes(0x40, 2, 0, 7)]);
  });
  test('[MQTT-3.3.1-1] DUP on redelivery does not come up: what was not acknowledged is not sent again', async () => {
    const first = raw(running.port);
    first.socket.write(Buffer.concat([lasting(), subscribe(1, [state, 1]), publish(0x32, state, online, 7)]));
    const delivered = (await received(first, 4)).find((one) => (one[0] ?? 0) >> 4 === 3);
    expect(delivered?.[0]).toBe(0x32); // QoS 1, no DUP
    first.socket.destroy();
    await vi.waitUntil(() => running.broker.stats().connections === 0);
    const second = raw(running.port);
    second.socket.write(lasting());
    await received(second, 1);
    expect(await all(second)).toEqual([accepted]);
  });
});

describe('3.3 PUBLISH and 3.8 SUBSCRIBE, in one chunk', () => {
  test('[MQTT-3.3.1-6] a SUBSCRIBE right behind a retained PUBLISH gets it', async () => {
    for (let i = 0; i < 20; i++) {
      const client = await open(publish(0x31, state, Buffer.from(`${i}`)), subscribe(1, [state, 0]));
      const [, suback, message] = await received(client, 3);
      expect(suback).toEqual(bytes(0x90, 3, 0, 1, 0));
      expect(message).toEqual(publish(0x31, state, Buffer.from(`${i}`))); // RETAIN set [MQTT-3.3.1-8]
      client.socket.destroy();
    }
  });
  test('[MQTT-3.3.1-9] a PUBLISH right behind a SUBSCRIBE comes once, without RETAIN', async () => {
    const client = await open(subscribe(1, [state, 0]), publish(0x31, state, online));
    expect((await all(client)).slice(1)).toEqual([bytes(0x90, 3, 0, 1, 0), publish(0x30, state, online)]);
  });
  test('[MQTT-3.3.1-10] [MQTT-3.3.1-11] an empty retained PUBLISH takes the kept one away before the SUBSCRIBE behind it', async () => {
    const gone = publish(0x31, state, Buffer.alloc(0));
    const client = await open(publish(0x31, state, online), gone, subscribe(1, [state, 0]));
    expect((await all(client)).slice(1)).toEqual([bytes(0x90, 3, 0, 1, 0)]);
  });
  test('[MQTT-3.10.4-2] after an UNSUBSCRIBE nothing of a PUBLISH right behind it comes', async () => {
    const unsubscribe = packet(0xa2, bytes(0, 2), field(state));
    const client = await open(subscribe(1, [state, 0]), unsubscribe, publish(0x30, state, online));
    expect((await all(client)).slice(1)).toEqual([bytes(0x90, 3, 0, 1, 0), bytes(0xb0, 2, 0, 2)]);
  });
  test('[MQTT-4.6.0-6] messages arrive in the order in which they were sent', async () => {
    const texts = Array.from({ length: 15 }, (_, i) => Buffer.from(`${i}`));
    const client = await open(subscribe(1, [state, 0]), ...texts.map((text) => publish(0x30, state, text)));
    expect((await all(client)).slice(2)).toEqual(texts.map((text) => publish(0x30, state, text)));
  });
  test('[MQTT-3.3.1-3] DUP is not passed on', async () => {
    const client = await open(subscribe(1, [state, 1]), publish(0x3a, state, online, 9));
    const delivered = (await all(client)).filter((one) => (one[0] ?? 0) >> 4 === 3);
    expect(delivered.map((one) => one[0])).toEqual([0x32]);
  });
});

describe('4.3 quality of service', () => {
  test('[MQTT-4.6.0-2] PUBACKs come in the order of the PUBLISHes', async () => {
    const client = await open(...[5, 3, 9, 1].map((id) => publishPacket(own, frameBytes(id), id)));
    expect((await received(client, 5)).slice(1)).toEqual([5, 3, 9, 1].map((id) => bytes(0x40, 2, 0, id)));
  });
  test('[MQTT-4.3.3-2] QoS 2 sent again before PUBREL is acknowledged again, and taken once', async () => {
    const twice = [publish(0x34, own, frameBytes(0), 3), publish(0x3c, own, frameBytes(0), 3)];
    const client = await open(...twice, bytes(0x62, 2, 0, 3));
    expect((await received(client, 4)).slice(1)).toEqual([
      bytes(0x50, 2, 0, 3),
      bytes(0x50, 2, 0, 3),
      bytes(0x70, 2, 0, 3),
    ]);
    expect(running.broker.stats().framesAccepted).toBe(1);
  });
});

describe('3.9 SUBACK', () => {
  test('[MQTT-3.9.3-2] a filter that is not one’s own is refused with 0x80, the others of the packet are granted', async () => {
    const client = await open(subscribe(4, [state, 1], ['#', 1], [topicOf('probe-a', 'desired'), 2]));
    expect((await all(client)).slice(1)).toEqual([bytes(0x90, 5, 0, 4, 1, 0x80, 2)]);
  });
  test('[MQTT-3.8.4-6] a wildcard is granted at QoS 0, and the SUBACK says so', async () => {
    const client = await open(subscribe(4, ['carrel/v1/probe-a/#', 1]), publish(0x32, state, online, 7));
    const answers = (await all(client)).slice(1);
    expect(answers[0]).toEqual(bytes(0x90, 3, 0, 4, 0));
    expect(answers).toContainEqual(publish(0x30, state, online));
  });
  test('[MQTT-3.8.4-5] limit: a filter that is named twice in a packet has one answer, with its last QoS', async () => {
    const client = await open(subscribe(4, [state, 0], [state, 1]));
    expect((await all(client)).slice(1)).toEqual([bytes(0x90, 3, 0, 4, 1)]);
  });
  test('[MQTT-3.10.4-5] an UNSUBSCRIBE of what nobody subscribed to is acknowledged', async () => {
    const client = await open(packet(0xa2, bytes(0, 6), field('nothing')));
    expect((await all(client)).slice(1)).toEqual([bytes(0xb0, 2, 0, 6)]);
  });
  test('[MQTT-3.12.4-1] a PINGREQ has its PINGRESP', async () => {
    const client = await open(bytes(0xc0, 0));
    expect((await received(client, 2))[1]).toEqual(bytes(0xd0, 0));
  });
});
