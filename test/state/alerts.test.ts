/** Why: the alert engine relies on these promises: one open episode per rule and access point, messages once and in order. */
import { describe, expect, it } from 'vitest';
import type { Incident, State } from '#state';
import { memoryState } from '../support/state.ts';

const incident: Omit<Incident, 'id'> = {
  rule: 'slow',
  ap: 'a-1',
  condition: 'firing',
  since: 100,
  fired_at: 200,
  resolved_at: null,
  title: 'Slow',
  reasons: ['3 of 4 below'],
  evidence: '[]',
  acknowledged_by: null,
  acknowledged_at: null,
  acknowledged_until: null,
  severity: 'ticket',
  parent: null,
  detail: '{}',
};

describe('incidents', () => {
  it('are open once per rule and access point', () => {
    const { alerts } = memoryState();
    const id = alerts.add(incident);
    expect(() => alerts.add(incident)).toThrow(/UNIQUE/);
    expect(alerts.openOf('slow', 'a-1')).toEqual({ ...incident, id });
    alerts.update({ ...incident, id, condition: 'resolved', resolved_at: 300 });
    expect(alerts.openOf('slow', 'a-1')).toBeNull();
    expect(alerts.add(incident)).toBeGreaterThan(id);
  });

  it('are listed newest first, by condition, by acknowledgement and from a cursor', () => {
    const { alerts } = memoryState();
    const ids = ['a', 'b', 'c', 'd'].map((ap) => alerts.add({ ...incident, ap }));
    const [first = 0, second = 0, third = 0, fourth = 0] = ids;
    alerts.update({ ...incident, ap: 'a', id: first, condition: 'resolved', resolved_at: 1 });
    alerts.update({
      ...incident,
      ap: 'c',
      id: third,
      acknowledged_by: 'ona',
      acknowledged_at: 5,
      acknowledged_until: 9,
    });
    const list = (filter: Parameters<typeof alerts.list>[0]) => alerts.list(filter).map(({ id }) => id);
    expect(list({ limit: 2 })).toEqual([fourth, third]);
    expect(list({ limit: 9, before: third })).toEqual([second, first]);
    expect(list({ limit: 9, condition: 'firing', acknowledged: false })).toEqual([fourth, second]);
    expect(list({ limit: 9, acknowledged: true })).toEqual([third]);
    expect(alerts.open().map(({ id }) => id)).toEqual([second, third, fourth]);
  });

  it('that do not exist cannot be changed', () => {
    expect(() => memoryState().alerts.update({ ...incident, id: 7 })).toThrow(
      expect.objectContaining({ code: 'ALERT_UNKNOWN' }),
    );
  });
});

it('remembers per rule and access point', () => {
  const { alerts } = memoryState();
  alerts.setMemory('slow', 'a', '{"n":1}');
  alerts.setMemory('slow', 'a', '{"n":2}');
  alerts.setMemory('dark', 'a', '{}');
  expect([alerts.memory('slow', 'a'), alerts.memory('slow', 'b'), alerts.memories('slow')]).toEqual([
    '{"n":2}',
    null,
    [{ ap: 'a', json: '{"n":2}' }],
  ]);
});

it('keeps of a maintenance window what it is about and its weekly hours', () => {
  const { alerts } = memoryState();
  const weekly = { days: [0, 6], from: 1320, to: 120, zone: 'Europe/Vilnius' };
  const window = {
    reason: 'works',
    by: 'ona',
    from: 0,
    until: 100,
    kind: 'maintenance' as const,
    ap: null,
    site: null,
  };
  alerts.addSilence({ ...window, isp: 'Telia', weekly });
  alerts.addSilence({ ...window, region: 'Utena' });
  expect(alerts.silences(1)).toEqual([
    { ...window, id: 1, region: null, isp: 'Telia', weekly },
    { ...window, id: 2, region: 'Utena', isp: null, weekly: null },
  ]);
});
it('shows silences until they end, and an earlier end holds', () => {
  const { alerts } = memoryState();
  const id = alerts.addSilence({ ap: 'a', site: null, reason: 'works', by: 'ona', from: 0, until: 100 });
  expect(alerts.silences(99)).toMatchObject([
    { id, kind: 'silence', ap: 'a', site: null, reason: 'works', by: 'ona', from: 0, until: 100 },
  ]);
  alerts.endSilence(id, 50);
  alerts.endSilence(id, 80);
  expect([alerts.silences(49).length, alerts.silences(50).length]).toEqual([1, 0]);
});

