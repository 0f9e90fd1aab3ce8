/** Why: the first minutes of an administrator, and what operators' tools ask: set-up, tokens, health, metrics, ports. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Me, Problem } from '#contract';
import { createPasswords } from '../../dashboard/password.ts';
import { type Dashboard, startServer } from '../../dashboard/start.ts';
import {
  type FakeBroker,
  fakeBroker,
  QUICK_PASSWORDS,
  type TestDashboard,
  testDashboard,
} from '../support/dashboard.ts';
import { scratchFolder, seedRegistry } from '../support/state.ts';

/** A listening server on a free port with what `testDashboard` made. */
async function started(
  env: Record<string, string> = {},
  dataDir = scratchFolder(),
): Promise<{ dashboard: TestDashboard; server: Dashboard; dataDir: string }> {
  const dashboard = await testDashboard({ empty: true, env: { CARREL_HTTP: '127.0.0.1:0', ...env } });
  const server = await startServer({ ...dashboard.deps, dataDir }, []);
  onTestFinished(() => server.stop());
  return { dashboard, server, dataDir };
}
const setUp = (server: Dashboard, token: string | null, password: string) =>
  fetch(`${server.address}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, password }),
  });

describe('the first start', () => {
  it('prints a link that works once and signs its user in', async () => {
    const { dashboard, server } = await started();
    const token = new URL(server.setupUrl ?? '').searchParams.get('token');
    expect(server.setupUrl).toMatch(new RegExp(`^${server.address}/setup\\?token=[\\w-]{43}$`));
    expect(dashboard.state.keep.get('setup.token')).not.toContain(token);
    expect((await setUp(server, 'x'.repeat(43), 'a long enough password')).status).toBe(409);
    expect((await setUp(server, token, 'short')).status).toBe(400);
    const done = await setUp(server, token, 'a long enough password');
    expect([done.status, ((await done.json()) as Me).role]).toEqual([200, 'administrator']);
    const cookie = done.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await fetch(`${server.address}/api/v1/users`, { headers: { cookie } })).status).toBe(200);
    const again = await setUp(server, token, 'another long password');
    expect([again.status, ((await again.json()) as Problem).code]).toEqual([409, 'SETUP_CLOSED']);
  });

  it('keeps the link good until it is used: the next start prints a new one, the old one ends', async () => {
    const { dashboard, server, dataDir } = await started();
    const old = new URL(server.setupUrl ?? '').searchParams.get('token');
    const next = await startServer({ ...dashboard.deps, dataDir }, []);
    onTestFinished(() => next.stop());
    expect((await setUp(next, old, 'a long enough password')).status).toBe(409);
    expect(
      (await setUp(next, new URL(next.setupUrl ?? '').searchParams.get('token'), 'a long enough password')).status,
    ).toBe(200);
  });

  it('makes the administrator from the setting, without a link', async () => {
    const { dashboard, server } = await started({ CARREL_ADMIN_PASSWORD: 'correct-horse-battery' });
    expect(server.setupUrl).toBeNull();
    const login = await fetch(`${server.address}/api/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'admin', password: 'correct-horse-battery' }),
    });
    expect([login.status, dashboard.log.lines.join().includes('correct-horse')]).toEqual([200, false]);
  });

  it('puts a token for tools of this machine into a file for its owner alone, and makes a new one when it is lost', async () => {
    const { dashboard, server, dataDir } = await started();
    const file = join(dataDir, 'cli.token');
    const ask = (token: string) =>
      fetch(`${server.address}/api/v1/users`, { headers: { authorization: `Bearer ${token}` } }).then(
        ({ status }) => status,
      );
    const first = readFileSync(file, 'utf8').trim();
    expect([statSync(file).mode & 0o777, await ask(first)]).toEqual([0o600, 200]);
    const restart = async () => (await startServer({ ...dashboard.deps, dataDir }, [])).stop();
    await restart();
    expect(readFileSync(file, 'utf8').trim()).toBe(first);
    writeFileSync(file, 'overwritten');
    await restart();
    expect([await ask(first), await ask(readFileSync(file, 'utf8').trim())]).toEqual([401, 200]);
  });

  it('says what to do when the data directory cannot be written', async () => {
    const file = join(scratchFolder(), 'file');
    writeFileSync(file, '');
    const dashboard = await testDashboard({ empty: true, env: { CARREL_HTTP: '127.0.0.1:0' } });
    await expect(startServer({ ...dashboard.deps, dataDir: file }, [])).rejects.toMatchObject({
      code: 'DATA_UNWRITABLE',
    });
  });
});

