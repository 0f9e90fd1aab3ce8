/** Why: tests speak to the real web server over `inject`, with a real state database; broker, alerts and live view are small stand-ins. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { onTestFinished } from 'vitest';
import type { Broker, BrokerStats, Presence } from '#broker';
import { type Me, packRoster, packRows, type Role } from '#contract';
import type { Clock } from '#lib/clock';
import type { Logger } from '#lib/logger';
import { readSettings } from '#lib/settings';
import type { State } from '#state';
import type { StoreReader, StoreStatus } from '#store';
import { dashboardSettings } from '../../dashboard/config.ts';
import type { AlertEngine, DashboardDeps, LiveHub } from '../../dashboard/deps.ts';
import { createPasswords, type Passwords } from '../../dashboard/password.ts';
import { createSequenceProof } from '../../dashboard/proof/keeper.ts';
import { buildServer, type Route } from '../../dashboard/server.ts';
import { memoryState, scratchFolder } from './state.ts';

/** Writes down what the dashboard asks of the broker. */
export interface FakeBroker extends Broker {
  published: string[];
  disconnected: string[];
  statsNow: BrokerStats;
  storesNow: StoreStatus[];
  addressesNow: ReturnType<Broker['addresses']>;
  tellPresence(presence: Presence): void;
}

