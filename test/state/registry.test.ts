/** Why: the registry is what every judgement is joined with; its history must never change behind a report. */
import { describe, expect, it } from 'vitest';
import type { Site } from '#contract';
import { accessPoint, memoryState, seedRegistry, site } from '../support/state.ts';

describe('sites and access points', () => {
  it('come back as they were put, and say whether they are new', () => {
    const { registry } = memoryState();
    const given = site('zarasai', {
      contract_mbps: null,
      lat: null,
      lon: null,
      metered: true,
      notes: 'Raktas pas Oną\nantras aukštas',
    });
    expect(registry.putSite(given)).toBe('created');
    expect(registry.putSite({ ...given, name: 'Zarasų biblioteka' })).toBe('updated');
    expect(registry.site('zarasai')).toEqual({ ...given, name: 'Zarasų biblioteka' });
    expect(registry.site('nowhere')).toBeNull();
  });

  it('are refused with every wrong field at once', () => {
    const { registry } = memoryState();
    const wrong = site('Bad Id', {
      zone: 'Europe/Vilniuss',
      name: ' ',
      opening: [],
      contract_mbps: -1,
      lat: 95,
      lon: null,
    });
    expect(() => registry.putSite(wrong)).toThrow(
      expect.objectContaining({
        code: 'SITE_INVALID',
        detail: {
          id: expect.any(String),
          zone: expect.stringContaining('Europe/Vilnius'),
          name: expect.any(String),
          opening: expect.any(String),
          contract_mbps: expect.any(String),
          lat: expect.any(String),
          lon: expect.any(String),
        },
      }),
    );
    expect(registry.sites()).toEqual([]);
  });

  it('go with their access points, notes and silences while no probe has ever watched them, and else stay', () => {
    const { registry, notes, alerts } = memoryState();
    for (const id of ['wrong', 'watched']) {
      registry.putSite(site(id));
      registry.putAccessPoint(accessPoint(id, id));
    }
    const silence = { ap: null, reason: 'works', by: 'ona', from: 0, until: 10 };
    for (const one of ['wrong', 'watched']) alerts.addSilence({ ...silence, site: one });
    notes.add({ site: 'wrong', at: 5, text: 'a note', by: 'ona', written_at: 5 });
    registry.putSite(site('wrong', { metered: true }), 500);
    registry.putAccessPoint(accessPoint('wrong', 'wrong', { target_mbps: 99 }), 500);
    registry.addProbe('p', 'watched', 1000);
    registry.revoke('p', 2000);
    const before = registry.sites();
    registry.dropSite('wrong');
    expect([registry.sites(), registry.accessPoints()].map((all) => all.map(({ id }) => id))).toEqual([
      ['watched'],
      ['watched'],
    ]);
    expect(before).toHaveLength(2);
    expect([registry.judgedBefore().sites.size, registry.judgedBefore().targets.size]).toEqual([0, 0]);
    expect(notes.between('wrong', 0, 10, 5)).toEqual([]);
    expect(alerts.silences(5).map((one) => one.site)).toEqual(['watched']);
    expect(() => registry.dropSite('watched')).toThrow(expect.objectContaining({ code: 'SITE_CONFLICT' }));
    expect(() => registry.dropSite('wrong')).toThrow(expect.objectContaining({ code: 'SITE_UNKNOWN' }));
  });

  it.each(['+02:00', 'UTC+2', '', '../etc', 'Europe/', 'EET EET'])('refuse the zone "%s"', (zone) => {
    expect(() => memoryState().registry.putSite(site('a', { zone }))).toThrow(
      expect.objectContaining({ code: 'SITE_INVALID' }),
    );
  });

  it('keep what past time is judged by, until when it held, and nothing of other edits', () => {
    const { registry } = memoryState();
    registry.putSite(site('a'), 10);
    registry.putAccessPoint(accessPoint('a', 'a'), 10);
    expect(registry.judgedBefore()).toEqual({ sites: new Map(), targets: new Map() });
    registry.putSite(site('a', { name: 'Another name' }), 20);
    registry.putSite(site('a', { metered: true }), 30);
    registry.putSite(site('a', { metered: true, zone: 'Europe/Riga' }), 40);
    registry.putAccessPoint(accessPoint('a', 'a', { target_mbps: 100 }), 50);
    const { opening, zone } = site('a');
    expect(registry.judgedBefore()).toEqual({
      sites: new Map([
        [
          'a',
          [
            { until: 30, zone, opening, metered: false },
            { until: 40, zone, opening, metered: true },
          ],
        ],
      ]),
      targets: new Map([['a', [{ until: 50, target_mbps: 30 }]]]),
    });
  });

  it('forget it where it was never otherwise, and with a transaction that is rolled back', () => {
    const state = memoryState();
    const { registry } = state;
    registry.putSite(site('a'));
    registry.putSite(site('a', { metered: true }), 30);
    registry.putSite(site('a'));
    expect(registry.judgedBefore().sites.size).toBe(0);
    const edit = () =>
      state.transaction(() => {
        registry.putSite(site('a', { metered: true }), 40);
        expect(registry.judgedBefore().sites.get('a')).toHaveLength(1);
        throw new Error('no');
      });
    expect(edit).toThrow('no');
    expect(registry.judgedBefore().sites.size).toBe(0);
  });

  it('refuse an access point of a site that does not exist', () => {
    expect(() => memoryState().registry.putAccessPoint(accessPoint('a-1', 'a'))).toThrow(
      expect.objectContaining({ code: 'SITE_UNKNOWN' }),
    );
  });

  it('are one frozen list until one of them changes, and share what is the same in many', () => {
    const { registry } = memoryState();
    registry.putSite(site('a'));
    registry.putSite(site('b'));
    const [a, b] = registry.sites();
    expect(registry.sites()).toBe(registry.sites());
    expect(a?.opening).toBe(b?.opening);
    expect(() => (registry.sites() as Site[]).pop()).toThrow(TypeError);
    expect(() => Object.assign(a ?? {}, { name: 'other' })).toThrow(TypeError);
    registry.putAccessPoint(accessPoint('a-1', 'a'));
    expect(registry.accessPoints().map(({ id }) => id)).toEqual(['a-1']);
    registry.putAccessPoint(accessPoint('a-1', 'a', { name: 'Hall' }));
    expect(registry.accessPoints().map(({ name }) => name)).toEqual(['Hall']);
  });

  it('are listed as they were where a transaction that read them is undone', () => {
    const state = memoryState();
    state.registry.putSite(site('a'));
    const before = state.registry.sites();
    expect(() =>
      state.transaction(() => {
        state.registry.putSite(site('b'));
        expect(state.registry.sites().map(({ id }) => id)).toEqual(['a', 'b']);
        throw new Error('undone');
      }),
    ).toThrow('undone');
    expect(state.registry.sites()).toEqual(before);
  });

  it('raise the revision with each change and only then', () => {
    const state = memoryState();
    seedRegistry(state, 1);
    const before = state.registry.revision();
    state.registry.sites();
    expect(state.registry.revision()).toBe(before);
    state.registry.putSite(site('site-1', { name: 'New name' }));
    expect(state.registry.revision()).toBeGreaterThan(before);
  });
});

