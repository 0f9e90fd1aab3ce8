/** Why: the month as a table that anybody can add up again. The sum that a report prints is the sum of exactly these bytes. */
import { createHash } from 'node:crypto';
import type { ComplianceReport, ComplianceRow } from '#contract';

/** In this order in CSV and XLSX. */
export const COLUMNS = [
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

type Tabled = Pick<ComplianceReport, 'month' | 'rule' | 'rows'>;

/**
 * RFC 4180, with the mark that makes spreadsheets read UTF-8. The rule stands in the last column's head. Heads, verdicts and reasons are the
 * names of the API in every language: the same month is the same bytes, whoever asks, and its sum stands on paper in all of them.
 */
export function csvOf({ rows, month, rule }: Tabled): string {
  const lines = [['month', ...COLUMNS, rule], ...rows.map((row) => [month, ...COLUMNS.map((column) => row[column])])];
  return `\ufeff${lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('')}`;
}

/** SHA-256 of the table, hexadecimal. */
export function sha256Of(report: Tabled): string {
  return createHash('sha256').update(csvOf(report)).digest('hex');
}

/** Cut to three decimals, not rounded: 89.9999 % must not be shown as 90. */
export function cut(value: number): number {
  return Math.floor(value * 1000 + 1e-6) / 1000;
}

/** A leading = + - @ would be run as a formula by a spreadsheet. */
export function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(cut(value));
  const text = harmless(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
