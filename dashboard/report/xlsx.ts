/** Why: administrators work on in a spreadsheet. Numbers stay numbers, heads stay in sight, and no text can be run as a formula. */
import writeExcelFile, { type Row } from 'write-excel-file/node';
import type { ComplianceReport } from '#contract';
import { COLUMNS, cut, harmless } from './csv.ts';
import { causeText, localMoment, type PaperWords } from './paper-words.ts';

type Plain = string | number | null;

export async function xlsxOf(report: ComplianceReport, words: PaperWords): Promise<Buffer> {
  const { groups, rows, exceptions, retro, month, rule, revision, closed_at, sha256, made_at } = report;
  const regions = groups.filter(({ by }) => by === 'region' || by === 'network');
  const figures = [
    'met',
    'not_met',
    'not_enough_data',
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
  ] as const;
  const sheet = (
    name: string,
    head: readonly string[],
    lines: readonly (readonly Plain[])[],
    widths: readonly number[],
  ) => ({
    sheet: name,
    data: [
      head.map((value) => ({ value, fontWeight: 'bold' as const })),
      ...lines.map((line) => line.map(cellOf)),
    ] as Row[],
    columns: head.map((_, i) => ({ width: widths[i] ?? 14 })),
    stickyRowsCount: 1,
  });
  const when = (at: number | null): string => (at === null ? '' : new Date(at).toISOString());
  return writeExcelFile([
    sheet(
      words.sheets.libraries,
      ['month', ...COLUMNS],
      rows.map((row) => [month, ...COLUMNS.map((name) => row[name])]),
      [9, 20, 40],
    ),
    sheet(
      words.sheets.regions,
      ['region', ...figures],
      regions.map((group) => [
        group.by === 'network' ? words.total : group.name,
        ...figures.map((name) => group[name]),
      ]),
      [28],
    ),
    sheet(
      words.sheets.exceptions,
      ['site', 'site_name', 'ap', 'region', 'verdict', 'coverage_pct', 'share_pct', 'cause'],
      [
        ...exceptions.map((one) => [
          one.site,
          one.site_name,
          one.ap,
          one.region,
          words.verdict[one.verdict],
          one.coverage_pct,
          one.share_pct,
          one.causes.map((cause) => causeText(cause, words)).join('; '),
        ]),
        ...retro.map(({ site, site_name, ap, region, zone, since, until }) => [
          site,
          site_name,
          ap,
          region,
          null,
          null,
          null,
          words.retroCause(localMoment(since, zone, words), localMoment(until, zone, words)),
        ]),
      ],
      [20, 40, 20, 20, 18, 14, 14, 70],
    ),
    sheet(
      words.sheets.method,
      ['', ''],
      [
        ['month', month],
        ['made_at', when(made_at)],
        ['revision', revision],
        ['closed_at', when(closed_at)],
        ['sha256 (CSV)', sha256],
        ['rule', rule],
      ],
      [16, 110],
    ),
  ]).toBuffer();
}

function cellOf(value: Plain): Plain {
  return typeof value === 'number' ? cut(value) : value === null ? null : harmless(value);
}
