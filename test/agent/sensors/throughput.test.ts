import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type LeaseGrant, parseSpeedGreeting, speedErrorLine } from '#contract';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import type { ThroughputOutcome } from '../../../agent/sensor.ts';
import { openStream } from '../../../agent/sensors/speed-stream.ts';
import { createThroughputSensor } from '../../../agent/sensors/throughput.ts';
import { startSpeedServer } from '../../../broker/speed/server.ts';
import { createTickets } from '../../../broker/speed/ticket.ts';
import { createFixtureRoot, linkFiles, netDev, routeTable } from '../../support/fixture-root.ts';
import { createLab, type Lab, labUnavailable } from '../../support/netns.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const NOISE = Buffer.alloc(64 * 1024, 0xa5);
/** As many bytes as the socket takes, until it is gone. */
function pour(socket: Socket): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(NOISE));
  };
  socket.on('drain', more);
  more();
}

/** A test server that does `serve` once it was greeted. */
async function speedServer(serve: (socket: Socket, token: string | undefined) => void, host = '127.0.0.1') {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', (line) => serve(socket, parseSpeedGreeting(line.toString())));
  }).listen(0, host);
  await once(server, 'listening');
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

const stream = (port: number, options: { maxBytes?: number; signal?: AbortSignal } = {}) =>
  openStream({
    address: '127.0.0.1',
    port,
    token: 'tok.en',
    maxBytes: options.maxBytes ?? 1e6,
    signal: options.signal ?? new AbortController().signal,
  });

describe('the stream of a test', () => {
  test('greets with the token and stops by itself at its bound', async () => {
    let greeted: string | undefined;
    const port = await speedServer((socket, token) => {
      greeted = token;
      pour(socket);
    });
    const { first, ended, bytes } = stream(port);
    expect(await first).toBe(true);
    expect(await ended).toEqual({ end: 'enough', error: null });
    expect(bytes()).toBeGreaterThanOrEqual(1e6);
    expect(greeted).toBe('tok.en');
  });

  test('an error line is a refusal with its code, and no data', async () => {
    const { first, ended, bytes } = stream(await speedServer((socket) => socket.end(speedErrorLine('EXPIRED'))));
    expect(await first).toBe(false);
    expect(await ended).toEqual({ end: 'refused', error: 'EXPIRED' });
    expect(bytes()).toBe(0);
  });

  test('a server that hangs up without a word has refused', async () => {
    const { ended } = stream(await speedServer((socket) => socket.destroy()));
    expect((await ended).end).toBe('refused');
  });

  test('a stream that ends early is closed, and what came is counted', async () => {
    const { ended, bytes } = stream(await speedServer((socket) => socket.end(NOISE)));
    expect((await ended).end).toBe('closed');
    expect(bytes()).toBe(NOISE.length);
  });

  test('nobody at the port is unreachable', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await stream(port).ended).toEqual({ end: 'unreachable', error: 'ECONNREFUSED' });
  });

  test('an abort ends it at once', async () => {
    const abort = new AbortController();
    const { first, ended } = stream(await speedServer(pour), { maxBytes: Infinity, signal: abort.signal });
    await first;
    abort.abort();
    expect((await ended).end).toBe('aborted');
  });
});

const grant: LeaseGrant = {
  id: 'l1',
  token: 'tok.en',
  host: null,
  port: 1,
  udp_port: null,
  kinds: ['tcp'],
  dir: 'down',
  max_bytes: 40e6,
  max_ms: 10_000,
  not_before: 0,
  expires: 0,
  key: null,
  server: 'test',
  alternative: null,
};
const request = (host: string, port: number) => ({
  grant,
  host,
  port,
  kind: 'tcp' as const,
  targetMbps: 30,
  minBytes: 0,
  maxBytes: 40e6,
  reason: 'manual' as const,
  job: 'j1',
  signal: new AbortController().signal,
});

function sensorOn(files: Record<string, string>) {
  const root = createFixtureRoot(files);
  closers.push(() => root.close());
  return createThroughputSensor({ root: root.path, clock: systemClock, wan: null, log: silentLogger });
}
const LINE = {
  'proc/net/route': routeTable([{ iface: 'eth0', gateway: '192.0.2.1' }]),
  ...linkFiles('eth0'),
  'proc/net/dev': netDev({ eth0: { rxBytes: 0, rxPackets: 0, txBytes: 0, txPackets: 0 } }),
};

describe('where a test can tell nothing', () => {
  const own = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  test.each(['127.0.0.1', '::1', 'localhost', ...(own ? [own] : [])])(
    'this machine is the test server (%s)',
    async (host) => {
      const sensor = sensorOn(LINE);
      expect(await sensor.capability(host, 1)).toEqual({
        available: false,
        why: expect.stringContaining('this machine is the test server'),
      });
      expect(await sensor.run(request(host, 1))).toMatchObject({
        verdict: 'inconclusive',
        limited_by: 'route',
        rate_mbps: null,
        bytes: 0,
        job: 'j1',
      });
    },
  );

  test('without a default route there is no line to measure', async () => {
    expect(await sensorOn({}).run(request('192.0.2.9', 1))).toMatchObject({
      verdict: 'inconclusive',
      limited_by: 'unreachable',
      rate_mbps: null,
    });
  });

  test('a host that cannot be found is unreachable, with a sentence', async () => {
    expect(await sensorOn(LINE).capability('no-such-host.invalid', 1)).toEqual({
      available: false,
      why: expect.stringContaining('no-such-host.invalid'),
    });
  });

  test('without interface counters nothing is judged', async () => {
    const { 'proc/net/dev': _, ...files } = LINE;
    expect(await sensorOn(files).run(request('192.0.2.9', 1))).toMatchObject({
      verdict: 'inconclusive',
      limited_by: 'route',
      rate_mbps: null,
    });
  });
});

