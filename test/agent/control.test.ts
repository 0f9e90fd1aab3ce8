/** Why: the server configures and asks by retained state; whatever is delivered twice, late or damaged, a job runs once and a good configuration stays. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { DesiredConfig, TestJob } from '#contract';
import { systemClock } from '#lib/clock';
import type { AgentDeps } from '../../agent/agent.ts';
import type { AgentConfig } from '../../agent/config.ts';
import type { ThroughputOutcome } from '../../agent/sensor.ts';
import { startTestBroker, type TestBroker } from './broker.ts';
import { agentFor, configFor, outcomeOf, PROBE, toldThroughput, until } from './fixture.ts';

const CONFIG: DesiredConfig = { ...configFor(0).defaults, tests_per_day: 0 };

async function serverAndAgent(
  over: Partial<AgentDeps> = {},
  config: Partial<AgentConfig> = {},
): Promise<{ server: TestBroker; config: AgentConfig; runs: TestJob['id'][] }> {
  const server = await startTestBroker();
  onTestFinished(() => server.stop().catch(() => undefined));
  const runs: string[] = [];
  const full = configFor(server.port, config);
  await agentFor(full, {
    throughput: () =>
      toldThroughput(async ({ job, reason, grant }) => {
        runs.push(job ?? '');
        return outcomeOf({ job, reason, bytes: Math.min(21_000_000, grant.max_bytes) });
      }),
    ...over,
  });
  await until('it told what it runs', () => server.reported.length > 0);
  return { server, config: full, runs };
}

function job(id: string, over: Partial<TestJob> = {}): TestJob {
  return { id, type: 'test.now', reason: 'confirm', not_before: 0, expires: Date.now() + 600_000, ...over };
}

/** Grants or denies every lease that is asked for, as they come. */
function desk(
  server: TestBroker,
  answer: (id: string, n: number) => { kind: 'lease/grant' | 'lease/deny'; message: object } | null,
): void {
  let answered = 0;
  const timer = setInterval(() => {
    while (answered < server.leaseRequests.length) {
      const { id }: { id: string } = JSON.parse(server.leaseRequests[answered] ?? '{}');
      const made = answer(id, answered);
      answered += 1;
      if (made) void server.publish(PROBE, made.kind, made.message);
    }
  }, 5);
  onTestFinished(() => clearInterval(timer));
}

const grant = (id: string): { kind: 'lease/grant'; message: object } => ({
  kind: 'lease/grant',
  message: {
    id,
    token: 't',
    host: null,
    port: 4443,
    max_bytes: 40_000_000,
    max_ms: 10_000,
    expires: Date.now() + 20_000,
  },
});
const deny = (id: string): { kind: 'lease/deny'; message: object } => ({
  kind: 'lease/deny',
  message: { id, retry_after_s: 0.05, why: 'busy' },
});
const testsOf = (server: TestBroker): ThroughputOutcome[] =>
  server.frames.flatMap(({ e }) => e).filter((event) => event.kind === 'throughput');
const stateOf = (server: TestBroker, id: string): string | undefined =>
  server.reported.at(-1)?.jobs.find((one) => one.id === id)?.state;

test('a higher version is applied, kept for the next start with nobody else reading it, and reported', async () => {
  const { server, config } = await serverAndAgent();
  await server.publish(PROBE, 'desired', { version: 7, config: { ...CONFIG, batch: 2 }, jobs: [] }, true);
  await until('it is reported', () => server.reported.at(-1)?.version === 7);
  expect(server.reported.at(-1)).toMatchObject({ ok: true, error: null });
  await until('frames carry two samples', () => server.frames.at(-1)?.t.length === 2);
  expect(statSync(join(config.stateDir, 'desired.json')).mode & 0o777).toBe(0o600);
});

test('the last good configuration holds over a restart without the server', async () => {
  const { server, config } = await serverAndAgent();
  await server.publish(PROBE, 'desired', { version: 3, config: { ...CONFIG, batch: 2 }, jobs: [] });
  await until('it is reported', () => server.reported.at(-1)?.version === 3);
  server.frames.length = 0;
  const again = await agentFor(config);
  await until('the new run carries two samples', () =>
    server.frames.some(({ run, t }) => run === again.run && t.length === 2),
  );
  expect(server.reported.at(-1)?.version).toBe(3);
});

