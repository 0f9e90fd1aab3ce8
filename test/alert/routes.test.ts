import { describe, expect, test } from 'vitest';
import type { AlertView, Page, Silence } from '#contract';
import type { State } from '#state';
import { createAlertEngine } from '../../dashboard/alert/engine.ts';
import { registerAlertRoutes } from '../../dashboard/routes/alerts.ts';
import { type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { seedRegistry } from '../support/state.ts';
import { fakeBroker, settings } from './world.ts';

/** The real routes over a real engine and state; `alerts` incidents, every second one resolved. */
async function dashboard(alerts = 0): Promise<TestDashboard> {
  return await testDashboard({
    routes: [
      (app, deps, allow) => {
        seed(deps.state, alerts);
        const engine = createAlertEngine({
          settings,
          state: deps.state,
          broker: fakeBroker(),
          clock: deps.clock,
          log: deps.log,
          every: () => () => undefined,
        });
        registerAlertRoutes(app, { ...deps, alerts: engine }, allow);
      },
    ],
  });
}

/** What an engine finds that starts. */
function seed(state: State, alerts: number): void {
  seedRegistry(state, Math.max(2, alerts));
  for (let n = 1; n <= alerts; n++) {
    const resolved = n % 2 === 0;
    state.alerts.add({
      rule: 'slow',
      ap: `site-${n}-main`,
      condition: resolved ? 'resolved' : 'firing',
      since: n,
      fired_at: n,
      resolved_at: resolved ? n + 1 : null,
      title: `t${n}`,
      reasons: ['r'],
      evidence: '[]',
      acknowledged_by: null,
      acknowledged_at: null,
      acknowledged_until: null,
      severity: 'ticket',
      parent: null,
      detail: '{}',
    });
  }
}
const HOUR = 3_600_000;
const WEEKLY = { reason: 'why not', until: Date.UTC(2026, 10, 23), site: 'site-1' };

describe('alerts over HTTP', () => {
  test('come newest first in pages, filtered by condition', async () => {
    const it = await dashboard(7);
    const seen: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Page<AlertView> = (
        await it.as('viewer', 'GET', `/alerts?condition=firing&limit=2${cursor ? `&cursor=${cursor}` : ''}`)
      ).json();
      seen.push(...page.items.map((alert) => alert.id));
      cursor = page.next;
    }
    expect(seen).toEqual([7, 5, 3, 1]);
    expect((await it.as('viewer', 'GET', '/alerts/2')).json()).toMatchObject({
      id: 2,
      condition: 'resolved',
      site_name: 'Library site-2',
      severity: 'ticket',
    });
    expect((await it.as('viewer', 'GET', '/alerts/99')).json()).toMatchObject({ status: 404, code: 'ALERT_UNKNOWN' });
    expect((await it.as('viewer', 'GET', '/alerts?cursor=-1')).statusCode).toBe(400);
  });
  test('are acknowledged by operators for at most 72 hours, and that is written down', async () => {
    const it = await dashboard(2);
    expect((await it.as('viewer', 'POST', '/alerts/1/ack', { hours: 4 })).statusCode).toBe(403);
    expect((await it.as(null, 'POST', '/alerts/1/ack', { hours: 4 })).statusCode).toBe(401);
    expect((await it.as('operator', 'POST', '/alerts/1/ack', { hours: 73 })).statusCode).toBe(400);
    expect((await it.as('operator', 'POST', '/alerts/1/ack', { hours: 4 })).json()).toMatchObject({
      acknowledged_by: 'operator',
      acknowledged_until: it.clock.nowMs + 4 * HOUR,
    });
    expect((await it.as('operator', 'POST', '/alerts/2/ack', { hours: 4 })).json()).toMatchObject({
      status: 409,
      code: 'ALERT_CLOSED',
    });
    expect((await it.as('viewer', 'GET', '/alerts?acknowledged=true')).json()).toMatchObject({
      items: [{ id: 1 }],
      next: null,
    });
    expect(it.state.auditTrail({ limit: 5 })[0]).toMatchObject({
      who: 'operator',
      action: 'alert acknowledged',
      facts: { alert: 1, hours: 4 },
    });
  });
  test('explain themselves, also when nothing fires', async () => {
    const it = await dashboard();
    expect((await it.as('viewer', 'GET', '/alerts/explain?ap=site-1-main')).json()).toMatchObject({
      ap: 'site-1-main',
      rules: [
        { rule: 'slow', condition: 'unknown' },
        { rule: 'dark', condition: 'unknown' },
      ],
    });
    expect((await it.as('viewer', 'GET', '/alerts/explain?ap=nowhere')).json()).toMatchObject({
      status: 404,
      code: 'ACCESS_POINT_UNKNOWN',
    });
  });
});

