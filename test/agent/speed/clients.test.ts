/** Why: the probe's ends of the tests, against the real server on loopback and against servers and paths that misbehave. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LeaseGrant } from '#contract';
import { systemClock } from '#lib/clock';
import { binaryFrame, pongFrame, readFrames } from '../../../agent/speed/frames.ts';
import { openStreams } from '../../../agent/speed/streams.ts';
import { openTcp, type TcpOptions } from '../../../agent/speed/tcp.ts';
import type { Traffic } from '../../../agent/speed/traffic.ts';
import { openUdp, type UdpOptions } from '../../../agent/speed/udp.ts';
import { forgetfulRouter, lossyRelay, speedRig } from './rig.ts';

const now = (): number => systemClock.monoMs();
const never = new AbortController().signal;
const udp = (grant: LeaseGrant, over: Partial<UdpOptions> = {}): Traffic =>
  openUdp({
    address: '127.0.0.1',
    port: grant.udp_port ?? 0,
    grant,
    targetMbps: 30,
    maxMs: 5000,
    maxBytes: 10e6,
    now,
    signal: never,
    ...over,
  });
const tcp = (grant: LeaseGrant, over: Partial<TcpOptions> = {}): Traffic =>
  openTcp({
    host: '127.0.0.1',
    address: '127.0.0.1',
    port: grant.port,
    grant,
    stream: 0,
    paceMbps: 36,
    maxMs: 5000,
    maxBytes: 10e6,
    allBytes: null,
    now,
    signal: never,
    ...over,
  });
/** Lets a load run until it has brought so many bytes, then says stop; the Mb/s that it came at. */
async function rateOf(traffic: Traffic, bytes: number): Promise<number> {
  expect(await traffic.first).toBe(true);
  const [startMs, before] = [now(), traffic.ownIpBytes()];
  while (traffic.ownIpBytes() < bytes && now() - startMs < 8000) await new Promise((resolve) => setTimeout(resolve, 5));
  const rate = ((traffic.ownIpBytes() - before) * 8) / 1000 / (now() - startMs);
  traffic.stop();
  return rate;
}

describe('UDP', () => {
  test('proves its address, asks by a train, receives at the pace, and stops with the word of the server', async () => {
    const { grant } = await speedRig();
    const traffic = udp(grant());
    const rate = await rateOf(traffic, 1.5e6);
    expect(rate).toBeGreaterThan(27);
    expect(rate).toBeLessThan(40);
    expect(await traffic.ended).toEqual({ end: 'enough', error: 'stop' });
    expect(traffic.rtt().idleMs).toBeLessThan(100);
    expect(traffic.rtt().loadedMs).toBeLessThan(100);
    expect(traffic.watch()).toMatchObject({ cc: null });
    expect(traffic.wireBytes()).toBeGreaterThan(traffic.ownIpBytes());
  });

  test('a HELLO, a CHALLENGE and the first two STARTs that are lost are sent again', async () => {
    const { server, grant } = await speedRig();
    const port = await lossyRelay(server.udpPort(), (way, type, before) =>
      way === 'up' ? (type === 1 && before < 1) || (type === 3 && before < 2) : type === 2 && before < 1,
    );
    const traffic = udp(grant(), { port });
    expect(await traffic.first).toBe(true);
    traffic.stop();
    expect((await traffic.ended).end).toBe('enough');
  });

  test('where UDP is blocked nothing comes, and it is unreachable within four seconds', async () => {
    const { server, grant } = await speedRig();
    const startMs = now();
    const traffic = udp(grant(), { port: await lossyRelay(server.udpPort(), (way) => way === 'down') });
    expect(await traffic.first).toBe(false);
    expect(await traffic.ended).toEqual({ end: 'unreachable', error: 'ETIMEDOUT' });
    expect(now() - startMs).toBeLessThan(4500);
  });

  test('a closed port is told at once', async () => {
    const { server, grant } = await speedRig();
    const given = grant();
    await server.stop();
    expect(await udp(given).ended).toMatchObject({ end: 'unreachable', error: 'ECONNREFUSED' });
  });

  test('a lease of another server is refused', async () => {
    const { grant } = await speedRig();
    expect(await udp({ ...grant(), key: 'another' }).ended).toEqual({ end: 'refused', error: 'MAC' });
    expect((await udp({ ...grant(), token: 'nonsense' }).ended).end).toBe('refused');
  });

  test('a lost packet is counted as lost, one that came is not', async () => {
    const { server, grant } = await speedRig();
    const port = await lossyRelay(
      server.udpPort(),
      (way, type, before) => way === 'down' && type === 5 && before % 10 === 9,
    );
    const traffic = udp(grant(), { port });
    await rateOf(traffic, 0.5e6);
    expect(traffic.saturation(30).loss).toBeGreaterThan(0.08);
    expect(traffic.saturation(30).loss).toBeLessThan(0.12);
    await traffic.ended;
  });

  test('a server that is killed in the middle ends it', async () => {
    const { server, grant } = await speedRig();
    const traffic = udp(grant());
    expect(await traffic.first).toBe(true);
    await server.stop();
    expect((await traffic.ended).end).toBe('closed');
  });

  test('a router that forgets the way in the middle ends it as silence, and what came until then is no verdict', async () => {
    const { server, grant } = await speedRig();
    const { port, forget } = await forgetfulRouter(server.udpPort());
    const traffic = udp(grant(), { port });
    expect(await traffic.first).toBe(true);
    forget();
    expect(await traffic.ended).toEqual({ end: 'closed', error: 'silence' });
    expect(traffic.watch()).toBeNull();
  });

  test('an upload is what the server counted', async () => {
    const { grant } = await speedRig();
    const traffic = udp(grant({ dir: 'up' }));
    expect(await traffic.first).toBe(true);
    while ((traffic.farWindows()?.length ?? 0) < 4) await new Promise((resolve) => setTimeout(resolve, 20));
    traffic.stop();
    await traffic.ended;
    const far = traffic.farWindows() ?? [];
    const mbps = (far.slice(1, 4).reduce((sum, { ipBytes }) => sum + ipBytes, 0) * 8) / 1000 / 300;
    expect(mbps).toBeGreaterThan(20);
    expect(mbps).toBeLessThan(41);
  });

  test('an abort ends it at once', async () => {
    const { grant } = await speedRig();
    const abort = new AbortController();
    const traffic = udp(grant(), { signal: abort.signal });
    await traffic.first;
    abort.abort();
    expect((await traffic.ended).end).toBe('aborted');
  });
});

