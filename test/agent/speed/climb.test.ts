/** Why: one lease, rung after rung until one can tell; what could not run says why; and nothing is spent that the budget does not allow. */
import { describe, expect, test } from 'vitest';
import type { LeaseKind, TestReason } from '#contract';
import { silentLogger } from '#lib/logger';
import { createBudget, limitsOf } from '../../../agent/budget.ts';
import type { Want } from '../../../agent/lease.ts';
import type { ThroughputOutcome, ThroughputRequest } from '../../../agent/sensor.ts';
import { createClimb, type TestWish } from '../../../agent/speed/climb.ts';
import { afterTest, type LineMemory, lineMemoryOf, rungsOf } from '../../../agent/speed/plan.ts';
import type { Slot } from '../../../agent/speed/slots.ts';
import { createWallClock } from '../../../agent/wall.ts';
import { outcomeOf } from '../fixture.ts';

type Answer = Partial<ThroughputOutcome>;
const TOLD = { lease: 'a', targetMbps: 30, burstBytes: null };
const PASS: Answer = { verdict: 'pass', rate_mbps: 35, limited_by: null };
const FAIL: Answer = { verdict: 'fail', rate_mbps: 20, limited_by: null };
const cannot = (limited_by: NonNullable<ThroughputOutcome['limited_by']>): Answer => ({
  verdict: 'inconclusive',
  limited_by,
  rate_mbps: null,
});
const SLOT: Slot = { id: '2026-11-23.1', at: 0, series: 'hours', audit: false, other: false, upload: false };

function ladder(
  answers: Answer[],
  over: {
    profile?: 'default' | 'metered';
    budgetMb?: number;
    each?: number;
    why?: 'offline' | 'silent' | 'busy' | 'budget';
  } = {},
) {
  const { profile = 'default', budgetMb = 2000, each = 2_000_000 } = over;
  const [ran, wants, told, released]: [LeaseKind[], Want[], ThroughputOutcome[], string[]] = [[], [], [], []];
  let memory = lineMemoryOf(undefined);
  const limits = limitsOf({ profile, budget_mb: budgetMb }, null);
  const budget = createBudget({ read: () => undefined, write: () => undefined });
  const climb = createClimb({
    throughput: {
      capability: async () => ({ available: true }),
      watch: () => ({ wan: 'eth0', received: () => null, close: () => undefined }),
      async run({ kind }: ThroughputRequest) {
        ran.push(kind);
        return outcomeOf({ ...(answers.shift() ?? PASS), bytes: each });
      },
    },
    desk: {
      async book(want) {
        wants.push(want);
        if (over.why) return { granted: false, why: over.why };
        const grant = {
          id: 'l',
          token: 't',
          host: null,
          port: 1,
          udp_port: 1,
          kinds: want.kinds,
          dir: want.dir,
          max_bytes: want.maxBytes,
          max_ms: 10_000,
          not_before: 0,
          expires: 0,
          key: 'k',
          server: 'main',
          alternative: 'second',
        };
        return { granted: true, grant };
      },
      release: (id) => released.push(id),
      answer: () => undefined,
    },
    budget,
    wall: createWallClock({
      clock: { wallMs: () => Date.UTC(2026, 10, 23), monoMs: () => 0 },
      root: '/nowhere',
      trust: 'trusted',
    }),
    speed: null,
    brokerHost: 'server.example',
    settings: () => ({ targetMbps: 30, profile, limits }),
    log: silentLogger,
    memory: () => memory,
    learnt: (one) => {
      memory = afterTest(memory, one);
    },
    onOutcome: (outcome) => told.push(outcome),
    signal: new AbortController().signal,
  });
  const wish = (reason: TestReason = 'slot', slot: Slot | undefined = undefined): TestWish => ({
    reason,
    job: null,
    ...(slot && { slot }),
    stillWanted: () => true,
    started: () => undefined,
  });
  return { climb, wish, ran, wants, told, released, budget, memory: () => memory };
}

