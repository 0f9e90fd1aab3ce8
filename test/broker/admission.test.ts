/** Who comes too fast waits, who guesses gets slower answers, and nobody good is turned away for another's sake. */
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isLoopback, networkOf } from '#lib/network';
import type { GateLimits } from '../../broker/gate-rate.ts';
import { createLoginFailures } from '../../broker/login-failures.ts';
import { connectPacket, type Running, raw, runBroker } from './running.ts';

async function running(limits: Partial<GateLimits>, env: Record<string, string> = {}): Promise<Running> {
  const made = await runBroker({ limits, env });
  onTestFinished(() => made.stop());
  return made;
}
const refusedOf = ({ broker }: Running): Readonly<Record<string, number>> => broker.stats().refused;
const answered = (client: ReturnType<typeof raw>): Promise<unknown> =>
  vi.waitUntil(() => client.received().length >= 4, { interval: 5, timeout: 15_000 });

test('sixty probes that come at once are let in at the rate of the listener, and not one is dropped', async () => {
  const server = await running({ acceptsPerS: 100 });
  const startMs = performance.now();
  const clients = Array.from({ length: 60 }, (_, i) => {
    const client = raw(server.port);
    client.socket.write(connectPacket(`probe-${i}`, server.probe(`probe-${i}`)));
    return client;
  });
  await Promise.all(clients.map(answered));
  expect(performance.now() - startMs).toBeGreaterThan(550);
  expect(clients.map((client) => client.received()[3])).toEqual(clients.map(() => 0));
  expect(refusedOf(server)).toEqual({});
});

test('handshakes that come in masses wait at a door of their own: all are served, and who comes in the clear meanwhile goes first', async () => {
  const server = await running({ secureAcceptsPerS: 40 }, { CARREL_MQTTS: '127.0.0.1:0' });
  const port = Number(new URL(server.broker.addresses().mqtts ?? '').port);
  const ca = server.broker.authority() ?? '';
  const order: string[] = [];
  const secure = Array.from({ length: 20 }, async (_, i) => {
    const socket = connectTls({ host: '127.0.0.1', port, ca, servername: 'localhost' });
    onTestFinished(() => void socket.destroy());
    socket.write(connectPacket(`probe-${i}`, server.probe(`probe-${i}`)));
    const [answer] = await once(socket, 'data');
    order.push('secure');
    return answer;
  });
  const plain = raw(server.port);
  plain.socket.write(connectPacket('probe-plain', server.probe('probe-plain')));
  await answered(plain);
  order.push('plain');
  expect(await Promise.all(secure)).toEqual(secure.map(() => Buffer.from([0x20, 2, 0, 0])));
  expect(order.indexOf('plain')).toBeLessThan(10);
  expect(refusedOf(server)).toEqual({});
});

test('above the cap connections are refused and counted; one that ends makes room', async () => {
  const server = await running({ connections: 2 });
  const [first, second] = [raw(server.port), raw(server.port)];
  await vi.waitUntil(() => server.broker.stats().connections === 2);
  const third = raw(server.port);
  await third.closed;
  expect(refusedOf(server)).toEqual({ CONNECTIONS_FULL: 1 });
  first.socket.destroy();
  await vi.waitUntil(() => server.broker.stats().connections === 1);
  const fourth = raw(server.port);
  fourth.socket.write(connectPacket('probe-a', server.probe('probe-a')));
  await answered(fourth);
  expect(second.socket.destroyed).toBe(false);
});

test('a handshake that does not come is cut off and gives its place back, what is no TLS likewise', async () => {
  const server = await running({ handshakeMs: 50, connections: 1 }, { CARREL_MQTTS: '127.0.0.1:0' });
  const port = Number(new URL(server.broker.addresses().mqtts ?? '').port);
  await raw(port).closed;
  expect(refusedOf(server)).toEqual({ TLS_TIMEOUT: 1 });
  const plain = raw(port);
  plain.socket.write(connectPacket('probe-a', 'x'));
  await plain.closed;
  expect(refusedOf(server)).toEqual({ TLS_TIMEOUT: 1, TLS_FAILED: 1 });
  const socket = connectTls({ host: '127.0.0.1', port, ca: server.broker.authority() ?? '', servername: 'localhost' });
  socket.write(connectPacket('probe-a', server.probe('probe-a')));
  const answer = await new Promise((resolve) => socket.once('data', resolve));
  expect(answer).toEqual(Buffer.from([0x20, 2, 0, 0]));
  socket.destroy();
});

test('a stop cuts those that still wait for their turn or in the middle of a handshake', async () => {
  const server = await runBroker({ limits: { acceptsPerS: 1 }, env: { CARREL_MQTTS: '127.0.0.1:0' } });
  const clients = [raw(server.port), raw(server.port), raw(server.port)];
  const silent = connectTcp(Number(new URL(server.broker.addresses().mqtts ?? '').port), '127.0.0.1');
  silent.on('error', () => undefined);
  await vi.waitUntil(() => server.broker.stats().connections === 1 && !silent.connecting);
  const startMs = performance.now();
  await server.stop();
  await Promise.all(clients.map((client) => client.closed));
  expect(performance.now() - startMs).toBeLessThan(2000);
});

test('wrong tokens are answered more and more slowly, a right one from the same address at once', async () => {
  const server = await running({});
  const token = server.probe('probe-a');
  const attempt = async (password: string): Promise<{ code: number | undefined; tookMs: number }> => {
    const startMs = performance.now();
    const client = raw(server.port);
    client.socket.write(connectPacket('probe-a', password));
    await answered(client);
    client.socket.destroy();
    return { code: client.received()[3], tookMs: performance.now() - startMs };
  };
  await Promise.all(Array.from({ length: 10 }, () => attempt('wrong')));
  const [wrong, right] = await Promise.all([attempt('wrong'), attempt(token)]);
  expect(wrong.code).toBe(4);
  expect(wrong.tookMs).toBeGreaterThan(200);
  expect(right.code).toBe(0);
  expect(right.tookMs).toBeLessThan(wrong.tookMs);
  expect(server.broker.stats().authFailures).toBe(11);
});

test('the wait grows to five seconds, is forgotten again, and belongs to one network', () => {
  let now = 0;
  const failures = createLoginFailures({ monoMs: () => now, wallMs: () => now });
  const waits = Array.from({ length: 40 }, () => failures.failed('192.0.2.1'));
  expect([waits[9], waits[10], waits[11], waits[39]]).toEqual([0, 250, 500, 5000]);
  expect(failures.failed('192.0.2.2')).toBe(0);
  now = 40_000; // of 30 at most, 20 are forgotten
  expect(failures.failed('192.0.2.1')).toBe(250);
  now = 100_000;
  expect(failures.failed('192.0.2.1')).toBe(0);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::5:6', '2001:db8:0:0'],
])('%s is counted under %s', (address, network) => expect(networkOf(address)).toBe(network));

test('this machine is told from others', () => {
  expect(['127.0.0.1', '::1', '::ffff:127.0.0.1'].map(isLoopback)).toEqual([true, true, true]);
  expect(['192.0.2.1', '::', '::ffff:192.0.2.1', '1::1'].map(isLoopback)).toEqual([false, false, false, false]);
});
