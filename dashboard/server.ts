/** Why: the web server as one value: security headers, sessions, refusals, log and routes in the order that makes them hold. */
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance } from 'fastify';
import { CarrelError } from '#lib/errors';
import { describeAnswers } from './api/describe.ts';
import { addCompression } from './compression.ts';
import type { DashboardDeps } from './deps.ts';
import { errorHandler } from './problem.ts';
import { registerAccessPointRoutes } from './routes/access-points.ts';
import { registerAccountRoutes } from './routes/account.ts';
import { registerHealthRoutes } from './routes/health.ts';
import { registerPeopleRoutes } from './routes/people.ts';
import { registerProbeRoutes } from './routes/probes.ts';
import { registerSiteRoutes } from './routes/sites.ts';
import { registerSiteTableRoutes } from './routes/sites-table.ts';
import { addPages, registerStaticRoutes, type StaticFolders } from './routes/static.ts';
import { type Allow, addSessions, allow, isHttps } from './session.ts';
import { addUpgrade, isMqttRequest } from './upgrade.ts';
import { createValidators } from './validation.ts';

/** A group of routes, as alerts, live and measurements bring them. */
export type Route = (app: FastifyInstance, deps: DashboardDeps, allow: Allow) => void | Promise<void>;
export interface ServerOptions {
  folders: StaticFolders;
  routes: readonly Route[];
}

const BODY_BYTES_MAX = 64 * 1024;

/** Ready for `inject` and `listen`. */
export async function buildServer(deps: DashboardDeps, { folders, routes }: ServerOptions): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    // A proxy on this machine tells the real address; without a public address there is none.
    trustProxy: deps.settings.CARREL_PUBLIC_URL === undefined ? false : 'loopback',
    routerOptions: { maxParamLength: 64 },
    requestTimeout: 30_000,
    forceCloseConnections: true,
    // Others ask for an upgrade too (HTTP/2 in clear, for one) and are content with a plain answer.
    http: { shouldUpgradeCallback: isMqttRequest },
    // Answers are typed by the contract; their schemas are for openapi.json and leave nothing out.
    schemaController: { compilersFactory: { buildSerializer: () => () => JSON.stringify } },
  });
  app.setValidatorCompiler(createValidators());
  app.setErrorHandler(errorHandler(deps.log));
  app.addContentTypeParser('text/csv', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  await addProtection(app, deps);
  await addCompression(app);
  addLog(app, deps);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Carrel',
        description: 'Watches the internet that public libraries give to their visitors.',
        version: '1',
      },
      components: SECURITY,
    },
    refResolver: { buildLocalReference: (shape, _base, _fragment, i) => String(shape['$id'] ?? `shape-${i}`) },
  });
  describeAnswers(app);
  addSessions(app, deps);
  addPages(app, folders);
  registerAccountRoutes(app, deps);
  registerPeopleRoutes(app, deps);
  registerSiteTableRoutes(app, deps);
  registerSiteRoutes(app, deps);
  registerAccessPointRoutes(app, deps);
  registerProbeRoutes(app, deps);
  for (const route of routes) await route(app, deps, allow);
  app.get('/api/v1/openapi.json', { config: { public: true }, schema: { hide: true } }, async () => app.swagger());
  registerHealthRoutes(app, deps);
  await registerStaticRoutes(app, folders);
  addUpgrade(app, deps);
  await app.ready();
  return app;
}

const SECURITY = {
  securitySchemes: {
    session: { type: 'apiKey', in: 'cookie', name: 'carrel' },
    token: { type: 'http', scheme: 'bearer' },
  },
} as const;

async function addProtection(app: FastifyInstance, deps: DashboardDeps): Promise<void> {
  const https = isHttps(deps);
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    hsts: https,
    // Browsers heed these two on https only, and complain in their console elsewhere.
    crossOriginOpenerPolicy: https,
    originAgentCluster: https,
  });
  await app.register(cookie);
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { ttl }) => {
      const waitS = Math.ceil(ttl / 1000);
      return new CarrelError('TOO_MANY_REQUESTS', `Too many attempts from this address. Try again in ${waitS} s.`, {
        retry_after_s: waitS,
      });
    },
  });
  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
}

/** One line per request; changes are told, looking is not. Only the route's pattern: addresses may hold tokens. */
function addLog(app: FastifyInstance, { log }: Pick<DashboardDeps, 'log'>): void {
  app.addHook('onResponse', async (request, reply) => {
    const fields = {
      method: request.method,
      route: request.routeOptions.url ?? '(none)',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      who: request.who?.name ?? null,
      address: request.ip,
    };
    const changes = request.method !== 'GET' && request.method !== 'HEAD' && reply.statusCode < 400;
    if (changes) log.info(fields, 'request');
    else log.debug(fields, 'request');
  });
}