test('an older version and a damaged one change nothing; the damage is reported', async () => {
  const { server } = await serverAndAgent();
  await server.publish(PROBE, 'desired', { version: 5, config: CONFIG, jobs: [] });
  await until('it is reported', () => server.reported.at(-1)?.version === 5);
  await server.publish(PROBE, 'desired', { version: 4, config: { ...CONFIG, batch: 60 }, jobs: [] });
  await server.publish(PROBE, 'desired', { version: 6, config: { ...CONFIG, sample_s: 0 }, jobs: [] });
  await until('the damage is reported', () => server.reported.at(-1)?.ok === false);
  expect(server.reported.at(-1)).toMatchObject({ version: 5, ok: false });
});

test('a time zone that is not known here is refused by name', async () => {
  const { server } = await serverAndAgent();
  await server.publish(PROBE, 'desired', { version: 2, config: { ...CONFIG, zone: 'Europe/Atlantis' }, jobs: [] });
  await until('it is refused', () => server.reported.at(-1)?.ok === false);
  expect(server.reported.at(-1)?.error).toContain('Europe/Atlantis');
});

test('what was set on the probe by hand is not changed from the server', async () => {
  const { server } = await serverAndAgent({}, { pinned: { sample_s: 1, batch: 1 } });
  await server.publish(PROBE, 'desired', { version: 2, config: { ...CONFIG, sample_s: 3600, batch: 60 }, jobs: [] });
  await until('it is reported', () => server.reported.at(-1)?.version === 2);
  const before = server.frames.length;
  await until('samples still come each second', () => server.frames.length >= before + 2);
});

test('a test that is asked for now books a lease, runs, and its result is sent at once', async () => {
  const { server, runs } = await serverAndAgent({}, { pinned: { batch: 60 } });
  desk(server, grant);
  await server.publish(PROBE, 'desired', { version: 1, config: CONFIG, jobs: [job('retest-1')] });
  await until('the result is there', () => testsOf(server).length === 1);
  expect(testsOf(server)[0]).toMatchObject({ verdict: 'pass', rate_mbps: 52.5, reason: 'confirm', job: 'retest-1' });
  await until('it is reported', () => stateOf(server, 'retest-1') === 'finished');
  expect(server.reported.flatMap(({ jobs }) => jobs.map(({ state }) => state))).toEqual(
    expect.arrayContaining(['accepted', 'started', 'finished']),
  );
  expect(runs).toEqual(['retest-1']);
});

test('a job that is delivered again, in any version or after a restart, does not run again', async () => {
  const { server, config, runs } = await serverAndAgent();
  desk(server, grant);
  await server.publish(PROBE, 'desired', { version: 1, config: CONFIG, jobs: [job('once')] }, true);
  await until('it ran', () => stateOf(server, 'once') === 'finished');
  await server.publish(PROBE, 'desired', { version: 2, config: CONFIG, jobs: [job('once'), job('twice')] }, true);
  await until('the other ran', () => stateOf(server, 'twice') === 'finished');
  const again = await agentFor(config, {
    throughput: () =>
      toldThroughput(async () => {
        runs.push('again');
        return outcomeOf();
      }),
  });
  await until(
    'the new run reported',
    () => server.states.some(({ run }) => run === again.run) && stateOf(server, 'once') === 'finished',
  );
  expect(runs).toEqual(['once', 'twice']);
});

test('a job that names a server to avoid has the lease asked for elsewhere, and the account is told after the test', async () => {
  const { server } = await serverAndAgent();
  desk(server, grant);
  await server.publish(PROBE, 'desired', { version: 1, config: CONFIG, jobs: [job('again', { avoid: 'main' })] });
  await until('it ran', () => stateOf(server, 'again') === 'finished');
  expect(JSON.parse(server.leaseRequests[0] ?? '')).toMatchObject({ reason: 'confirm', avoid: 'main' });
  const { budget } = server.reported.at(-1) ?? {};
  expect(budget).toMatchObject({ spent_bytes: 21e6, limit_bytes: 1e9, state: 'open', reserve_bytes: 0 });
});