describe('a fail and what follows it', () => {
  test('hang together until one passes', async () => {
    const fail = outcomeOf({ verdict: 'fail', rate_mbps: 20 });
    const { climb, wish, told } = ladder([PASS, fail, cannot('server'), cannot('server'), fail, PASS, PASS]);
    for (const reason of ['slot', 'slot', 'confirm', 'confirm', 'recovery', 'slot'] as const)
      await climb(wish(reason), ['udp'], 'down');
    expect(told.map(({ chain }) => chain)).toEqual([undefined, 'l', 'l', 'l', 'l', undefined]);
  });
  test('a confirmation does not go to the server that the job names, nor to one that did not answer', async () => {
    const { climb, wish, wants } = ladder([PASS, cannot('unreachable'), PASS]);
    await climb({ ...wish('confirm'), avoid: 'second' }, ['udp'], 'down');
    await climb(wish('confirm'), ['tcp'], 'down');
    await climb({ ...wish('confirm'), avoid: 'second' }, ['tcp'], 'down');
    expect(wants.map(({ avoid }) => avoid)).toEqual(['second', null, 'main']);
  });
});

describe('rungs', () => {
  test('the first that can tell is the answer, and the lease is given back', async () => {
    const { climb, wish, ran, told, released } = ladder([PASS]);
    await climb(wish(), ['udp', 'tcp'], 'down');
    expect([ran, released]).toEqual([['udp'], ['l']]);
    expect(told).toMatchObject([{ verdict: 'pass', bytes: 2e6 }]);
  });
  test('where UDP is blocked TCP tells, and the cost is that of both', async () => {
    const { climb, wish, ran, told } = ladder([cannot('unreachable'), PASS]);
    await climb(wish(), ['udp', 'tcp'], 'down');
    expect(ran).toEqual(['udp', 'tcp']);
    expect(told).toMatchObject([{ verdict: 'pass', bytes: 4e6 }]);
  });
  test('what a busy machine has spoilt is tried once more before the next rung', async () => {
    const { climb, wish, ran } = ladder([cannot('cpu'), cannot('server'), FAIL]);
    await climb(wish('manual'), ['udp', 'tcp'], 'down');
    expect(ran).toEqual(['udp', 'udp', 'tcp']);
  });
  test('a slot that TCP fails is heard by UDP, whose word counts; a confirmation is not', async () => {
    const slot = ladder([FAIL, PASS]);
    await slot.climb(slot.wish('slot', SLOT), ['tcp', 'udp'], 'down');
    expect(slot.told).toMatchObject([{ verdict: 'pass', slot: '2026-11-23.1', drawn: true, series: 'hours' }]);
    const confirm = ladder([FAIL, PASS]);
    await confirm.climb(confirm.wish('confirm'), ['tcp', 'udp'], 'down');
    expect(confirm.told).toMatchObject([{ verdict: 'fail', attempt: 1 }]);
  });
  test('a rung that cannot tell does not take the word from one that measured', async () => {
    const { climb, wish, told } = ladder([FAIL, cannot('cpu'), cannot('cpu')]);
    await climb(wish('slot', SLOT), ['tcp', 'udp'], 'down');
    expect(told).toMatchObject([{ verdict: 'fail' }]);
  });
  test.each([
    ['offline', 'unreachable'],
    ['silent', 'unreachable'],
    ['busy', 'server'],
    ['budget', 'budget'],
  ] as const)('a lease that is not to be had (%s) is told as %s', async (why, limited_by) => {
    const { climb, wish, told, ran } = ladder([], { why });
    await climb(wish('slot', SLOT), ['udp'], 'down');
    expect(told).toMatchObject([{ verdict: 'inconclusive', limited_by, rate_mbps: null }]);
    expect(ran).toEqual([]);
  });
  test('a server that could not be reached is not asked for again', async () => {
    const { climb, wish, wants } = ladder([cannot('unreachable'), cannot('unreachable'), PASS]);
    await climb(wish(), ['udp', 'tcp'], 'down');
    await climb(wish(), ['udp', 'tcp'], 'down');
    expect(wants.map(({ avoid }) => avoid)).toEqual([null, 'main']);
  });
});

