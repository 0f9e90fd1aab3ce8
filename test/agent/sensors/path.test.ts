import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { silentLogger } from '#lib/logger';
import { asLost, type Handshake, latencyOf } from '../../../agent/sensors/latency.ts';
import { openPath, type PathOptions, WINDOW } from '../../../agent/sensors/path.ts';
import { firstFailure, type Hops, reachabilityOf } from '../../../agent/sensors/reachability.ts';
import { parseTargets } from '../../../agent/sensors/targets.ts';
import { createFixtureRoot, linkFiles, routeTable } from '../../support/fixture-root.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function tcpServer(): Promise<number> {
  return (await countingServer()).port;
}

/** Counts the handshakes that it was asked for. */
async function countingServer(): Promise<{ port: number; handshakes(): number; close(): void }> {
  let handshakes = 0;
  const server: Server = createServer((socket) => {
    handshakes += 1;
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => void server.close();
  closers.push(close);
  return { port: (server.address() as AddressInfo).port, handshakes: () => handshakes, close };
}

/** A port that refuses: it was open a moment ago. */
async function refusingPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A resolver that knows `probe.example` = 127.0.0.1, and refuses everything while `broken`. */
async function dnsServer(): Promise<{ address: string; state: { broken: boolean; questions: number } }> {
  const state = { broken: false, questions: 0 };
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.on('message', (question, from) => {
    state.questions += 1;
    const end = question.indexOf(0, 12) + 5;
    const isA = question.readUInt16BE(end - 4) === 1;
    const answer = Buffer.from(isA && !state.broken ? 'c00c000100010000003c00047f000001' : '', 'hex');
    const head = Buffer.from([
      ...question.subarray(0, 2),
      0x81,
      state.broken ? 0x82 : 0x80,
      0,
      1,
      0,
      answer.length > 0 ? 1 : 0,
      0,
      0,
      0,
      0,
    ]);
    socket.send(Buffer.concat([head, question.subarray(12, end), answer]), from.port, from.address);
  });
  closers.push(() => socket.close());
  return { address: `127.0.0.1:${socket.address().port}`, state };
}

/** A machine on eth0 with a gateway at 127.0.0.1, and what its path reads. */
async function path(
  targets: string[],
  options: PathOptions & { route?: boolean; gateway?: string; metered?: boolean; brokerUp?: () => boolean } = {},
) {
  const { route = true, gateway = '127.0.0.1', metered = false, brokerUp = () => true, ...rest } = options;
  const root = createFixtureRoot({
    'proc/net/route': routeTable(route ? [{ iface: 'eth0', gateway }] : []),
    ...linkFiles('eth0'),
  });
  const dns = rest.servers ?? [(await dnsServer()).address];
  const opened = openPath(
    {
      root: root.path,
      wan: null,
      targets,
      broker: { host: '127.0.0.1', port: 1 },
      log: silentLogger,
      brokerUp,
      metered: () => metered,
    },
    { ...rest, servers: dns },
  );
  closers.push(
    () => opened.close(),
    () => root.close(),
  );
  let monoMs = 0;
  const measure = (periodMs = 1000) => {
    monoMs += periodMs;
    return opened.measure({ monoMs, signal: new AbortController().signal });
  };
  const five = async () => {
    for (let i = 0; i < 4; i++) await measure();
    return measure();
  };
  return { measure, five, opened, root };
}

describe('the way to the internet', () => {
  test('with all well, every hop is up and the latency is that of the handshakes', async () => {
    const port = await tcpServer();
    const { measure } = await path([`probe.example:${port}`], { gatewayPorts: [port] });
    const reading = await measure();
    expect(reachabilityOf(reading, true)).toEqual({
      gateway_up: 1,
      dns_up: 1,
      internet_up: 1,
      broker_up: 1,
      first_failure: 0,
      captive_portal: null,
      dns_ms: expect.any(Number),
    });
    expect(reading.window).toEqual([{ to: 'probe.example', ms: expect.any(Number) }]);
    expect(reading.gateway.rttMs).toBeLessThan(500);
  });

  test('a gateway that refuses has answered', async () => {
    const { measure } = await path([`127.0.0.1:${await tcpServer()}`], { gatewayPorts: [await refusingPort()] });
    expect((await measure()).gateway).toMatchObject({ answered: true, rttMs: expect.any(Number) });
  });

  test('a target that refuses is not the internet, and the next one is asked', async () => {
    const { measure } = await path([`127.0.0.1:${await refusingPort()}`, `127.0.0.1:${await tcpServer()}`]);
    expect((await measure()).internet).toMatchObject({ up: true });
  });

  test('with no target answering, all is lost and there is no round-trip time', async () => {
    const { measure } = await path([`127.0.0.1:${await refusingPort()}`]);
    const reading = await measure();
    expect(latencyOf(reading.window)).toEqual({ rtt_ms: null, jitter_ms: null, loss_pct: 100 });
    expect(reachabilityOf(reading, false)).toMatchObject({ internet_up: 0, first_failure: 4 });
  });

  test('a resolver that fails later does not make the internet look dead', async () => {
    const dns = await dnsServer();
    const { measure, five } = await path([`probe.example:${await tcpServer()}`], { servers: [dns.address] });
    await measure();
    dns.state.broken = true;
    expect(reachabilityOf(await five(), true)).toMatchObject({
      dns_up: 0,
      dns_ms: null,
      internet_up: 1,
      first_failure: 3,
    });
  });

  test('with addresses alone to reach, the root is asked for: any definite answer counts, a failure does not', async () => {
    const dns = await dnsServer();
    const { measure, five } = await path([`127.0.0.1:${await tcpServer()}`], { servers: [dns.address] });
    expect((await measure()).dns.up).toBe(true);
    dns.state.broken = true;
    expect((await five()).dns.up).toBe(false);
  });

  test('while all is well, a slot costs one handshake; gateway and resolver are asked every fifth time', async () => {
    const [dns, target, gateway] = [await dnsServer(), await countingServer(), await countingServer()];
    const { five } = await path([`127.0.0.1:${target.port}`], {
      servers: [dns.address],
      gatewayPorts: [gateway.port],
    });
    await five();
    await five();
    expect([target.handshakes(), gateway.handshakes(), dns.state.questions]).toEqual([10, 2, 2]);
  });

  test('on a metered line a measurement holds for five slots', async () => {
    const target = await countingServer();
    const { five } = await path([`127.0.0.1:${target.port}`], { metered: true });
    await five();
    expect((await five()).internet.up).toBe(true);
    expect(target.handshakes()).toBe(2);
  });

  test.each([true, false])(
    'an internet that falls silent is found at its slot, with all hops asked at once; metered: %s',
    async (metered) => {
      const [dns, target] = [await dnsServer(), await countingServer()];
      const { measure, five } = await path([`127.0.0.1:${target.port}`], { servers: [dns.address], metered });
      await measure();
      target.close();
      dns.state.broken = true;
      const reading = await five();
      expect([reading.internet.up, reading.dns.up]).toEqual([false, false]);
      const { questions } = dns.state;
      await measure();
      expect(dns.state.questions).toBe(questions + 1);
    },
  );

  test('the end of the connection to the server is reason enough to look at once', async () => {
    let up = true;
    const target = await countingServer();
    const { measure } = await path([`127.0.0.1:${target.port}`], { metered: true, brokerUp: () => up });
    await measure();
    up = false;
    await measure();
    expect(target.handshakes()).toBe(2);
  });

  test('a link that goes down is seen at its slot, also between two measurements', async () => {
    const { measure, root } = await path([`127.0.0.1:${await tcpServer()}`], { metered: true });
    await measure();
    root.write(linkFiles('eth0', { operstate: 'down', carrier: 0 }));
    expect((await measure()).link).toBe(false);
  });

  test('the window of handshakes is bounded', async () => {
    const { five } = await path([`127.0.0.1:${await tcpServer()}`]);
    for (let i = 0; i < 5; i++) await five();
    expect((await five()).window).toHaveLength(WINDOW);
  });

  test('reachability and latency of one slot share one measurement', async () => {
    const { opened } = await path([`127.0.0.1:${await tcpServer()}`]);
    const slot = { monoMs: 5, signal: new AbortController().signal };
    expect(opened.measure(slot)).toBe(opened.measure({ ...slot }));
  });

  test('a sign-in page in place of a 204 is a captive portal; a real 204 is none', async () => {
    let status = 302;
    const server = createHttpServer((_, response) => response.writeHead(status, { location: '/login' }).end()).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    closers.push(() => server.close());
    const { measure, five } = await path([
      `127.0.0.1:${await tcpServer()}`,
      `http://probe.example:${(server.address() as AddressInfo).port}/generate_204`,
    ]);
    expect(reachabilityOf(await measure(), true)).toMatchObject({ captive_portal: 1, first_failure: 4 });
    status = 204;
    expect(reachabilityOf(await measure(), true)).toMatchObject({ captive_portal: 0, first_failure: 0 });
    status = 302;
    expect(reachabilityOf(await five(), true)).toMatchObject({ captive_portal: 1 });
  });

  test('a page that does not answer tells nothing about a portal', async () => {
    const { measure } = await path([`127.0.0.1:${await tcpServer()}`, `http://127.0.0.1:${await refusingPort()}/`]);
    expect((await measure()).portal).toBeNull();
  });

  test('without a default route the link is the first failure', async () => {
    const { measure } = await path([`127.0.0.1:${await refusingPort()}`], { route: false });
    expect(reachabilityOf(await measure(), false)).toMatchObject({ gateway_up: null, first_failure: 1 });
  });

  test('slots at fractions of a millisecond are slots like others', async () => {
    const { measure } = await path([`127.0.0.1:${await tcpServer()}`]);
    await measure(1000.25);
    expect((await measure(1091.5)).internet.up).toBe(true);
  });

  test('an aborted slot ends at once', async () => {
    const { opened } = await path(['192.0.2.1:9'], { gateway: '0.0.0.0' });
    const abort = new AbortController();
    const reading = opened.measure({ monoMs: 1, signal: abort.signal });
    abort.abort();
    expect((await reading).internet.up).toBe(false);
  });
});

describe('the first hop that fails', () => {
  const well: Hops = {
    link: true,
    gateway: true,
    dns: true,
    internet: true,
    byAddress: true,
    portal: null,
    broker: true,
  };
  test.each<[string, Partial<Hops>, string]>([
    ['nothing fails', {}, 'none'],
    ['no carrier', { link: false, gateway: false, dns: false, internet: false, broker: false }, 'link'],
    ['a router that is off', { gateway: false, dns: false, internet: false, broker: false }, 'gateway'],
    ['names fail while addresses answer', { dns: false }, 'dns'],
    ['names fail and only names could be tried', { dns: false, internet: false, byAddress: false }, 'dns'],
    ['names and addresses fail together', { dns: false, internet: false, broker: false }, 'internet'],
    ['a sign-in page', { portal: true }, 'internet'],
    ['only our server is away', { broker: false }, 'broker'],
    ['what is unknown is not to blame', { gateway: null, dns: null, broker: null }, 'none'],
    ['a route the table does not show (policy routing)', { link: false }, 'none'],
  ])('%s', (_, change, expected) => {
    expect(firstFailure({ ...well, ...change })).toBe(expected);
  });

  test('a gateway that drops everything is up while anything beyond it answers', () => {
    const silent = { answered: false, neighbour: null, rttMs: null };
    const dns = { up: true, ms: 1, addresses: [], why: '' };
    const gatewayUp = (up: boolean) =>
      reachabilityOf(
        { link: true, gateway: silent, dns, portal: null, internet: { up, byAddress: true, tried: [] }, window: [] },
        null,
      ).gateway_up;
    expect([gatewayUp(true), gatewayUp(false)]).toEqual([1, 0]);
  });
});

describe('latency figures', () => {
  const to = (host: string, ...times: (number | null)[]): Handshake[] => times.map((ms) => ({ to: host, ms }));
  test('the latest time, the mean difference of successive answers, and the share lost', () => {
    expect(latencyOf(to('a', 10, 20, null, 12, 14))).toEqual({
      rtt_ms: 14,
      jitter_ms: expect.closeTo(20 / 3),
      loss_pct: expect.closeTo(20),
    });
  });
  test('the difference between two targets is no jitter', () => {
    expect(latencyOf([...to('near', 5), ...to('far', 80, 82), ...to('near', 6)]).jitter_ms).toBe(1.5);
  });
  test('one answer has no jitter', () => {
    expect(latencyOf(to('a', null, 7))).toMatchObject({ rtt_ms: 7, jitter_ms: null, loss_pct: 50 });
  });
  test('nothing sent, nothing known', () => {
    expect(latencyOf([])).toEqual({ rtt_ms: null, jitter_ms: null, loss_pct: null });
  });
  test('an answer to the second SYN means that the first was lost; a line that is always so slow loses nothing', () => {
    expect(asLost({ to: 'a', ms: 1030 }, to('a', 30, 31))).toEqual({ to: 'a', ms: null });
    expect(asLost({ to: 'a', ms: 1200 }, to('a', 1150))).toEqual({ to: 'a', ms: 1200 });
    expect(asLost({ to: 'a', ms: 1200 }, to('b', 20))).toEqual({ to: 'a', ms: 1200 });
  });
});

test('targets are hosts, pages, or refused by name', () => {
  expect(
    parseTargets([
      '9.9.9.9',
      'example.org:80',
      '[2001:db8::1]:53',
      '2001:db8::2',
      'http://p.example/204',
      'bad target',
      'x:99999',
    ]),
  ).toEqual({
    hosts: [
      { host: '9.9.9.9', port: 443, numeric: true },
      { host: 'example.org', port: 80, numeric: false },
      { host: '2001:db8::1', port: 53, numeric: true },
      { host: '2001:db8::2', port: 443, numeric: true },
    ],
    pages: [{ url: 'http://p.example/204', host: 'p.example', numeric: false }],
    refused: ['bad target', 'x:99999'],
  });
});