describe('silences over HTTP', () => {
  test('are made, listed and ended by operators', async () => {
    const it = await dashboard();
    const until = it.clock.nowMs + 4 * HOUR;
    const made = await it.as('operator', 'POST', '/silences', { site: 'site-1', reason: 'new router', until });
    expect([made.statusCode, made.json<Silence>()]).toMatchObject([
      201,
      {
        id: 1,
        kind: 'silence',
        ap: null,
        site: 'site-1',
        reason: 'new router',
        by: 'operator',
        from: it.clock.nowMs,
        until,
      },
    ]);
    expect((await it.as('viewer', 'GET', '/silences')).json()).toEqual({ items: [made.json()], next: null });
    expect((await it.as('viewer', 'DELETE', '/silences/1')).statusCode).toBe(403);
    expect((await it.as('operator', 'DELETE', '/silences/1')).statusCode).toBe(204);
    expect((await it.as('operator', 'DELETE', '/silences/1')).json()).toMatchObject({
      status: 404,
      code: 'SILENCE_UNKNOWN',
    });
    expect(it.state.auditTrail({ limit: 5 }).map((entry) => entry.action)).toEqual(['silence ended', 'silence added']);
  });
  test('are of a region, a provider or everything too, once or in some hours of each week', async () => {
    const it = await dashboard();
    const until = it.clock.nowMs + 300 * 24 * HOUR;
    const weekly = { days: [6], from: 1320, to: 120, zone: 'Europe/Vilnius' };
    const works = { kind: 'maintenance', reason: 'fibre works', until, weekly };
    const { region = '', isp = '' } = it.state.registry.site('site-1') ?? {};
    for (const of of [{ region }, { isp }, { all: true }])
      expect((await it.as('operator', 'POST', '/silences', { ...works, ...of })).statusCode).toBe(201);
    expect((await it.as('viewer', 'GET', '/silences')).json<Page<Silence>>().items).toMatchObject([
      { kind: 'maintenance', region, isp: null, weekly },
      { region: null, isp, weekly },
      { ap: null, site: null, region: null, isp: null },
    ]);
    expect(it.state.auditTrail({ limit: 1 })).toMatchObject([{ facts: { everything: true } }]);
  });
  test.each([
    [{ reason: 'why not' }, 400, 'BODY_INVALID'],
    [{ reason: 'why not', until: 9e15, site: 'site-1' }, 400, 'SILENCE_INVALID'],
    [{ reason: 'why not', until: 1, site: 'site-1' }, 400, 'SILENCE_INVALID'],
    [{ reason: 'why not', until: Date.UTC(2026, 10, 23) }, 400, 'SILENCE_INVALID'],
    [{ reason: 'why not', until: Date.UTC(2026, 10, 23), site: 'site-1', ap: 'site-1-main' }, 400, 'SILENCE_INVALID'],
    [{ reason: 'why not', until: Date.UTC(2026, 10, 23), site: 'nowhere' }, 404, 'SITE_UNKNOWN'],
    [{ reason: 'why not', until: Date.UTC(2026, 10, 23), site: '../etc' }, 400, 'BODY_INVALID'],
    [{ reason: 'why not', until: Date.UTC(2026, 10, 23), site: 'site-1', all: true }, 400, 'SILENCE_INVALID'],
    [{ reason: 'why not', until: Date.UTC(2026, 10, 23), isp: 'nobody' }, 400, 'SILENCE_INVALID'],
    [{ ...WEEKLY, weekly: { days: [0], from: 60, to: 120, zone: 'Mars/Olympus' } }, 400, 'SILENCE_INVALID'],
    [{ ...WEEKLY, weekly: { days: [0], from: 60, to: 60, zone: 'UTC' } }, 400, 'SILENCE_INVALID'],
    [{ ...WEEKLY, weekly: { days: [7], from: 60, to: 90, zone: 'UTC' } }, 400, 'BODY_INVALID'],
  ])('%j is answered with %d %s', async (body, status, code) => {
    const it = await dashboard();
    expect((await it.as('operator', 'POST', '/silences', body)).json()).toMatchObject({ status, code });
  });
});
