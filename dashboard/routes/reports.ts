/** Why: the month's report for people who answer for the network: the same figures as JSON and as a table. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ComplianceReport, ComplianceRow } from '#contract';
import { CarrelError } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
import { COMPLIANCE_RULE, complianceGroups, complianceRow } from '../query/compliance.ts';
import { countMonth, monthRange } from '../query/month.ts';
import { desiredConfig } from '../registry/desired.ts';
import type { Allow } from '../session.ts';

const schema = {
  summary:
    'Whether each access point reached its target in a month, with the rule; by site, region, provider and network',
  querystring: {
    type: 'object',
    additionalProperties: false,
    required: ['month'],
    properties: {
      month: { type: 'string', pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])$', description: 'YYYY-MM' },
      format: { type: 'string', enum: ['json', 'csv'], default: 'json' },
    },
  },
};

export function registerReportRoutes(
  app: FastifyInstance,
  deps: Pick<DashboardDeps, 'state' | 'broker' | 'clock'>,
  allow: Allow,
): void {
  app.get<{ Querystring: { month: string; format: 'json' | 'csv' } }>(
    '/api/v1/reports/compliance',
    { onRequest: allow('viewer'), schema },
    async ({ query: { month, format } }, reply): Promise<ComplianceReport | FastifyReply> => {
      const report = await complianceReport(deps, month);
      if (format === 'json') return report;
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="compliance-${month}.csv"`)
        .send(csvOf(report));
    },
  );
}

/** @throws CarrelError MONTH_INVALID, StoreError */
async function complianceReport(
  { state, broker, clock }: Pick<DashboardDeps, 'state' | 'broker' | 'clock'>,
  month: string,
): Promise<ComplianceReport> {
  const now = clock.wallMs();
  const [from, to] = monthRange(month, 'UTC');
  // The first zone begins 14 hours before UTC.
  if (from - 14 * 3_600_000 > now)
    throw new CarrelError('MONTH_INVALID', `${month} has not begun.`, { month: 'has not begun' });
  const { registry } = state;
  const aps = await countMonth(broker.store, {
    month,
    now_ms: now,
    sites: registry.sites(),
    accessPoints: registry.accessPoints(),
    bindings: registry.bindings(),
    testsPerDay: (site, ap) => desiredConfig(site, ap).tests_per_day,
  });
  return {
    month,
    made_at: now,
    complete: to + 12 * 3_600_000 <= now,
    rule: COMPLIANCE_RULE,
    groups: complianceGroups(aps),
    rows: aps.map(complianceRow),
  };
}

const COLUMNS = [
  'site',
  'site_name',
  'ap',
  'region',
  'isp',
  'target_mbps',
  'verdict',
  'why',
  'planned',
  'passed',
  'failed',
  'inconclusive',
  'coverage_pct',
  'share_pct',
  'share_low_pct',
  'share_high_pct',
  'median_mbps',
  'p10_mbps',
  'expected_s',
  'up_s',
  'down_s',
  'unknown_s',
  'availability_pct',
] as const satisfies (keyof ComplianceRow)[];

/** RFC 4180, with the mark that makes spreadsheets read UTF-8. The rule stands in the last column's head. */
function csvOf({ rows, month, rule }: ComplianceReport): string {
  const lines = [['month', ...COLUMNS, rule], ...rows.map((row) => [month, ...COLUMNS.map((column) => row[column])])];
  return `\ufeff${lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('')}`;
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  // Cut, not rounded: 89.999 % must not be shown as 90.
  if (typeof value === 'number') return String(Math.floor(value * 1000 + 1e-6) / 1000);
  // A leading = + - @ would be run as a formula by a spreadsheet.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