describe.skipIf(labUnavailable)(
  `a real line in a network namespace${labUnavailable ? ` (${labUnavailable})` : ''}`,
  () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await createLab();
    });
    afterAll(() => lab?.close());

    /** Runs one test from inside the probe's namespace, as a process of its own. */
    async function testFromProbe(
      port: number,
      wan: string | null = null,
      lease = { ...grant, max_ms: 4000 },
    ): Promise<ThroughputOutcome> {
      const program = fileURLToPath(new URL('run-throughput.ts', import.meta.url));
      const child = lab.spawnInProbe(
        process.execPath,
        [
          program,
          JSON.stringify({
            ...request(lab.serverAddress, port),
            grant: lease,
            signal: undefined,
            wan,
          }),
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      let printed = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
      });
      await once(child, 'close');
      return JSON.parse(printed) as ThroughputOutcome;
    }

    test('20 Mb/s fail, with the shaped rate as evidence', async () => {
      await lab.shape(20);
      const outcome = await testFromProbe(await speedServer(pour, lab.serverAddress));
      expect(outcome).toMatchObject({ verdict: 'fail', marginal: false, limited_by: null, wan: lab.probeIface });
      expect(outcome.rate_mbps).toBeGreaterThan(19);
      expect(outcome.rate_mbps).toBeLessThan(20.6);
      expect(outcome.dur_ms).toBeLessThan(4500);
    });

    test('60 Mb/s pass after a second, long before the bounds', async () => {
      await lab.shape(60);
      const outcome = await testFromProbe(await speedServer(pour, lab.serverAddress));
      expect(outcome).toMatchObject({ verdict: 'pass', limited_by: null });
      expect(outcome.rate_mbps).toBeGreaterThan(54);
      expect(outcome.dur_ms).toBeLessThan(2500);
    });

    test('a server that hangs up in the middle is no verdict on the line', async () => {
      await lab.shape(20);
      const port = await speedServer((socket) => {
        socket.end(Buffer.concat(Array.from({ length: 60 }, () => NOISE)));
      }, lab.serverAddress);
      expect(await testFromProbe(port)).toMatchObject({ verdict: 'inconclusive', limited_by: 'server' });
    });

    test('a configured WAN that did not carry the test is told, whatever its counter says', async () => {
      expect(await testFromProbe(await speedServer(pour, lab.serverAddress), 'lo')).toMatchObject({
        verdict: 'inconclusive',
        limited_by: 'route',
        rate_mbps: null,
      });
    });

    test("a refused token is the server's word, with no rate", async () => {
      const port = await speedServer((socket) => socket.end(speedErrorLine('BAD_TOKEN')), lab.serverAddress);
      expect(await testFromProbe(port)).toMatchObject({
        verdict: 'inconclusive',
        limited_by: 'server',
        rate_mbps: null,
        bytes: 0,
      });
    });

    test('the server of this repository serves a test by its lease, and each token once', async () => {
      await lab.shape(60);
      const tickets = createTickets('a secret of this test', 'main');
      const server = await startSpeedServer({
        address: { host: lab.serverAddress, port: 0 },
        tickets,
        clock: systemClock,
      });
      closers.push(() => server.stop());
      const issued = tickets.issue({
        id: 'w1',
        probe: 'debeikiai-1',
        kinds: ['tcp'],
        dir: 'down',
        paceMbps: 40.5,
        maxBytes: 40e6,
        maxMs: 10_000,
        notBefore: 0,
        expires: systemClock.wallMs() + 20_000,
      });
      const booked = { ...grant, ...issued, pace_mbps: 40.5 };
      const outcome = await testFromProbe(server.port(), null, booked);
      expect(outcome).toMatchObject({ verdict: 'pass', limited_by: null, marginal: false });
      expect(outcome.rate_mbps).toBeGreaterThan(36);
      expect(outcome.rate_mbps).toBeLessThan(46);
      const again = await testFromProbe(server.port(), null, booked);
      expect(again).toMatchObject({ verdict: 'inconclusive', limited_by: 'server', rate_mbps: null });
    });

    test('with the cable pulled the server is unreachable, and the rate is unknown, not 0', async () => {
      const port = await speedServer(pour, lab.serverAddress);
      await lab.unplug();
      expect(await testFromProbe(port)).toMatchObject({
        verdict: 'inconclusive',
        limited_by: 'unreachable',
        rate_mbps: null,
      });
      await lab.plug();
    });
  },
  60_000,
);
