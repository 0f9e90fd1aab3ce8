/** Why: openapi.json says of each route what it answers: the schemas of schemas.json (made from answers.ts), and how it refuses. */
import { readFileSync } from 'node:fs';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { isObject } from '#contract';

type Schema = Record<string, unknown>;
interface Described {
  answers: Record<string, Schema>;
  shapes: Record<string, Schema>;
}
const ROOT = '/api/v1';

/** What is no JSON, or not only. */
const MEDIA: Record<string, readonly string[]> = {
  'GET /live': ['text/event-stream'],
  'GET /map-layers/{id}': ['application/json'],
  'GET /sites/export': ['text/csv'],
  'GET /reports/compliance': [
    'application/json',
    'text/csv',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ],
};

/** Before the routes are registered. */
export function describeAnswers(app: FastifyInstance): void {
  const { answers, shapes } = readSchemas();
  for (const [name, schema] of Object.entries(shapes)) app.addSchema({ $id: name, ...schema });
  app.addHook('onRoute', (route) => {
    if (route.method === 'HEAD' || !route.url.startsWith(`${ROOT}/`) || route.schema?.hide === true) return;
    const key = `${route.method} ${route.url.slice(ROOT.length).replace(/:(\w+)/g, '{$1}')}`;
    route.schema = { ...route.schema, response: { ...answersOf(answers, key), ...refusalsOf(route) } };
  });
}

/** By status. A route that answers.ts does not have is described without them, which a test refuses. */
function answersOf(answers: Described['answers'], key: string): Record<string, Schema> {
  const found = Object.entries(answers).filter(([name]) => name === key || name.startsWith(`${key} `));
  return Object.fromEntries(
    found.map(([name, schema]): [string, Schema] => {
      const status = /\d{3}$/.exec(name)?.[0] ?? '200';
      if (schema['type'] === 'null') return [status, { description: WITHOUT_BODY[status] ?? 'Done', type: 'null' }];
      const media = MEDIA[key]?.map((type) => [type, { schema: type === 'application/json' ? schema : {} }] as const);
      return [
        status,
        media
          ? { description: 'As asked for', content: Object.fromEntries(media) }
          : { description: 'Answer', ...schema },
      ];
    }),
  );
}
const WITHOUT_BODY: Record<string, string> = { 204: 'Done, or nothing there to show', 304: 'Not changed' };

/** The status codes of problem.ts, as far as a route can come to them. */
function refusalsOf({ schema, config }: RouteOptions): Record<string, Schema> {
  const takes = isObject(schema) && ['body', 'params', 'querystring'].some((part) => part in schema);
  const open = isObject(config) && config['public'] === true;
  const refusal = (description: string): Schema => ({
    description,
    content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
  });
  return {
    ...(takes ? { 400: refusal('Not accepted; `errors` names each wrong field') } : {}),
    ...(open ? {} : { 401: refusal('Not signed in'), 403: refusal('Not allowed for this role') }),
    ...(isObject(schema) && 'params' in schema ? { 404: refusal('Not found') } : {}),
    '4XX': refusal('Refused; `code` says why'),
    '5XX': refusal('Something broke, or a database does not answer'),
  };
}

function readSchemas(): Described {
  const value: unknown = JSON.parse(readFileSync(new URL('./schemas.json', import.meta.url), 'utf8'));
  if (!isObject(value) || !isObject(value['answers']) || !isObject(value['shapes']))
    throw new Error('dashboard/api/schemas.json is not what npm run docs writes');
  return value as unknown as Described; // written by infra/api-schemas.ts
}
