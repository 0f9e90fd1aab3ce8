import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { AlertView, TestView } from '#contract';
import type { State } from '#state';
import { createAlertEngine } from '../../dashboard/alert/engine.ts';
import { MINUTE, NOON, testAt } from './tests.ts';
import { type FakeBroker, fakeBroker, frameOf, handTime, settings, stateWith } from './world.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface World {
  state: State;
  broker: FakeBroker;
  time: ReturnType<typeof handTime>;
  engine: ReturnType<typeof createAlertEngine>;
  changes: AlertView[];
  told(): string[] /** Its connection stands and gives signs of life. */;
  alive: boolean;
}

function world(start = NOON, extra: object = {}): World {
  const state = stateWith(':memory:', ['antazave', 'debeikiai']);
  const broker = fakeBroker();
  const time = handTime(start);
  const it = { alive: true };
  time.every(1000, () => it.alive && broker.online('antazave', time.clock.wallMs()));
  const engine = createAlertEngine({
    settings: { ...settings, ...extra },
    state,
    broker,
    clock: time.clock,
    every: time.every,
    log: quiet,
  });
  engine.editRules({ all: { 'slow.profile': 'demo', 'group.sites': 99 } }, 'rasa');
  const changes: AlertView[] = [];
  engine.onChange((alert) => changes.push(alert));
  engine.start();
  ends.push(
    () => state.close(),
    () => engine.stop(),
  );
  return Object.assign(it, {
    state,
    broker,
    time,
    engine,
    changes,
    told: () =>
      engine
        .list({ limit: 99 })
        .flatMap((alert) => alert.deliveries.map((one) => `${alert.id} ${one.kind} ${one.channel}`)),
  });
}
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** Puts a test into the log as it happens and lets the engine take it. */
async function happens({ broker, time }: World, one: TestView, delayMs = 1000): Promise<void> {
  time.pass(Math.max(0, one.at + delayMs - time.clock.wallMs()));
  broker.put(frameOf(one.probe, [one], time.clock.wallMs()));
  await settled();
}
async function settled(): Promise<void> {
  for (let n = 0; n < 20; n++) await Promise.resolve();
}

