import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import {
  type Direction,
  leaseParameter,
  leaseProofText,
  NDT7,
  type Ndt7Reading,
  ndt7Path,
  parseNdt7Measurement,
} from '#contract';
import { systemClock } from '#lib/clock';
import { createFrameCounter } from '../../../broker/speed/frames.ts';
import { type SpeedServer, type SpeedServerOptions, startSpeedServer } from '../../../broker/speed/server.ts';
import { parseSs, systemCongestionControl } from '../../../broker/speed/tcp-info.ts';
import { createTickets, macOf, type Ticket } from '../../../broker/speed/ticket.ts';
import type { Ndt7Result } from '../../support/ndt7-client-child.ts';
import { ticketOf } from './lab.ts';

const tickets = createTickets('a secret of this test', 'main');
let server: SpeedServer;
const events: string[] = [];
const start = (more: Partial<SpeedServerOptions> = {}) =>
  startSpeedServer({
    address: { host: '127.0.0.1', port: 0 },
    tickets,
    clock: systemClock,
    foreignMbps: 20,
    changed: ({ state }) => events.push(state),
    ...more,
  });
beforeEach(async () => {
  events.length = 0;
  server = await start();
});
afterEach(() => server.stop());

function pathOf(
  dir: Direction,
  ticket: Partial<Ticket>,
  stream = 0,
  query: { maxBytes?: number; maxMs?: number } = {},
) {
  const { token, key } = tickets.issue(ticketOf({ dir, ...ticket }));
  return streamPath(dir, token, key, stream, query);
}
function streamPath(dir: Direction, token: string, key: string, stream: number, query: object = {}): string {
  const mac = macOf(key, leaseProofText(dir, stream, token)).toString('base64url');
  return ndt7Path(dir, { lease: leaseParameter(token, stream, mac), ...query });
}
interface Taken {
  status: number | null;
  bytes: number;
  tookMs: number;
  messages: Ndt7Reading[];
  code: number;
}
/** Opens the path with `ws`; `drive` may send. Resolves when it is closed. */
function take(path: string, drive: (socket: WebSocket) => void = () => undefined): Promise<Taken> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port()}${path}`, NDT7.protocol);
    const result: Taken = { status: null, bytes: 0, tookMs: 0, messages: [], code: 0 };
    let startMs = 0;
    socket.on('open', () => {
      startMs = performance.now();
      expect(socket.protocol).toBe(NDT7.protocol);
      expect(socket.extensions).toBe('');
      drive(socket);
    });
    socket.on('message', (data: Buffer, binary) => {
      if (binary) result.bytes += data.length;
      else result.messages.push(parseNdt7Measurement(data.toString()) ?? expect.fail('not a measurement'));
    });
    socket.on('unexpected-response', (_, response) => {
      resolve({ ...result, status: response.statusCode ?? 0 });
      socket.terminate();
    });
    socket.on('error', () => undefined);
    socket.on('close', (code) => resolve({ ...result, code, tookMs: performance.now() - startMs }));
  });
}

describe('a download under a lease', () => {
  test('comes at the pace, ends at the granted bytes, and the last message says how the server did', async () => {
    const { bytes, tookMs, messages, code } = await take(pathOf('down', { maxBytes: 3_000_000 }));
    expect(code).toBe(1000);
    const last = messages.at(-1);
    expect(last?.own).toMatchObject({ end: 'max_bytes', held: 0 });
    expect(bytes).toBeLessThanOrEqual(3_000_000 * (1448 / 1500) + 1);
    expect(bytes).toBeGreaterThan(2_890_000);
    expect((bytes * (1500 / 1448) * 8) / tookMs / 1000).toBeLessThan(38);
    expect(last?.tcp).toMatchObject({ BytesSent: bytes });
    expect(last?.tcp?.ElapsedTime).toBeGreaterThan(500_000);
    expect(last?.own?.watch.cc ?? 'unknown').toMatch(/^[a-z]+$/);
    expect(messages.length).toBeGreaterThanOrEqual(3); // two on the way
    await vi.waitUntil(() => events.length === 2);
    expect(events).toEqual(['begun', 'idle']);
  });

  test('four streams share one pace and one volume, a fifth is refused', async () => {
    const { token, key } = tickets.issue(ticketOf({ kinds: ['full'], paceMbps: 80, maxBytes: 3_000_000 }));
    const startMs = performance.now();
    const four = await Promise.all([0, 1, 2, 3].map((stream) => take(streamPath('down', token, key, stream))));
    const bytes = four.reduce((sum, one) => sum + one.bytes, 0);
    expect(bytes).toBeLessThan(3_000_000);
    expect(bytes).toBeGreaterThan(2_700_000);
    expect((bytes * 8) / (performance.now() - startMs) / 1000).toBeLessThan(84);
    expect((await take(streamPath('down', token, key, 3))).status).toBe(403);
  });

  test('streams that name a volume of all end together when they have sent it', async () => {
    const { token, key } = tickets.issue(ticketOf({ kinds: ['tcp'], paceMbps: 80, maxBytes: 40e6 }));
    const all = { allBytes: 2_000_000 };
    const four = await Promise.all([0, 1, 2, 3].map((stream) => take(streamPath('down', token, key, stream, all))));
    const bytes = four.reduce((sum, one) => sum + one.bytes, 0);
    expect(bytes * (1500 / 1448)).toBeLessThan(2_000_100);
    expect(bytes * (1500 / 1448)).toBeGreaterThan(1_900_000);
    for (const { messages } of four) expect(messages.at(-1)?.own?.end).toBe('max_bytes');
  });

  test('a client that closes early, with or without a word, ends it', async () => {
    const path = () => pathOf('down', { paceMbps: 100, maxBytes: 40e6 });
    await take(path(), (socket) => socket.once('message', () => socket.close()));
    await take(path(), (socket) => socket.once('message', () => socket.terminate()));
    await vi.waitUntil(() => server.stats().running === 0);
    expect(server.stats().bytes).toBeLessThan(5_000_000);
  });

  test('ends at max_ms of the client where that is less than the grant', async () => {
    const { tookMs, messages } = await take(pathOf('down', {}, 0, { maxMs: 200 }));
    expect(messages.at(-1)?.own?.end).toBe('max_ms');
    expect(tookMs).toBeGreaterThan(150);
    expect(tookMs).toBeLessThan(1500);
  });
});

test('an upload is counted by the server, which says so while it goes on', async () => {
  const message = Buffer.alloc(8192, 7);
  const { messages, code } = await take(pathOf('up', { maxBytes: 1_000_000, maxMs: 10_000 }), (socket) => {
    const timer = setInterval(() => socket.readyState === WebSocket.OPEN && socket.send(message), 10);
    socket.on('close', () => clearInterval(timer));
  });
  expect(code).toBe(1000);
  const last = messages.at(-1);
  expect(last?.own).toMatchObject({ end: 'max_bytes', held: null, watch: { pace_kept: null } });
  expect(last?.numBytes).toBeGreaterThan(940_000);
  expect(last?.numBytes).toBeLessThan(1_000_000);
  expect(last?.tcp?.BytesReceived).toBeGreaterThan(last?.numBytes ?? 0); // heads and masks
  expect(messages.length).toBeGreaterThan(3);
});

describe('who is refused', () => {
  const lease = (more: Partial<Ticket> = {}, dir: Direction = 'down') => pathOf(dir, more);
  test.each([
    ['an expired lease', () => lease({ expires: Date.now() - 1 }), 403, 'EXPIRED'],
    ['a lease for UDP', () => lease({ kinds: ['udp'] }), 403, 'TOKEN'],
    ['a lease for the other direction', () => lease({ dir: 'down' }, 'up'), 403, 'TOKEN'],
    ['a proof for another stream', () => lease().replace('~0~', '~1~'), 403, 'TOKEN'],
    ['a wrong early_exit', () => `${NDT7.paths.down}?early_exit=10`, 400, 'EARLY_EXIT'],
    ['another path', () => '/ndt/v7/other', 404, 'NOT_FOUND'],
  ])('%s', async (_, path, status, code) => {
    expect((await take(path())).status).toBe(status);
    expect(server.stats().refused).toEqual({ [code]: 1 });
  });

  test('a request that was read on the way opens nothing a second time', async () => {
    const path = lease({ maxBytes: 100_000 });
    expect((await take(path)).code).toBe(1000);
    expect((await take(path)).status).toBe(403);
    expect(server.stats().refused).toEqual({ USED: 1 });
  });

  test('strangers, where the setting says so, and more of them than it allows', async () => {
    await server.stop();
    server = await start({ foreign: 'off' });
    expect((await take(NDT7.paths.down)).status).toBe(403);
    await server.stop();
    server = await start({ foreign: 1 });
    const first = take(NDT7.paths.down, (socket) =>
      socket.once('message', async () => {
        expect((await take(NDT7.paths.down)).status).toBe(503);
        socket.close();
      }),
    );
    const { messages } = await first;
    expect(messages.every(({ own }) => own === null)).toBe(true);
  });

  test('what is not HTTP is cut, and counted', async () => {
    const socket = connect(server.port(), '127.0.0.1', () => socket.write('CARREL-SPEED 1 token\n'));
    await new Promise((resolve) =>
      socket
        .on('error', () => undefined)
        .resume()
        .on('close', resolve),
    );
    expect(server.stats().refused).toEqual({ HTTP: 1 });
  });

  test('HTTP that is no test, and frames that break the protocol', async () => {
    const response = await fetch(`http://127.0.0.1:${server.port()}/`);
    expect(response.status).toBe(426);
    const socket = connect(server.port(), '127.0.0.1');
    const head = `GET ${lease()} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: ${NDT7.protocol}\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(head), Buffer.from([0x82, 0x05, 1, 2, 3, 4, 5])])); // not masked
    await new Promise((resolve) => socket.resume().on('close', resolve));
    await vi.waitUntil(() => server.stats().running === 0);
  });
});

describe('frames', () => {
  test('are counted however they are cut', () => {
    const frames = Buffer.concat([
      Buffer.from([0x82, 0x85, 1, 2, 3, 4, 9, 9, 9, 9, 9]),
      Buffer.from([0x81, 0x82, 1, 2, 3, 4, 9, 9]),
      Buffer.from([0x82, 0xfe, 0x01, 0x00, 1, 2, 3, 4, ...new Array(256).fill(0)]),
      Buffer.from([0x89, 0x81, 1, 2, 3, 4, 1 ^ 0x41]),
      Buffer.from([0x02, 0x80, 1, 2, 3, 4]),
      Buffer.from([0x80, 0x83, 1, 2, 3, 4, 1, 1, 1]),
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (cuts) => {
        const controls: string[] = [];
        const counter = createFrameCounter({
          maxBytes: 1000,
          control: (opcode, it) => controls.push(`${opcode}${it}`),
        });
        for (let at = 0, i = 0; at < frames.length; i++) {
          const size = cuts[i % cuts.length] ?? 1;
          expect(counter.take(Buffer.from(frames.subarray(at, at + size)))).toBe(true);
          at += size;
        }
        expect(counter.dataBytes()).toBe(5 + 256 + 3);
        expect(controls).toEqual(['9A']);
      }),
    );
  });
  test('that are too long, unmasked or reserved end it, and no bytes throw', () => {
    const take = (...bytes: number[]) =>
      createFrameCounter({ maxBytes: 1000, control: () => undefined }).take(Buffer.from(bytes));
    expect(take(0x82, 0xfe, 0x03, 0xe9, 1, 2, 3, 4)).toBe(false);
    expect(take(0x82, 0x01, 1)).toBe(false);
    expect(take(0xc2, 0x81, 1, 2, 3, 4, 5)).toBe(false);
    expect(take(0x89, 0xfe, 0x00, 0x80, 1, 2, 3, 4)).toBe(false);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void take(...bytes)));
  });
});

test('what ss says of a connection is read, whatever flags stand before the algorithm', () => {
  const line = (text: string) => parseSs(`ESTAB 0 0 127.0.0.1:1 127.0.0.1:2\n\t ${text}\n`);
  expect(
    line(
      'ts sack bbr wscale:10,10 rto:208 rtt:5.877/11.017 bytes_sent:333 bytes_retrans:12 bytes_acked:300 busy:68ms minrtt:0.5',
    ),
  ).toEqual({
    cc: 'bbr',
    tcp: {
      ...{ BytesSent: 333, BytesAcked: 300, BytesReceived: undefined, BytesRetrans: 12, MinRTT: 500, RTT: 5877 },
      ...{ BusyTime: 68_000, RWndLimited: 0, SndBufLimited: 0 },
    },
  });
  expect(line('cubic wscale:7,7 app_limited')?.cc).toBe('cubic');
  expect(parseSs('')).toBeNull();
  expect(systemCongestionControl('/nowhere')).toBeNull();
});

test("M-Lab's own client measures a download and an upload against it", async () => {
  const child = new URL('../../support/ndt7-client-child.ts', import.meta.url).pathname;
  const run = async (direction: string): Promise<Ndt7Result> => {
    const args = [child, `127.0.0.1:${server.port()}`, direction];
    return JSON.parse((await promisify(execFile)(process.execPath, args, { timeout: 30_000 })).stdout);
  };
  const [down, up] = await Promise.all([run('download'), run('upload')]);
  expect(down).toMatchObject({ code: 0, error: null });
  expect(down.client?.MeanClientMbps).toBeGreaterThan(5);
  expect(down.client?.MeanClientMbps).toBeLessThan(21);
  expect(down.server?.TCPInfo?.ElapsedTime).toBeGreaterThan(5e6);
  expect(up).toMatchObject({ code: 0, error: null });
  expect(up.server?.TCPInfo?.BytesReceived).toBeGreaterThan(100_000);
}, 40_000);
