import { describe, expect, onTestFinished, test } from 'vitest';
import { findGroups, type GroupRule, type Standing, UPLINK } from '../../dashboard/alert/group.ts';
import { manySites } from './engine-world.ts';
import { MINUTE, NOON } from './tests.ts';
import { frameOf } from './world.ts';

const rule: GroupRule = { sites: 5, share: 0.3, waitMs: 120_000 };
const standing = (n: number, keys: string[], trouble: Standing['trouble'], onset = NOON): Standing => ({
  ap: `ap${n}`,
  keys,
  trouble,
  onset,
});
const found = (standings: Standing[]): string[] =>
  findGroups(standings, NOON + MINUTE, rule).map((one) => `${one.trouble} ${one.key} ${one.aps.length}`);

describe('what is a group', () => {
  test('a third of one provider, when hardly anybody else is in trouble', () => {
    const sites = Array.from({ length: 60 }, (_, n) =>
      standing(n, [`isp:${n % 3}`, `region:${n % 4}`], n % 3 === 0 && n < 45 ? 'dark' : null),
    );
    expect(found(sites)).toEqual(['dark isp:0 15']);
  });
  test('four are none, and old troubles are none', () => {
    const four = Array.from({ length: 40 }, (_, n) => standing(n, ['isp:A'], n < 4 ? 'slow' : null));
    expect(found(four)).toEqual([]);
    const old = Array.from({ length: 40 }, (_, n) => standing(n, ['isp:A'], 'slow', NOON - 60 * MINUTE));
    expect(found(old)).toEqual([]);
  });
  test('the most specific key that explains it: a region within one provider', () => {
    const sites = Array.from({ length: 60 }, (_, n) =>
      standing(n, ['isp:A', `region:${n % 6}`], n % 6 === 2 ? 'dark' : null),
    );
    expect(found(sites)).toEqual(['dark region:2 10']);
  });
  test('half of everything at once, of all providers, is our own line', () => {
    const sites = Array.from({ length: 40 }, (_, n) =>
      standing(n, [`isp:${n % 4}`], n < 30 ? 'dark' : null, NOON + n * 1000),
    );
    expect(findGroups(sites, NOON + MINUTE, rule).map((one) => one.key)).toEqual([UPLINK]);
  });
  test('two providers at once are two', () => {
    const sites = Array.from({ length: 100 }, (_, n) => standing(n, [`isp:${n % 10}`], n % 10 < 2 ? 'slow' : null));
    expect(found(sites)).toEqual(['slow isp:0 10', 'slow isp:1 10']);
  });
});

function groupOf(it: ReturnType<typeof manySites>) {
  const group = it.alerts().find((alert) => alert.rule === 'group');
  if (!group) throw new Error('there is no group');
  return group;
}

describe('twelve libraries behind one provider', () => {
  const sites = Array.from({ length: 30 }, (_, n) => `s${n}`);
  const dark = sites.slice(0, 12);
  const world = () => {
    const it = manySites(sites, (n) => ({ isp: n < 12 ? 'Dark Line' : `Other ${n % 3}`, region: `R${n % 5}` }));
    onTestFinished(() => it.close());
    for (const site of sites) it.broker.put(frameOf(site, [], NOON));
    return it;
  };
  test('go dark: one message with its members, none for each; they come back: one message', async () => {
    const it = world();
    await it.settled();
    it.pass(10);
    it.offline(dark);
    it.pass(8);
    expect(it.told()).toEqual(['group isp:Dark Line firing']);
    const [group] = it.alerts().filter((alert) => alert.rule === 'group');
    expect([group?.title, group?.members.length, group?.severity]).toEqual([
      'Offline: 12 of 12 access points of Dark Line',
      12,
      'page',
    ]);
    const own = it.alerts().filter((alert) => alert.rule === 'dark');
    expect([own.length, new Set(own.map((alert) => alert.parent))]).toEqual([12, new Set([group?.id])]);
    await it.back(dark);
    it.pass(2);
    expect(it.told()).toEqual(['group isp:Dark Line firing', 'group isp:Dark Line resolved']);
    expect(it.alerts().every((alert) => alert.condition === 'resolved')).toBe(true);
  });
  test('count as one that needs action until somebody has it; who sees only one of them counts that one', async () => {
    const it = world();
    await it.settled();
    it.pass(10);
    it.offline(dark);
    it.pass(8);
    const own = (site: string) => site === 's0';
    expect([it.engine.needAction(null), it.engine.needAction(own)]).toEqual([1, 1]);
    it.engine.acknowledge(groupOf(it).id, 'rasa', it.time.clock.wallMs() + 60 * MINUTE);
    expect([it.engine.needAction(null), it.engine.needAction(own)]).toEqual([0, 1]);
    expect(it.engine.needAction((site) => site === 's29')).toBe(0);
  });
  test('while members come and go it is told in one quiet message, at most each half hour', async () => {
    const it = world();
    await it.settled();
    it.pass(10);
    it.offline(dark.slice(0, 9));
    it.pass(8);
    expect(it.told()).toEqual(['group isp:Dark Line firing']);
    it.offline(dark.slice(9));
    it.pass(5);
    await it.back(dark.slice(0, 2));
    it.pass(16);
    expect(it.told()).toHaveLength(1); // not yet half an hour
    it.pass(6);
    expect(it.told()).toEqual(['group isp:Dark Line firing', 'group isp:Dark Line update']);
    const [item] = it.state.outbox.ofIncident(groupOf(it).id).filter((one) => one.kind === 'update');
    expect([item?.severity, groupOf(it).members.filter((one) => one.until !== null).length]).toEqual(['digest', 2]);
    it.pass(70);
    expect(it.told()).toHaveLength(2); // nothing has changed since
    await it.back(dark.slice(2, 4));
    it.pass(1);
    expect(it.told().at(-1)).toBe('group isp:Dark Line update');
  });
  test('one stays dark when the others are back: it becomes an incident of its own half an hour later', async () => {
    const it = world();
    await it.settled();
    it.pass(10);
    it.offline(dark);
    it.pass(8);
    await it.back(dark.slice(1));
    it.pass(2);
    expect(it.told()).toEqual(['group isp:Dark Line firing', 'group isp:Dark Line resolved']);
    it.pass(27);
    expect(it.told()).toHaveLength(2);
    it.pass(5);
    expect(it.told().filter((one) => one.startsWith('dark'))).toEqual(['dark s0 firing']);
    expect(it.engine.explain('s0').rules.find((one) => one.rule === 'dark')?.condition).toBe('firing');
  });
});
