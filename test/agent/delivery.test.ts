/** Why: the promise that matters most: what was measured reaches the server once, whatever happens between. */
import { expect, onTestFinished, test } from 'vitest';
import { gapsOf, keysOf, startTestBroker, type TestBroker } from './broker.ts';
import { agentFor, configFor, PROBE, TOKEN, told, until } from './fixture.ts';

/** Sensors that count their slots, so that tests wait for slots and not for time. */
function counted(): { reads(): number; sensors: () => ReturnType<typeof told>[] } {
  let reads = 0;
  return { reads: () => reads, sensors: () => [told(() => ({ cpu_pct: ++reads % 100 }))] };
}

async function broker(): Promise<TestBroker> {
  const made = await startTestBroker();
  onTestFinished(() => made.stop().catch(() => undefined));
  return made;
}

test('the first frame comes at once and tells of the boot', async () => {
  const server = await broker();
  const agent = await agentFor(configFor(server.port));
  await until('a frame came', () => server.frames.length > 0);
  const [first] = server.frames;
  expect(first).toMatchObject({ run: agent.run, seq: 0, sync: 1, m: { cpu_pct: [12.5] } });
  expect(first?.e).toMatchObject([{ kind: 'boot', reboot: false, node: process.version }]);
});

test('the state is online while it runs and offline after its goodbye', async () => {
  const server = await broker();
  const agent = await agentFor(configFor(server.port));
  await until('it is online', () => server.states.length > 0);
  expect(server.states[0]).toMatchObject({ state: 'online', run: agent.run });
  await agent.stop();
  expect(server.states.map(({ state }) => state)).toEqual(['online', 'offline']);
});

test('a broker that is away for a while misses nothing and gets nothing twice', async () => {
  const server = await broker();
  const { reads, sensors } = counted();
  await agentFor(configFor(server.port), { sensors });
  await until('it delivers', () => server.frames.length >= 1);
  await server.stop();
  const atStop = reads();
  await until('four slots passed without a server', () => reads() >= atStop + 4);
  const before = server.frames.length;
  await server.restart();
  await until('the backlog is there', () => server.frames.length >= before + 4);
  expect(gapsOf(server.frames)).toEqual([]);
  expect(keysOf(server.frames)).toHaveLength(server.frames.length);
});

test('what is current comes before what was missed', async () => {
  const server = await broker();
  const { reads, sensors } = counted();
  const agent = await agentFor(configFor(server.port), { sensors });
  await until('it delivers', () => server.frames.length >= 1);
  await server.stop();
  const atStop = reads();
  await until('four slots passed without a server', () => reads() >= atStop + 4);
  const before = server.frames.length;
  await server.restart();
  await until('the backlog is there', () => server.frames.length >= before + 3);
  const caughtUp = server.frames.slice(before, before + 3).map(({ seq }) => seq);
  expect(caughtUp[0]).toBeGreaterThan(caughtUp[1] ?? 0);
  expect(agent.run).toBe(server.frames[0]?.run);
});

test('frames that were never acknowledged come again on the next connection', async () => {
  const server = await broker();
  server.acknowledging = false;
  await agentFor(configFor(server.port));
  await until('frames are in flight', () => server.frames.length >= 2);
  const unacknowledged = keysOf(server.frames);
  server.acknowledging = true;
  server.frames.length = 0;
  server.cut();
  await until('they came again', () => unacknowledged.every((key) => keysOf(server.frames).includes(key)));
});

test('an agent that is restarted while the server is away delivers the old run under its old numbers', async () => {
  const server = await broker();
  const config = configFor(server.port);
  const { reads, sensors } = counted();
  const first = await agentFor(config, { sensors });
  await until('it delivers', () => server.frames.length >= 1);
  await server.stop();
  const atStop = reads();
  await until('three slots passed without a server', () => reads() >= atStop + 3);
  await first.stop();
  const second = await agentFor(config);
  await server.restart();
  await until(
    'both runs are there',
    () =>
      server.frames.filter(({ run }) => run === first.run).length >= 3 &&
      server.frames.some(({ run }) => run === second.run),
  );
  expect(gapsOf(server.frames)).toEqual([]);
  expect(keysOf(server.frames)).toHaveLength(server.frames.length);
});

test('a refused credential is tried again, and works once it is admitted', async () => {
  const server = await broker();
  server.admit = () => false;
  await agentFor(configFor(server.port));
  await until('it was refused more than once', () => server.connects >= 2);
  expect(server.frames).toEqual([]);
  server.admit = (id, token) => id === PROBE && token === TOKEN;
  await until('it delivers', () => server.frames.length >= 1);
  expect(gapsOf(server.frames)).toEqual([]);
});

test('a credential that is revoked while connected stops delivery, and what was measured meanwhile is kept', async () => {
  const server = await broker();
  await agentFor(configFor(server.port));
  await until('it delivers', () => server.frames.length >= 1);
  server.admit = () => false;
  server.cut();
  const connects = server.connects;
  await until('it was refused', () => server.connects > connects + 1);
  const atRevocation = server.frames.length;
  server.admit = null;
  await until('it delivers again', () => server.frames.length > atRevocation + 1);
  expect(gapsOf(server.frames)).toEqual([]);
});

test('an outage of the line is told with its beginning, its end and the first hop that failed', async () => {
  const server = await broker();
  let up = 1;
  await agentFor(configFor(server.port), {
    sensors: () => [told(() => ({ internet_up: up, first_failure: up ? 0 : 2 }))],
  });
  await until('it delivers', () => server.frames.length >= 1);
  up = 0;
  await until('the outage was seen', () => server.frames.some(({ m }) => m.internet_up?.includes(0)));
  up = 1;
  await until('it is told', () => server.frames.some(({ e }) => e.some(({ kind }) => kind === 'outage')));
  const event = server.frames.flatMap(({ e }) => e).find(({ kind }) => kind === 'outage');
  const down = server.frames.find(({ m }) => m.internet_up?.includes(0));
  expect(event).toMatchObject({ kind: 'outage', first_failure: 2, from: down?.t[0] });
});
