/** Each condition is told once, with its figure, explains itself, and its end is told. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AlertExplanation, AlertRule, Frame } from '#contract';
import { type Many, manySites } from './engine-world.ts';
import { MINUTE, NOON, testAt } from './tests.ts';
import { frameOf } from './world.ts';

const HOUR = 60 * MINUTE;
function world(sites: readonly string[] = ['antazave', 'debeikiai']): Many {
  const it = manySites(sites);
  onTestFinished(() => it.close());
  return it;
}
/** A sample each minute for a while. */
async function samples(it: Many, minutes: number, values: Record<string, number>): Promise<void> {
  const m = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]])) as Frame['m'];
  for (let n = 0; n < minutes; n++) {
    it.pass(1);
    const now = it.time.clock.wallMs();
    it.broker.put(frameOf('antazave', [], now, m, now));
    await it.settled();
  }
}
/** One test of antazave, now. */
async function tested(
  it: Many,
  id: string,
  rate: number | null,
  extra: Parameters<typeof testAt>[2] = {},
): Promise<void> {
  const at = it.time.clock.wallMs();
  it.broker.put(frameOf('antazave', [testAt(0, rate, { id, at, ...extra })], at));
  await it.settled();
}
const why = (it: Many, rule: AlertRule): AlertExplanation['rules'][number] | undefined =>
  it.engine.explain('antazave').rules.find((one) => one.rule === rule);
/** It was told once, says this, and explains itself. */
function says(it: Many, rule: AlertRule, text: string, subject = 'antazave'): void {
  expect(it.told().filter((one) => one.startsWith(rule))).toEqual([`${rule} ${subject} firing`]);
  expect(
    it
      .alerts()
      .find((one) => one.rule === rule)
      ?.reasons.join(' '),
  ).toContain(text);
  if (rule === 'database') return;
  expect(why(it, rule)).toMatchObject({ condition: 'firing', words: expect.stringMatching(/^It fires when/) });
  expect(why(it, rule)?.reasons.join(' ')).toContain(text);
}
const ended = (it: Many, rule: AlertRule, subject = 'antazave'): void =>
  expect(it.told().filter((one) => one.startsWith(rule))).toEqual([
    `${rule} ${subject} firing`,
    `${rule} ${subject} resolved`,
  ]);

