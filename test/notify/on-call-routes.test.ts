import { expect, test } from 'vitest';
import type { Callee, PolicyView, RotationView } from '#contract';
import { registerChannelRoutes } from '../../dashboard/routes/channels.ts';
import { registerOnCallRoutes } from '../../dashboard/routes/on-call.ts';
import { type TestDashboard, testDashboard } from '../support/dashboard.ts';

const dashboard = (): Promise<TestDashboard> =>
  testDashboard({
    env: { CARREL_SMTP: 'smtp://127.0.0.1:1', CARREL_LANGUAGE: 'lt' },
    routes: [registerChannelRoutes, registerOnCallRoutes],
  });
const weekly = {
  name: 'Utena',
  zone: 'Europe/Vilnius',
  members: ['operator', 'viewer'],
  days: 7,
  handover: 540,
  hours: null,
};
const contacts = [{ channel: null, address: 'op@library.example' }];

test('a person sets language, quiet hours and ways to be reached; others only administrators may', async () => {
  const it = await dashboard();
  expect((await it.as('viewer', 'PUT', '/on-call/people/operator', { lang: 'ru' })).json()).toMatchObject({
    code: 'FORBIDDEN',
  });
  const { cookie, me } = await it.signIn('operator', 'a long enough password');
  const own = await it.as(
    null,
    'PUT',
    '/on-call/people/operator',
    { lang: 'ru', zone: 'Asia/Almaty', quiet: { from: 1320, to: 420 }, contacts },
    { cookie, 'x-csrf-token': me.csrf },
  );
  expect(own.json<Callee>()).toEqual({
    user: 'operator',
    lang: 'ru',
    zone: 'Asia/Almaty',
    quiet: { from: 1320, to: 420 },
    contacts: [{ id: 1, channel: null, address: 'op@library.example' }],
  });
  const changed = await it.as('administrator', 'PUT', '/on-call/people/operator', {
    contacts: [{ channel: null, address: 'new@library.example' }, ...contacts],
  });
  expect(changed.json<Callee>().contacts.map(({ id }) => id)).toEqual([2, 1]);
  expect(
    (await it.as('administrator', 'GET', '/on-call/people'))
      .json<{ items: Callee[] }>()
      .items.map(({ user, lang }) => [user, lang]),
  ).toEqual([
    ['administrator', 'lt'],
    ['operator', 'ru'],
    ['viewer', 'lt'],
  ]);
});
test.each([
  [{ contacts: [{ channel: 9, address: 'x' }] }, 'there is no channel 9'],
  [{ contacts: [{ channel: null, address: 'nobody' }] }, 'must be an address'],
  [{ contacts: [{ channel: 1, address: 'x' }] }, 'is one receiver'],
  [{ zone: 'Mars/North' }, 'must be an IANA zone'],
])('a way that could never reach anybody is refused: %j', async (body, words) => {
  const it = await dashboard();
  await it.as('administrator', 'POST', '/channels', {
    name: 'Room',
    kind: 'slack',
    secrets: { url: 'https://a.example' },
  });
  expect((await it.as('administrator', 'PUT', '/on-call/people/viewer', body)).json()).toMatchObject({
    code: 'CALLEE_INVALID',
    detail: expect.stringContaining(words),
  });
});
test('a rotation tells who is on call for two weeks, its gaps of the next seven days, and takes an override', async () => {
  const it = await dashboard(); // Sunday 22 November 2026, 12:00 UTC
  await it.as('administrator', 'PUT', '/on-call/people/operator', { contacts });
  const made = await it.as('administrator', 'POST', '/on-call/rotations', {
    ...weekly,
    start_day: Date.UTC(2026, 10, 16) / 86_400_000,
  });
  expect(made.statusCode).toBe(201);
  const rotation = made.json<RotationView>();
  expect(rotation.shifts.map(({ user }) => user)).toEqual(['operator', 'viewer', 'operator', 'viewer']);
  expect(rotation.gaps).toEqual([
    {
      from: Date.parse('2026-11-23T07:00:00Z'),
      to: Date.parse('2026-11-29T12:00:00Z'),
      why: 'viewer has no way to be reached',
    },
  ]);
  const from = Date.parse('2026-11-28T12:00:00Z');
  const nobody = await it.as('operator', 'POST', '/on-call/rotations/1/overrides', {
    user: null,
    from,
    to: from + 3_600_000,
  });
  expect(nobody.json<RotationView>().gaps).toContainEqual({ from, to: from + 3_600_000, why: 'no one is on call' });
  expect((await it.as('operator', 'DELETE', '/on-call/overrides/1')).statusCode).toBe(204);
  expect((await it.as('operator', 'DELETE', '/on-call/overrides/1')).statusCode).toBe(404);
  expect(
    (await it.as('administrator', 'POST', '/on-call/rotations', { ...weekly, members: ['ghost'] })).json(),
  ).toMatchObject({ code: 'ROTATION_INVALID' });
});
test('hours are typed as people write them, and read back so; what is not understood is named', async () => {
  const it = await dashboard();
  const made = await it.as('administrator', 'POST', '/on-call/rotations', { ...weekly, hours: 'Mon-Fri 8-17' });
  expect(made.json<RotationView>()).toMatchObject({
    hours_text: 'Mo-Fr 08:00-17:00',
    hours: { 0: [[480, 1020]], 6: [] },
  });
  const always = await it.as('administrator', 'PUT', '/on-call/rotations/1', { hours: null });
  expect(always.json<RotationView>()).toMatchObject({ hours_text: null, members: weekly.members });
  const steps = [{ do: 'notify', person: 'operator', hours: 'working' }];
  const working = { zone: 'Europe/Vilnius', opening: 'Pr-Pn 09:00-18:00' };
  const policy = { name: 'Tickets', severities: ['ticket'], steps, working };
  expect((await it.as('administrator', 'POST', '/on-call/policies', policy)).json<PolicyView>()).toMatchObject({
    working_text: 'Mo-Fr 09:00-18:00',
  });
  const wrong = { working: { ...working, opening: 'whenever' } };
  expect((await it.as('administrator', 'PUT', '/on-call/policies/1', wrong)).json()).toMatchObject({
    code: 'POLICY_INVALID',
    errors: [{ field: 'opening' }],
  });
});
test('a policy tells somebody that there is, and what it calls cannot be removed under it', async () => {
  const it = await dashboard();
  await it.as('administrator', 'POST', '/on-call/rotations', weekly);
  const steps = [
    { do: 'notify', rotation: 1 },
    { do: 'wait', minutes: 15 },
    { do: 'notify', person: 'operator', hours: 'off' },
    { do: 'repeat', times: 2 },
  ];
  const made = await it.as('administrator', 'POST', '/on-call/policies', {
    name: 'Pages',
    severities: ['page'],
    steps,
  });
  expect([made.statusCode, made.json<PolicyView>()]).toEqual([
    201,
    { id: 1, name: 'Pages', severities: ['page'], steps, working: null, working_text: null },
  ]);
  expect((await it.as('administrator', 'DELETE', '/on-call/rotations/1')).json()).toMatchObject({
    status: 409,
    code: 'ROTATION_CONFLICT',
  });
  for (const [wrong, words] of [
    [[{ do: 'wait', minutes: 5 }], 'must tell somebody'],
    [[{ do: 'notify', rotation: 7 }], 'there is no rotation 7'],
    [[{ do: 'notify', rotation: 1, person: 'operator' }], 'exactly one of'],
    [[{ do: 'notify', person: 'ghost' }], 'there is no user ghost'],
    [[{ do: 'notify', person: 'viewer' }, { do: 'wait' }], 'must say how long'],
  ] as const)
    expect(
      (
        await it.as('administrator', 'POST', '/on-call/policies', { name: 'x', severities: ['page'], steps: wrong })
      ).json(),
    ).toMatchObject({
      code: 'POLICY_INVALID',
      detail: expect.stringContaining(words),
    });
  expect(
    (
      await it.as('administrator', 'POST', '/on-call/policies', {
        name: 'x',
        severities: ['page'],
        steps: [{ do: 'repeat', times: 6 }],
      })
    ).statusCode,
  ).toBe(400);
});
