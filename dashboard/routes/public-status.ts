/** Why: libraries may show their visitors how the internet is. Off unless asked for; it tells names, regions and words, never addresses or rates. */
import type { FastifyInstance } from 'fastify';
import { AP_STATES, type ApState, type Span, union } from '#contract';
import { CarrelError } from '#lib/errors';
import { openSpansOf, readCalendar } from '../alert/calendar.ts';
import type { DashboardDeps } from '../deps.ts';
import { sendDocument } from '../document.ts';
import { LANGUAGES, type Language, languageOf } from '../language.ts';
import { heldIn } from '../query/judged.ts';
import { type StatusDay, statusDays } from '../status/days.ts';
import { badgeOf, networkPage, type PublicSite, sitePage } from '../status/pages.ts';
import { STATUS_WORDS } from '../status/words.ts';
import { pathOf } from './schemas.ts';

type Deps = Pick<DashboardDeps, 'settings' | 'state' | 'broker' | 'live' | 'clock'>;

/** Strangers may ask often; the answer is made once a minute. */
const FRESH_MS = 60_000;
const KEPT_SITES = 2000;
const cached = 'public, max-age=60';
const config = { rateLimit: { max: 120, timeWindow: '1 minute' } };
const LANG = { type: 'object', properties: { lang: { type: 'string', enum: LANGUAGES } } } as const;
interface Query {
  lang?: Language;
}

export function registerPublicStatusRoutes(app: FastifyInstance, deps: Deps): void {
  const days = keptDays(deps);
  const known = keptSites(deps);
  /** @throws CarrelError SITE_UNKNOWN */
  const publicSite = (id: string): PublicSite => {
    const found = known().get(id);
    if (!found) throw new CarrelError('SITE_UNKNOWN', 'There is no such library.');
    return found;
  };

  app.get<{ Querystring: Query }>(
    '/status',
    { config, schema: { hide: true, querystring: LANG } },
    async (request, reply) => {
      mustBeOn(deps);
      const lang = request.query.lang ?? languageOf(request);
      const words = STATUS_WORDS[lang];
      const body = networkPage([...known().values()], deps.clock.wallMs(), lang, words);
      reply.header('cache-control', cached).header('vary', 'accept-language');
      return sendDocument(reply, { lang, title: words.title, body, asset: app.pageAsset, styles: ['status.css'] });
    },
  );

  app.get<{ Params: { site: string }; Querystring: Query }>(
    '/status/:site',
    { config, schema: { hide: true, params: pathOf('site'), querystring: LANG } },
    async (request, reply) => {
      mustBeOn(deps);
      const site = publicSite(request.params.site);
      const lang = request.query.lang ?? languageOf(request);
      const words = STATUS_WORDS[lang];
      const body = sitePage(site, await days(site.id), deps.clock.wallMs(), lang, words);
      reply.header('cache-control', cached).header('vary', 'accept-language');
      return sendDocument(reply, {
        lang,
        title: `${site.name} · ${words.title}`,
        body,
        asset: app.pageAsset,
        styles: ['status.css'],
      });
    },
  );

  app.get<{ Params: { file: string }; Querystring: Query }>(
    '/badge/:file',
    { config, schema: { hide: true, querystring: LANG } },
    async (request, reply) => {
      mustBeOn(deps);
      const site = publicSite(request.params.file.replace(/\.svg$/, ''));
      // Embedded in pages of others, which is what a badge is for.
      reply.header('cache-control', cached).header('cross-origin-resource-policy', 'cross-origin');
      return reply.type('image/svg+xml; charset=utf-8').send(badgeOf(site, STATUS_WORDS[request.query.lang ?? 'en']));
    },
  );
}

function mustBeOn({ settings }: Deps): void {
  if (!settings.CARREL_PUBLIC_STATUS)
    throw new CarrelError('PUBLIC_STATUS_OFF', 'The public status is switched off; CARREL_PUBLIC_STATUS=on shows it.');
}

/** A library is as its worst line is; severity as in AP_STATES. */
function publicSites({ state, live }: Deps): PublicSite[] {
  const worst = new Map<string, ApState>();
  for (const { site, state: now } of live.now().rows) {
    const known = worst.get(site);
    if (known === undefined || AP_STATES.indexOf(now) < AP_STATES.indexOf(known)) worst.set(site, now);
  }
  return state.registry.sites().map(({ id, name, region }) => ({ id, name, region, state: worst.get(id) ?? 'nodata' }));
}

/** By id; a page of many badges asks the live view once, not once for each. */
function keptSites(deps: Deps): () => ReadonlyMap<string, PublicSite> {
  let kept: { until: number; sites: ReadonlyMap<string, PublicSite> } | null = null;
  return () => {
    const now = deps.clock.wallMs();
    // A clock that was set back must not keep them for longer.
    if (kept === null || now >= kept.until || now < kept.until - FRESH_MS)
      kept = { until: now + FRESH_MS, sites: new Map(publicSites(deps).map((site) => [site.id, site])) };
    return kept.sites;
  };
}

function keptDays({ state, broker, clock }: Deps): (site: string) => Promise<StatusDay[]> {
  const kept = new Map<string, { until: number; days: Promise<StatusDay[]> }>();
  return (site) => {
    const now = clock.wallMs();
    const known = kept.get(site);
    if (known && known.until > now) return known.days;
    if (kept.size >= KEPT_SITES) kept.clear();
    const { registry } = state;
    const aps = new Set(registry.accessPoints().flatMap((ap) => (ap.site === site ? [ap.id] : [])));
    const open = openOf(state, site);
    const days = statusDays(broker.store, { bindings: registry.bindings(), aps, now, open });
    kept.set(site, { until: now + FRESH_MS, days });
    days.catch(() => kept.delete(site));
    return days;
  };
}

/** When the library was open, by the hours that held then. */
function openOf(state: Deps['state'], id: string): (from: number, to: number) => Span[] {
  const site = state.registry.site(id);
  const past = state.registry.judgedBefore().sites.get(id);
  const entries = readCalendar(state);
  return (from, to) => {
    const held = site ? heldIn(site, past, from, to) : [];
    return union(held.flatMap((one) => openSpansOf(one.site, entries, one.from, one.to)));
  };
}
