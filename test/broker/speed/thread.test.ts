import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { takeUdpTest } from '../../../broker/speed/companion.ts';
import type { SpeedServer } from '../../../broker/speed/server.ts';
import { startSpeedThread } from '../../../broker/speed/thread.ts';
import { createTickets } from '../../../broker/speed/ticket.ts';
import { ticketOf } from './lab.ts';

const key = 'a key of at least thirty-two characters';
const events: string[] = [];
const errors: string[] = [];
const log = { ...silentLogger, error: (_: object, words: string) => errors.push(words) };
const servers: SpeedServer[] = [];
afterEach(async () => {
  events.length = 0;
  errors.length = 0;
  for (const server of servers.splice(0)) await server.stop();
});

async function start(port = 0, script?: URL): Promise<SpeedServer> {
  const server = await startSpeedThread(
    {
      ...{ address: { host: '127.0.0.1', port }, key, name: 'main', clock: systemClock, log },
      changed: ({ state }) => events.push(state),
    },
    script,
  );
  servers.push(server);
  return server;
}
function take(server: SpeedServer, maxBytes: number) {
  const ticket = ticketOf({ kinds: ['udp'], maxBytes });
  const grant = {
    ...createTickets(key, 'main').issue(ticket),
    udp_port: server.udpPort(),
    max_bytes: 9e6,
    max_ms: 5000,
  };
  return takeUdpTest({ grant, host: '127.0.0.1', mode: 'down', rateMbps: 36, clock: systemClock });
}

test('a server that is busy for a quarter of a second does not make its own test late', async () => {
  const server = await start();
  const running = take(server, 2_500_000); // 0.55 s
  await vi.waitUntil(() => events.length === 1, { interval: 5 });
  const untilMs = performance.now() + 250;
  while (performance.now() < untilMs); // this thread, not the test server's
  const { end } = await running;
  expect(end?.why).toBe('max_bytes');
  expect(end?.lagMs).toBeLessThan(200);
  await vi.waitUntil(() => server.stats().tests['udp-down'] === 1);
  expect(events).toEqual(['begun', 'idle']);
});

test('an address that is taken is told as by the system', async () => {
  const server = await start();
  await expect(start(server.port())).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a thread that dies is started again on the same port; leases that are given go on', async () => {
  const server = await start(0, new URL('./crashing-thread-child.ts', import.meta.url));
  const port = server.port();
  server.withdraw('debeikiai-1', 'crash');
  await vi.waitUntil(() => errors.length === 1);
  expect(errors).toEqual(['the thread of the test server ended; it is started again']);
  await vi.waitUntil(async () => (await take(server, 100_000)).end !== null, 20_000);
  expect(server.port()).toBe(port);
});

test('what was given back opens nothing there', async () => {
  const server = await start();
  const ticket = ticketOf({ kinds: ['udp'] });
  const grant = {
    ...createTickets(key, 'main').issue(ticket),
    udp_port: server.udpPort(),
    max_bytes: 9e6,
    max_ms: 5000,
  };
  server.withdraw(ticket.probe, ticket.id);
  const result = await takeUdpTest({ grant, host: '127.0.0.1', mode: 'down', rateMbps: 36, clock: systemClock });
  expect(result.refused).toBe('EXPIRED');
});