describe('bindings', () => {
  it('keep what was judged before a probe moved', () => {
    const state = memoryState();
    seedRegistry(state, 2);
    state.registry.addProbe('walker', 'site-1-main', 2000);
    state.registry.bind('walker', 'site-2-main', 3000);
    expect([1999, 2000, 2999, 3000, 9999].map((at) => state.registry.accessPointOf('walker', at))).toEqual([
      null,
      'site-1-main',
      'site-1-main',
      'site-2-main',
      'site-2-main',
    ]);
    expect(state.registry.probe('walker')?.access_point).toBe('site-2-main');
  });

  it('let the newest probe judge, and give judgement back when it leaves', () => {
    const state = memoryState();
    seedRegistry(state, 2);
    state.registry.addProbe('second', 'site-1-main', 2000);
    expect(state.registry.accessPointOf('site-1-probe', 2500)).toBeNull();
    expect(state.registry.probe('site-1-probe')?.access_point).toBe('site-1-main');
    state.registry.bind('second', 'site-2-main', 3000);
    expect(state.registry.accessPointOf('site-1-probe', 3500)).toBe('site-1-main');
    expect(state.registry.accessPointOf('site-2-probe', 3500)).toBeNull();
  });

  it('give judgement to another probe when the judge is revoked', () => {
    const state = memoryState();
    seedRegistry(state, 1);
    state.registry.addProbe('second', 'site-1-main', 2000);
    state.registry.revoke('second', 3000);
    expect(state.registry.accessPointOf('second', 2500)).toBe('site-1-main');
    expect(state.registry.accessPointOf('second', 3500)).toBeNull();
    expect(state.registry.accessPointOf('site-1-probe', 3500)).toBe('site-1-main');
  });

  it('begin before the probe was told here, where nobody judged since', () => {
    const state = memoryState();
    seedRegistry(state, 1);
    state.registry.putAccessPoint({ id: 'hall', site: 'site-1', name: 'Hall', target_mbps: 30 });
    state.registry.addProbe('moved-in', 'hall', 5000, 2000);
    expect([1999, 2000, 5000].map((at) => state.registry.accessPointOf('moved-in', at))).toEqual([
      null,
      'hall',
      'hall',
    ]);
    expect(state.registry.probe('moved-in')?.created_at).toBe(5000);
    state.registry.addProbe('ahead', 'site-1-main', 5000, 9000);
    expect(state.registry.accessPointOf('ahead', 5000)).toBe('site-1-main');
  });

  it('never rewrite what another probe judged', () => {
    const state = memoryState();
    seedRegistry(state, 2);
    state.registry.bind('site-1-probe', 'site-2-main', 3000);
    const refused = expect.objectContaining({
      code: 'PROBE_INVALID',
      message: expect.stringContaining('site-1-probe'),
    });
    expect(() => state.registry.addProbe('late', 'site-1-main', 5000, 2999)).toThrow(refused);
    expect(() => state.registry.addProbe('late', 'site-2-main', 5000, 4000)).toThrow(refused);
    expect(state.registry.probe('late')).toBeNull();
    state.registry.addProbe('late', 'site-1-main', 5000, 3000);
    expect(state.registry.accessPointOf('late', 3000)).toBe('site-1-main');
  });

  it('never leave two judges at one access point', () => {
    const state = memoryState();
    seedRegistry(state, 2);
    for (let i = 0; i < 6; i++) state.registry.addProbe(`p${i}`, `site-${1 + (i % 2)}-main`, 2000 + i);
    state.registry.revoke('p4', 3000);
    state.registry.bind('p5', 'site-1-main', 3001);
    const judges = state.registry.bindings().filter((binding) => binding.to === null && binding.judges);
    expect(judges.map((binding) => binding.access_point).sort()).toEqual(['site-1-main', 'site-2-main']);
  });

  it('refuse a probe or access point that does not exist', () => {
    const state = memoryState();
    seedRegistry(state, 1);
    expect(() => state.registry.bind('nobody', 'site-1-main', 1)).toThrow(
      expect.objectContaining({ code: 'PROBE_UNKNOWN' }),
    );
    expect(() => state.registry.addProbe('new', 'nowhere', 1)).toThrow(
      expect.objectContaining({ code: 'ACCESS_POINT_UNKNOWN' }),
    );
    expect(() => state.registry.addProbe('site-1-probe', null, 1)).toThrow(
      expect.objectContaining({ code: 'PROBE_EXISTS' }),
    );
    expect(state.registry.probe('new')).toBeNull();
  });
});

