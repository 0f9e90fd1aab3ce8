/**
 * Why: no InfluxDB 2 can be installed from a registry, so that this stand-in takes its part: it accepts a request only when every field is as
 * InfluxData's published API description has it (github.com/influxdata/openapi, contracts/oss.yml), and keeps what was asked of it.
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';

interface Mapping {
  id: string;
  orgID: string;
  bucketID: string;
  database: string;
  retention_policy: string;
  default: boolean;
}
export interface Influx2Server {
  url: string;
  /** `METHOD /path` of each request, in order. */
  asked: string[];
  /** What was not as documented, in words; empty is good. */
  violations: string[];
  buckets: { id: string; orgID: string; name: string; retentionRules: unknown }[];
  dbrps: Mapping[];
  lines: string[];
  stop(): Promise<void>;
}
export interface Influx2ServerOptions {
  token: string;
  /** What the token may besides reading and writing in the buckets that are there. */
  may?: { seeOrgs?: boolean; makeBuckets?: boolean; seeDbrps?: boolean; makeDbrps?: boolean };
  org?: string;
  /** A bucket of this name is there already. */
  bucket?: string;
  /** A real InfluxDB 1.x that keeps the lines and answers InfluxQL, which both speak. */
  engine?: string;
}

const ORG_ID = 'a1b2c3d4e5f60718';
const ALL = { seeOrgs: true, makeBuckets: true, seeDbrps: true, makeDbrps: true };

