/** Why: fault rows 24 to 28: what hostile input can do to the page, the files, the process and the log. */

import { STATUS_CODES } from 'node:http';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Problem } from '#contract';
import { CarrelError } from '#lib/errors';
import { StoreError } from '#store';
import { buildServer, type Route } from '../../dashboard/server.ts';
import { PASSWORD, type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { site } from '../support/state.ts';

const raw = (dashboard: TestDashboard, url: string, headers: Record<string, string> = {}) =>
  dashboard.app.inject({ method: 'GET', url, headers });

describe('the page', () => {
  it('may load nothing from elsewhere, run nothing inline and be framed by nobody', async () => {
    const { headers, body } = await raw(await testDashboard(), '/');
    expect(body).toContain('<title>Carrel</title>');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|upgrade-insecure/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  it('answers at every route of its own, and with 404 elsewhere', async () => {
    const dashboard = await testDashboard();
    const html = { accept: 'text/html' };
    for (const url of ['/sites', '/sites/zarasai', '/alerts', '/settings', '/login', '/setup?token=x'])
      expect((await raw(dashboard, url, html)).statusCode, url).toBe(200);
    const elsewhere = await raw(dashboard, '/nowhere', html);
    expect([elsewhere.statusCode, elsewhere.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  });

  it('lets assets be kept for ever, for their names change with their content', async () => {
    const { headers, statusCode } = await raw(await testDashboard(), '/assets/main-ABC.js');
    expect([statusCode, headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
  });

  it('gets markup in names as data: JSON that no browser takes for a document', async () => {
    const dashboard = await testDashboard();
    const name = '<img src=x onerror=alert(1)>"\'><script>alert(1)</script>';
    dashboard.state.registry.putSite(site('a', { name }));
    const { headers, payload } = await dashboard.as('viewer', 'GET', '/sites/a');
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(JSON.parse(payload)).toMatchObject({ name });
  });
});

describe('files', () => {
  const escapes = [
    '../secret.txt',
    '..%2fsecret.txt',
    '..%2Fsecret.txt',
    '%2e%2e/secret.txt',
    '%2e%2e%2fsecret.txt',
    '..%5csecret.txt',
    '....//secret.txt',
    '..;/secret.txt',
    '%252e%252e%252fsecret.txt',
    '..%c0%afsecret.txt',
    '%ef%bc%8e%ef%bc%8e/secret.txt',
    '/etc/passwd',
    '//etc/passwd',
    '..%2f..%2f..%2f..%2fetc%2fpasswd',
    '%00',
    'agent.cjs%00.txt',
    '.env',
    'secret.txt',
  ];
  it.each(['/assets/', '/install/', '/'])('below %s end at its own folder', async (prefix) => {
    const dashboard = await testDashboard();
    for (const path of escapes) {
      const response = await raw(dashboard, prefix + path);
      expect(response.body, prefix + path).not.toMatch(/not for download|root:|"agent"/);
      expect(response.statusCode, prefix + path).toBeGreaterThanOrEqual(400);
    }
  });

  it('to install are exactly those that are listed', async () => {
    const dashboard = await testDashboard();
    const agent = await raw(dashboard, '/install/agent.cjs');
    expect([agent.statusCode, agent.body]).toEqual([200, '"agent";']);
    expect((await raw(dashboard, '/install/install.sh')).body).toBe('#!/bin/sh\n');
    expect((await raw(dashboard, '/install/inventory.cjs')).json<Problem>().code).toBe('FILE_NOT_FOUND');
  });

  it('are never named by an id', async () => {
    const dashboard = await testDashboard();
    for (const id of ['..', '%2e%2e', 'a%2fb', 'A', 'ä', 'a'.repeat(49), '__proto__']) {
      expect(
        (await raw(dashboard, `/api/v1/sites/${id}`, { authorization: `Bearer ${dashboard.token('viewer')}` }))
          .statusCode,
        id,
      ).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('bodies', () => {
  const post = (dashboard: TestDashboard, payload: string, type = 'application/json') =>
    dashboard.as('administrator', 'POST', '/sites', payload, { 'content-type': type });

  it.each([
    '{"id":"a","name":"A","__proto__":{"admin":true}}',
    '{"id":"a","name":"A","constructor":{"prototype":{"admin":true}}}',
    '{"id":"a","name":"A","opening":[{"__proto__":{"admin":true}}]}',
    '{"id":"a","name":"A","unknown":1}',
    '{"id":"a","name":"A"',
    '[]',
    'null',
    '"text"',
    '',
    '{"id":"a","name":null}',
    '{"id":"a","name":5}',
    '{"id":"a","name":"A","contract_mbps":"100"}',
    '{"id":"../a","name":"A"}',
    `{"id":"a","name":"A","opening":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  ])('such as %.60s are refused and leave no trace', async (payload) => {
    const dashboard = await testDashboard({ empty: true });
    const response = await post(dashboard, payload);
    expect([response.statusCode, response.json<Problem>().code]).toEqual([400, 'BODY_INVALID']);
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
    expect(dashboard.state.registry.sites()).toEqual([]);
  });

  it('that are too large or of another kind are named as such', async () => {
    const dashboard = await testDashboard({ empty: true });
    expect(
      (await post(dashboard, JSON.stringify({ id: 'a', name: 'A', notes: 'x'.repeat(70_000) }))).json<Problem>(),
    ).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
    expect((await post(dashboard, '<site/>', 'application/xml')).json<Problem>()).toMatchObject({
      status: 415,
      code: 'MEDIA_TYPE_UNSUPPORTED',
    });
  });

  it('of nobody are not even read', async () => {
    const dashboard = await testDashboard({ empty: true });
    const response = await dashboard.as(null, 'POST', '/sites', '{"broken', { 'content-type': 'application/json' });
    expect(response.statusCode).toBe(401);
  });
});

describe('a refusal', () => {
  const thrower =
    (error: unknown): Route =>
    (app) => {
      app.get('/api/v1/throw', { config: { public: true } }, async () => {
        throw error;
      });
    };

  it.each([
    ['SITE_INVALID', 400],
    ['PROBE_UNKNOWN', 404],
    ['FILE_NOT_FOUND', 404],
    ['SITE_EXISTS', 409],
    ['ALERT_CLOSED', 409],
    ['USER_CONFLICT', 409],
    ['PROBE_UNBOUND', 409],
    ['CALENDAR_CHANGED', 412],
    ['FORBIDDEN', 403],
    ['UNAUTHENTICATED', 401],
    ['TOO_MANY_ATTEMPTS', 429],
    ['STATE_UNWRITABLE', 503],
    ['SOMETHING_ELSE', 500],
  ])('%s is a problem document with %i', async (code, status) => {
    const dashboard = await testDashboard({
      empty: true,
      routes: [thrower(new CarrelError(code, 'What happened.', { name: 'must not be empty', n: 5 }))],
    });
    const response = await raw(dashboard, '/api/v1/throw');
    const problem = response.json<Problem>();
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect([response.statusCode, problem.status, STATUS_CODES[problem.status] !== undefined]).toEqual([
      status,
      status,
      true,
    ]);
    expect(problem).toMatchObject({
      type: 'about:blank',
      title: expect.any(String),
      detail: expect.any(String),
      code: status === 500 ? 'INTERNAL' : code,
    });
    expect(problem.errors).toEqual(status === 400 ? [{ field: 'name', message: 'must not be empty' }] : undefined);
  });

  it.each([
    ['our own making', new TypeError('secret inside /var/lib'), 500],
    ['a database', new StoreError('unreachable', 'secret inside /var/lib'), 503],
  ])('of %s tells nothing but a number, under which the log has the rest', async (_, error, status) => {
    const dashboard = await testDashboard({ empty: true, routes: [thrower(error)] });
    const response = await raw(dashboard, '/api/v1/throw');
    const { request } = response.json<Problem>();
    expect([response.statusCode, response.body.includes('secret')]).toEqual([status, false]);
    expect(request).toMatch(/^[0-9a-f]{8}$/);
    const lines = dashboard.log.lines.filter((line) => line.includes(`"request":"${request}"`));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('secret inside');
  });

  it('by a database that is down does not show where it is', async () => {
    const dashboard = await testDashboard({
      empty: true,
      routes: [thrower(new StoreError('unreachable', 'connect ECONNREFUSED 10.0.0.5:8086'))],
    });
    const response = await raw(dashboard, '/api/v1/throw');
    expect([response.statusCode, response.body.includes('10.0.0.5')]).toEqual([503, false]);
  });

  it('names every wrong field at once', async () => {
    const dashboard = await testDashboard({ empty: true });
    const { errors } = (
      await dashboard.as('administrator', 'POST', '/sites', { id: 'BAD', metered: 'yes', extra: 1 })
    ).json<Problem>();
    expect(errors?.map(({ field }) => field).sort()).toEqual(['extra', 'id', 'metered', 'name']);
  });

  it('is a problem document for routes that do not exist', async () => {
    const response = await testDashboard({ empty: true }).then((dashboard) => raw(dashboard, '/api/v1/nowhere'));
    expect([response.statusCode, response.json<Problem>().code]).toEqual([404, 'ROUTE_NOT_FOUND']);
  });
});

describe('the log', () => {
  it('holds no password, cookie, token, CSRF token or body, whatever is asked', async () => {
    const dashboard = await testDashboard();
    const { cookie, me } = await dashboard.signIn('administrator', PASSWORD);
    const canaries = [
      PASSWORD,
      cookie.split('=')[1] ?? '',
      me.csrf,
      dashboard.token('administrator'),
      'CANARY-body',
      'CANARY-query',
      'CANARY-name',
      'CANARY-wrong-password',
    ];
    const created = await dashboard.as('administrator', 'POST', '/sites', { id: 'a', name: 'CANARY-body' });
    const probe = await dashboard.as('administrator', 'POST', '/probes', { id: 'p', access_point: 'a' });
    canaries.push(probe.json<{ token: string }>().token);
    await raw(dashboard, '/setup?token=CANARY-query');
    await raw(dashboard, '/nowhere/CANARY-query?token=CANARY-query');
    await dashboard.app.inject({
      method: 'POST',
      url: '/api/v1/login',
      payload: { name: 'CANARY-name', password: 'CANARY-wrong-password' },
    });
    await dashboard.app.inject({
      method: 'POST',
      url: '/api/v1/setup',
      payload: { token: 'CANARY-query', password: 'CANARY-wrong-password' },
    });
    const metrics = (await raw(dashboard, '/metrics')).body;
    expect([created.statusCode, dashboard.log.lines.length > 3]).toEqual([201, true]);
    for (const canary of canaries) expect(dashboard.log.lines.join('\n') + metrics, canary).not.toContain(canary);
  });

  it('cannot be given a line of its own: control characters stay inside theirs', async () => {
    const dashboard = await testDashboard();
    const lines: string[] = [];
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
    const app = await buildServer({ ...dashboard.deps, log }, { folders: dashboard.folders, routes: [] });
    const forged = 'x\n{"level":30,"msg":"forged"}\r\n\u001b[2J';
    await app.inject({
      method: 'POST',
      url: '/api/v1/login',
      payload: { name: forged, password: forged },
      headers: { 'user-agent': 'x', 'x-forwarded-for': '1.2.3.4%0aforged' },
    });
    await app.inject({ method: 'GET', url: '/api/v1/%0a%7bforged' });
    await app.close();
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line.trimEnd().split('\n')).toHaveLength(1);
      expect(JSON.parse(line)).not.toMatchObject({ msg: 'forged' });
      expect([...line.trimEnd()].every((character) => character >= ' ')).toBe(true);
    }
  });

  it('is quiet while people look, and has one line for a change', async () => {
    const dashboard = await testDashboard({ empty: true });
    await dashboard.as('viewer', 'GET', '/sites');
    await dashboard.as('administrator', 'POST', '/sites', { id: 'a', name: 'A' });
    const told = dashboard.log.lines.filter((line) => !line.includes('"level":"debug"'));
    expect(told.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: 'info',
        message: 'request',
        method: 'POST',
        route: '/api/v1/sites',
        status: 201,
        who: 'administrator',
      }),
    ]);
  });
});
