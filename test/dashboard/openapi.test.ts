/** openapi.json is true: every route is in it with what it takes and answers, and answers are as it says, refusals too. */
import { describe, expect, it } from 'vitest';
import { type ApiWorld, apiWorld } from './api-world.ts';
import { FROM, NOW } from './query/month-world.ts';

const RANGE = `from=${FROM}&to=${FROM + 5 * 86_400_000}`;
/** They answer without an end. */
const STREAMS = ['/live', '/live/tail'];
/** One address for each route that is asked with GET, besides the streams. */
const GETS = [
  ...['/access-points', '/access-points/a/test', '/access-points/a/costs', '/alerts', '/alerts/explain?ap=a'],
  ...['/alerts/1', '/alerts/1/escalation', '/alerts/1/notes', '/audit', `/availability?ap=a&${RANGE}`, '/backup'],
  ...[
    '/calendar',
    '/channels',
    '/channels/kinds',
    '/live/delta?since=e-0',
    '/live/first',
    '/live/history',
    '/live/snapshot',
  ],
  ...['/map-layers', '/map-layers/0000000000000000', '/me', '/me/sessions', '/on-call/people', '/on-call/policies'],
  ...[
    `/measurements?probe=p-a&metric=rtt_ms&${RANGE}`,
    '/on-call/rotations',
    `/outages?ap=a&${RANGE}`,
    '/probes',
    '/push',
  ],
  ...['/probes/p-a', '/probes/p-a/delivery', '/quarantine', '/reports', '/reports/compliance?month=2026-10'],
  ...['/roster', '/rules', '/screens', '/sessions', '/setup', '/silences', '/sites', '/sites/a', '/sites/export'],
  '/sites/a/closed-today',
  '/fleet',
  ...['/sites/a/notes', '/me/views', `/devices?ap=a&${RANGE}`],
  ...[`/tests?ap=a&${RANGE}`, `/throughput?by=site&${RANGE}`, `/throughput/series?ap=b&${RANGE}`, '/tokens', '/users'],
];

/** What is done one after another, and the status of its answer. */
const STEPS = [
  ['POST', '/sites', { id: 'c', name: 'Library c' }, 201],
  ['PUT', '/sites/c', { region: 'east' }, 200],
  ['POST', '/access-points', { id: 'c-2', site: 'c', name: 'Wi-Fi' }, 201],
  ['PUT', '/access-points/c-2', { target_mbps: 50 }, 200],
  ['POST', '/probes', { id: 'p-d', access_point: 'c' }, 201],
  ['POST', '/probes/p-d/credential', undefined, 201],
  ['POST', '/probes/p-d/rebind', { access_point: 'c-2' }, 200],
  ['POST', '/access-points/c-2/test', undefined, 202],
  ['GET', '/access-points/c-2/test', undefined, 200],
  ['DELETE', '/probes/p-d', undefined, 204],
  [
    'POST',
    '/users',
    { name: 'ona', role: 'librarian', password: 'a long enough word', scope: { sites: ['a'], regions: [] } },
    201,
  ],
  ['PUT', '/users/ona', { role: 'viewer' }, 200],
  ['POST', '/tokens', { name: 'reports', role: 'viewer' }, 201],
  ['POST', '/screens', { name: 'Hall' }, 201],
  ['POST', '/silences', { ap: 'a', reason: 'works', until: NOW + 86_400_000 }, 201],
  [
    'POST',
    '/channels',
    { name: 'Room', kind: 'slack', secrets: { url: 'https://hooks.slack.com/services/T0/B0/x' } },
    201,
  ],
  [
    'PUT',
    '/on-call/people/ona',
    { lang: 'lt', zone: 'Europe/Vilnius', quiet: { from: 1320, to: 420 }, contacts: [] },
    200,
  ],
  [
    'POST',
    '/on-call/rotations',
    {
      name: 'Night',
      zone: 'Europe/Vilnius',
      members: ['ona'],
      days: 7,
      start_day: 20_000,
      handover: 540,
      hours: null,
    },
    201,
  ],
  [
    'POST',
    '/on-call/policies',
    {
      name: 'Pages',
      severities: ['page'],
      steps: [
        { do: 'notify', rotation: 1 },
        { do: 'wait', minutes: 15 },
      ],
    },
    201,
  ],
  [
    'PUT',
    '/calendar',
    { entries: [{ site: null, from: '2026-12-31', to: '2026-12-31', reason: 'closed', open: false }] },
    200,
  ],
  ['POST', '/sites/a/closed-today', undefined, 200],
  ['DELETE', '/sites/a/closed-today', undefined, 204],
  ['PUT', '/rules', { all: { 'dark.after_s': 600 } }, 200],
] as const;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
const asker =
  ({ dashboard, faultsOf }: ApiWorld, signedIn = true) =>
  async (method: Method, url: string, body?: object) => {
    const answer = await dashboard.as(signedIn ? 'administrator' : null, method, url, body);
    return { status: answer.statusCode, faults: faultsOf(method, url, answer), text: answer.body };
  };

