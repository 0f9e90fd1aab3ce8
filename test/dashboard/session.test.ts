/** Why: fault rows 22 and 41: who may come in, how slowly one can guess, and that a browser cannot be used against its owner. */
import { describe, expect, it } from 'vitest';
import type { Problem } from '#contract';
import { createPasswords } from '../../dashboard/password.ts';
import type { Route } from '../../dashboard/server.ts';
import { PASSWORD, type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { site } from '../support/state.ts';

const HOUR = 3_600_000;
const me = (dashboard: TestDashboard, cookie: string) =>
  dashboard.app.inject({ method: 'GET', url: '/api/v1/me', headers: { cookie } });
const wrong = (dashboard: TestDashboard, name: string, remoteAddress = '192.0.2.1') =>
  dashboard.app.inject({
    method: 'POST',
    url: '/api/v1/login',
    remoteAddress,
    payload: { name, password: 'not the password' },
  });

describe('signing in', () => {
  it('sets a cookie that scripts cannot read and other sites cannot send', async () => {
    const dashboard = await testDashboard();
    const { response, me: who } = await dashboard.signIn('operator', PASSWORD);
    expect(response.statusCode).toBe(200);
    expect(who).toEqual({ name: 'operator', role: 'operator', csrf: expect.stringMatching(/^[\w-]{43}$/) });
    expect(response.cookies[0]).toMatchObject({ name: 'carrel', path: '/', httpOnly: true, sameSite: 'Strict' });
    expect(response.cookies[0]?.secure).toBeUndefined();
  });

  it('over https binds the cookie to this host', async () => {
    const dashboard = await testDashboard({ env: { CARREL_PUBLIC_URL: 'https://carrel.library.example' } });
    const { response } = await dashboard.signIn('operator', PASSWORD);
    expect(response.cookies[0]).toMatchObject({ name: '__Host-carrel', secure: true, path: '/' });
    expect(response.headers['strict-transport-security']).toBeDefined();
  });

  it('keeps neither password, cookie nor token as they are', async () => {
    const dashboard = await testDashboard();
    const { cookie } = await dashboard.signIn('viewer', PASSWORD);
    const { token } = (
      await dashboard.app.inject({
        method: 'POST',
        url: '/api/v1/login',
        payload: { name: 'viewer', password: PASSWORD, token: true },
      })
    ).json<{ token: string }>();
    const stored = JSON.stringify([
      dashboard.state.people.users(),
      dashboard.state.people.tokens(),
      dashboard.state.auditTrail({ limit: 100 }),
    ]);
    for (const secret of [PASSWORD, cookie.split('=')[1] ?? '', token]) {
      expect(stored).not.toContain(secret);
      expect(dashboard.state.people.session(secret)).toBeNull();
    }
    expect(
      (
        await dashboard.app.inject({
          method: 'GET',
          url: '/api/v1/sites',
          headers: { authorization: `Bearer ${token}` },
        })
      ).statusCode,
    ).toBe(200);
  });

  it('answers a wrong name as it answers a wrong password, after the same work', async () => {
    const dashboard = await testDashboard({ passwords: createPasswords() });
    const answers = [await wrong(dashboard, 'viewer'), await wrong(dashboard, 'nobody-of-that-name')];
    expect(answers.map((answer) => answer.statusCode)).toEqual([401, 401]);
    expect(answers[0]?.body).toBe(answers[1]?.body);
    const timed = async (name: string, address: string) => {
      const start = process.cpuUsage();
      await wrong(dashboard, name, address);
      return process.cpuUsage(start).user;
    };
    const [known, unknown] = [await timed('viewer', '192.0.2.7'), await timed('nobody', '192.0.2.7')];
    // The work of scrypt, counted in CPU time: a name that is looked up only would take a hundredth.
    expect(unknown).toBeGreaterThan(known / 4);
  });
});

describe('guessing', () => {
  it('ends after five attempts a minute, says so, and says for how long', async () => {
    const dashboard = await testDashboard();
    const codes = await Promise.all(
      Array.from({ length: 12 }, async () => (await wrong(dashboard, 'viewer')).statusCode),
    );
    expect(codes.sort()).toEqual([...Array<number>(5).fill(401), ...Array<number>(7).fill(429)]);
    const locked = await dashboard.app.inject({
      method: 'POST',
      url: '/api/v1/login',
      remoteAddress: '192.0.2.1',
      payload: { name: 'viewer', password: PASSWORD },
    });
    expect([locked.statusCode, locked.headers['retry-after'], locked.json<Problem>().code]).toEqual([
      429,
      '60',
      'TOO_MANY_ATTEMPTS',
    ]);
    expect(dashboard.log.lines.some((line) => line.includes('login locked'))).toBe(true);
    dashboard.clock.nowMs += 61_000;
    expect((await dashboard.signIn('viewer', PASSWORD)).response.statusCode).toBe(200);
  });

  it('locks names that do not exist just the same', async () => {
    const dashboard = await testDashboard();
    const codes: number[] = [];
    for (let i = 0; i < 7; i++) codes.push((await wrong(dashboard, 'ghost')).statusCode);
    expect(codes).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });

  it('with many names from one address is stopped by the address', async () => {
    const dashboard = await testDashboard();
    const codes = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => (await wrong(dashboard, `name-${i}`)).statusCode),
    );
    expect(codes.filter((code) => code === 401).length).toBeLessThanOrEqual(30);
  });

  it('with one name from many addresses is stopped by the account', async () => {
    const { createLoginLimit } = await import('../../dashboard/login-limit.ts');
    const limit = createLoginLimit({ wallMs: () => 0, monoMs: () => 0 });
    const open = Array.from({ length: 10_000 }, (_, i) =>
      limit.attempt('admin', `2001:db8:${(i >> 8).toString(16)}:${(i & 255).toString(16)}::1`),
    ).filter((wait) => wait === 0);
    expect(open).toHaveLength(50);
  });

  it('from one IPv6 network is one address', async () => {
    const { createLoginLimit } = await import('../../dashboard/login-limit.ts');
    const limit = createLoginLimit({ wallMs: () => 0, monoMs: () => 0 });
    const open = Array.from({ length: 100 }, (_, i) => limit.attempt('admin', `2001:db8::${i.toString(16)}`)).filter(
      (wait) => wait === 0,
    );
    expect(open).toHaveLength(5);
  });
});