describe('the alert engine', () => {
  test('a slow line becomes one incident with evidence, and mail and webhook wait in the outbox', async () => {
    const it = world();
    for (const [minute, rate] of [
      [1, 11.2],
      [11, 12],
      [21, 11.9],
      [24, 11.5],
      [34, 12],
    ] as const)
      await happens(it, testAt(minute, rate));
    const [alert] = it.engine.list({ limit: 10 });
    expect(alert).toMatchObject({
      rule: 'slow',
      condition: 'firing',
      severity: 'ticket',
      site: 'antazave',
      title: 'Below 30 Mb/s: antazave biblioteka, 11.9 Mb/s',
      since: NOON + MINUTE,
    });
    expect(alert?.evidence.map((one) => one.id)).toEqual(['t1', 't11', 't21']);
    expect(it.told()).toEqual(['1 firing email', '1 firing webhook']);
    expect(JSON.stringify(alert)).not.toContain('secret-path');
    expect(it.engine.openOf('antazave')).toMatchObject({ id: 1, rule: 'slow' });
  });
  test('a suspicion asks the probe for one retest, and never for a second while one waits', async () => {
    const it = world();
    for (const minute of [1, 11, 21]) await happens(it, testAt(minute, 11));
    it.time.pass(9 * MINUTE);
    expect(it.state.registry.desired('antazave')?.jobs.map((job) => [job.type, job.reason])).toEqual([
      ['test.now', 'confirm'],
    ]);
    expect(it.broker.published).toEqual(['antazave']);
  });
  test('recovery is told to the same receivers', async () => {
    const it = world();
    for (const [minute, rate] of [
      [1, 11],
      [11, 12],
      [21, 11],
      [24, 11],
      [40, 60],
      [44, 60],
    ] as const)
      await happens(it, testAt(minute, rate));
    expect(it.told()).toEqual(['1 firing email', '1 firing webhook', '1 resolved email', '1 resolved webhook']);
    expect(it.changes.map((alert) => alert.condition)).toEqual(['firing', 'resolved']);
    expect(it.engine.openOf('antazave')).toBeNull();
  });
  test('a library that goes dark pages, and its return ends it', async () => {
    const it = world();
    it.time.pass(11 * MINUTE);
    it.alive = false;
    it.broker.offline('antazave', it.time.clock.wallMs(), it.time.clock.wallMs());
    it.time.pass(5 * MINUTE);
    expect(it.engine.list({ limit: 9 })[0]).toMatchObject({
      rule: 'dark',
      severity: 'page',
      title: 'Offline: antazave biblioteka',
    });
    it.broker.put(frameOf('antazave', [], it.time.clock.wallMs()));
    await settled();
    expect(it.changes.map((alert) => alert.condition)).toEqual(['firing', 'resolved']);
  });
  test('after a start everybody has time to come back; who was seen before and does not is dark then', async () => {
    const it = world();
    it.alive = false;
    it.broker.put(frameOf('antazave', [], NOON));
    await settled();
    it.time.pass(299_000);
    expect(it.changes).toEqual([]);
    it.time.pass(2000);
    expect(it.changes.map((alert) => alert.ap)).toEqual(['antazave']); // debeikiai was never seen: unknown
  });
  test('when the server was suspended, the silence meanwhile is unknown and the probes have time to come back', async () => {
    const it = world();
    it.time.pass(10 * MINUTE);
    it.alive = false;
    it.broker.offline('antazave', it.time.clock.wallMs(), it.time.clock.wallMs());
    it.time.sleep(60 * MINUTE);
    it.time.pass(299_000);
    expect(it.changes).toEqual([]);
    it.time.pass(3000);
    expect(it.changes.map((alert) => alert.rule)).toEqual(['dark']);
  });
  test('a silenced site is judged, but nobody is told; when the silence ends and it still fires, they are', async () => {
    const it = world();
    const id = it.state.alerts.addSilence({
      ap: null,
      site: 'antazave',
      reason: 'works',
      by: 'jonas',
      from: NOON,
      until: NOON + 600 * MINUTE,
    });
    for (const [minute, rate] of [
      [1, 11],
      [11, 12],
      [21, 11],
      [24, 11],
    ] as const)
      await happens(it, testAt(minute, rate));
    it.time.pass(10 * MINUTE);
    expect([it.engine.list({ limit: 9 }).length, it.told()]).toEqual([1, []]);
    it.state.alerts.endSilence(id, it.time.clock.wallMs());
    it.time.pass(10_000);
    expect(it.told()).toEqual(['1 firing email', '1 firing webhook']);
  });
  test('without a mail server there are no mails in the outbox', async () => {
    const it = world(NOON, { CARREL_SMTP: undefined });
    for (const minute of [1, 11, 21, 24]) await happens(it, testAt(minute, 11));
    expect(it.told()).toEqual(['1 firing webhook']);
  });
  test('an acknowledgement ends by itself, and a closed alert takes none', async () => {
    const it = world();
    for (const minute of [1, 11, 21, 24]) await happens(it, testAt(minute, 11));
    expect(it.engine.acknowledge(1, 'rasa', it.time.clock.wallMs() + 60 * MINUTE)).toMatchObject({
      acknowledged_by: 'rasa',
    });
    it.time.pass(61 * MINUTE);
    expect(it.engine.view(1)).toMatchObject({ acknowledged_by: null, acknowledged_until: null });
    for (const minute of [200, 204]) await happens(it, testAt(minute, 60));
    expect(() => it.engine.acknowledge(1, 'rasa', 0)).toThrow(expect.objectContaining({ code: 'ALERT_CLOSED' }));
    expect(() => it.engine.acknowledge(77, 'rasa', 0)).toThrow(expect.objectContaining({ code: 'ALERT_UNKNOWN' }));
  });
  test('a three-day backlog pages nobody and a moved probe is judged where it was then', async () => {
    const it = world();
    it.state.registry.bind('antazave', 'debeikiai', NOON + 100 * MINUTE);
    it.time.pass(101 * MINUTE);
    it.broker.put(
      frameOf(
        'antazave',
        [1, 11, 21, 24].map((minute) => testAt(minute, 11)),
        it.time.clock.wallMs(),
      ),
    );
    await settled();
    expect(it.changes).toEqual([]);
    expect(it.engine.explain('antazave').rules[0]).toMatchObject({ rule: 'slow', condition: 'suspect' });
    expect(it.engine.explain('debeikiai').rules[0]).toMatchObject({ rule: 'slow', condition: 'unknown' });
  });
  test('row 19: while alerts cannot be stored nothing fires or ends, which is said once; then it is told as if nothing had been', async () => {
    const it = world();
    it.time.pass(11 * MINUTE);
    const { transaction } = it.state;
    it.state.transaction = () => {
      throw new Error('the disk is full');
    };
    it.alive = false;
    it.broker.offline('antazave', it.time.clock.wallMs(), it.time.clock.wallMs());
    it.time.pass(9 * MINUTE);
    expect([it.changes, it.engine.notices().map(({ code, severity }) => [code, severity])]).toEqual([
      [],
      [['ALERTS_STUCK', 'critical']],
    ]);
    it.state.transaction = transaction;
    it.time.pass(2000);
    expect([it.changes.map(({ rule }) => rule), it.engine.notices()]).toEqual([['dark'], []]);
    expect(it.told()).toEqual(['1 firing email', '1 firing webhook']);
  });
  test('explain gives reasons when nothing is known', () => {
    const it = world();
    expect(it.engine.explain('antazave').rules.map((rule) => rule.reasons[0])).toEqual([
      'No judgement yet: it takes 3 valid tests in opening hours.',
      'Its probe has never been seen: unknown, not dark.',
    ]);
  });
  test('stopped and started at any point it ends as if it had never stopped', async () => {
    const tests = [
      testAt(1, 11),
      testAt(5, null),
      testAt(11, 12),
      testAt(21, 11),
      testAt(24, 11),
      testAt(24, 11),
      testAt(31, 60),
      testAt(35, 61),
      testAt(40, 9),
    ];
    const now = NOON + 41 * MINUTE;
    const log = tests.map((one) => frameOf('antazave', [one], one.at));
    const outcome = (state: State): unknown => [
      state.alerts.list({ limit: 9 }),
      state.alerts.memory('slow', 'antazave'),
      state.alerts.list({ limit: 9 }).map((one) => state.outbox.ofIncident(one.id).map((item) => item.kind)),
    ];
    const run = async (cuts: readonly number[]): Promise<unknown> => {
      const state = stateWith(':memory:', ['antazave']);
      state.keep.set('alerts.installation', 'same');
      for (const cut of [...cuts, log.length]) {
        const time = handTime(now);
        const engine = createAlertEngine({
          settings,
          state,
          broker: fakeBroker(log.slice(0, cut)),
          clock: time.clock,
          every: time.every,
          log: quiet,
        });
        engine.start();
        await settled();
        await engine.stop();
      }
      const result = outcome(state);
      state.close();
      return result;
    };
    const whole = await run([]);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 0, max: log.length }), { maxLength: 4 }), async (cuts) => {
        expect(await run(cuts.sort((a, b) => a - b))).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });
});