describe('the description of the API', () => {
  it('has of every route a summary, the parts of its path, what it answers and how it refuses', async () => {
    const world = await apiWorld();
    const wanting = world.routes.flatMap(({ method, path, summary, parameters = [], responses }) => {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const named = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      const done = Object.entries(responses).filter(([status]) => /^2/.test(status));
      const whole = summary && `${parts}` === `${named}` && done.length > 0 && responses['4XX'] && responses['5XX'];
      return whole ? [] : [`${method} ${path}`];
    });
    expect(wanting).toEqual([]);
    expect(world.routes.length).toBeGreaterThan(95);
  });

  it('is asked at every address that GET has', async () => {
    const world = await apiWorld();
    const asked = new Set(GETS.map((url) => url.replace(/\?.*/, '')));
    const left = world.routes.filter(
      ({ method, path }) =>
        method === 'GET' &&
        !STREAMS.includes(path) &&
        ![...asked].some((one) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`).test(one)),
    );
    expect(left.map(({ path }) => path)).toEqual([]);
  });

  it('every GET answers as described', async () => {
    const ask = asker(await apiWorld());
    for (const url of GETS) expect((await ask('GET', url)).faults, url).toEqual([]);
  });
  it('every GET refuses who is not signed in, as described', async () => {
    const ask = asker(await apiWorld(), false);
    for (const url of GETS.filter((one) => one !== '/me' && one !== '/setup')) {
      const { status, faults } = await ask('GET', url);
      expect([url, status, faults]).toEqual([url, 401, []]);
    }
  });

  it('every route answers for what is not there: its schemas can be compiled', async () => {
    const world = await apiWorld();
    const ask = asker(world);
    const found: string[] = [];
    for (const { method, path } of world.routes.filter((one) => !STREAMS.includes(one.path))) {
      const { status } = await ask(method as Method, path.replace(/\{\w+\}/g, 'no-such-9'));
      if (status >= 500) found.push(`${method} ${path}: ${status}`);
    }
    expect(found).toEqual([]);
  });
  it('what is made, changed and removed answers as described', async () => {
    const ask = asker(await apiWorld());
    for (const [method, url, body, wanted] of STEPS) {
      const { status, faults, text } = await ask(method, url, body);
      expect([url, status, faults], text).toEqual([url, wanted, []]);
    }
    for (const url of GETS) expect((await ask('GET', url)).faults, url).toEqual([]);
  });
  it('bad input is refused as described, by every route that takes some', async () => {
    const world = await apiWorld();
    const ask = asker(world);
    const bad = world.routes.filter(
      ({ method, path }) => (method === 'POST' || method === 'PUT') && path !== '/logout',
    );
    const found: string[] = [];
    for (const { method, path } of bad) {
      const url = path.replace(/\{\w+\}/g, 'no-such-9');
      const { status, faults } = await ask(method === 'PUT' ? 'PUT' : 'POST', url, { 'no such field': 1 });
      if (status >= 500 || status < 300) found.push(`${method} ${path}: ${status}`);
      found.push(...faults);
    }
    expect(found).toEqual([]);
  });
});
