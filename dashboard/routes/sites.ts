/** Why: the libraries themselves: list, look, create, change, import and export as a table. */
import type { FastifyInstance } from 'fastify';
import type { ImportReport, Site } from '#contract';
import { CarrelError } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
import { type Language, languageOf } from '../language.ts';
import { networkTarget } from '../network-target.ts';
import { csvLine } from '../registry/csv.ts';
import { type ImportedSite, planImport } from '../registry/import.ts';
import { formatOpening } from '../registry/opening.ts';
import { probesOfSites, publishDesired } from '../registry/publish.ts';
import { assumedZone, newSite, type SiteInput, withInput } from '../registry/site-input.ts';
import { wordRemark } from '../said/faults.ts';
import { type Asking, seesSite, siteFor } from '../scope.ts';
import { allow } from '../session.ts';
import { type PageQuery, pageOf, pageQuery } from './page.ts';
import { whoOf } from './people.ts';
import { pathOf, siteFields } from './schemas.ts';

type SiteDeps = Pick<DashboardDeps, 'state' | 'broker' | 'live' | 'clock' | 'settings'>;

const IMPORT_BYTES_MAX = 8 * 1024 * 1024;
/** Sites per commit of an import: the gate must get its turn in between. */
const IMPORT_CHUNK = 200;
/** Name of the access point that is made together with its site: all read it, so it is in the language of the network (CARREL_LANGUAGE). */
const FIRST_ACCESS_POINT: Readonly<Record<Language, string>> = {
  en: 'Internet access',
  lt: 'Interneto prieiga',
  ru: 'Доступ в интернет',
};

const createSchema = {
  summary: 'Create a site and its first access point, which has the same id',
  body: { type: 'object', additionalProperties: false, required: ['id', 'name'], properties: siteFields },
};
const { target_mbps: _target, ...changeable } = siteFields;
const changeSchema = {
  summary: 'Change a site; what is left out keeps its value',
  params: pathOf('site'),
  body: { type: 'object', additionalProperties: false, minProperties: 1, properties: changeable },
};
const importSchema = {
  summary: 'Create and update sites from CSV; ?dry=1 only says what would happen',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: { dry: { type: 'string', enum: ['0', '1', 'false', 'true'], default: '0' } },
  },
};

export function registerSiteRoutes(app: FastifyInstance, deps: SiteDeps): void {
  const { state, clock } = deps;

  app.get<{ Querystring: PageQuery }>(
    '/api/v1/sites',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'Sites by id', querystring: pageQuery },
    },
    async ({ query, who }) =>
      pageOf(
        state.registry.sites().filter((site) => seesSite(who, site)),
        query,
      ),
  );

  app.get(
    '/api/v1/sites/export',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'All sites that one sees as CSV, in the form that the import reads' },
    },
    async ({ who }, reply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="carrel-sites.csv"')
        .send(exportOf(deps, who)),
  );

  app.get<{ Params: { site: string } }>(
    '/api/v1/sites/:site',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: {
        summary: 'One site with its access points, and its opening hours as people write them',
        params: pathOf('site'),
      },
    },
    async ({ params, who }) => {
      const site = siteFor(who, state.registry, params.site);
      const access_points = state.registry.accessPoints().filter((ap) => ap.site === site.id);
      return { ...site, opening_text: formatOpening(site.opening), access_points };
    },
  );

  app.post<{ Body: SiteInput & { id: string } }>(
    '/api/v1/sites',
    { onRequest: allow('administrator'), schema: createSchema },
    async (request, reply) => {
      const site = withInput(newSite(request.body.id, assumedZone()), request.body);
      state.transaction(() => {
        if (state.registry.site(site.id))
          throw new CarrelError('SITE_EXISTS', `There is a site ${site.id} already.`, { site: site.id });
        putSiteWithAccessPoint(deps, site, request.body.target_mbps ?? null);
        state.audit(clock.wallMs(), whoOf(request), 'site created', { site: site.id });
      });
      afterEdit(deps, [site.id]);
      return reply.code(201).send(site);
    },
  );

  app.put<{ Params: { site: string }; Body: SiteInput }>(
    '/api/v1/sites/:site',
    { onRequest: allow('administrator'), schema: changeSchema },
    async (request) => {
      if (request.body.id !== undefined && request.body.id !== request.params.site)
        throw new CarrelError('SITE_INVALID', 'An id is for ever; create another site instead.', {
          id: 'cannot be changed',
        });
      const site = withInput(siteFor(request.who, state.registry, request.params.site), request.body);
      state.transaction(() => {
        state.registry.putSite(site);
        const fields = Object.keys(request.body);
        state.audit(clock.wallMs(), whoOf(request), 'site changed', { site: site.id, fields });
      });
      afterEdit(deps, [site.id]);
      return site;
    },
  );

  app.post<{ Body: unknown; Querystring: { dry: '0' | '1' | 'false' | 'true' } }>(
    '/api/v1/sites/import',
    { onRequest: allow('administrator'), bodyLimit: IMPORT_BYTES_MAX, schema: importSchema },
    async (request) => {
      if (!Buffer.isBuffer(request.body))
        throw new CarrelError('IMPORT_INVALID', 'Send the file itself, with content-type: text/csv.', {
          file: 'text/csv',
        });
      const known = new Set(state.registry.sites().map((site) => site.id));
      const plan = planImport(request.body, { isKnown: (id) => known.has(id), zone: assumedZone() });
      if (request.query.dry === '0' || request.query.dry === 'false') {
        await storeImport(deps, plan.sites, plan.report);
        const { created, updated, refused } = plan.report;
        state.audit(clock.wallMs(), whoOf(request), 'sites imported', { created, updated, refused });
      }
      return inLanguage(plan.report, languageOf(request));
    },
  );
}

