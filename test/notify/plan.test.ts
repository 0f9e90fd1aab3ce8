import { describe, expect, test } from 'vitest';
import type { Severity } from '#contract';
import type { State } from '#state';
import { createNoticePlanner } from '../../dashboard/notify/plan.ts';
import { memoryState } from '../support/state.ts';
import { settingsWith, site, storedIncident } from './cases.ts';

const settings = settingsWith({
  CARREL_SMTP: 'smtp://127.0.0.1:1',
  CARREL_REPORT_TO: [],
  CARREL_ONCALL: ['night@library.example'],
  CARREL_WEBHOOKS: ['https://hooks.example/x'],
});
/** A room that gets pages, beside an address and a webhook of the settings. The library opens from 10:00 to 18:00. */
function world(): State {
  const state = memoryState();
  state.registry.putSite(site);
  state.registry.putAccessPoint({ id: 'antazave', site: 'antazave', name: site.name, target_mbps: 30 });
  state.people.putUser({
    name: 'ona',
    role: 'operator',
    passwordHash: 'x',
    email: 'ona@library.example',
    createdAt: 1,
  });
  const room = { kind: 'slack', config: {}, secrets: { url: 'https://s.example' }, lang: 'en', createdAt: 1 } as const;
  state.channels.add({ ...room, name: 'room', gets: ['page'], enabled: true });
  state.channels.add({ ...room, name: 'off', gets: ['page'], enabled: false });
  return state;
}
const at = (text: string): number => Date.parse(text);
function fire(state: State, severity: Severity, now: number): string[] {
  const made = storedIncident({ rule: severity === 'page' ? 'dark' : 'slow', severity, since: now, fired_at: now });
  const id = state.alerts.add(made);
  createNoticePlanner(settings, state).plan({ incident: { ...made, id }, kind: 'firing', severity }, now);
  return state.outbox
    .ofIncident(id)
    .map(({ target, dueAt }) => `${target.replace(/ ?\/….*/, '')} ${new Date(dueAt).toISOString().slice(0, 16)}`);
}

describe('who is told when nobody has set up policies', () => {
  test('of a page: everybody at once', () => {
    expect(fire(world(), 'page', at('2026-11-19T01:00:00Z'))).toEqual([
      'night@library.example 2026-11-19T01:00',
      'https://hooks.example 2026-11-19T01:00',
      'room 2026-11-19T01:00',
    ]);
  });
  test('of one slow line in a closed library: programs at once, people when it opens', () => {
    expect(fire(world(), 'ticket', at('2026-11-19T18:00:00Z'))).toEqual([
      'night@library.example 2026-11-20T08:00',
      'https://hooks.example 2026-11-19T18:00',
    ]);
  });
  test('of what is for the summary: people at nine in the morning by the clock of the library', () => {
    expect(fire(world(), 'digest', at('2026-11-19T12:00:00Z'))).toEqual([
      'night@library.example 2026-11-20T07:00',
      'https://hooks.example 2026-11-19T12:00',
    ]);
  });
  test('with a policy for pages: whom it calls, and programs and rooms, but no longer the addresses of the settings', () => {
    const state = world();
    state.oncall.addPolicy({
      name: 'p',
      severities: ['page'],
      working: null,
      steps: [{ do: 'notify', person: 'ona' }],
    });
    expect(fire(state, 'page', at('2026-11-19T12:00:00Z')).map((one) => one.split(' ').slice(0, -1).join(' '))).toEqual(
      ['ona, mail', 'https://hooks.example', 'room'],
    );
    expect(fire(state, 'ticket', at('2026-11-19T12:00:00Z'))[0]).toMatch(/^night@/);
  });
  test('the same transition told again adds nothing', () => {
    const state = world();
    const made = storedIncident({ severity: 'page' });
    const id = state.alerts.add(made);
    const notice = { incident: { ...made, id }, kind: 'firing', severity: 'page' } as const;
    const planner = createNoticePlanner(settings, state);
    expect([planner.plan(notice, 1), planner.plan(notice, 2), state.outbox.waiting()]).toEqual([true, false, 3]);
  });
});
