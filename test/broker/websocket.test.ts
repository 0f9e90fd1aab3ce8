/** MQTT over WebSocket at the gate: the limits of the other listeners hold, before anything is buffered. Clauses of MQTT 3.1.1 and RFC 6455. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import mqtt from 'mqtt';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import WebSocket from 'ws';
import { topicOf } from '#contract';
import { connectPacket, frameBytes, framesTopic, publishPacket, type Running, raw, runBroker } from './running.ts';

let running: Running;
let token: string;
let port: number;
let clear = false;
const refused = (): Readonly<Record<string, number>> => running.broker.stats().refused;

beforeEach(async () => {
  clear = false;
  await start();
});
afterEach(() => running.stop());

async function start(env: Record<string, string> = {}): Promise<void> {
  running = await runBroker({ env });
  token = running.probe('probe-a');
  const http = createServer();
  http.on('upgrade', (request, socket, head) =>
    running.broker.upgrade?.(request, socket, head, { address: '192.0.2.1', clear }),
  );
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  port = (http.address() as AddressInfo).port;
  onTestFinished(() => {
    http.close();
  });
}
async function restart(env: Record<string, string>): Promise<void> {
  await running.stop();
  await start(env);
}

/** A client of the field's library; `got` is what came. */
async function socket(): Promise<{ ws: WebSocket; got: () => Buffer; closed: Promise<number> }> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/mqtt`, ['mqtt'], { perMessageDeflate: true });
  const chunks: Buffer[] = [];
  ws.on('message', (data: Buffer) => chunks.push(data));
  ws.on('error', () => undefined);
  const closed = new Promise<number>((resolve) => ws.on('close', resolve));
  await once(ws, 'open');
  return { ws, got: () => Buffer.concat(chunks), closed };
}
async function accepted(): ReturnType<typeof socket> {
  const client = await socket();
  client.ws.send(connectPacket('probe-a', token));
  await vi.waitUntil(() => client.got().length >= 4);
  return client;
}
const frame = (seq: number): Buffer => publishPacket(framesTopic('probe-a'), frameBytes(seq), seq + 1);

test('mqtt.js in a browser or elsewhere connects, publishes at every QoS and gets what it subscribed to', async () => {
  const client = await mqtt.connectAsync(
    `ws://127.0.0.1:${port}/mqtt`,
    { clientId: 'probe-a', username: 'probe-a', password: token, reconnectPeriod: 0 },
    false,
  );
  for (const qos of [0, 1, 2] as const) await client.publishAsync(framesTopic('probe-a'), frameBytes(qos), { qos });
  const message = new Promise((resolve) => client.on('message', (_topic, payload) => resolve(payload.toString())));
  await client.subscribeAsync(topicOf('probe-a', 'state'));
  client.publish(topicOf('probe-a', 'state'), '{"state":"online","boot":"b","run":"r"}');
  expect(await message).toContain('online');
  expect(running.broker.stats()).toMatchObject({ connections: 1, framesAccepted: 3 });
  await client.endAsync(true);
});

test('the subprotocol is mqtt [6.0.0-4], and compression is not agreed to', async () => {
  const { ws } = await socket();
  expect([ws.protocol, ws.extensions]).toEqual(['mqtt', '']);
});

test('a packet may be cut into frames, fragments and messages as the client likes [6.0.0-2]', async () => {
  const { ws, got } = await accepted();
  const bytes = Buffer.concat([frame(0), frame(1)]);
  for (const byte of bytes.subarray(0, 20)) ws.send(Buffer.from([byte]));
  ws.send(bytes.subarray(20, 60), { fin: false });
  ws.ping();
  ws.send(bytes.subarray(60), { fin: true });
  await vi.waitUntil(() => got().length >= 12);
  expect(got().subarray(4)).toEqual(Buffer.from([0x40, 2, 0, 1, 0x40, 2, 0, 2]));
});

test('a text frame closes the connection [6.0.0-1]', async () => {
  const { ws, closed } = await accepted();
  ws.send(frame(0).toString('latin1'));
  expect(await closed).toBe(1003);
  expect(refused()).toEqual({ WEBSOCKET_PROTOCOL: 1 });
});

