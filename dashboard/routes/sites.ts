/** Why: the libraries themselves: list, look, create, change and delete. As a table: sites-table.ts. */
import type { FastifyInstance } from 'fastify';
import { CarrelError } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
import { dropSite } from '../registry/drop-site.ts';
import { formatOpening } from '../registry/opening.ts';
import { assumedZone, newSite, type SiteInput, withInput } from '../registry/site-input.ts';
import { putNewSite, sitesEdited } from '../registry/store-site.ts';
import { seesSite, siteFor } from '../scope.ts';
import { allow } from '../session.ts';
import { type PageQuery, pageOf, pageQuery } from './page.ts';
import { whoOf } from './people.ts';
import { pathOf, siteFields } from './schemas.ts';

type SiteDeps = Pick<DashboardDeps, 'alerts' | 'state' | 'broker' | 'live' | 'clock' | 'settings'>;

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
        putNewSite(deps, site, request.body.target_mbps ?? null);
        state.audit(clock.wallMs(), whoOf(request), 'site created', { site: site.id });
      });
      sitesEdited(deps, [site.id]);
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
        state.registry.putSite(site, clock.wallMs());
        const fields = Object.keys(request.body);
        state.audit(clock.wallMs(), whoOf(request), 'site changed', { site: site.id, fields });
      });
      sitesEdited(deps, [site.id]);
      return site;
    },
  );

  app.delete<{ Params: { site: string } }>(
    '/api/v1/sites/:site',
    {
      onRequest: allow('administrator'),
      schema: {
        summary: 'Delete a site that no probe has ever watched, with its access points, notes and silences',
        params: pathOf('site'),
      },
    },
    async (request, reply) => {
      dropSite(deps, request.params.site, whoOf(request));
      deps.live.rosterChanged();
      return reply.code(204).send();
    },
  );
}