export async function startInflux2Server(options: Influx2ServerOptions): Promise<Influx2Server> {
  const { token, org = 'library', bucket } = options;
  const engine = options.engine === undefined ? null : engineAt(options.engine);
  const may = { ...ALL, ...options.may };
  const state: Pick<Influx2Server, 'asked' | 'violations' | 'buckets' | 'dbrps' | 'lines'> = {
    asked: [],
    violations: [],
    buckets: bucket ? [{ id: 'b000000000000001', orgID: ORG_ID, name: bucket, retentionRules: [] }] : [],
    dbrps: [],
    lines: [],
  };

  async function answerTo({ key, query, body, request }: Asked): Promise<Answer> {
    const refuse = (status: number, code: string, message: string): Answer => ({ status, json: { code, message } });
    const fault = (wrong: string[]): Answer | null => {
      state.violations.push(...wrong.map((words) => `${key}: ${words}`));
      return wrong.length === 0 ? null : refuse(400, 'invalid', wrong.join('; '));
    };
    const forbidden = (): Answer => refuse(401, 'unauthorized', 'unauthorized access');

    if (request.headers.authorization !== `Token ${token}`)
      // As some proxies do: what was sent is repeated.
      return refuse(401, 'unauthorized', `unauthorized access: ${request.headers.authorization}`);
    switch (key) {
      case 'GET /api/v2/orgs': {
        const wrong = fault(exactly(query, ['org']));
        if (wrong) return wrong;
        if (!may.seeOrgs || query['org'] !== org)
          return refuse(404, 'not found', `organization name "${query['org']}" not found`);
        return { status: 200, json: { links: {}, orgs: [{ id: ORG_ID, name: org }] } };
      }
      case 'GET /api/v2/buckets': {
        const wrong = fault(exactly(query, ['name', 'org']));
        if (wrong) return wrong;
        return {
          status: 200,
          json: { links: {}, buckets: state.buckets.filter(({ name }) => name === query['name']) },
        };
      }
      case 'POST /api/v2/buckets': {
        const wrong = fault(bucketFaults(body, request));
        if (wrong) return wrong;
        if (!may.makeBuckets) return forbidden();
        const made = { id: `b${String(state.buckets.length + 2).padStart(15, '0')}`, ...(body as object) };
        state.buckets.push(made as (typeof state.buckets)[number]); // checked by bucketFaults
        const { name } = body as { name: string };
        await engine?.query(`CREATE DATABASE "${name}" WITH DURATION INF REPLICATION 1 NAME "autogen"`, 'POST');
        return { status: 201, json: made };
      }
      case 'GET /api/v2/dbrps': {
        const wrong = fault(exactly(query, ['bucketID', 'orgID']));
        if (wrong) return wrong;
        if (!may.seeDbrps) return forbidden();
        return { status: 200, json: { content: state.dbrps.filter(({ bucketID }) => bucketID === query['bucketID']) } };
      }
      case 'POST /api/v2/dbrps': {
        const wrong = fault(mappingFaults(body, request, state.buckets));
        if (wrong) return wrong;
        if (!may.makeDbrps) return forbidden();
        const made = { id: 'd000000000000001', ...(body as object) } as Mapping; // checked by mappingFaults
        state.dbrps.push(made);
        return { status: 201, json: made };
      }
      case 'POST /api/v2/write': {
        const faults = exactly(query, ['bucket', 'org', 'precision']);
        if (query['precision'] !== 'ns') faults.push(`precision ${query['precision']}`);
        if (request.headers['content-type'] !== 'text/plain; charset=utf-8') faults.push('content-type');
        const wrong = fault(faults);
        if (wrong) return wrong;
        if (!state.buckets.some(({ name }) => name === query['bucket']))
          return refuse(404, 'not found', `bucket "${query['bucket']}" not found`);
        if (engine) return engine.write(String(query['bucket']), String(body));
        state.lines.push(...String(body).split('\n'));
        return { status: 204, json: null };
      }
      case 'POST /api/v2/delete': {
        const { predicate, faults } = deletion(body, request);
        const wrong = fault([...exactly(query, ['bucket', 'org']), ...faults]);
        if (wrong) return wrong;
        const { start, stop } = body as { start: string; stop: string }; // checked by deletion
        const statement = `DELETE FROM "${predicate}" WHERE time >= '${start}' AND time < '${stop}'`;
        await engine?.query(statement, 'POST', { db: String(query['bucket']) });
        return { status: 204, json: null };
      }
      case 'GET /query': {
        const wrong = fault(exactly(query, ['db', 'epoch', 'q', 'rp']));
        if (wrong) return wrong;
        if (!state.dbrps.some((one) => one.database === query['db'] && one.retention_policy === query['rp']))
          return refuse(404, 'not found', `no dbrp mapping found for ${query['db']}/${query['rp']}`);
        if (!engine) return { status: 200, json: { results: [{ statement_id: 0 }] } };
        const { q = '', ...how } = query;
        return engine.query(q, 'GET', how);
      }
      default:
        state.violations.push(`${key}: no such path`);
        return refuse(404, 'not found', 'path not found');
    }
  }

  const server = createServer((request, response) => {
    readAll(request)
      .then((text) => {
        const url = new URL(request.url ?? '/', 'http://x');
        const key = `${request.method} ${url.pathname}`;
        state.asked.push(key);
        const isJson = request.headers['content-type']?.startsWith('application/json') === true;
        return answerTo({
          key,
          query: Object.fromEntries(url.searchParams),
          body: isJson && text !== '' ? JSON.parse(text) : text,
          request,
        });
      })
      .then(
        ({ status, json }) => {
          response.writeHead(status, json ? { 'content-type': 'application/json' } : {});
          response.end(json ? JSON.stringify(json) : undefined);
        },
        () => response.destroy(),
      );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    ...state,
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Asked {
  key: string;
  query: Record<string, string>;
  body: unknown;
  request: IncomingMessage;
}
interface Answer {
  status: number;
  json: object | null;
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
}

/** What both speak is handed on: lines, and InfluxQL with its answers. */
function engineAt(url: string) {
  const said = async (response: Response): Promise<Answer> => {
    const text = await response.text();
    const json: { error?: string } | null = text === '' ? null : JSON.parse(text);
    const { status } = response;
    return { status, json: json?.error === undefined ? json : { code: 'invalid', message: json.error } };
  };
  return {
    write: async (db: string, body: string): Promise<Answer> =>
      said(
        await fetch(`${url}/write?${new URLSearchParams({ db, rp: 'autogen', precision: 'ns' })}`, {
          method: 'POST',
          body,
        }),
      ),
    query: async (q: string, method: 'GET' | 'POST', how: Record<string, string> = {}): Promise<Answer> =>
      said(await fetch(`${url}/query?${new URLSearchParams({ ...how, q })}`, { method })),
  };
}

/** Schema DeletePredicateRequest; of the predicates only what names one measurement. */
function deletion(body: unknown, request: IncomingMessage): { predicate: string; faults: string[] } {
  const { start, stop, predicate, ...more } = fieldsOf(body, request);
  const time = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));
  const measurement = /^_measurement="(\w+)"$/.exec(typeof predicate === 'string' ? predicate : '')?.[1] ?? '';
  return {
    predicate: measurement,
    faults: [
      ...(time(start) ? [] : ['start']),
      ...(time(stop) ? [] : ['stop']),
      ...(measurement === '' ? ['predicate'] : []),
      ...Object.keys(more).map((field) => `unknown field ${field}`),
    ],
  };
}

function exactly(query: Record<string, string>, names: string[]): string[] {
  const got = Object.keys(query).sort().join();
  return got === names.join() ? [] : [`parameters ${got} instead of ${names.join()}`];
}

/** Schemas PostBucketRequest and RetentionRule. */
function bucketFaults(body: unknown, request: IncomingMessage): string[] {
  const { orgID, name, description, retentionRules, ...more } = fieldsOf(body, request);
  const rules: unknown[] = Array.isArray(retentionRules) ? retentionRules : [];
  return [
    ...(orgID === ORG_ID ? [] : ['orgID']),
    ...(typeof name === 'string' && name !== '' && !name.startsWith('_') ? [] : ['name']),
    ...(typeof description === 'string' ? [] : ['description']),
    ...(rules.length === 1 ? [] : ['retentionRules']),
    ...rules.flatMap((rule) => {
      const { type, everySeconds, shardGroupDurationSeconds, ...others } = fieldsOf(rule, null);
      const whole = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;
      return type === 'expire' &&
        whole(everySeconds) &&
        whole(shardGroupDurationSeconds) &&
        Object.keys(others).length === 0
        ? []
        : ['retentionRules[0]'];
    }),
    ...Object.keys(more).map((field) => `unknown field ${field}`),
  ];
}

/** Schema DBRPCreate. */
function mappingFaults(body: unknown, request: IncomingMessage, buckets: readonly { id: string }[]): string[] {
  const { orgID, bucketID, database, retention_policy, default: isDefault, ...more } = fieldsOf(body, request);
  return [
    ...(orgID === ORG_ID ? [] : ['orgID']),
    ...(buckets.some(({ id }) => id === bucketID) ? [] : ['bucketID']),
    ...(typeof database === 'string' && database !== '' ? [] : ['database']),
    ...(typeof retention_policy === 'string' && retention_policy !== '' ? [] : ['retention_policy']),
    ...(typeof isDefault === 'boolean' ? [] : ['default']),
    ...Object.keys(more).map((field) => `unknown field ${field}`),
  ];
}

function fieldsOf(body: unknown, request: IncomingMessage | null): Record<string, unknown> {
  if (request && !/^application\/json(;|$)/.test(request.headers['content-type'] ?? ''))
    return { 'content-type': null };
  return typeof body === 'object' && body !== null ? { ...body } : {};
}