describe('a budget that is spent', () => {
  test('is told for each slot, and no lease is asked for', async () => {
    const { climb, wish, wants, told } = ladder([], { budgetMb: 2 });
    await climb(wish('slot', SLOT), ['udp'], 'down');
    await climb(wish('slot', { ...SLOT, id: '2026-11-23.2' }), ['udp'], 'down');
    expect(wants).toEqual([]);
    expect(told).toMatchObject([
      { verdict: 'inconclusive', limited_by: 'budget', slot: '2026-11-23.1', rate_mbps: null },
      { limited_by: 'budget', slot: '2026-11-23.2' },
    ]);
  });
  test('still confirms a failure by three UDP tests on a metered line', async () => {
    const { climb, wish, told } = ladder([], { profile: 'metered', budgetMb: 10, each: 2_600_000 });
    for (let n = 0; n < 3; n++) await climb(wish('slot', SLOT), ['udp'], 'down');
    expect(told.at(-1)).toMatchObject({ limited_by: 'budget' });
    for (let n = 0; n < 3; n++) await climb(wish('confirm'), ['udp'], 'down');
    expect(told.slice(-3).map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
    expect((await climb(wish('confirm'), ['udp'], 'down')).end).toMatchObject({ ok: false });
  });
  test('does not let one test spend more than is left', async () => {
    const { climb, wish, ran } = ladder([cannot('unreachable')], { budgetMb: 5, each: 4_000_000 });
    await climb(wish('manual'), ['udp', 'tcp'], 'down');
    expect(ran).toEqual(['udp']);
  });
});

describe('which rungs', () => {
  const memory = lineMemoryOf(undefined);
  const rungs = (reason: TestReason, over: Partial<Parameters<typeof rungsOf>[0]> = {}) =>
    rungsOf({ reason, full: true, memory, slot: SLOT, ...over });
  test('UDP first; a drawn part of the slots by TCP first', () => {
    expect(rungs('slot')).toEqual(['udp', 'tcp']);
    expect(rungs('slot', { slot: { ...SLOT, other: true } })).toEqual(['tcp', 'udp']);
  });
  test('a failure is confirmed by the other protocol, then by four streams for ten seconds', () => {
    expect(rungs('confirm')).toEqual(['tcp', 'udp']);
    const once = afterTest(memory, {
      reason: 'confirm',
      kind: 'tcp',
      verdict: 'fail',
      limitedBy: null,
      rateMbps: 20,
      bytes: 1,
      rttMs: 20,
      ...TOLD,
    });
    expect(rungs('confirm', { memory: once })).toEqual(['full']);
    const passed = afterTest(once, {
      reason: 'slot',
      kind: 'udp',
      verdict: 'pass',
      limitedBy: null,
      rateMbps: 35,
      bytes: 1,
      rttMs: 20,
      ...TOLD,
    });
    expect(passed).toMatchObject({ confirms: 0, provenMbps: 35 });
  });
  test('a long line that TCP could not bring up to speed gets twice the bytes the next time, four times at most', () => {
    const slow = {
      reason: 'slot',
      kind: 'tcp',
      verdict: 'inconclusive',
      limitedBy: 'time',
      rateMbps: 9,
      ...TOLD,
    } as const;
    const again = (before: LineMemory, rttMs: number): LineMemory => afterTest(before, { ...slow, bytes: 5e6, rttMs });
    expect(again(memory, 600).patience).toBe(2);
    expect(again(again(again(memory, 600), 600), 600).patience).toBe(4);
    expect(again(memory, 50).patience).toBe(1);
  });
  test('dear and long lines are confirmed by UDP', () => {
    expect(rungs('confirm', { full: false })).toEqual(['udp', 'tcp']);
    expect(rungs('confirm', { memory: { ...memory, rttMs: 600 } })).toEqual(['udp', 'tcp']);
  });
});