test('an expired job is told to be expired, and one for later waits', async () => {
  const { server, runs } = await serverAndAgent();
  desk(server, grant);
  await server.publish(PROBE, 'desired', {
    version: 1,
    config: CONFIG,
    jobs: [job('late', { expires: Date.now() - 1 }), job('soon', { not_before: Date.now() + 700 })],
  });
  await until('the late one is told', () => stateOf(server, 'late') === 'expired');
  expect(stateOf(server, 'soon')).toBe('accepted');
  await until('the other ran in its time', () => stateOf(server, 'soon') === 'finished');
  expect(runs).toEqual(['soon']);
});

test('a probe in 1970 runs what is asked, and takes the time from the lease', async () => {
  const start = systemClock.monoMs();
  const { server } = await serverAndAgent(
    { clock: { wallMs: () => 30_000 + systemClock.monoMs() - start, monoMs: () => systemClock.monoMs() } },
    { clock: 'auto' },
  );
  desk(server, (id) => ({ kind: 'lease/grant', message: { ...grant(id).message, now: Date.now() } }));
  await server.publish(PROBE, 'desired', { version: 1, config: CONFIG, jobs: [job('now')] });
  await until('it ran', () => stateOf(server, 'now') === 'finished');
  await until('frames are corrected', () => server.frames.at(-1)?.sync === 2);
  expect(Math.abs((server.frames.at(-1)?.wall ?? 0) - Date.now())).toBeLessThan(5000);
});

test('a denied lease is asked for again after the time that the server names', async () => {
  const { server } = await serverAndAgent();
  desk(server, (id, n) => (n < 2 ? deny(id) : grant(id)));
  await server.publish(PROBE, 'desired', { version: 1, config: CONFIG, jobs: [job('patient')] });
  await until('it ran', () => stateOf(server, 'patient') === 'finished');
  expect(server.leaseRequests).toHaveLength(3);
});

test('two tests that are asked for at once run one after the other', async () => {
  let running = 0;
  let most = 0;
  const { server } = await serverAndAgent({
    throughput: () =>
      toldThroughput(async ({ job: id }) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 50));
        running -= 1;
        return outcomeOf({ job: id });
      }),
  });
  desk(server, grant);
  await server.publish(PROBE, 'desired', { version: 1, config: CONFIG, jobs: [job('a'), job('b')] });
  await until('both ran', () => stateOf(server, 'a') === 'finished' && stateOf(server, 'b') === 'finished');
  expect(most).toBe(1);
});

test('on the test server itself nothing is measured: inconclusive by its route, once, and never a rate', async () => {
  const here = {
    ...toldThroughput(async () => outcomeOf()),
    capability: async () => ({ available: false as const, why: 'this machine is the test server' }),
  };
  const { server } = await serverAndAgent({ throughput: () => here });
  await server.publish(PROBE, 'desired', { version: 1, config: CONFIG, jobs: [job('a'), job('b')] });
  await until('both are answered', () => stateOf(server, 'a') === 'failed' && stateOf(server, 'b') === 'failed');
  expect(testsOf(server)).toMatchObject([{ verdict: 'inconclusive', limited_by: 'route', rate_mbps: null, bytes: 0 }]);
  expect(server.reported.at(-1)?.jobs.map(({ detail }) => detail)).toEqual([
    'this machine is the test server',
    'this machine is the test server',
  ]);
});

test("a month's budget that is used up ends the tests, also after a restart", async () => {
  const { server, config } = await serverAndAgent();
  desk(server, grant);
  const tight = { ...CONFIG, budget_mb: 23 };
  await server.publish(PROBE, 'desired', { version: 1, config: tight, jobs: [job('a')] });
  await until('the first ran', () => stateOf(server, 'a') === 'finished');
  await agentFor(config);
  await server.publish(PROBE, 'desired', { version: 2, config: tight, jobs: [job('b')] });
  await until('the second is refused', () => stateOf(server, 'b') === 'failed');
  expect(testsOf(server).at(-1)).toMatchObject({ verdict: 'inconclusive', limited_by: 'budget', rate_mbps: null });
});
