import { describe, expect, onTestFinished, test } from 'vitest';
import type { Frame, FrameEvent } from '#contract';
import { attribute, noEvidence, withBoot, withSamples } from '../../dashboard/alert/cause.ts';
import { createClockWatch } from '../../dashboard/alert/clock-watch.ts';
import { olderThan } from '../../dashboard/alert/conditions.ts';
import { emptySteady, reduceSteady } from '../../dashboard/alert/steady.ts';
import { type Many, manySites } from './engine-world.ts';
import { MINUTE, NOON, testAt } from './tests.ts';
import { frameOf } from './world.ts';

function world(): Many {
  const it = manySites(['antazave', 'debeikiai']);
  onTestFinished(() => it.close());
  return it;
}
/** A sample each minute for a while. */
async function samples(it: Many, minutes: number, m: Record<string, number>): Promise<void> {
  for (let n = 0; n < minutes; n++) {
    it.pass(1);
    const now = it.time.clock.wallMs();
    it.broker.put(
      frameOf(
        'antazave',
        [],
        now,
        Object.fromEntries(Object.entries(m).map(([name, value]) => [name, [value]])) as Frame['m'],
        now,
      ),
    );
    await it.settled();
  }
}

describe('conditions besides speed', () => {
  test('a hot probe is told after a quarter of an hour, and its end after as long', async () => {
    const it = world();
    await samples(it, 14, { temp_c: 91 });
    expect(it.told()).toEqual([]);
    await samples(it, 3, { temp_c: 91 });
    expect(it.told()).toEqual(['device antazave firing']);
    expect(it.alerts()[0]?.title).toBe('Probe in trouble: antazave biblioteka, 91 °C hot');
    await samples(it, 17, { temp_c: 50 });
    expect(it.told()).toEqual(['device antazave firing', 'device antazave resolved']);
  });
  test('loss for half an hour is poor quality; without internet it is none', async () => {
    const it = world();
    await samples(it, 32, { loss_pct: 12, internet_up: 1 });
    expect(it.told()).toEqual(['quality antazave firing']);
    const other = world();
    await samples(other, 32, { loss_pct: 100, internet_up: 0 });
    expect(other.told()).toEqual([]);
  });
  test('a spent budget, and three tests in a row that the processor limited', async () => {
    const it = world();
    const put = async (minute: number, limited_by: 'budget' | 'cpu'): Promise<void> => {
      it.pass(10);
      it.broker.put(
        frameOf(
          'antazave',
          [testAt(minute, null, { limited_by, at: it.time.clock.wallMs(), id: `x${minute}` })],
          it.time.clock.wallMs(),
        ),
      );
      await it.settled();
    };
    await put(1, 'budget');
    expect(it.alerts().map((alert) => [alert.rule, alert.severity])).toEqual([['budget', 'digest']]);
    for (const minute of [2, 3]) await put(minute, 'cpu');
    expect(it.alerts().map((alert) => alert.rule)).toEqual(['budget']);
    await put(4, 'cpu');
    expect(it.alerts().map((alert) => alert.rule)).toEqual(['budget', 'weak']);
  });
  test('a database that refuses for five minutes', () => {
    const it = world();
    const refused = {
      name: 'influx1',
      primary: true,
      state: 'refused',
      error: '401',
      since_ms: NOON,
      lag_bytes: 0,
      rows_written: 0,
      quarantined: 0,
    } as const;
    it.broker.stores = () => [refused];
    it.pass(4);
    expect(it.told()).toEqual([]);
    it.pass(3);
    expect(it.told()).toEqual(['database store:influx1 firing']);
  });
  test('an edited rule is followed at once, and one that is off says nothing', async () => {
    const it = world();
    it.engine.editRules({ all: { 'device.on': false } }, 'rasa');
    await samples(it, 20, { temp_c: 91 });
    expect(it.told()).toEqual([]);
  });
  test('what was seen before says nothing new, and what must last, must last', () => {
    const timing = { holdMs: 10, clearMs: 10 };
    const bad = reduceSteady(emptySteady, { at: 100, bad: true }, timing);
    expect(bad.condition).toBe('suspect');
    expect(reduceSteady(bad, { at: 50, bad: false }, timing)).toBe(bad);
    const firing = reduceSteady(bad, { at: 110, bad: true }, timing);
    expect([firing.condition, firing.since]).toEqual(['firing', 100]);
    expect(reduceSteady(firing, { at: 120, bad: null }, timing)).toBe(firing);
    expect(
      reduceSteady(reduceSteady(firing, { at: 120, bad: false }, timing), { at: 130, bad: false }, timing).condition,
    ).toBe('ok');
  });
  test('a clock is judged alike by frames each minute and each quarter of an hour', () => {
    for (const every of [1, 5, 15]) {
      const watch = createClockWatch();
      const of = (n: number, ahead: number): number | null =>
        watch.skewMs('p', NOON + n * every * MINUTE + ahead, NOON + n * every * MINUTE);
      const behind = Array.from({ length: 80 / every + 5 }, (_, n) => of(n, -600_000));
      expect([behind[0], behind.at(-1)]).toEqual([null, -600_000]);
      const [next] = [behind.length];
      expect(of(next, 300_000)).toBe(300_000);
      const right = Array.from({ length: 80 / every + 5 }, (_, n) => of(next + 1 + n, 0));
      expect([...new Set(right)]).toEqual([0]); // one in time is enough
    }
  });
  test('a clock ahead is told at once; one behind only when no frame was in time', () => {
    const watch = createClockWatch();
    expect(watch.skewMs('p', NOON + 300_000, NOON)).toBe(300_000);
    const late = createClockWatch();
    const seen = Array.from({ length: 6 }, (_, n) =>
      late.skewMs('p', NOON + n * 5 * MINUTE - 600_000, NOON + n * 5 * MINUTE),
    );
    expect(seen).toEqual([null, null, null, null, -600_000, -600_000]);
    expect([watch.last('p'), late.last('p'), late.last('q')]).toEqual([300_000, -600_000, null]);
    expect([watch.behindMost('p'), late.behindMost('p'), late.behindMost('q')]).toEqual([null, 600_000, null]);
    expect([olderThan('0.1.9', '0.2.0'), olderThan('0.2.0', '0.2.0'), olderThan('dev', '0.2.0')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('whose outage it was', () => {
  const hour = 60 * MINUTE;
  const of = (evidence: typeof noEvidence, before: Parameters<typeof attribute>[3] = null): string =>
    attribute(evidence, hour, MINUTE, before).cause;
  const boot = (reboot: boolean): FrameEvent => ({
    kind: 'boot',
    id: 'b',
    at: 1,
    agent: '',
    node: '',
    reboot,
    model: '',
    os: '',
  });
  const failing = (hop: number): typeof noEvidence => withSamples(noEvidence, Array(58).fill(hop));

  test('is unknown until its probe tells, then it has an owner', () => {
    expect(of(noEvidence)).toBe('unknown');
    expect([1, 2, 3, 4, 5, 0].map((hop) => of(failing(hop)))).toEqual([
      'lan',
      'access_line',
      'provider',
      'provider',
      'server',
      'server',
    ]);
    expect([of(withBoot(noEvidence, boot(true))), of(withBoot(noEvidence, boot(false)))]).toEqual(['power', 'agent']);
  });
  test('is revised when more arrives, and says so', () => {
    const first = attribute(withBoot(noEvidence, boot(true)), hour, MINUTE, null);
    const second = attribute(withSamples(withBoot(noEvidence, boot(true)), Array(58).fill(4)), hour, MINUTE, first);
    expect([first, second].map(({ cause, revised }) => [cause, revised])).toEqual([
      ['power', false],
      ['provider', true],
    ]);
  });
  test('reaches the incident after it is over, by what was stored', async () => {
    const it = world();
    it.broker.put(frameOf('antazave', [], NOON));
    await it.settled();
    it.pass(10);
    it.offline(['antazave']);
    const gone = it.time.clock.wallMs();
    it.pass(30);
    const dark = (): ReturnType<Many['alerts']>[number] | undefined =>
      it.alerts().find((alert) => alert.rule === 'dark');
    expect(dark()?.cause?.cause).toBe('unknown');
    const back = it.time.clock.wallMs();
    it.broker.put(frameOf('antazave', [], back));
    const stored = frameOf('antazave', [], back, { first_failure: Array(29).fill(4) });
    stored.frame.t = Array.from({ length: 29 }, (_, n) => gone + (n + 1) * MINUTE);
    it.broker.put(stored);
    await it.settled();
    expect(dark()).toMatchObject({ condition: 'resolved', cause: { cause: 'provider' } });
  });
});