describe('the listener', () => {
  it('names the setting when another program has the port', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    onTestFinished(() => void taken.close());
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(started({ CARREL_HTTP: `127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      detail: { setting: 'CARREL_HTTP', port },
      message: expect.stringContaining('CARREL_HTTP'),
    });
  });

  it("names the setting when the address is not this machine's", async () => {
    await expect(started({ CARREL_HTTP: '192.0.2.1:0' })).rejects.toMatchObject({ code: 'ADDRESS_UNUSABLE' });
  });

  it('beyond this machine without https is told, and only then', async () => {
    const warned = async (env: Record<string, string>) =>
      (await started(env)).dashboard.log.lines.filter((line) => line.includes('in clear')).length;
    expect([
      await warned({ CARREL_HTTP: '0.0.0.0:0' }),
      await warned({}),
      await warned({ CARREL_HTTP: '0.0.0.0:0', CARREL_PUBLIC_URL: 'https://carrel.example' }),
    ]).toEqual([1, 0, 0]);
  });

  it('is gone after stop', async () => {
    const { server } = await started();
    expect((await fetch(`${server.address}/healthz`)).status).toBe(200);
    await server.stop();
    await expect(fetch(`${server.address}/healthz`)).rejects.toThrow();
  });
});

it('gives every bound probe its configuration at start, and one that was registered elsewhere when it comes', async () => {
  const dashboard = await testDashboard({ empty: true, env: { CARREL_HTTP: '127.0.0.1:0' } });
  seedRegistry(dashboard.state, 2);
  const server = await startServer({ ...dashboard.deps, dataDir: scratchFolder() }, []);
  onTestFinished(() => server.stop());
  expect(dashboard.broker.published).toEqual(['site-1-probe', 'site-2-probe']);
  dashboard.state.registry.addProbe('late', 'site-1-main', 5000);
  for (let i = 0; i < 2; i++)
    dashboard.broker.tellPresence({ probe: 'late', online: true, since: 1, lastSeen: 1, byWill: false, state: null });
  expect(dashboard.broker.published.slice(2)).toEqual(['late']);
});

describe('health', () => {
  const ready = async (change: (broker: FakeBroker) => void) => {
    const dashboard = await testDashboard({ empty: true });
    change(dashboard.broker);
    const response = await dashboard.app.inject({ method: 'GET', url: '/readyz' });
    return { status: response.statusCode, ...response.json<{ reasons: string[]; stores: { state: string }[] }>() };
  };

  it('is ready while frames can be taken, also with a database down, and tells of it', async () => {
    const answer = await ready((broker) => {
      broker.storesNow = broker.storesNow.map((store) => ({ ...store, state: 'down', error: 'refused' }));
    });
    expect(answer).toMatchObject({ status: 200, reasons: [], stores: [{ state: 'down', error: 'refused' }] });
  });

  it.each([
    [
      'the log cannot be written',
      (broker: FakeBroker) => {
        broker.statsNow = { ...broker.statsNow, wal: { ...broker.statsNow.wal, writable: false, error: 'ENOSPC' } };
      },
      'ENOSPC',
    ],
    [
      'the log is full',
      (broker: FakeBroker) => {
        broker.statsNow = { ...broker.statsNow, wal: { ...broker.statsNow.wal, bytes: 100 } };
      },
      'full',
    ],
    [
      'nothing listens',
      (broker: FakeBroker) => {
        broker.addressesNow = { mqtt: null, mqtts: null, speed: null };
      },
      'listener',
    ],
  ])('is not ready when %s, and says so', async (_when, change, word) => {
    const { status, reasons } = await ready(change);
    expect([status, reasons]).toEqual([503, [expect.stringContaining(word)]]);
  });

  it('is not ready when the state database takes nothing, and looks at most every five seconds', async () => {
    const dashboard = await testDashboard({ empty: true });
    const ask = async () =>
      (await dashboard.app.inject({ method: 'GET', url: '/readyz' })).json<{ reasons: string[] }>();
    expect((await ask()).reasons).toEqual([]);
    dashboard.state.close();
    expect((await ask()).reasons).toEqual([]);
    dashboard.clock.nowMs += 5000;
    expect((await ask()).reasons).toEqual([expect.stringContaining('registry and alerts cannot be stored')]);
  });

  it('has figures for Prometheus, also twice in a row', async () => {
    const dashboard = await testDashboard({ empty: true });
    const scrape = async () => (await dashboard.app.inject({ method: 'GET', url: '/metrics' })).body;
    await scrape();
    const text = await scrape();
    for (const line of [
      'carrel_frames_accepted_total 7',
      'carrel_refused_total{reason="bad_topic"} 2',
      'carrel_wal_bytes 10',
      'carrel_wal_durable_position 10',
      'carrel_connections 3',
      'carrel_store_lag_bytes{store="memory"} 0',
      'carrel_store_up{store="memory"} 1',
      'carrel_outbox_waiting 0',
      'carrel_alerts_open 0',
    ])
      expect(text.split('\n')).toContain(line);
    expect(text).toContain('process_resident_memory_bytes');
    expect(fakeBroker().stats().framesAccepted).toBe(7);
  });
});

it('describes its routes, with what they take', async () => {
  const dashboard = await testDashboard({ empty: true });
  const document = (await dashboard.app.inject({ method: 'GET', url: '/api/v1/openapi.json' })).json<{
    openapi: string;
    paths: Record<string, Record<string, { summary?: string }>>;
  }>();
  expect(document.openapi).toBe('3.1.0');
  for (const path of [
    '/login',
    '/sites',
    '/sites/import',
    '/probes/{probe}/rebind',
    '/access-points/{ap}/test',
    '/users',
    '/tokens',
  ])
    expect(document.paths[`/api/v1${path}`], path).toBeDefined();
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, route] of Object.entries(methods)) expect(route.summary, `${method} ${path}`).toBeTruthy();
  expect(existsSync(dashboard.folders.web)).toBe(true);
});

describe('passwords', () => {
  it('are hashed with salt, checked, and refused when short or endless', async () => {
    const passwords = createPasswords();
    const [first, second] = [
      await passwords.hash('a long enough password'),
      await passwords.hash('a long enough password'),
    ];
    expect(first).toMatch(/^scrypt\$32768\$8\$3\$/);
    expect(first).not.toBe(second);
    expect([
      await passwords.verify('a long enough password', first),
      await passwords.verify('A long enough password', first),
      await passwords.verify('anything at all', null),
    ]).toEqual([true, false, false]);
    await expect(passwords.hash('eleven char')).rejects.toMatchObject({ code: 'PASSWORD_INVALID' });
    await expect(passwords.hash('x'.repeat(257))).rejects.toMatchObject({ code: 'PASSWORD_INVALID' });
  });

  it('typed with combined or separate accents are the same', async () => {
    const passwords = createPasswords();
    expect(await passwords.verify('slaptažodis ilgas', await passwords.hash('slaptaz\u030codis ilgas'))).toBe(true);
  });

  it('are checked one at a time, and a crowd is asked to wait', async () => {
    const passwords = QUICK_PASSWORDS;
    const answers = await Promise.allSettled(Array.from({ length: 25 }, async () => passwords.verify('guess', null)));
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(5);
  });
});