/** An ndt7 server of somebody else: knows no pace and no lease. */
async function foreignServer(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => serve(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}
const UPGRADED = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n';
const MESSAGE = Buffer.concat([Buffer.from([0x82, 126, 0x20, 0x00]), Buffer.alloc(8192, 0xa5)]);
function pour(socket: Socket): void {
  socket.write(UPGRADED);
  const more = (): void => {
    while (!socket.destroyed && socket.write(MESSAGE));
  };
  socket.on('drain', more);
  more();
}

describe('TCP', () => {
  test('receives ndt7 frames at the pace, reads what the server says of itself, and stops', async () => {
    const { grant } = await speedRig();
    const traffic = tcp(grant());
    const rate = await rateOf(traffic, 2.5e6);
    expect(rate).toBeGreaterThan(25);
    expect(rate).toBeLessThan(41);
    expect(await traffic.ended).toEqual({ end: 'enough', error: null });
    expect(traffic.watch()?.pace_kept).toBeGreaterThan(0);
  });

  test('a server that knows no pace is held to it by reading', async () => {
    const traffic = tcp((await speedRig()).grant(), { port: await foreignServer(pour) });
    const rate = await rateOf(traffic, 6e6);
    expect(rate).toBeGreaterThan(30);
    expect(rate).toBeLessThan(45); // what fills the buffers of loopback comes on top
  });

  test('ends by itself at its bound', async () => {
    const traffic = tcp((await speedRig()).grant(), { port: await foreignServer(pour), maxBytes: 1e6, paceMbps: null });
    expect(await traffic.ended).toEqual({ end: 'enough', error: null });
    expect(traffic.ownIpBytes()).toBeGreaterThanOrEqual(1e6);
  });

  test('a refusal, a server that is no WebSocket and one that hangs up are no load', async () => {
    const { grant } = await speedRig();
    expect(await tcp({ ...grant(), key: 'another' }).ended).toEqual({ end: 'refused', error: '403' });
    const dumb = await foreignServer((socket) => socket.end('what?\r\n\r\n'));
    expect((await tcp(grant(), { port: dumb }).ended).end).toBe('refused');
    const gone = await foreignServer((socket) => socket.destroy());
    expect((await tcp(grant(), { port: gone }).ended).end).toBe('refused');
  });

  test('nobody at the port is unreachable', async () => {
    const { server, grant } = await speedRig();
    const given = grant();
    await server.stop();
    expect(await tcp(given).ended).toEqual({ end: 'unreachable', error: 'ECONNREFUSED' });
  });

  test('four streams are one load within one lease', async () => {
    const { grant } = await speedRig();
    const given = grant({ pace_mbps: 60 });
    const traffic = openStreams(openTcp, {
      host: '127.0.0.1',
      address: '127.0.0.1',
      port: given.port,
      grant: given,
      paceMbps: null,
      maxMs: 5000,
      maxBytes: 3e6,
      allBytes: null,
      now,
      signal: never,
    });
    expect(await traffic.first).toBe(true);
    expect((await traffic.ended).error).toBe('max_bytes');
    expect(traffic.ownIpBytes()).toBeGreaterThan(0.7e6);
  });

  test('an upload is what the server received', async () => {
    const { grant } = await speedRig();
    const traffic = tcp(grant({ dir: 'up' }));
    expect(await traffic.first).toBe(true);
    while ((traffic.farWindows()?.length ?? 0) < 4) await new Promise((resolve) => setTimeout(resolve, 20));
    traffic.stop();
    await traffic.ended;
    const far = traffic.farWindows() ?? [];
    const [ms, bytes] = far.reduce(([time, sum], one) => [time + one.ms, sum + one.ipBytes], [0, 0]);
    expect((bytes * 8) / 1000 / ms).toBeGreaterThan(20);
    expect((bytes * 8) / 1000 / ms).toBeLessThan(41);
  });
});

describe('frames', () => {
  test('come in any pieces: texts and pings are given, data is passed over', () => {
    const text = Buffer.concat([Buffer.from([0x81, 5]), Buffer.from('hello')]);
    const ping = Buffer.from([0x89, 2, 7, 8]);
    const all = Buffer.concat([MESSAGE, text, ping, Buffer.from([0x89, 0]), MESSAGE, text]);
    for (const size of [1, 2, 3, 7, 100, 5000, all.length]) {
      const [texts, pings]: [string[], string[]] = [[], []];
      const take = readFrames({ text: (one) => texts.push(one), ping: (one) => pings.push(one.toString('hex')) });
      for (let at = 0; at < all.length; at += size) take(all.subarray(at, at + size));
      expect([texts, pings]).toEqual([
        ['hello', 'hello'],
        ['0708', ''],
      ]);
    }
  });
  test('of a client are masked', () => {
    expect(binaryFrame(Buffer.alloc(3, 9)).toString('hex')).toBe('82ff000000000000000300000000090909');
    expect(pongFrame(Buffer.from([1])).toString('hex')).toBe('8a810000000001');
  });
});
