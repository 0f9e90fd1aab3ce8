/** Why: who may do what, and which sites and probes there are, as the page's tests see them: what is edited is answered as it was sent. */
import type { FastifyInstance } from 'fastify';
import type { ImportReport, Me, ProbeCredential, QuarantineShelf, ReplayReport, Roster, SavedView } from '#contract';
import { openRules } from '../../dashboard/alert/rule-store.ts';
import { memoryState } from '../support/state.ts';

interface World {
  roster: Roster;
  me: Me;
  now(): number;
}

export function serveRegistry(app: FastifyInstance, { roster, me, now }: World): void {
  servePeople(app, { me, now });
  app.post<{ Body: { id: string; name: string } }>('/api/v1/sites', (request, reply) => {
    if (request.body.id === 'site-0')
      return reply
        .code(409)
        .type('application/problem+json')
        .send({
          type: 'about:blank',
          title: 'Conflict',
          status: 409,
          detail: 'There is a site site-0 already.',
          code: 'SITE_EXISTS',
          errors: [{ field: 'id', message: 'is taken' }],
        });
    return reply.code(201).send({ ...roster.sites[0], ...request.body });
  });
  app.post<{ Querystring: { dry?: string } }>(
    '/api/v1/sites/import',
    (): ImportReport => ({
      encoding: 'windows-1257',
      separator: ';',
      created: 2,
      updated: 1,
      unchanged: 4,
      refused: 1,
      lines: [
        { line: 2, id: 'a', outcome: 'created', fields: [], messages: [] },
        { line: 3, id: 'b', outcome: 'created', fields: [], messages: ['lat and lon were swapped'] },
        { line: 4, id: 'c', outcome: 'updated', fields: ['isp', 'contract_mbps'], messages: [] },
        { line: 5, id: null, outcome: 'refused', fields: [], messages: ['id: is missing'] },
      ],
    }),
  );
  const credentialOf = (id: string): ProbeCredential => {
    const broker = 'mqtts://carrel.example.org:8883';
    const file = JSON.stringify({ broker, id, token: 'cp1.secret', ca: null });
    const credential = `--server https://carrel.example.org --credential ${Buffer.from(file).toString('base64')}`;
    const command = `wget -qO- https://carrel.example.org/install/install.sh | sh -s -- ${credential}`;
    return { id, token: 'cp1.secret', ca: null, broker, broker_ws: null, file, command };
  };
  app.post<{ Body: { id: string; access_point: string } }>('/api/v1/probes', ({ body }) => {
    roster.probes.push({ id: body.id, access_point: body.access_point, admitted: true });
    return credentialOf(body.id);
  });
  app.post<{ Params: { id: string } }>('/api/v1/probes/:id/credential', ({ params }) => credentialOf(params.id));
  app.get<{ Params: { site: string } }>('/api/v1/sites/:site', ({ params }) => ({
    ...roster.sites.find(({ id }) => id === params.site),
    opening_text: 'Mo-Fr 09:00-19:00; Sa 10:00-16:00',
    access_points: roster.access_points.filter(({ site }) => site === params.site),
  }));
  app.put('/api/v1/sites/:site', ({ body }) => body);
  app.delete('/api/v1/sites/:site', (_request, reply) => reply.code(204).send());
  app.put('/api/v1/access-points/:ap', ({ body }) => body);
  app.post('/api/v1/probes/:id/rebind', ({ body }) => body);
  app.delete('/api/v1/probes/:id', (_request, reply) => reply.code(204).send());
}

function servePeople(app: FastifyInstance, { me, now }: Pick<World, 'me' | 'now'>): void {
  app.get('/api/v1/sessions', () => ({
    items: [
      {
        id: '0123456789abcdef',
        user: 'rasa',
        created_at: now() - 3_600_000,
        last_seen_at: now(),
        expires_at: now() + 1e8,
      },
    ],
    next: null,
  }));
  app.get<{ Querystring: { cursor?: string } }>('/api/v1/audit', ({ query: { cursor } }) => ({
    items: [
      {
        id: cursor === undefined ? 7 : 6,
        at: now() - 60_000,
        who: cursor === undefined ? 'rasa' : 'jonas',
        action: 'site changed',
        facts: { site: 'site-0', fields: ['opening'] },
        detail: '',
      },
    ],
    next: cursor === undefined ? '7' : null,
  }));
  app.get('/api/v1/users', () => ({
    items: [
      { name: 'rasa', role: 'administrator', email: null, created_at: 0 },
      { name: 'jonas', role: 'operator', email: null, created_at: 0 },
    ],
    next: null,
  }));
  app.put<{ Params: { name: string }; Body: Record<string, unknown> }>('/api/v1/users/:name', ({ params, body }) => {
    const person = { role: 'operator', email: null, created_at: 0 };
    return { ...person, ...body, name: params.name };
  });
  let views: SavedView[] = [];
  app.get('/api/v1/me/views', () => ({ items: views }));
  app.put<{ Body: { items: SavedView[] } }>('/api/v1/me/views', ({ body }) => {
    views = body.items;
    return body;
  });
  app.get('/api/v1/rules', () => openRules({ CARREL_DARK_AFTER_S: 300 }, memoryState()).view());
  app.get('/api/v1/tokens', () => ({
    items: [{ id: 1, name: 'nightly report', role: 'viewer', user: 'rasa', created_at: now() - 9e8, revoked_at: null }],
    next: null,
  }));
  app.post<{ Body: { name: string; role: string } }>('/api/v1/tokens', ({ body }, reply) =>
    reply.code(201).send({ id: 2, ...body, token: 'ct1.shown-once' }),
  );
  app.put('/api/v1/me/password', () => me);
}

export function serveQuarantine(app: FastifyInstance, at: number): void {
  const shelf: QuarantineShelf = {
    store: 'influx1 db.example.org:8086/carrel',
    count: 2,
    lines: [
      { at: at, line: 'probe,probe=site-1 cpu_pct=12 1', reason: 'field type conflict' },
      { at: null, line: 'probe,probe=site-2 cpu_pct=13 1', reason: 'field type conflict' },
    ],
  };
  app.get('/api/v1/quarantine', () => ({ items: [shelf, { store: 'duckdb', count: 0, lines: [] }] }));
  app.post('/api/v1/quarantine/replay', (): ReplayReport => {
    shelf.lines.splice(0, 1);
    shelf.count = 1;
    return { taken: 1, refused: 1 };
  });
}
