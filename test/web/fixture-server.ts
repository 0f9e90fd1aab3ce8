/** Why: serves the built page with answers in the contract's shapes and lets a test cut the live stream; used by tests of the page only. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import Fastify from 'fastify';
import {
  type AlertView,
  type AskedTest,
  type LiveDelta,
  type LiveFirst,
  type LivePoll,
  type LiveRow,
  type LiveSnapshot,
  type Me,
  packPlaces,
  packRoster,
  packRows,
  type Role,
  type Roster,
  type Totals,
} from '#contract';
import { firstOf, surroundingsOf } from '../../dashboard/live/first.ts';
import { createRowTable } from '../../dashboard/live/table.ts';
import { type AlertQuery, alertPageOf } from './alerts-fixture.ts';
import { darkAtOnce, withCut } from './cut-fixture.ts';
import { fleetOf, historyOf, rosterOf, snapshotOf } from './fleet-fixture.ts';
import { partFixture } from './part-fixture.ts';
import { servePlanning } from './planning-fixture.ts';
import { probeFleetOf } from './probe-fixture.ts';
import { servePush } from './push-fixture.ts';
import { serveQuarantine, serveRegistry } from './registry-fixture.ts';
import {
  alertOf,
  availabilityOf,
  deliveryOf,
  devicesOf,
  explanationOf,
  measurementsOf,
  outagesOf,
  seriesOf,
  testsOf,
} from './site-fixture.ts';
import { type StartFixture, serveStart } from './start-fixture.ts';
import { serveTail, type TailFixture } from './tail-fixture.ts';
import { serveTelling } from './telling-fixture.ts';

export interface Fixture {
  origin: string;
  snapshot: LiveSnapshot;
  rows: readonly LiveRow[];
  roster: Roster;
  /** The rows that `which` picks change now; every viewer is told. */
  change(which: (row: LiveRow) => boolean, values: Partial<LiveRow>): void;
  /** Ends all streams and refuses new ones until `mend`. */
  cut(): void;
  mend(): void;
  /** Addresses that no page has get the page too, as the server does. */
  servesAnyPath: boolean;
  /** What became of the test that was asked for. */
  testBecame(change: Partial<AskedTest>): void;
  /** What the page posted, in order. */
  posted: { url: string; body: unknown; csrf: string | undefined }[];
  viewers(): number;
  tail: TailFixture;
  start: StartFixture;
  close(): Promise<void>;
}

const NOT_YET = { state: 'waiting', detail: '', test: null } as const;
const PAGES = [
  '/',
  '/map',
  '/wall',
  '/sites',
  '/sites/:id',
  '/alerts',
  '/settings',
  '/help/keys',
  '/help/words',
  '/compare',
  '/fleet',
  '/live',
  '/login',
  '/setup',
  '/start',
];

/** Thursday afternoon in Vilnius: libraries are open. Pages get the same clock (`page.clock.install`). */
export const THURSDAY = Date.parse('2026-11-19T14:15:00Z');

export interface FixtureOptions {
  sites?: number;
  signedIn?: boolean;
  /** A cable is cut: the dark ones are one incident; `all`: the slow ones too. */
  cut?: boolean | 'all';
  /** So many incidents are silenced for an hour. */
  silenced?: number;
  /** Every third library has a name as long as some have. */
  long?: boolean;
  /** Of who is signed in. */
  role?: Role;
  /** Of the pages that were built. */
  lang?: 'en' | 'lt' | 'ru';
}