export function fakeBroker(): FakeBroker {
  const listeners = new Set<(presence: Presence) => void>();
  const present = new Map<string, Presence>();
  const unasked = async (): Promise<never> => {
    throw new Error('no test asks the store');
  };
  const store: StoreReader = {
    series: unasked,
    events: unasked,
    fleet: unasked,
    latest: unasked,
    samples: unasked,
    rollups: unasked,
    rollupTotals: unasked,
    known: unasked,
  };
  const broker: FakeBroker = {
    published: [],
    disconnected: [],
    statsNow: {
      connections: 3,
      framesAccepted: 7,
      refused: { bad_topic: 2 },
      authFailures: 1,
      takeovers: 0,
      wal: { bytes: 10, capBytes: 100, durableEnd: 10, writable: true, error: null, oldestMs: null },
    },
    storesNow: [
      {
        name: 'memory',
        primary: true,
        state: 'ok',
        error: null,
        since_ms: null,
        lag_bytes: 0,
        rows_written: 4,
        quarantined: 0,
      },
    ],
    addressesNow: { mqtt: 'mqtt://127.0.0.1:1883', mqtts: 'mqtts://0.0.0.0:8883', speed: null },
    addresses: () => broker.addressesNow,
    authority: () => '-----BEGIN CERTIFICATE-----\n',
    presence: () => present,
    onPresence(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tellPresence(presence) {
      present.set(presence.probe, presence);
      for (const listener of listeners) listener(presence);
    },
    onReported: () => () => undefined,
    publishDesired: (probe) => void broker.published.push(probe),
    disconnect: (probe, why) => void broker.disconnected.push(`${probe}: ${why}`),
    openFeed: () => {
      throw new Error('no test reads the feed');
    },
    commit: () => undefined,
    store,
    tasks: { quarantine: unasked, replayQuarantine: unasked, dropQuarantine: unasked, snapshot: unasked },
    copyTo: unasked,
    stores: () => broker.storesNow,
    onRollups: () => () => undefined,
    stats: () => broker.statsNow,
    stop: async () => undefined,
  };
  return broker;
}

function fakeAlerts(): AlertEngine {
  return {
    start: () => undefined,
    stop: async () => undefined,
    openOf: () => null,
    explain: (ap) => ({ ap, rules: [] }),
    view: () => null,
    list: () => [],
    open: () => ({ items: [], next: null }),
    counts: () => ({ need_action: 0, acknowledged: 0, silenced: 0 }),
    acknowledge: () => {
      throw new Error('no test acknowledges here');
    },
    resolve: () => {
      throw new Error('no test ends an alert here');
    },
    rules: () => ({ parameters: [], page: { all: {}, metered: {}, sites: {} }, file: null }),
    editRules: () => undefined,
    onChange: () => () => undefined,
  };
}

export interface FakeLive extends LiveHub {
  changes: number;
}
function fakeLive(): FakeLive {
  const live: FakeLive = {
    changes: 0,
    start: async () => undefined,
    stop: async () => undefined,
    snapshot: () => ({
      epoch: 'e',
      seq: 1,
      at: 1_000_000,
      roster: 'r',
      totals: {
        ...{ meets: 0, below: 0, offline: 0, nodata: 0, maint: 0, total: 0 },
        ...{ mean_mbps: null, mean_n: 0, need_action: 0 },
      },
      list: 'l',
      health: [],
      cols: packRows([], 0),
    }),
    now: () => ({ at: 1_000_000, rows: [] }),
    heard: () => null,
    poll: () => ({ kind: 'reset' }),
    history: () => ({
      step_s: 900,
      t: [],
      per: { meets: [], below: [], offline: [], nodata: [], maint: [] },
      list: 'l',
      hours: [],
    }),
    first: () => ({
      at: 1_000_000,
      totals: live.snapshot().totals,
      ...{ regions: [], isps: [], metered: false, target_mbps: null, places: [], several: [] },
      ...{ roster: live.roster(), cols: packRows([], 0) },
    }),
    roster: () => packRoster({ hash: 'r', list: 'l', sites: [], access_points: [], probes: [] }),
    rosterChanged: () => void live.changes++,
    recheck: () => undefined,
    stream: () => undefined,
    tail: () => undefined,
  };
  return live;
}

/** A clock that a test moves. */
export interface HeldClock extends Clock {
  nowMs: number;
}
export function heldClock(nowMs = Date.UTC(2026, 10, 22, 12)): HeldClock {
  const clock: HeldClock = { nowMs, wallMs: () => clock.nowMs, monoMs: () => clock.nowMs };
  return clock;
}

/** Every line that was logged, as text. */
export interface LogLines extends Logger {
  lines: string[];
}
export function logLines(): LogLines {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (fields: object, message: string): void =>
      void lines.push(JSON.stringify({ level, message, ...fields }));
  return { lines, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

export interface TestDashboard {
  app: FastifyInstance;
  state: State;
  broker: FakeBroker;
  live: FakeLive;
  clock: HeldClock;
  log: LogLines;
  deps: DashboardDeps;
  folders: { web: string; dist: string; deploy: string };
  /** Makes the user and answers with a bearer token of that role. */
  token(role: Role): string;
  /** As this role: `as('viewer', 'GET', '/sites')`. */
  as(
    role: Role | null,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    payload?: InjectOptions['payload'],
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>;
  /** A browser: signs in and keeps cookie and CSRF token. */
  signIn(name: string, password: string): Promise<{ cookie: string; me: Me; response: LightMyRequestResponse }>;
}

export const PASSWORD = 'a long enough password';
/** scrypt is slow on purpose; what it is for is tested with the real cost. */
export const QUICK_PASSWORDS = createPasswords({ N: 2 ** 10, r: 8, p: 1 });

/** The server with users of each role (`viewer`, `operator`, `administrator`, all with PASSWORD) unless `empty`. */
export async function testDashboard({
  env = {},
  routes = [],
  empty = false,
  web,
  passwords = QUICK_PASSWORDS,
}: {
  env?: Record<string, string>;
  routes?: Route[];
  empty?: boolean;
  /** A page that was really built. */
  web?: string;
  passwords?: Passwords;
} = {}): Promise<TestDashboard> {
  const [state, broker, live, clock, log] = [memoryState(), fakeBroker(), fakeLive(), heldClock(), logLines()];
  const folders = { ...fakeFolders(), ...(web === undefined ? {} : { web }) };
  const settings = readSettings(dashboardSettings, env);
  const deps: DashboardDeps = {
    settings,
    state,
    broker,
    alerts: fakeAlerts(),
    live,
    proof: createSequenceProof({ state, broker, clock, log }),
    passwords,
    clock,
    log,
    publicUrl: () => settings.CARREL_PUBLIC_URL ?? 'http://carrel.test:8080',
  };
  const app = await buildServer(deps, { folders, routes });
  onTestFinished(() => app.close());
  if (!empty) {
    const passwordHash = await passwords.hash(PASSWORD);
    for (const role of ['viewer', 'operator', 'administrator'] as const)
      state.people.putUser({ name: role, role, passwordHash, email: null, createdAt: 1 });
  }
  const { sha256 } = await import('../../dashboard/session.ts');
  const token = (role: Role): string => {
    const text = `test-${role}`;
    if (!state.people.tokenBySha256(sha256(text)))
      state.people.addToken({ name: role, role, user: '', tokenSha256: sha256(text), createdAt: 1 });
    return text;
  };
  return {
    app,
    state,
    broker,
    live,
    clock,
    log,
    deps,
    folders,
    token,
    as: (role, method, path, payload, headers = {}) =>
      app.inject({
        method,
        url: `/api/v1${path}`,
        headers: { ...(role ? { authorization: `Bearer ${token(role)}` } : {}), ...headers },
        ...(payload === undefined ? {} : { payload }),
      }),
    async signIn(name, password) {
      const response = await app.inject({ method: 'POST', url: '/api/v1/login', payload: { name, password } });
      const found = response.cookies[0];
      return { cookie: found ? `${found.name}=${found.value}` : '', me: response.json<Me>(), response };
    },
  };
}

function fakeFolders(): TestDashboard['folders'] {
  const root = scratchFolder();
  const folders = { web: join(root, 'dist/web'), dist: join(root, 'dist'), deploy: join(root, 'deploy') };
  mkdirSync(join(folders.web, 'assets'), { recursive: true });
  mkdirSync(folders.deploy);
  writeFileSync(join(folders.web, 'index.html'), '<!doctype html><title>Carrel</title>');
  writeFileSync(join(folders.web, 'assets/main-ABC.js'), 'export {};');
  writeFileSync(join(folders.dist, 'agent.cjs'), '"agent";');
  writeFileSync(join(folders.dist, 'secret.txt'), 'not for download');
  writeFileSync(join(folders.deploy, 'install.sh'), '#!/bin/sh\n');
  return folders;
}