describe('is told once, with its figure, and its end', () => {
  test.each([
    ['device', { temp_c: 91 }, { temp_c: 50 }, '91 °C hot'],
    ['device', { disk_used_pct: 97 }, { disk_used_pct: 60 }, 'disk 97 % full'],
    ['device', { mem_used_pct: 98 }, { mem_used_pct: 60 }, 'memory 98 % full'],
    ['device', { throttled: 1 }, { throttled: 0 }, 'too little voltage'],
    ['quality', { loss_pct: 12, internet_up: 1 }, { loss_pct: 0, internet_up: 1 }, '12 % of connections lost'],
    ['quality', { rtt_ms: 640, internet_up: 1 }, { rtt_ms: 20, internet_up: 1 }, '640 ms to the internet'],
  ] as const)('%s: %j', async (rule, bad, good, text) => {
    const it = world();
    await samples(it, rule === 'device' ? 14 : 29, bad);
    expect(it.told()).toEqual([]);
    await samples(it, 8, bad);
    says(it, rule, text);
    await samples(it, 14, good);
    expect(why(it, rule)?.condition).toBe('recovering');
    await samples(it, 3, good);
    ended(it, rule);
  });
  test('silent: connected, and no test for four and a half hours of opening time', async () => {
    const it = world();
    await tested(it, 'first', 60);
    it.pass(269);
    expect(it.told()).toEqual([]);
    it.pass(3);
    says(it, 'silent', 'brought no valid test since Thu 19 Nov 2026, 14:00');
    await tested(it, 'again', 60);
    it.pass(1);
    ended(it, 'silent');
  });
  test('cloned: two devices throw each other out', () => {
    const it = world();
    const { stats } = it.broker;
    it.broker.stats = () => ({ ...stats(), cloned: ['antazave'] });
    it.pass(2);
    says(it, 'cloned', 'Two devices use the identity antazave');
    it.broker.stats = stats;
    it.pass(2);
    ended(it, 'cloned');
  });
  test('outdated: three days after the server has a newer agent', () => {
    const it = world();
    const reports = (agent: string): void =>
      it.state.registry.putReported('antazave', { version: 1, ok: true, error: null, agent, jobs: [] }, NOON);
    reports('0.1.9');
    it.pass(2);
    it.time.sleep(71 * HOUR);
    it.pass(2);
    expect(it.told()).toEqual([]);
    it.time.sleep(HOUR);
    it.pass(2);
    says(it, 'outdated', 'Its agent is 0.1.9; this server hands out 0.2.0.');
    reports('0.2.0');
    it.pass(2);
    ended(it, 'outdated');
  });
  test('clock: five minutes ahead for ten minutes', async () => {
    const it = world();
    const beats = async (minutes: number, aheadMs: number): Promise<void> => {
      for (let n = 0; n < minutes; n++) {
        it.pass(1);
        const one = frameOf('antazave', [], it.time.clock.wallMs());
        one.frame.wall += aheadMs;
        it.broker.put(one);
        await it.settled();
      }
    };
    await beats(10, 5 * MINUTE);
    expect(it.told()).toEqual([]);
    await beats(5, 5 * MINUTE);
    says(it, 'clock', '5 min fast');
    await beats(20, 0);
    ended(it, 'clock');
  });
  test('budget: no data is left for tests', async () => {
    const it = world();
    await tested(it, 'spent', null, { limited_by: 'budget' });
    await tested(it, 'spent too', null, { limited_by: 'budget' });
    says(it, 'budget', 'The month’s data for tests is spent'.replace('’', "'"));
    it.pass(60);
    await tested(it, 'next month', 60);
    ended(it, 'budget');
  });
  test('weak: three tests in a row that its own processor or port limited', async () => {
    const it = world();
    for (const [n, limited_by] of (['cpu', 'nic', 'cpu', 'cpu'] as const).entries()) {
      expect(it.told()).toHaveLength(n < 3 ? 0 : 1);
      it.pass(10);
      await tested(it, `weak ${n}`, null, { limited_by });
    }
    says(it, 'weak', '3 tests in a row were limited');
    it.pass(10);
    await tested(it, 'strong', 60);
    ended(it, 'weak');
  });
  test('database: it refuses for five minutes', () => {
    const it = world();
    const store = (state: 'refused' | 'ok') => () => [
      {
        name: 'influx1',
        primary: true,
        state,
        error: state === 'ok' ? null : '401',
        since_ms: NOON,
        lag_bytes: 0,
        rows_written: 0,
        quarantined: 0,
      },
    ];
    it.broker.stores = store('refused');
    it.pass(8);
    says(it, 'database', '401', 'store:influx1');
    it.broker.stores = store('ok');
    it.pass(2);
    ended(it, 'database', 'store:influx1');
  });
  test('server: half of its sites are low, and those of another are well', async () => {
    const sites = Array.from({ length: 24 }, (_, n) => (n === 0 ? 'antazave' : `s${n}`));
    const it = world(sites);
    it.engine.editRules({ all: { 'group.on': false } }, 'rasa');
    const round = async (name: string, rate: (n: number) => number): Promise<void> => {
      const at = it.time.clock.wallMs();
      for (const [n, ap] of sites.entries()) {
        const one = testAt(0, rate(n), { id: `${name} ${n}`, at, ap, probe: ap, server: n < 12 ? 'bad' : 'good' });
        it.broker.put(frameOf(ap, [one], at));
      }
      await it.settled();
    };
    await round('low', (n) => (n < 12 ? 12 : 60));
    it.pass(2);
    says(it, 'server', '12 of 12 sites low', 'server:bad');
    it.pass(62);
    await round('well', () => 60);
    it.pass(17);
    ended(it, 'server', 'server:bad');
  });
});

describe('what nobody watches any more is closed, and who was told hears so', () => {
  const closed = (it: Many, rule: AlertRule, reason: string, subject = 'antazave'): void => {
    expect(it.told().filter((one) => one.startsWith(rule))).toEqual([
      `${rule} ${subject} firing`,
      `${rule} ${subject} closed`,
    ]);
    const alert = it.alerts().find((one) => one.rule === rule);
    expect([alert?.ended, alert?.reasons.at(-1)]).toEqual(['closed', reason]);
  };
  test('a rule that is switched off, of a sample and of a connection', async () => {
    const it = world();
    await samples(it, 17, { temp_c: 91 });
    it.offline(['antazave']);
    it.pass(7);
    it.engine.editRules({ all: { 'device.on': false, 'dark.on': false } }, 'rasa');
    it.pass(1);
    for (const rule of ['device', 'dark'] as const) closed(it, rule, 'The rule was switched off.');
    it.pass(20);
    expect(it.alerts()).toHaveLength(2);
  });
  test('row 29: a probe that is revoked, whatever it was about', async () => {
    const it = world();
    it.engine.editRules({ all: { 'slow.profile': 'demo' } }, 'rasa');
    await samples(it, 17, { temp_c: 91 });
    for (const n of [1, 2, 3, 4]) {
      await tested(it, `low ${n}`, 11);
      it.pass(5);
    }
    it.state.registry.revoke('antazave', it.time.clock.wallMs());
    it.pass(1);
    for (const rule of ['device', 'slow'] as const)
      closed(it, rule, 'No admitted probe judges this access point any more.');
  });
  test('a database that is written to no more', () => {
    const it = world();
    const refused = { name: 'influx1', primary: true, state: 'refused', error: '401', since_ms: NOON } as const;
    it.broker.stores = () => [{ ...refused, lag_bytes: 0, rows_written: 0, quarantined: 0 }];
    it.pass(8);
    it.broker.stores = () => [];
    it.pass(1);
    closed(it, 'database', 'The server does not write to it any more.', 'store:influx1');
  });
});