describe('a session', () => {
  it('gets a new id with each sign-in, and the id from before is worthless', async () => {
    const dashboard = await testDashboard();
    const first = await dashboard.signIn('viewer', PASSWORD);
    const response = await dashboard.app.inject({
      method: 'POST',
      url: '/api/v1/login',
      headers: { cookie: first.cookie },
      payload: { name: 'viewer', password: PASSWORD },
    });
    expect(response.cookies[0]?.value).not.toBe(first.cookie.split('=')[1]);
    expect((await me(dashboard, first.cookie)).statusCode).toBe(204);
  });

  it('cannot be planted: an id that an attacker chose is never taken over', async () => {
    const dashboard = await testDashboard();
    const planted = 'carrel=chosen-by-the-attacker-chosen-by-the-attack';
    await dashboard.app.inject({
      method: 'POST',
      url: '/api/v1/login',
      headers: { cookie: planted },
      payload: { name: 'viewer', password: PASSWORD },
    });
    expect((await me(dashboard, planted)).statusCode).toBe(204);
  });

  it('ends after eight idle hours, stays while it is used, and ends after a week', async () => {
    const dashboard = await testDashboard();
    const { cookie } = await dashboard.signIn('viewer', PASSWORD);
    const began = dashboard.clock.nowMs;
    for (let i = 0; i < 23; i++) {
      dashboard.clock.nowMs += 7 * HOUR;
      expect((await me(dashboard, cookie)).statusCode).toBe(200);
    }
    dashboard.clock.nowMs = began + 7 * 24 * HOUR;
    expect((await me(dashboard, cookie)).statusCode).toBe(204);
    const again = await dashboard.signIn('viewer', PASSWORD);
    dashboard.clock.nowMs += 8 * HOUR;
    expect((await me(dashboard, again.cookie)).statusCode).toBe(204);
  });

  it('ends with sign-out, with a new password and with a new role', async () => {
    const dashboard = await testDashboard();
    const first = await dashboard.signIn('viewer', PASSWORD);
    const out = await dashboard.app.inject({
      method: 'POST',
      url: '/api/v1/logout',
      headers: { cookie: first.cookie, 'x-csrf-token': first.me.csrf },
    });
    expect([out.statusCode, (await me(dashboard, first.cookie)).statusCode]).toEqual([204, 204]);
    const second = await dashboard.signIn('viewer', PASSWORD);
    await dashboard.as('administrator', 'PUT', '/users/viewer', { role: 'operator' });
    expect((await me(dashboard, second.cookie)).statusCode).toBe(204);
    const third = await dashboard.signIn('viewer', PASSWORD);
    const changed = await dashboard.app.inject({
      method: 'PUT',
      url: '/api/v1/me/password',
      headers: { cookie: third.cookie, 'x-csrf-token': third.me.csrf },
      payload: { old: PASSWORD, new: 'another long password' },
    });
    expect(changed.statusCode).toBe(200);
    expect((await me(dashboard, third.cookie)).statusCode).toBe(204);
  });
});

