/** Why: all libraries at once as a table: out as CSV, and in with what it changes, first as a preview. */
import type { FastifyInstance } from 'fastify';
import type { ImportReport } from '#contract';
import { CarrelError } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
import { type Language, languageOf } from '../language.ts';
import { csvLine } from '../registry/csv.ts';
import { planImport } from '../registry/import.ts';
import { COLUMN_NAMES, cellsOf } from '../registry/import-columns.ts';
import { importContext, storeImport } from '../registry/store-import.ts';
import { wordRemark } from '../said/faults.ts';
import { type Asking, seesSite } from '../scope.ts';
import { allow } from '../session.ts';
import { whoOf } from './people.ts';

type TableDeps = Pick<DashboardDeps, 'state' | 'broker' | 'live' | 'clock' | 'settings'>;

const IMPORT_BYTES_MAX = 8 * 1024 * 1024;

const importSchema = {
  summary: 'Create and update sites from CSV; ?dry=1 only says what would happen',
  description:
    'Of a site that is there already, only the columns in the first line are changed. An empty cell empties region, isp, contract_mbps, lat, lon and notes, and is "no" for metered; an empty name is refused, and zone, opening and target_mbps stay as they are. `fields` names what a line changes.',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: { dry: { type: 'string', enum: ['0', '1', 'false', 'true'], default: '0' } },
  },
};

export function registerSiteTableRoutes(app: FastifyInstance, deps: TableDeps): void {
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

  app.post<{ Body: unknown; Querystring: { dry: '0' | '1' | 'false' | 'true' } }>(
    '/api/v1/sites/import',
    { onRequest: allow('administrator'), bodyLimit: IMPORT_BYTES_MAX, schema: importSchema },
    async (request) => {
      if (!Buffer.isBuffer(request.body))
        throw new CarrelError('IMPORT_INVALID', 'Send the file itself, with content-type: text/csv.', {
          file: 'text/csv',
        });
      const plan = planImport(request.body, importContext(deps.state));
      if (request.query.dry === '0' || request.query.dry === 'false') await storeImport(deps, plan, whoOf(request));
      return inLanguage(plan.report, languageOf(request));
    },
  );
}

/** What is said of each line is read by whoever brought the table. */
function inLanguage(report: ImportReport, lang: Language): ImportReport {
  const say = (message: string): string => wordRemark(message, lang);
  return { ...report, lines: report.lines.map((line) => ({ ...line, messages: line.messages.map(say) })) };
}

function exportOf({ state: { registry } }: TableDeps, who: Asking): string {
  const seen = registry.sites().filter((site) => seesSite(who, site));
  const lines = seen.map((site) => {
    const ap = registry.accessPoint(site.id);
    const cells = cellsOf(site, ap?.site === site.id ? ap.target_mbps : null);
    return csvLine(COLUMN_NAMES.map((column) => cells[column]));
  });
  return `\ufeff${csvLine(COLUMN_NAMES)}${lines.join('')}`;
}
