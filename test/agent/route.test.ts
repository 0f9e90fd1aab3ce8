/** Where the MQTT port is stopped the agent goes through the web port, and comes back; nothing is lost on either way. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createRoute } from '../../agent/route.ts';
import { freePort } from '../support/debian.ts';
import { gapsOf, startTestBroker, type TestBroker } from './broker.ts';
import { agentFor, configFor, PROBE, TOKEN, until } from './fixture.ts';
import { webPort } from './web-port.ts';

/** The network opens the port. */
async function open(port: number, target: number): Promise<{ connections: () => number }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const onward = connect(target, '127.0.0.1');
    for (const one of [socket, onward]) sockets.add(one.on('error', () => undefined));
    socket.pipe(onward).pipe(socket);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { connections: () => connections };
}

async function setting(): Promise<{ broker: TestBroker; web: Awaited<ReturnType<typeof webPort>>; closed: number }> {
  const broker = await startTestBroker();
  onTestFinished(() => broker.stop());
  return { broker, web: await webPort(broker.port), closed: await freePort() };
}
const serverAt = (closed: number, web: number) => ({
  broker: { protocol: 'mqtt' as const, host: '127.0.0.1', port: closed },
  id: PROBE,
  token: TOKEN,
  ca: null,
  web: { protocol: 'ws' as const, host: '127.0.0.1', port: web, path: '/mqtt' },
});

test('frames go through the web port while the other is closed, and back through the other when it opens', async () => {
  const { broker, web, closed } = await setting();
  const pace = { baseMs: 10, capMs: 30, slowMs: 50, backMs: 100 };
  await agentFor(configFor(closed, { server: serverAt(closed, web.port) }), { pace });
  await until('two frames came through the web port', () => broker.frames.length >= 2);
  expect(web.connections()).toBe(1);
  web.cut();
  await until('it came again after a cut', () => web.connections() >= 2 && broker.connects >= 2);
  const direct = await open(closed, broker.port);
  const before = web.connections();
  await until('it is back', () => direct.connections() >= 2 && broker.connects >= 3);
  const frames = broker.frames.length;
  await until('frames come', () => broker.frames.length >= frames + 2);
  expect(web.connections()).toBe(before);
  expect(gapsOf(broker.frames)).toEqual([]);
});

test('a refused credential is an answer: the way is open, and no other is tried', async () => {
  const { broker, web } = await setting();
  broker.admit = () => false;
  const config = configFor(broker.port, { server: serverAt(broker.port, web.port) });
  await agentFor(config, { pace: { baseMs: 5, capMs: 10, slowMs: 5 } });
  await until('it tried often', () => broker.connects >= 6);
  expect(web.connections()).toBe(0);
});

describe('the way that is due', () => {
  const access = { ...serverAt(8883, 443), broker: { protocol: 'mqtts' as const, host: 'a.example', port: 8883 } };
  const names = (route: ReturnType<typeof createRoute>, events: ('failed' | 'worked')[]): string[] =>
    events.map((event) => {
      route[event]();
      return route.name();
    });

  test('is the MQTT port three times, then the two take turns', () => {
    const [direct, web] = ['a.example:8883', '127.0.0.1:443'];
    expect(
      names(
        createRoute(access, () => true),
        Array<'failed'>(6).fill('failed'),
      ),
    ).toEqual([direct, direct, web, direct, web, direct]);
  });

  test('is kept while it works, and given three attempts after that', () => {
    const route = createRoute(access, () => true, true);
    names(route, ['worked', 'failed', 'failed']);
    expect(route.web()).toBe(true);
    names(route, ['failed']);
    expect(route.web()).toBe(false);
  });

  test('is always the MQTT port where the credential names no other', () => {
    const route = createRoute({ ...access, web: null }, () => true);
    expect(new Set(names(route, Array<'failed'>(9).fill('failed')))).toEqual(new Set(['a.example:8883']));
  });
});
