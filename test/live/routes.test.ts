import { brotliDecompressSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { joinRoster, type LiveFirst, type LiveSnapshot, type RosterColumns, unpackRoster } from '#contract';
import { silentLogger } from '#lib/logger';
import { createLiveHub } from '../../dashboard/live/hub.ts';
import { registerLiveRoutes } from '../../dashboard/routes/live.ts';
import { sha256 } from '../../dashboard/session.ts';
import { fakeBroker, settings } from '../alert/world.ts';
import { until } from '../notify/cases.ts';
import { type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { seedRegistry } from '../support/state.ts';

async function dashboard(places = {}): Promise<TestDashboard & { pass(): void }> {
  const ticks: (() => void)[] = [];
  const made = await testDashboard({
    routes: [
      async (app, deps, allow) => {
        seedRegistry(deps.state, 2);
        const hub = createLiveHub({
          settings: { ...settings, ...places },
          state: deps.state,
          broker: fakeBroker(),
          alerts: deps.alerts,
          clock: deps.clock,
          every(_ms, run) {
            ticks.push(run);
            return () => undefined;
          },
          log: silentLogger,
        });
        await hub.start();
        onTestFinished(() => hub.stop());
        registerLiveRoutes(app, { ...deps, live: hub }, allow);
      },
    ],
  });
  return Object.assign(made, {
    pass() {
      for (const tick of ticks) tick();
    },
  });
}

test('the roster is sent once per version', async () => {
  const it = await dashboard();
  const first = await it.as('viewer', 'GET', '/roster');
  expect(unpackRoster(first.json<RosterColumns>()).access_points.map((ap) => ap.id)).toEqual([
    'site-1-main',
    'site-2-main',
  ]);
  expect(
    (await it.as('viewer', 'GET', '/roster', undefined, { 'if-none-match': String(first.headers.etag) })).statusCode,
  ).toBe(304);
  it.state.registry.putAccessPoint({ id: 'new', site: 'site-1', name: 'New', target_mbps: 30 });
  expect(
    (await it.as('viewer', 'GET', '/roster', undefined, { 'if-none-match': String(first.headers.etag) })).statusCode,
  ).toBe(200);
});

test('the roster comes packed, and each version of it is the newest', async () => {
  const it = await dashboard();
  const read = async () => {
    const answer = await it.as('viewer', 'GET', '/roster', undefined, { 'accept-encoding': 'gzip, br' });
    expect(answer.headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': 'application/json; charset=utf-8',
    });
    return unpackRoster(JSON.parse(brotliDecompressSync(answer.rawPayload).toString()) as RosterColumns);
  };
  expect((await read()).access_points).toHaveLength(2);
  it.state.registry.putAccessPoint({ id: 'new', site: 'site-1', name: 'New', target_mbps: 30 });
  expect((await read()).access_points).toHaveLength(3);
});

test('names and details of the roster come apart, packed and not, and are one version', async () => {
  const it = await dashboard();
  const whole = (await it.as('viewer', 'GET', '/roster')).json<RosterColumns>();
  const part = async (name: string, headers: Record<string, string>) => {
    const answer = await it.as('viewer', 'GET', `/roster?part=${name}`, undefined, headers);
    const bytes =
      answer.headers['content-encoding'] === 'br' ? brotliDecompressSync(answer.rawPayload) : answer.rawPayload;
    return JSON.parse(bytes.toString()) as RosterColumns;
  };
  for (const coding of ['identity', 'br']) {
    const headers = { 'accept-encoding': coding };
    const [names, details] = [await part('names', headers), await part('details', headers)];
    expect([names.probes.id, details.sites.name]).toEqual([[], []]);
    expect(joinRoster(names, details)).toEqual(whole);
  }
  expect((await it.as('viewer', 'GET', '/roster?part=all')).statusCode).toBe(400);
});

test('the first rows come packed and not, with names, states and the totals of all', async () => {
  const it = await dashboard();
  const plain = (await it.as('viewer', 'GET', '/live/first')).json<LiveFirst>();
  const totals = (await it.as('viewer', 'GET', '/live/snapshot')).json<LiveSnapshot>().totals;
  expect(plain.totals).toEqual(totals);
  expect(unpackRoster(plain.roster).access_points.map(({ id }) => id)).toEqual(['site-1-main', 'site-2-main']);
  expect([plain.places, plain.several, plain.target_mbps]).toEqual([[0, 1], [0, 0], 30]);
  const packed = await it.as('viewer', 'GET', '/live/first', undefined, { 'accept-encoding': 'br' });
  expect(packed.headers['cache-control']).toBe('no-store');
  const { at: _, ...same } = JSON.parse(brotliDecompressSync(packed.rawPayload).toString()) as LiveFirst;
  expect(plain).toMatchObject(same);
});

test('a tail of what is no metric is refused by its name', async () => {
  const it = await dashboard();
  const answer = await it.as('viewer', 'GET', '/live/tail?metric=rtt_ms,speed', undefined, { 'accept-language': 'lt' });
  expect([answer.statusCode, answer.json()]).toMatchObject([
    400,
    { code: 'METRIC_INVALID', detail: expect.stringContaining('speed') },
  ]);
});

test('a part of the live view that is none, or of what is not there, is refused by what is wrong', async () => {
  const it = await dashboard();
  const ask = async (query: string) => {
    const answer = await it.as('viewer', 'GET', query, undefined, { 'accept-language': 'lt' });
    const { code, detail } = answer.json<{ code?: string; detail?: string }>();
    return [answer.statusCode, code, detail];
  };
  const said = [400, 'LIVE_CHANNEL_INVALID', expect.stringContaining('site:ID')];
  for (const path of ['/live?ch=sites', '/live/snapshot?ch=site:', '/live/delta?since=a-1&ch=region', '/roster?ch=x:y'])
    expect(await ask(path)).toEqual(said);
  for (const path of ['/live', '/live/snapshot', '/roster'])
    expect((await ask(`${path}?ch=site:nowhere`)).slice(0, 2)).toEqual([404, 'SITE_UNKNOWN']);
  expect((await ask('/live?ch=region:Nowhere')).slice(0, 2)).toEqual([404, 'REGION_UNKNOWN']);
});

test('roster and snapshot of a part belong together, packed and not, and are not those of all', async () => {
  const it = await dashboard();
  const parts = [];
  for (const coding of ['identity', 'br']) {
    const ask = async (path: string) => {
      const answer = await it.as('viewer', 'GET', path, undefined, { 'accept-encoding': coding });
      const bytes = coding === 'br' ? brotliDecompressSync(answer.rawPayload) : answer.rawPayload;
      return JSON.parse(bytes.toString()) as LiveSnapshot & RosterColumns;
    };
    for (const ch of ['all', 'site:site-2']) {
      const [roster, snapshot] = [await ask(`/roster?ch=${ch}`), await ask(`/live/snapshot?ch=${ch}`)];
      expect([snapshot.list, snapshot.roster]).toEqual([roster.list, roster.hash]);
      parts.push([coding, ch, unpackRoster(roster).access_points.map(({ id }) => id), snapshot.totals.total]);
    }
  }
  const both = ['site-1-main', 'site-2-main'];
  expect(parts).toEqual(
    ['identity', 'br'].flatMap((coding) => [
      [coding, 'all', both, 2],
      [coding, 'site:site-2', ['site-2-main'], 1],
    ]),
  );
});

test('nobody sees anything without signing in', async () => {
  const it = await dashboard();
  for (const path of ['/roster', '/live/first', '/live/snapshot', '/live', '/live/tail'])
    expect((await it.as(null, 'GET', path)).statusCode).toBe(401);
});

async function listen(it: TestDashboard): Promise<string> {
  await it.app.listen({ port: 0, host: '127.0.0.1' });
  const address = it.app.server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/api/v1`;
}

test('a user has so many streams and no more, of the live view and of raw samples; another user has his own', async () => {
  const it = await dashboard({ CARREL_VIEWERS_EACH: 1 });
  const base = await listen(it);
  const ask = async (role: 'viewer' | 'operator', path: string) => {
    const answer = await fetch(base + path, { headers: { authorization: `Bearer ${it.token(role)}` } });
    return answer.status === 200 ? 200 : ((await answer.json()) as { code: string }).code;
  };
  for (const path of ['/live', '/live/tail'])
    expect([await ask('viewer', path), await ask('viewer', path), await ask('operator', path)]).toEqual([
      ...[200, 'TOO_MANY_STREAMS', 200],
    ]);
});

test('the stream carries the security headers and ends within a minute after its token is revoked', async () => {
  const it = await dashboard();
  const base = await listen(it);
  const headers = { authorization: `Bearer ${it.token('viewer')}` };
  const { epoch, seq } = (await (await fetch(`${base}/live/snapshot`, { headers })).json()) as LiveSnapshot;
  const response = await fetch(`${base}/live?since=${epoch}-${seq}`, { headers });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
  let ended = false;
  void response.text().then(() => (ended = true));
  const row = it.state.people.tokenBySha256(sha256('test-viewer'));
  it.state.people.revokeToken(row?.id ?? 0, it.clock.nowMs);
  it.clock.nowMs += 61_000;
  it.pass();
  await until(() => ended, 'the end of the stream');
});
