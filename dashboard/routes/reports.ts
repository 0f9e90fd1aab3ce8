/** Why: the month's report for people who answer for the network: on paper, as JSON and as tables, all of the same figures. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ComplianceReport, ReportMonth } from '#contract';
import type { DashboardDeps } from '../deps.ts';
import { sendDocument } from '../document.ts';
import { LANGUAGES, type Language, languageOf } from '../language.ts';
import { csvOf } from '../report/csv.ts';
import { withNotes } from '../report/notes.ts';
import { paperOf } from '../report/paper.ts';
import { PAPER_WORDS } from '../report/paper-words.ts';
import { reportMonths, reportOf, visibleReport } from '../report/report.ts';
import type { Allow } from '../session.ts';

const FORMATS = ['json', 'csv', 'xlsx'] as const;
const MONTH = { type: 'string', pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])$', description: 'YYYY-MM' } as const;
const LANG = {
  type: 'string',
  enum: LANGUAGES,
  description:
    'of paper and spreadsheet; by default the first that the browser asks for. JSON and CSV have codes and names of the API',
} as const;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

interface Asked {
  month: string;
  format: (typeof FORMATS)[number];
  revision?: number;
  lang?: Language;
}

const schema = {
  summary:
    'Whether each access point reached its target in a month, with the rule; by site, region, provider and network',
  querystring: {
    type: 'object',
    additionalProperties: false,
    required: ['month'],
    properties: {
      month: MONTH,
      format: { type: 'string', enum: FORMATS, default: 'json' },
      revision: {
        type: 'integer',
        minimum: 1,
        maximum: 10_000,
        description: 'of a closed month; by default the newest',
      },
      lang: LANG,
    },
  },
};

export function registerReportRoutes(
  app: FastifyInstance,
  { state, broker, clock }: Pick<DashboardDeps, 'state' | 'broker' | 'clock'>,
  allow: Allow,
): void {
  const deps = { state, store: broker.store };

  app.get(
    '/api/v1/reports',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'Months that can be reported on, newest first' },
    },
    async (): Promise<{ items: ReportMonth[] }> => ({ items: reportMonths(deps, clock.wallMs()) }),
  );

  app.get<{ Querystring: Asked }>(
    '/api/v1/reports/compliance',
    { config: { scoped: true }, onRequest: allow('viewer'), schema },
    async (request, reply): Promise<ComplianceReport | FastifyReply> => {
      const { month, format, revision, lang } = request.query;
      const report = withNotes(
        state,
        visibleReport(await reportOf(deps, month, clock.wallMs(), revision), request.who?.scope),
      );
      if (format === 'json') return report;
      reply.header('content-disposition', `attachment; filename="compliance-${month}.${format}"`);
      if (format === 'csv') return reply.type('text/csv; charset=utf-8').send(csvOf(report));
      const { xlsxOf } = await import('../report/xlsx.ts');
      return reply.type(XLSX).send(await xlsxOf(report, PAPER_WORDS[lang ?? languageOf(request)]));
    },
  );

  // Who is not signed in gets the page, which asks for the password and comes back.
  app.get('/reports', { config: { document: true, scoped: true }, schema: { hide: true } }, async (request, reply) => {
    if (!request.who) return reply.sendPage();
    const months = reportMonths(deps, clock.wallMs());
    const { month } = months.find(({ revision }) => revision !== null) ??
      months[0] ?? { month: new Date(clock.wallMs()).toISOString().slice(0, 7) };
    return reply.redirect(`/reports/${month}`, 302);
  });

  app.get<{ Params: { month: string }; Querystring: Omit<Asked, 'month' | 'format'> }>(
    '/reports/:month',
    {
      config: { document: true, scoped: true },
      schema: {
        hide: true,
        params: { type: 'object', properties: { month: MONTH } },
        querystring: { type: 'object', properties: { lang: LANG, revision: schema.querystring.properties.revision } },
      },
    },
    async (request, reply) => {
      if (!request.who) return reply.sendPage();
      const { month } = request.params;
      const { lang = languageOf(request), revision } = request.query;
      const words = PAPER_WORDS[lang];
      const report = withNotes(
        state,
        visibleReport(await reportOf(deps, month, clock.wallMs(), revision), request.who.scope),
      );
      return sendDocument(reply, {
        lang,
        title: `${words.title(month)} · Carrel`,
        body: paperOf({ report, months: reportMonths(deps, clock.wallMs()), words }),
        asset: app.pageAsset,
        styles: ['paper.css'],
        scripts: ['print.ts'],
      });
    },
  );
}
