/** Why: the description of the API is held against a whole server: every route, a month that was measured, an incident, people and channels. */
import AjvCompiler from '@fastify/ajv-compiler';
import type { LightMyRequestResponse } from 'fastify';
import type { LiveRow } from '#contract';
import { ROUTES } from '../../dashboard/routes.ts';
import type { Route } from '../../dashboard/server.ts';
import { createBackupDesk } from '../../infra/backup/desk.ts';
import type { Manifest } from '../../infra/backup/manifest.ts';
import { slowAlert, storedIncident } from '../notify/cases.ts';
import { reportWorld } from '../report/world.ts';
import { heldClock, logLines, type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { NOW } from './query/month-world.ts';

type Schema = Record<string, unknown>;
export interface DescribedRoute {
  method: string;
  /** `/sites/{site}` */
  path: string;
  summary?: string;
  parameters?: { name: string; in: string }[];
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}
export interface ApiWorld {
  dashboard: TestDashboard;
  routes: DescribedRoute[];
  /** What is wrong with an answer of this route, by its own description; empty when nothing is. */
  faultsOf(method: string, url: string, answer: LightMyRequestResponse): string[];
  /** `PUT /sites/{site}` */
  routeOf(method: string, url: string): string;
}

export async function apiWorld(more: Record<string, string> = {}): Promise<ApiWorld> {
  const env = { CARREL_SMTP: 'smtp://127.0.0.1:1', CARREL_ONCALL: 'oncall@library.example', ...more };
  const backup = createBackupDesk({ take: async () => COPIED, clock: heldClock(NOW), log: logLines() });
  const withBackup = ROUTES.map(
    (route): Route =>
      (app, deps, allow) =>
        route(app, { ...deps, backup }, allow),
  );
  const dashboard = await testDashboard({ routes: withBackup, env });
  const { store } = await reportWorld(dashboard.state);
  Object.assign(dashboard.broker.store, store);
  Object.assign(dashboard.broker.tasks, {
    quarantine: async () => [{ store: 'memory', count: 0, lines: [] }],
    replayQuarantine: async () => ({ taken: 1, refused: 1 }),
    dropQuarantine: async () => 1,
  });
  dashboard.clock.nowMs = NOW;
  const row: Partial<LiveRow> = { ap: 'a', site: 'a', state: 'nodata', why_code: 'no_test', since: null };
  const alert = { ...slowAlert, id: 1, ap: 'a', site: 'a' };
  dashboard.state.alerts.add(storedIncident({ ap: 'a' }));
  Object.assign(dashboard.deps.alerts, {
    list: () => [alert],
    view: (id: number) => (id === 1 ? alert : null),
    acknowledge: () => alert,
    resolve: () => alert,
  });
  dashboard.live.now = () => ({ at: NOW, rows: [{ ...UNKNOWN, ...row } as LiveRow] });
  const document = (await dashboard.app.inject('/api/v1/openapi.json')).json<Document>();
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]) => ({
      ...route,
      method: method.toUpperCase(),
      path: path.replace('/api/v1', ''),
    })),
  );
  const routeOf = (method: string, url: string): string => {
    const path = new URL(url, 'http://x').pathname;
    const found = routes.find((one) => one.method === method && patternOf(one.path).test(path));
    return `${method} ${found?.path ?? path}`;
  };
  return { dashboard, routes, faultsOf: checker(document, routes), routeOf };
}

const COPIED: Manifest = {
  ...{ format: 1, version: '0.1.0', made_at: '', databases: [] },
  counts: { sites: 1, probes: 2, users: 3, samples: 4, events: 5, rollups: 6 },
  files: [{ path: 'a', bytes: 7, sha256: '' }],
};

const UNKNOWN = {
  ...{ down_mbps: null, down_at: null, median_mbps: null, median_n: 0, verdict: null, wan_rx_mbps: null },
  ...{ wan_tx_mbps: null, rtt_ms: null, loss_pct: null, cpu_pct: null, clients: null, last_seen: null },
  ...{ probe: null, probe_online: null, alert: null },
};

interface Document {
  paths: Record<string, Record<string, Omit<DescribedRoute, 'method' | 'path'>>>;
  components: { schemas: Record<string, Schema> };
}

function checker({ components }: Document, routes: readonly DescribedRoute[]): ApiWorld['faultsOf'] {
  // One document of schemas whose references lead into it.
  const shapes = JSON.parse(JSON.stringify(components.schemas).replaceAll('#/components/schemas/', '#/definitions/'));
  const compile = AjvCompiler()(
    {},
    { customOptions: { allErrors: true, coerceTypes: false, removeAdditional: false, strict: false } },
  );
  return (method, url, answer) => {
    const path = new URL(url, 'http://x').pathname;
    const route = routes.find((one) => one.method === method && patternOf(one.path).test(path));
    if (!route) return [`${method} ${path} is not described`];
    const said = route.responses[answer.statusCode] ?? route.responses[`${Math.floor(answer.statusCode / 100)}XX`];
    if (!said) return [`${method} ${route.path} does not describe ${answer.statusCode}: ${answer.body.slice(0, 200)}`];
    const type = String(answer.headers['content-type'] ?? '').split(';')[0] ?? '';
    if (answer.body === '') return [];
    const described = said.content?.[type]?.schema;
    if (!described) return [`${method} ${route.path} ${answer.statusCode} does not describe ${type}`];
    if (!/json$/.test(type)) return [];
    const schema = JSON.parse(JSON.stringify(described).replaceAll('#/components/schemas/', '#/definitions/'));
    const valid = compile({ schema: { ...schema, definitions: shapes } } as Parameters<typeof compile>[0]);
    valid(answer.json());
    return (valid.errors ?? []).map(
      (error) => `${method} ${route.path} ${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`,
    );
  };
}

/** Whole paths first: `/sites/export` is no `/sites/{site}`. */
const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);