describe('credentials', () => {
  it('are gone when revoked and readmit when renewed', () => {
    const state = memoryState();
    seedRegistry(state, 1);
    const hash = new Uint8Array(32).fill(7);
    expect(state.registry.credential('site-1-probe')).toBeNull();
    state.registry.setCredential('site-1-probe', hash, 2000);
    expect(state.registry.credential('site-1-probe')).toEqual(hash);
    state.registry.revoke('site-1-probe', 3000);
    expect(state.registry.credential('site-1-probe')).toBeNull();
    expect(state.registry.probe('site-1-probe')?.admitted).toBe(false);
    state.registry.setCredential('site-1-probe', hash, 4000);
    expect(state.registry.probe('site-1-probe')?.admitted).toBe(true);
  });
});

describe('desired', () => {
  const config = {
    sample_s: 60,
    batch: 5,
    profile: 'default',
    target_mbps: 30,
    zone: 'Europe/Vilnius',
    opening: site('x').opening,
    tests_per_day: 6,
    budget_mb: 2000,
  } as const;
  const job = (id: string, expires: number) =>
    ({ id, type: 'test.now', reason: 'manual', not_before: 0, expires }) as const;

  it('rises only when something differs, whatever the order of keys', () => {
    const state = memoryState();
    seedRegistry(state, 1);
    expect(state.registry.desired('site-1-probe')).toBeNull();
    expect(state.registry.putDesired('site-1-probe', config).version).toBe(1);
    const { batch, ...rest } = config;
    expect(state.registry.putDesired('site-1-probe', { ...rest, batch }).version).toBe(1);
    expect(state.registry.putDesired('site-1-probe', { ...config, batch: 10 }).version).toBe(2);
  });

  it('carries jobs until they expire, once each, at most as many as a probe reads', () => {
    const state = memoryState();
    seedRegistry(state, 1);
    expect(() => state.registry.addJob('site-1-probe', job('early', 9000), 1)).toThrow(
      expect.objectContaining({ code: 'PROBE_UNBOUND' }),
    );
    state.registry.putDesired('site-1-probe', config);
    state.registry.addJob('site-1-probe', job('a', 2000), 1000);
    state.registry.addJob('site-1-probe', job('a', 2000), 1000);
    expect(state.registry.addJob('site-1-probe', job('b', 9000), 2500).jobs.map(({ id }) => id)).toEqual(['b']);
    for (let i = 0; i < 40; i++) state.registry.addJob('site-1-probe', job(`j${i}`, 9000), 2500);
    expect(state.registry.desired('site-1-probe')?.jobs.map(({ id }) => id)).toEqual(
      Array.from({ length: 16 }, (_, i) => `j${i + 24}`),
    );
  });

  it('keeps the last report of the probe', () => {
    const state = memoryState();
    seedRegistry(state, 1);
    expect(state.registry.reported('site-1-probe')).toBeNull();
    const message = {
      version: 3,
      ok: false,
      error: 'no clock',
      agent: '0.1.0',
      jobs: [{ id: 'a', state: 'failed', detail: 'busy' } as const],
      budget: {
        ...{ month: '2026-11', spent_bytes: 60e6, limit_bytes: 90e6, left_bytes: 13.5e6, day_left_bytes: 0 },
        ...{ reserve_bytes: 16.5e6, next_bytes: 5e6, state: 'day_spent' as const },
      },
    };
    expect(state.registry.budgets()).toEqual([]);
    state.registry.putReported('site-1-probe', { ...message, version: 2 }, 4000);
    state.registry.putReported('site-1-probe', message, 5000);
    expect(state.registry.reported('site-1-probe')).toEqual({ ...message, at: 5000 });
    expect(state.registry.budgets()).toEqual([message.budget]);
  });
});
