import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PolicyStep, Severity } from '#contract';
import { advance, type Hours, REPEATS_MAX } from '../../dashboard/notify/escalate.ts';

const MIN = 60_000;
const start = { step: 0, round: 0, dueAt: 0, state: 'running' } as const;
const always: Hours = { working: () => true, nextWorking: (at) => at };
const steps: PolicyStep[] = [
  { do: 'notify', rotation: 1 },
  { do: 'wait', minutes: 15 },
  { do: 'notify', rotation: 1 },
  { do: 'wait', minutes: 15 },
  { do: 'notify', person: 'lead' },
  { do: 'wait', minutes: 30 },
  { do: 'repeat', times: 2 },
];

/** Runs a policy to its end; answers with when who was told. */
function told(
  policy: readonly PolicyStep[],
  hours: Hours = always,
  severity: Severity = 'page',
  from = 0,
): [number, string][] {
  const said: [number, string][] = [];
  let run: Parameters<typeof advance>[1] = { ...start, dueAt: from };
  for (let guard = 0; run.state === 'running' && guard < 500; guard++) {
    const now = run.dueAt ?? from;
    const next = advance(policy, run, { now, severity, hours });
    for (const { who } of next.moves)
      said.push([
        (now - from) / MIN,
        who.person ?? `${who.rotation === undefined ? 'channel' : 'rotation'} ${who.rotation ?? who.channel}`,
      ]);
    run = next.run;
  }
  expect(run.state).toBe('done');
  return said;
}

describe('a policy', () => {
  test('calls at its times and again as often as it says', () => {
    const round = (at: number) => [
      [at, 'rotation 1'],
      [at + 15, 'rotation 1'],
      [at + 30, 'lead'],
    ];
    expect(told(steps)).toEqual([...round(0), ...round(60), ...round(120)]);
  });
  test('never repeats more than five times, whatever somebody stored', () => {
    const many: PolicyStep[] = [
      { do: 'notify', channel: 1 },
      { do: 'wait', minutes: 1 },
      { do: 'repeat', times: 99 },
    ];
    expect(told(many)).toHaveLength(1 + REPEATS_MAX);
  });
  test('tells only whom the severity and the hours ask for', () => {
    const some: PolicyStep[] = [
      { do: 'notify', person: 'night', severities: ['page'], hours: 'off' },
      { do: 'notify', person: 'day', hours: 'working' },
      { do: 'notify', channel: 7, severities: ['ticket'] },
    ];
    const off: Hours = { working: () => false, nextWorking: () => null };
    expect([told(some, always, 'page'), told(some, off, 'page'), told(some, off, 'ticket')]).toEqual([
      [[0, 'day']],
      [[0, 'night']],
      [[0, 'channel 7']],
    ]);
  });
  test('waits with a ticket until working hours', () => {
    const morning: Hours = { working: (at) => at >= 480 * MIN, nextWorking: (at) => Math.max(at, 480 * MIN) };
    expect(
      told(
        [
          { do: 'wait', until: 'working' },
          { do: 'notify', person: 'day' },
        ],
        morning,
        'ticket',
      ),
    ).toEqual([[480, 'day']]);
  });
  test('ends, whatever its steps are, and takes no step before its time', () => {
    const step = fc.oneof<fc.Arbitrary<PolicyStep>[]>(
      fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ do: fc.constant('notify' as const), channel: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ do: fc.constant('repeat' as const), times: fc.integer({ min: 1, max: 5 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (policy) => {
        const times = told(policy).map(([at]) => at);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });
});