/** What is said of each line is read by whoever brought the table. */
function inLanguage(report: ImportReport, lang: Language): ImportReport {
  const say = (message: string): string => wordRemark(message, lang);
  return { ...report, lines: report.lines.map((line) => ({ ...line, messages: line.messages.map(say) })) };
}

async function storeImport(deps: SiteDeps, sites: readonly ImportedSite[], report: ImportReport): Promise<void> {
  for (let at = 0; at < sites.length; at += IMPORT_CHUNK) {
    const chunk = sites.slice(at, at + IMPORT_CHUNK);
    deps.state.transaction(() => {
      for (const line of chunk) storeLine(deps, line, report);
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
  afterEdit(
    deps,
    sites.map(({ site }) => site.id),
  );
}

/** A line can still fail here (its id is an access point of another site): it alone is refused. */
function storeLine(deps: SiteDeps, { entry, site, target_mbps }: ImportedSite, report: ImportReport): void {
  try {
    deps.state.transaction(() => putSiteWithAccessPoint(deps, site, target_mbps));
  } catch (error) {
    if (!(error instanceof CarrelError) || error.code.startsWith('STATE_')) throw error;
    report[entry.outcome]--;
    report.refused++;
    entry.outcome = 'refused';
    entry.messages.push(error.message);
  }
}

/** A new site gets an access point of the same id; an old one gets a new target where one is given. */
function putSiteWithAccessPoint(deps: SiteDeps, site: Site, target: number | null): void {
  const { registry } = deps.state;
  const isNew = registry.putSite(site) === 'created';
  const ap = registry.accessPoint(site.id);
  if (ap && ap.site !== site.id)
    throw new CarrelError('ACCESS_POINT_EXISTS', `The id ${site.id} is taken by an access point of ${ap.site}.`, {
      access_point: site.id,
    });
  if (isNew || (ap && target !== null)) {
    registry.putAccessPoint({
      id: site.id,
      site: site.id,
      name: ap?.name ?? FIRST_ACCESS_POINT[deps.settings.CARREL_LANGUAGE],
      target_mbps: target ?? networkTarget(deps),
    });
  }
}

function afterEdit(deps: SiteDeps, sites: readonly string[]): void {
  publishDesired(deps, probesOfSites(deps.state, new Set(sites)));
  deps.live.rosterChanged();
}

function exportOf({ state: { registry } }: SiteDeps, who: Asking): string {
  const head = [
    'id',
    'name',
    'region',
    'isp',
    'zone',
    'opening',
    'contract_mbps',
    'target_mbps',
    'metered',
    'lat',
    'lon',
    'notes',
  ];
  const lines = registry
    .sites()
    .filter((site) => seesSite(who, site))
    .map((site) =>
      csvLine([
        site.id,
        site.name,
        site.region,
        site.isp,
        site.zone,
        formatOpening(site.opening),
        site.contract_mbps,
        registry.accessPoint(site.id)?.target_mbps ?? null,
        site.metered ? 'yes' : 'no',
        site.lat,
        site.lon,
        site.notes,
      ]),
    );
  return `\ufeff${csvLine(head)}${lines.join('')}`;
}