test('a wrong token gets its CONNACK and the end', async () => {
  const { ws, got, closed } = await socket();
  ws.send(connectPacket('probe-a', 'wrong'));
  await closed;
  expect(got()).toEqual(Buffer.from([0x20, 2, 0, 4]));
});

test('a probe that goes away is told so, a new connection takes over, a revoked one is cut', async () => {
  const first = await accepted();
  const second = await accepted();
  await first.closed;
  expect(running.broker.stats()).toMatchObject({ connections: 1, takeovers: 1 });
  running.broker.disconnect('probe-a', 'revoked');
  await second.closed;
});

describe('hostile bytes', () => {
  /** A raw connection after the handshake, which sends what no library would. */
  async function opened(): Promise<ReturnType<typeof raw>> {
    const client = raw(port);
    client.socket.write(
      'GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n',
    );
    await vi.waitUntil(() => client.received().includes('\r\n\r\n'));
    return client;
  }
  test.each([
    ['an unmasked frame [RFC 6455 5.1]', Buffer.from([0x82, 1, 0])],
    ['a reserved bit [5.2]', Buffer.from([0xc2, 0x80, 0, 0, 0, 0])],
    ['an unknown opcode [5.2]', Buffer.from([0x83, 0x80, 0, 0, 0, 0])],
    ['a fragmented ping [5.4]', Buffer.from([0x09, 0x80, 0, 0, 0, 0])],
    ['a ping of 126 bytes [5.5]', Buffer.from([0x89, 0xfe, 0, 126, 0, 0, 0, 0])],
    ['a continuation of nothing [5.4]', Buffer.from([0x80, 0x80, 0, 0, 0, 0])],
    [
      'a length beyond all numbers [5.2]',
      Buffer.from([0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
    ],
  ])('%s ends the connection', async (_name, bytes) => {
    const client = await opened();
    client.socket.write(bytes);
    await client.closed;
    expect(refused()).toEqual({ WEBSOCKET_PROTOCOL: 1 });
  });

  test('a frame that announces 4 GB with a CONNECT of 256 MB inside is judged by its first bytes', async () => {
    const client = await opened();
    const announced = Buffer.from([0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    client.socket.write(Buffer.concat([announced, Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f])]));
    await client.closed;
    expect(refused()).toEqual({ PACKET_TOO_LARGE: 1 });
  });
});

describe('what is no WebSocket for MQTT', () => {
  const good = {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    'sec-websocket-protocol': 'mqtt',
  };
  async function answerTo(headers: Record<string, string>): Promise<string> {
    const client = raw(port);
    const lines = Object.entries({ ...good, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    client.socket.write(`GET /mqtt HTTP/1.1\r\nhost: x\r\n${lines.join('')}\r\n`);
    await client.closed;
    return client.received().toString();
  }
  test.each([
    [{ 'sec-websocket-protocol': 'chat' }, /^HTTP\/1\.1 400 .*the subprotocol is mqtt/s],
    [{ 'sec-websocket-version': '8' }, /^HTTP\/1\.1 426 .*Sec-WebSocket-Version: 13/s],
    [{ 'sec-websocket-key': 'x' }, /^HTTP\/1\.1 400 .*Sec-WebSocket-Key/s],
    [{ upgrade: 'h2c' }, /^HTTP\/1\.1 400 /],
  ])('%j is answered', async (headers, answer) => {
    expect(await answerTo(headers)).toMatch(answer);
    expect(refused()).toEqual({ UPGRADE_REFUSED: 1 });
  });

  test('in clear beyond this machine it is refused, unless asked for by name', async () => {
    clear = true;
    expect(await answerTo({})).toMatch(/^HTTP\/1\.1 403 .*CARREL_MQTT_PLAIN=yes/s);
    expect(refused()).toEqual({ UPGRADE_CLEAR: 1 });
    await restart({ CARREL_MQTT_PLAIN: 'yes' });
    await accepted();
  });

  test('with every listener for MQTT off there is none here either', async () => {
    await restart({ CARREL_MQTT: 'off' });
    expect(await answerTo({})).toMatch(/^HTTP\/1\.1 404 /);
  });
});