/** Serves the build in `webDir` as if it were that Thursday now. */
export async function startFixture(
  webDir: string,
  {
    sites = 1200,
    signedIn = true,
    cut = false,
    silenced = 0,
    long = false,
    lang = 'en',
    role = 'administrator',
  }: FixtureOptions = {},
): Promise<Fixture> {
  const ME: Me = { name: 'rasa', role, csrf: 'token-of-the-session' };
  const offset = THURSDAY - Date.now();
  const now = () => Date.now() + offset;
  const app = Fastify();
  const index = lang === 'en' ? 'index.html' : `index.${lang}.html`;
  const script = /<script>([\s\S]*?)<\/script>/.exec(readFileSync(join(webDir, index), 'utf8'))?.[1] ?? '';
  const inline = `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
  const roster = rosterOf(sites, long);
  let rows: readonly LiveRow[] = cut ? darkAtOnce(fleetOf(sites, now()), now()) : fleetOf(sites, now());
  let snapshot = snapshotOf(rows, 1, now());
  let open = true;
  let anyPath = false;
  let me: Me | null = signedIn ? ME : null;
  let asked: AskedTest | null = null;
  const streams = new Set<ServerResponse>();
  const posted: Fixture['posted'] = [];
  const acked = new Map<number, AlertView>();
  const alerts = (): AlertView[] => {
    const single = rows.flatMap((row) =>
      row.alert === null ? [] : [acked.get(row.alert) ?? alertOf(row.alert, snapshot.at, row.since)],
    );
    const all = cut ? withCut(single, cut === 'all').map((one) => acked.get(one.id) ?? one) : single;
    return all.map((alert, i) => (i < silenced ? { ...alert, silenced_until: now() + 3_600_000 } : alert));
  };

  app.addHook('onSend', async (_request, reply) => {
    reply.header('content-security-policy', `default-src 'self';script-src 'self' ${inline}`);
  });
  app.addHook('preHandler', async (request) => {
    if (request.method !== 'GET')
      posted.push({
        url: request.url,
        body: Buffer.isBuffer(request.body) ? request.body.toString('latin1') : request.body,
        csrf: request.headers['x-csrf-token']?.toString(),
      });
  });
  app.addContentTypeParser('text/csv', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  await app.register(fastifyStatic, { root: join(webDir, 'assets'), prefix: '/assets/', preCompressed: true });
  for (const name of ['sw.js', 'manifest.webmanifest'])
    app.get(`/${name}`, (_request, reply) => reply.sendFile(name, webDir));
  for (const url of PAGES) app.get(url, (_request, reply) => reply.sendFile(index, webDir));

  // The server draws an incident for a phone (dashboard/incident); here it only says so.
  app.get('/alerts/:id', (_request, reply) =>
    reply.type('text/html').send('<!doctype html><html lang="en"><title>Incident</title><h1>Drawn by the server'),
  );

  app.setNotFoundHandler((_request, reply) =>
    anyPath ? reply.code(200).sendFile(index, webDir) : reply.code(404).send(),
  );

  app.get('/api/v1/me', (_request, reply) => (me ? reply.send(me) : reply.code(204).send()));
  app.post<{ Body: { password: string } }>('/api/v1/login', (request, reply) => {
    if (request.body.password !== 'right password')
      return reply.code(401).type('application/problem+json').send({
        type: 'about:blank',
        title: 'Unauthorized',
        status: 401,
        detail: 'The name or the password is wrong.',
        code: 'UNAUTHENTICATED',
      });
    me = ME;
    return reply.send(me);
  });
  app.post('/api/v1/setup', (_request, reply) => {
    me = ME;
    return reply.send(me);
  });
  app.post('/api/v1/logout', (_request, reply) => {
    me = null;
    return reply.code(204).send();
  });
  serveTelling(app, now);
  serveRegistry(app, { roster, me: ME, now });
  serveQuarantine(app, THURSDAY);
  servePlanning(app, { me: ME, now });
  servePush(app, THURSDAY);
  const start = serveStart(app, now);
  const partOf = (ch: string | undefined) => partFixture(ch, roster, rows, { seq: snapshot.seq, at: now() });
  app.get<{ Querystring: { ch?: string } }>('/api/v1/roster', ({ query }) =>
    packRoster(partOf(query.ch)?.roster ?? roster),
  );
  const totals = (): Totals => {
    return { ...snapshot.totals, need_action: alertPageOf(alerts(), {}).counts.need_action };
  };
  app.get<{ Querystring: { ch?: string } }>(
    '/api/v1/live/snapshot',
    ({ query }) => partOf(query.ch)?.snapshot ?? { ...snapshot, totals: totals() },
  );
  app.get<{ Querystring: { since: string; ch?: string } }>('/api/v1/live/delta', ({ query }, reply) => {
    if (!open) return reply.code(503).send();
    const part = partOf(query.ch);
    if (part) return part.since(query.since);
    const { epoch, seq, roster } = snapshot;
    // It keeps no steps of the past: whoever stopped elsewhere begins anew.
    const same = query.since === `${epoch}-${seq}`;
    return (
      same ? { kind: 'delta', at: now(), roster, delta: null, alerts: [] } : { kind: 'reset' }
    ) satisfies LivePoll;
  });
  app.get('/api/v1/live/first', (): LiveFirst => {
    const known = createRowTable((slot) => rows[slot]?.ap ?? '');
    for (const [slot, row] of rows.entries()) known.put(slot, row);
    const slots = roster.access_points.map(({ id }) => rows.findIndex(({ ap }) => ap === id));
    return {
      ...firstOf({ ...roster, list: snapshot.list }, surroundingsOf(roster), slots, known, snapshot.at),
      totals: totals(),
    };
  });
  app.get<{ Querystring: AlertQuery }>('/api/v1/alerts', ({ query }) => alertPageOf(alerts(), query));
  app.get<{ Querystring: { ap: string } }>('/api/v1/alerts/explain', ({ query }) =>
    explanationOf(query.ap, snapshot.at),
  );
  app.get<{ Params: { id: string } }>(
    '/api/v1/alerts/:id',
    ({ params }) => alerts().find(({ id }) => id === Number(params.id)) ?? alertOf(Number(params.id), snapshot.at),
  );
  app.post<{ Params: { id: string }; Body: { hours: number } }>('/api/v1/alerts/:id/ack', ({ params, body }) => {
    const id = Number(params.id);
    const alert: AlertView = {
      ...(alerts().find((one) => one.id === id) ?? alertOf(id, snapshot.at)),
      acknowledged_by: ME.name,
      acknowledged_at: now(),
      acknowledged_until: now() + body.hours * 3_600_000,
    };
    acked.set(id, alert);
    return alert;
  });
  app.get<{ Querystring: { ap: string; from: string; to: string } }>('/api/v1/tests', ({ query }) => ({
    items: testsOf(query.ap, Number(query.from), Number(query.to)),
    next: null,
  }));
  app.get<{ Querystring: { ap: string; from: string; to: string } }>('/api/v1/throughput/series', ({ query }) =>
    seriesOf(query.ap, Number(query.from), Number(query.to)),
  );
  app.get<{ Querystring: { probe: string; metric: string; from: string; to: string; points: string } }>(
    '/api/v1/measurements',
    ({ query }) =>
      measurementsOf(query.probe, query.metric, Number(query.from), Number(query.to), Number(query.points)),
  );
  app.get<{ Querystring: { ap: string; from: string; to: string } }>('/api/v1/devices', ({ query }) =>
    devicesOf(query.ap, Number(query.from), Number(query.to)),
  );
  app.get<{ Params: { probe: string } }>('/api/v1/probes/:probe/delivery', ({ params }) =>
    deliveryOf(params.probe, now()),
  );
  app.get<{ Querystring: { ap: string; from: string; to: string } }>('/api/v1/availability', ({ query }) =>
    availabilityOf(query.ap, Number(query.from), Number(query.to)),
  );
  app.get<{ Querystring: { ap: string; from: string; to: string } }>('/api/v1/outages', ({ query }) => ({
    items: outagesOf(query.ap, Number(query.from), Number(query.to)),
    next: null,
  }));
  app.get('/api/v1/access-points/:ap/test', (_request, reply) => (asked ? reply.send(asked) : reply.code(204).send()));
  app.post('/api/v1/access-points/:ap/test', (_request, reply) => {
    asked = { job: 'j1', probe: 'probe-0', asked_at: now(), expires: now() + 600_000, ...NOT_YET };
    return reply.code(202).send({ job: 'j1', probe: 'probe-0', expires: 0, cost: 'about 2.5 MB', online: true });
  });
  app.get('/api/v1/access-points/:ap/costs', () => ({
    ...{ probe: 'probe-0', month: '2026-11', tests: 118, tests_bytes: 301_000_000, all_bytes: 304_500_000 },
    ...{ budget_bytes: 2_000_000_000, left_bytes: 1_699_000_000, next_bytes: 2_540_000 },
    account: {
      ...{ month: '2026-11', spent_bytes: 301_000_000, limit_bytes: 2_000_000_000, left_bytes: 1_699_000_000 },
      ...{ day_left_bytes: 0, reserve_bytes: 7_800_000, next_bytes: 2_540_000, state: 'day_spent', at: now() },
    },
  }));
  app.get('/api/v1/fleet', (_request, reply) =>
    open ? reply.send(probeFleetOf(rows, now())) : reply.code(503).send(),
  );
  app.get('/api/v1/map-layers', () => ({ items: [] }));
  app.get('/api/v1/live/history', () => historyOf(rows, now()));
  const screens: { id: string; name: string; state: string; created_at: number; by: string; seen_at: null }[] = [];
  app.get('/api/v1/screens', () => ({ items: screens }));
  app.post<{ Body: { name: string } }>('/api/v1/screens', ({ body }, reply) => {
    const screen = {
      id: '0123456789ab',
      name: body.name,
      state: 'waiting',
      created_at: now(),
      by: 'rasa',
      seen_at: null,
    };
    screens.push(screen);
    return reply.code(201).send({ screen, code: 'ABCD2345', link: `${origin}/wall#pair=ABCD2345` });
  });
  app.delete<{ Params: { id: string } }>('/api/v1/screens/:id', ({ params }, reply) => {
    screens.splice(
      screens.findIndex(({ id }) => id === params.id),
      1,
    );
    return reply.code(204).send();
  });
  app.post<{ Body: { code: string } }>('/api/v1/screens/pair', ({ body }, reply) => {
    if (body.code !== 'ABCD2345')
      return reply.code(404).type('application/problem+json').send({
        type: 'about:blank',
        title: 'Not Found',
        status: 404,
        detail: 'This code is not known, was used already or is older than 15 minutes.',
        code: 'SCREEN_CODE_UNKNOWN',
      });
    me = { name: 'Hall', role: 'viewer', csrf: '' };
    return { name: 'Hall' };
  });
  app.get('/api/v1/live', (request, reply) => {
    if (!open) {
      reply.code(503).send();
      return;
    }
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    reply.raw.write(`event: hb\ndata: {"at":${now()}}\n\n`);
    const from = request.headers['last-event-id'];
    if (from !== undefined && from !== `${snapshot.epoch}-${snapshot.seq}`)
      reply.raw.write('event: reset\ndata: {}\n\n');
    streams.add(reply.raw);
    reply.raw.on('close', () => streams.delete(reply.raw));
  });

  const tail = serveTail(app, { rows: () => rows, isOpen: () => open, now });
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  const send = (event: string, data: unknown, id: string) => {
    for (const stream of streams) stream.write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const endAll = () => {
    for (const stream of streams) stream.destroy();
    tail.endAll();
  };
  return {
    origin,
    roster,
    posted,
    tail,
    start,
    get snapshot() {
      return snapshot;
    },
    get rows() {
      return rows;
    },
    get servesAnyPath() {
      return anyPath;
    },
    set servesAnyPath(on) {
      anyPath = on;
    },
    change(which, values) {
      const places = rows.flatMap((row, place) => (which(row) ? [place] : []));
      rows = rows.map((row, place) => (places.includes(place) ? { ...row, ...values } : row));
      snapshot = snapshotOf(rows, snapshot.seq + 1, now());
      const { epoch, seq, at, list, totals } = snapshot;
      const cols = packRows(
        places.map((place) => rows[place]),
        at,
      );
      const delta: LiveDelta = {
        epoch,
        seq,
        after: seq - 1,
        at,
        list,
        totals,
        health: null,
        n: packPlaces(places),
        cols,
      };
      send('d', delta, `${snapshot.epoch}-${snapshot.seq}`);
    },
    cut() {
      open = false;
      endAll();
    },
    mend() {
      open = true;
    },
    testBecame(change) {
      if (asked) asked = { ...asked, ...change };
    },
    viewers: () => streams.size,
    async close() {
      endAll();
      await app.close();
    },
  };
}