describe('another website', () => {
  const create = (dashboard: TestDashboard, headers: Record<string, string>) =>
    dashboard.app.inject({
      method: 'POST',
      url: '/api/v1/sites',
      headers,
      payload: { id: 'planted', name: 'Planted' },
    });

  it('cannot change anything with the cookie of a visitor', async () => {
    const dashboard = await testDashboard();
    const { cookie, me: who } = await dashboard.signIn('administrator', PASSWORD);
    const host = { host: 'carrel.test:8080' };
    const refused: Record<string, string>[] = [
      {},
      { 'x-csrf-token': 'guess' },
      { 'x-csrf-token': who.csrf, origin: 'https://evil.example' },
      { 'x-csrf-token': who.csrf, origin: 'null' },
      { 'x-csrf-token': who.csrf, 'sec-fetch-site': 'cross-site' },
      { 'x-csrf-token': who.csrf, 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of refused)
      expect((await create(dashboard, { ...host, cookie, ...headers })).statusCode, JSON.stringify(headers)).toBe(403);
    expect(dashboard.state.registry.site('planted')).toBeNull();
    expect(
      (
        await create(dashboard, {
          ...host,
          cookie,
          'x-csrf-token': who.csrf,
          origin: 'http://carrel.test:8080',
          'sec-fetch-site': 'same-origin',
        })
      ).statusCode,
    ).toBe(201);
  });

  it('cannot sign a visitor in as somebody else', async () => {
    const dashboard = await testDashboard();
    const response = await dashboard.app.inject({
      method: 'POST',
      url: '/api/v1/login',
      headers: { origin: 'https://evil.example' },
      payload: { name: 'viewer', password: PASSWORD },
    });
    expect([response.statusCode, response.cookies]).toEqual([403, []]);
    const disguised = await dashboard.app.inject({
      method: 'POST',
      url: '/%61pi/v1/login',
      headers: { origin: 'https://evil.example' },
      payload: { name: 'viewer', password: PASSWORD },
    });
    expect([disguised.statusCode, disguised.cookies]).toEqual([403, []]);
  });

  it("cannot use another session's CSRF token", async () => {
    const dashboard = await testDashboard();
    const mine = await dashboard.signIn('administrator', PASSWORD);
    const theirs = await dashboard.signIn('viewer', PASSWORD);
    expect((await create(dashboard, { cookie: mine.cookie, 'x-csrf-token': theirs.me.csrf })).statusCode).toBe(403);
  });

  it('cannot show what the present one may see in a window that is left over from another', async () => {
    const dashboard = await testDashboard();
    const mine = await dashboard.signIn('administrator', PASSWORD);
    const left = await dashboard.signIn('viewer', PASSWORD);
    const look = async (url: string, token: string) => {
      const headers = { cookie: mine.cookie, 'x-csrf-token': token };
      return (await dashboard.app.inject({ url: `/api/v1${url}`, headers })).statusCode;
    };
    expect([await look('/sites', left.me.csrf), await look('/sites', mine.me.csrf)]).toEqual([403, 200]);
    expect(await look('/me', left.me.csrf)).toBe(200); // how such a window finds out who is there now
  });
});

describe('roles', () => {
  it.each([
    [null, [401, 401, 401, 401]],
    ['viewer', [200, 403, 403, 403]],
    ['operator', [200, 409, 403, 403]],
    ['administrator', [200, 409, 201, 200]],
  ] as const)('%s gets %j for looking, testing, creating, and users', async (role, expected) => {
    const dashboard = await testDashboard();
    dashboard.state.registry.putSite(site('a'));
    dashboard.state.registry.putAccessPoint({ id: 'a', site: 'a', name: 'Line', target_mbps: 30 });
    const codes = [
      await dashboard.as(role, 'GET', '/sites'),
      await dashboard.as(role, 'POST', '/access-points/a/test'),
      await dashboard.as(role, 'POST', '/sites', { id: 'b', name: 'B' }),
      await dashboard.as(role, 'GET', '/users'),
    ].map((response) => response.statusCode);
    expect(codes).toEqual(expected);
  });

  it('are needed by every route of the API: one that forgets it does not start', async () => {
    const forgetful: Route = (app) => {
      app.get('/api/v1/forgotten', async () => 'secret');
    };
    await expect(testDashboard({ routes: [forgetful] })).rejects.toThrow(/\/api\/v1\/forgotten says neither/);
  });

  it("of a token end when it is revoked, and never exceed its person's", async () => {
    const dashboard = await testDashboard();
    const admin = await dashboard.signIn('administrator', PASSWORD);
    const headers = { cookie: admin.cookie, 'x-csrf-token': admin.me.csrf };
    const { id, token } = (
      await dashboard.app.inject({
        method: 'POST',
        url: '/api/v1/tokens',
        headers,
        payload: { name: 'script', role: 'administrator' },
      })
    ).json<{ id: number; token: string }>();
    const users = () =>
      dashboard.app.inject({ method: 'GET', url: '/api/v1/users', headers: { authorization: `Bearer ${token}` } });
    expect((await users()).statusCode).toBe(200);
    const self = dashboard.state.people.user('administrator');
    if (self) dashboard.state.people.putUser({ ...self, role: 'viewer' });
    expect((await users()).statusCode).toBe(403);
    await dashboard.as('administrator', 'DELETE', `/tokens/${id}`);
    expect((await users()).statusCode).toBe(401);
  });

  it('never leave Carrel without an administrator', async () => {
    const dashboard = await testDashboard();
    expect(
      (await dashboard.as('administrator', 'PUT', '/users/administrator', { role: 'viewer' })).json<Problem>().code,
    ).toBe('USER_CONFLICT');
    expect((await dashboard.as('administrator', 'DELETE', '/users/administrator')).statusCode).toBe(409);
    expect((await dashboard.as('administrator', 'DELETE', '/users/viewer')).statusCode).toBe(204);
    expect((await dashboard.signIn('viewer', PASSWORD)).response.statusCode).toBe(401);
  });

  it('let an answer that lasts know when it must end', async () => {
    let still: (() => boolean) | null = null;
    const lasting: Route = (app, _deps, allow) => {
      app.get('/api/v1/lasting', { onRequest: allow('viewer') }, async (request) => {
        still = () => request.stillAllowed();
        return {};
      });
    };
    const dashboard = await testDashboard({ routes: [lasting] });
    const { cookie } = await dashboard.signIn('viewer', PASSWORD);
    await dashboard.app.inject({ method: 'GET', url: '/api/v1/lasting', headers: { cookie } });
    const ask = () => still?.();
    expect(ask()).toBe(true);
    dashboard.state.people.dropSessionsOf('viewer');
    expect(ask()).toBe(false);
    await dashboard.as('viewer', 'GET', '/lasting');
    expect(ask()).toBe(true);
    for (const { id } of dashboard.state.people.tokens()) dashboard.state.people.revokeToken(id, 1);
    expect(ask()).toBe(false);
  });
});
