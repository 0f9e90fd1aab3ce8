/** Why: the proof over HTTP, in the shape that the contract and the API's own description promise. */
import { expect, test } from 'vitest';
import type { ProbeDelivery } from '#contract';
import { noteOf, withNotes } from '../../dashboard/proof/note.ts';
import { registerDeliveryRoutes } from '../../dashboard/routes/delivery.ts';
import { arrival, type Given } from '../proof/frames.ts';
import { type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { seedRegistry } from '../support/state.ts';

async function dashboardWith(given: Given[]): Promise<TestDashboard> {
  const it = await testDashboard({ routes: [registerDeliveryRoutes] });
  seedRegistry(it.state, 1);
  for (const run of withNotes(
    [],
    given.map((one) => noteOf(arrival(one))),
  ).changed)
    it.state.delivery.put('site-1-probe', run);
  return it;
}

test('the proof tells frames, repeats, and every gap with its reason', async () => {
  const it = await dashboardWith([{ seq: 0 }, { seq: 0 }, { seq: 4, lost: [['r', 1, 2]] }]);
  const { json, statusCode } = await it.as('viewer', 'GET', '/probes/site-1-probe/delivery');
  expect(statusCode).toBe(200);
  expect(json<ProbeDelivery>()).toMatchObject({
    probe: 'site-1-probe',
    complete: false,
    frames: 2,
    duplicates: 1,
    missing: { explained: 2, awaited: 1, unexplained: 0 },
    gaps: expect.arrayContaining([
      expect.objectContaining({ from: 1, to: 2, n: 2, state: 'explained', class: 'frame' }),
      expect.objectContaining({ from: 3, to: 3, n: 1, state: 'awaited', class: null }),
    ]),
    runs: [{ run: 'r', frames: 2, duplicates: 1, highest: 4 }],
  });
});

test('a probe that has not sent anything has nothing missing', async () => {
  const it = await dashboardWith([]);
  expect((await it.as('viewer', 'GET', '/probes/site-1-probe/delivery')).json()).toEqual({
    probe: 'site-1-probe',
    complete: true,
    cloned: false,
    since: null,
    last: null,
    frames: 0,
    duplicates: 0,
    missing: { explained: 0, awaited: 0, unexplained: 0 },
    gaps: [],
    runs: [],
  });
});

test('a probe that there is not, and somebody who has not signed in, are refused', async () => {
  const it = await dashboardWith([]);
  expect((await it.as('viewer', 'GET', '/probes/nobody/delivery')).json()).toMatchObject({ code: 'PROBE_UNKNOWN' });
  expect((await it.as(null, 'GET', '/probes/site-1-probe/delivery')).statusCode).toBe(401);
});
