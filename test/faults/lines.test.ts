/** Lines as libraries have them: they flap, and they fall silent without an end. What was measured arrives all the same, once. */
import { expect, onTestFinished, test } from 'vitest';
import { gapsOf, keysOf, startTestBroker, type TestBroker } from '../agent/broker.ts';
import { agentFor, configFor, told, until } from '../agent/fixture.ts';
import { type Line, openLine } from './line.ts';

async function lineTo(): Promise<{ server: TestBroker; line: Line }> {
  const server = await startTestBroker();
  const line = await openLine(server.port);
  onTestFinished(async () => {
    line.close();
    await server.stop();
  });
  return { server, line };
}

/** A sensor that counts its slots, so that tests wait for slots and not for time. */
function counted(): { reads(): number; sensors: () => ReturnType<typeof told>[] } {
  let reads = 0;
  return { reads: () => reads, sensors: () => [told(() => ({ cpu_pct: ++reads % 100 }))] };
}

test('over a line that flaps eight times a second every frame arrives, and each flap costs one connection at most', async () => {
  const { server, line } = await lineTo();
  const { reads, sensors } = counted();
  await agentFor(configFor(line.port), { sensors });
  await until('it delivers', () => server.frames.length >= 1);
  let flaps = 0;
  const flapping = setInterval(() => line.set(++flaps % 2 === 0), 125);
  await until('four slots passed', () => reads() >= 5);
  clearInterval(flapping);
  line.set(true);
  const last = reads();
  await until('everything is there', () => keysOf(server.frames).length >= last);
  expect(gapsOf(server.frames)).toEqual([]);
  expect(flaps).toBeGreaterThan(10);
  expect(server.connects).toBeLessThanOrEqual(2 + Math.ceil(flaps / 2));
});

test('a connection that swallows everything without an end is left after one and a half keepalives, and what it swallowed comes again', async () => {
  const { server, line } = await lineTo();
  const { reads, sensors } = counted();
  await agentFor(configFor(line.port, { keepaliveS: 1 }), { sensors });
  await until('it delivers', () => server.frames.length >= 1);
  const before = server.frames.length;
  line.forget();
  const slots = reads();
  await until('there is a new connection', () => server.connects >= 2);
  expect(reads() - slots).toBeLessThanOrEqual(4);
  await until('everything is there', () => keysOf(server.frames).length >= before + reads() - slots);
  expect(gapsOf(server.frames)).toEqual([]);
});
