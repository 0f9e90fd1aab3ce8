/** Works are planned for a library, a region, a provider or everything, once or weekly: nobody is told meanwhile, and everything is judged. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { localTime, momentOf, type Silence, silenceAt, silenceCovers, silenceNext } from '#contract';
import { type Many, manySites } from './engine-world.ts';
import { MINUTE, NOON } from './tests.ts';
import { frameOf } from './world.ts';

const ZONE = 'Europe/Vilnius';
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const day = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY;
const window: Silence = {
  id: 1,
  kind: 'maintenance',
  ap: null,
  site: null,
  reason: 'works',
  by: 'ona',
  from: 0,
  until: 4e12,
};
const nightly = (days: number[], from: number, to: number): Silence => ({
  ...window,
  weekly: { days, from, to, zone: ZONE },
});

describe('a window', () => {
  test('is about one access point, a site, a region, a provider with its own incidents, or everything', () => {
    const here = { ap: 'utena-1', site: { id: 'utena', region: 'Aukštaitija', isp: 'Telia' } };
    const covers = (of: Partial<Silence>): boolean[] =>
      [here, { ap: 'isp:Telia', site: null }, { ap: 'store:duckdb', site: null }].map((what) =>
        silenceCovers({ ...window, ...of }, what),
      );
    expect(covers({ ap: 'utena-1' })).toEqual([true, false, false]);
    expect(covers({ site: 'utena' })).toEqual([true, false, false]);
    expect(covers({ region: 'Aukštaitija' })).toEqual([true, false, false]);
    expect(covers({ isp: 'Telia' })).toEqual([true, true, false]);
    expect(covers({ isp: 'Other' })).toEqual([false, false, false]);
    expect(covers({})).toEqual([true, true, true]);
  });
  test('of each week lasts over midnight, by the clock of its zone', () => {
    const sundays = nightly([6], 22 * 60, 2 * 60);
    const at = (date: string, hour: number): boolean =>
      silenceAt(sundays, momentOf(ZONE, day(date), hour * 60)) !== null;
    expect([21, 22, 23].map((hour) => at('2026-11-22', hour))).toEqual([false, true, true]);
    expect([0, 1, 2, 22].map((hour) => at('2026-11-23', hour))).toEqual([true, true, false, false]);
    const next = silenceNext(sundays, momentOf(ZONE, day('2026-11-23'), 3 * 60));
    expect(localTime(ZONE, next?.[0] ?? 0)).toMatchObject({ month: 11, day: 29, hour: 22 });
  });
  test('on the nights of changed clocks is an hour shorter or longer', () => {
    const early = nightly([6], 60, 5 * 60);
    const hours = (date: string): number => {
      const [from, to] = silenceAt(early, momentOf(ZONE, day(date), 90)) ?? [0, 0];
      return (to - from) / HOUR;
    };
    expect(['2026-03-29', '2026-10-25', '2026-11-01'].map(hours)).toEqual([3, 5, 4]);
  });
  test('of each week begins and ends with its first and last day', () => {
    const from = momentOf(ZONE, day('2026-11-22'), 23 * 60);
    const once = { ...nightly([6], 22 * 60, 2 * 60), from, until: from + DAY };
    expect(silenceAt(once, from - 1)).toBeNull();
    expect(silenceAt(once, from)?.[0]).toBe(from);
    expect(silenceNext(once, from + DAY)).toBeNull();
  });
});

describe('during works', () => {
  const sites = Array.from({ length: 30 }, (_, n) => `s${n}`);
  const behind = sites.slice(0, 12);
  const world = async (): Promise<Many> => {
    const it = manySites(sites, (n) => ({ isp: n < 12 ? 'Dark Line' : `Other ${n % 3}`, region: `R${n % 5}` }));
    onTestFinished(() => it.close());
    for (const site of sites) it.broker.put(frameOf(site, [], NOON));
    await it.settled();
    it.pass(10);
    return it;
  };
  const plan = (it: Many, of: Partial<Silence>, minutes: number): number => {
    const now = it.time.clock.wallMs();
    return it.state.alerts.addSilence({ ...window, from: now, until: now + minutes * MINUTE, ...of });
  };
  test('of a library it is judged, says maintenance, and is told when they end and it lasts', async () => {
    const it = await world();
    plan(it, { site: 's20' }, 60);
    it.offline(['s20']);
    it.pass(20);
    const dark = (): ReturnType<Many['engine']['explain']>['rules'][number] | undefined =>
      it.engine.explain('s20').rules.find(({ rule }) => rule === 'dark');
    expect(dark()).toMatchObject({ condition: 'firing', overlays: ['maintenance'] });
    expect(dark()?.reasons).toContain('Maintenance is planned for this time: nobody is told until it ends.');
    expect(it.told()).toEqual([]);
    it.pass(41);
    expect(it.told()).toEqual(['dark s20 firing']);
  });
  test('of a provider its group is held as well; what ended within them is never told', async () => {
    const it = await world();
    plan(it, { isp: 'Dark Line' }, 60);
    it.offline(behind);
    it.pass(20);
    expect(it.alerts().filter(({ rule }) => rule === 'group')).toMatchObject([{ condition: 'firing' }]);
    await it.back(behind);
    it.pass(60);
    expect([it.told(), it.alerts().every(({ condition }) => condition === 'resolved')]).toEqual([[], true]);
  });
  test('of a provider that do not end in time: one message for all when the window ends', async () => {
    const it = await world();
    plan(it, { isp: 'Dark Line' }, 60);
    it.offline(behind);
    it.pass(70);
    expect(it.told()).toEqual(['group isp:Dark Line firing']);
  });
  test('of the libraries one by one a group of them is held too, but not one with others in it', async () => {
    const it = await world();
    for (const site of behind) plan(it, { site }, 60);
    it.offline(behind);
    it.pass(20);
    expect(it.told()).toEqual([]);
    const other = await world();
    for (const site of behind.slice(1)) plan(other, { site }, 60);
    other.offline(behind);
    other.pass(20);
    expect(other.told()).toEqual(['group isp:Dark Line firing']);
  });
  test('of each week nobody is told in their hours, and is in the others', async () => {
    const it = await world();
    const { dayNumber, weekday, minuteOfDay } = localTime(ZONE, it.time.clock.wallMs());
    expect(dayNumber).toBe(day('2026-11-19'));
    plan(it, { region: 'R0', weekly: { days: [weekday], from: minuteOfDay, to: minuteOfDay + 30, zone: ZONE } }, 2000);
    it.offline(['s20', 's21']);
    it.pass(20);
    expect(it.told()).toEqual(['dark s21 firing']);
    it.pass(11);
    expect(it.told()).toEqual(['dark s20 firing', 'dark s21 firing']);
  });
  test('of everything a database that refuses tells nobody either', async () => {
    const it = await world();
    plan(it, {}, 60);
    const refused = { name: 'influx1', primary: true, state: 'refused', error: '401', since_ms: NOON } as const;
    it.broker.stores = () => [{ ...refused, lag_bytes: 0, rows_written: 0, quarantined: 0 }];
    it.pass(20);
    expect([it.alerts().map(({ rule }) => rule), it.told()]).toEqual([['database'], []]);
  });
});
