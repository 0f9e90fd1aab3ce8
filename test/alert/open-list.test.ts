/** Of the incidents that last each is in one list, is counted however many a page shows, and the worst come first also over pages. */
import { describe, expect, it } from 'vitest';
import type { AlertPage, AlertView } from '#contract';
import { createAlertEngine } from '../../dashboard/alert/engine.ts';
import { registerAlertRoutes } from '../../dashboard/routes/alerts.ts';
import { storedIncident } from '../notify/cases.ts';
import { type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { seedRegistry } from '../support/state.ts';
import { settings } from './world.ts';

const HOUR = 3_600_000;
const LISTED = 'covered=false&order=worst';
const OPEN = `/alerts?condition=firing&acknowledged=false&silenced=false&${LISTED}`;
const SILENCED = `/alerts?silenced=true&${LISTED}`;
const apOf = (n: number): string => `site-${n}-main`;

/** 160 libraries in trouble, the later the longer; `before` is done before the engine looks. */
async function manyOpen(before: (dashboard: TestDashboard) => void = () => undefined) {
  const dashboard = await testDashboard({ routes: [registerAlertRoutes] });
  const { state, broker, clock, log } = dashboard;
  seedRegistry(state, 160);
  for (let n = 1; n <= 160; n++)
    state.alerts.add(storedIncident({ ap: apOf(n), rule: n % 2 ? 'dark' : 'slow', since: clock.nowMs - n * HOUR }));
  before(dashboard);
  Object.assign(dashboard.deps.alerts, createAlertEngine({ settings, state, broker, clock, log }));
  const ask = async (path: string, role: 'viewer' | 'operator' = 'viewer') =>
    (await dashboard.as(role, 'GET', path)).json<AlertPage>();
  return { ...dashboard, ask };
}
function silence({ state, clock }: TestDashboard, site: number, until = clock.nowMs + HOUR): void {
  const all = { ap: null, region: null, isp: null, weekly: null, reason: 'works', by: 'ona', from: 0 };
  state.alerts.addSilence({ ...all, site: `site-${site}`, until });
}
const aps = ({ items }: { items: readonly AlertView[] }): string[] => items.map(({ ap }) => ap);

describe('140 open incidents and 20 that are silenced', () => {
  const twenty = (dashboard: TestDashboard): void => {
    for (let n = 1; n <= 20; n++) silence(dashboard, n);
  };
  it('are counted as 140 that need action, whatever one page holds', async () => {
    const { ask, deps } = await manyOpen(twenty);
    const page = await ask(`${OPEN}&limit=50`);
    expect([page.items.length, page.counts]).toEqual([50, { need_action: 140, acknowledged: 0, silenced: 20 }]);
    expect(deps.alerts.needAction?.(null)).toBe(140);
  });
  it('come worst first over all pages: dark before slow, the longest first', async () => {
    const { ask } = await manyOpen(twenty);
    const first = await ask(OPEN);
    const second = await ask(`${OPEN}&cursor=${first.next}`);
    const dark = Array.from({ length: 70 }, (_, i) => apOf(159 - 2 * i));
    const slow = Array.from({ length: 70 }, (_, i) => apOf(160 - 2 * i));
    expect([...aps(first), ...aps(second)]).toEqual([...dark, ...slow]);
    expect(second.next).toBeNull();
  });
  it('stand in a list of their own with until when, and need action again when it ends', async () => {
    const { ask, clock } = await manyOpen(twenty);
    const { items } = await ask(SILENCED);
    expect(aps({ items }).sort()).toEqual(Array.from({ length: 20 }, (_, i) => apOf(i + 1)).sort());
    expect(new Set(items.map((one) => one.silenced_until))).toEqual(new Set([clock.nowMs + HOUR]));
    clock.nowMs += HOUR;
    const after = await ask(SILENCED);
    expect([after.items, after.counts.need_action]).toEqual([[], 160]);
  });
});

describe('what somebody has', () => {
  const group = (dashboard: TestDashboard): void => {
    const id = dashboard.state.alerts.add(storedIncident({ rule: 'group', ap: 'isp:Telia' }));
    const one = dashboard.state.alerts.get(1);
    if (one) dashboard.state.alerts.update({ ...one, parent: id });
  };
  it('is one cause less that needs action, and has whoever has the incident that covers it', async () => {
    const it = await manyOpen(group);
    expect((await it.ask(OPEN)).counts.need_action).toBe(160); // 159 and the group
    it.deps.alerts.acknowledge(161, 'rasa', it.clock.nowMs + HOUR);
    expect((await it.ask(OPEN)).counts).toEqual({ need_action: 159, acknowledged: 1, silenced: 0 });
    const { items } = await it.ask('/alerts?ids=1,2,999');
    expect(items.map(({ id, acknowledged_by, taken_by }) => [id, acknowledged_by, taken_by])).toEqual([
      [1, null, 'rasa'],
      [2, null, null],
    ]);
  });
  it('and what is over between two pages leaves no gap', async () => {
    const { ask, state, deps } = await manyOpen();
    const first = await ask(`${OPEN}&limit=10`);
    const last = first.items.at(-1)?.id ?? 0;
    const gone = state.alerts.get(last);
    if (gone) state.alerts.update({ ...gone, condition: 'resolved', resolved_at: 1 });
    deps.alerts.acknowledge(2, 'rasa', 1); // it reads anew what is open
    const second = await ask(`${OPEN}&limit=10&cursor=${first.next}`);
    expect(aps(second)[0]).toBe(apOf(139));
  });
});