describe('the outbox', () => {
  const put = (
    state: State,
    kind: 'firing' | 'resolved',
    target: string,
    createdAt: number,
    key = `${kind}-${target}`,
  ) =>
    state.outbox.add({
      incident: 1,
      route: `settings:email:${target}`,
      channel: 'email',
      target,
      kind,
      severity: 'page',
      idempotencyKey: key,
      createdAt,
    });

  it('never lets "resolved" overtake "firing" to the same receiver, and does not hold up others', () => {
    const state = memoryState();
    state.alerts.add(incident);
    const firing = put(state, 'firing', 'ona', 10);
    const resolved = put(state, 'resolved', 'ona', 20);
    const other = put(state, 'resolved', 'jonas', 20);
    const due = (now: number): number[] =>
      state.outbox.dueRoutes(now).flatMap((route) => state.outbox.due(route, now, 10).map(({ id }) => id));
    state.outbox.markRetry(firing, 500, 'receiver is down', false);
    expect(due(100)).toEqual([other]);
    expect(due(500)).toEqual([other, firing]);
    state.outbox.markSent(firing, 510);
    expect(due(510).toSorted()).toEqual([resolved, other].toSorted());
  });

  it('holds a message once however often it is added', () => {
    const state = memoryState();
    state.alerts.add(incident);
    expect(put(state, 'firing', 'ona', 10)).toBe(put(state, 'firing', 'ona', 99));
    expect(put(state, 'firing', 'jonas', 10, 'firing-ona')).not.toBe(put(state, 'firing', 'ona', 10));
    expect(state.outbox.waiting()).toBe(2);
  });

  it('counts attempts and knows when to wake', () => {
    const state = memoryState();
    state.alerts.add(incident);
    const [first, second] = [put(state, 'firing', 'ona', 10), put(state, 'firing', 'jonas', 20)];
    state.outbox.markRetry(first, 300, '421 try later', false);
    expect(state.outbox.nextDueAt()).toBe(20);
    state.outbox.markFailed(second, 30, '550 no such user');
    expect(state.outbox.nextDueAt()).toBe(300);
    state.outbox.markSent(first, 310);
    expect(state.outbox.nextDueAt()).toBeNull();
    expect(
      state.outbox.ofIncident(1).map(({ state: is, attempts, doneAt, error }) => ({ is, attempts, doneAt, error })),
    ).toEqual([
      { is: 'sent', attempts: 2, doneAt: 310, error: null },
      { is: 'failed', attempts: 1, doneAt: 30, error: '550 no such user' },
    ]);
  });

  it('forgets what left long ago, but not of an incident that still fires, nor what waits', () => {
    const state = memoryState();
    const firing = state.alerts.add(incident);
    const over = state.alerts.add({ ...incident, condition: 'resolved', resolved_at: 50 });
    const message = { channel: 'email', kind: 'firing', severity: 'page', createdAt: 1 } as const;
    const add = (of: number, target: string): number =>
      state.outbox.add({ ...message, incident: of, route: target, target, idempotencyKey: `${of}-${target}` });
    const told = add(firing, 'ona');
    const gone = add(over, 'ona');
    const waiting = add(over, 'jonas');
    for (const id of [told, gone]) state.outbox.markSent(id, 20);
    for (const at of [20, 200]) state.audit(at, 'ona', 'login', {});
    state.trim(100);
    const left = [firing, over].flatMap((id) => state.outbox.ofIncident(id).map((item) => item.id));
    expect([left, state.auditTrail({ limit: 10 }).map(({ at }) => at)]).toEqual([[told, waiting], [200]]);
  });

  it('lets the members of a digest share its fate, and never one of them alone', () => {
    const state = memoryState();
    state.alerts.add(incident);
    const members = ['a', 'b'].map((key) => put(state, 'firing', 'ona', 10, key));
    const digest = { route: 'settings:email:ona', channel: 'email', target: 'ona', severity: 'page' } as const;
    const id = state.outbox.addDigest({ ...digest, idempotencyKey: 'd', createdAt: 20 }, members);
    expect(state.outbox.due('settings:email:ona', 30, 10).map((item) => item.id)).toEqual([id]);
    state.outbox.markSent(id, 40);
    expect(state.outbox.ofDigest(id).map((item) => [item.id, item.state])).toEqual(members.map((one) => [one, 'sent']));
  });

  it('knows what was on its way when the process ended', () => {
    const state = memoryState();
    state.alerts.add(incident);
    const [left, waits] = [put(state, 'firing', 'ona', 10), put(state, 'firing', 'jonas', 10)];
    state.outbox.markSending(left, 11);
    expect(state.outbox.markInterrupted()).toBe(1);
    expect([left, waits].map((id) => state.outbox.get(id)?.uncertain)).toEqual([true, false]);
  });

  it('refuses a message of an incident that there is not', () => {
    expect(() => put(memoryState(), 'firing', 'ona', 1)).toThrow(/FOREIGN KEY/);
  });
});
