/** Why: what is selected goes on into a spreadsheet: exact values, times in UTC, and no cell that a spreadsheet would run. */
import type { Line } from './fleet.ts';

const NAMES = [
  'site',
  'access_point',
  'name',
  'region',
  'isp',
  'metered',
  'state',
  'since',
  'target_mbps',
  'down_mbps',
  'down_at',
  'wan_rx_mbps',
  'wan_tx_mbps',
  'rtt_ms',
  'cpu_pct',
  'clients',
  'last_seen',
];

/** UTF-8 with a mark at its beginning (spreadsheets need it), comma, CRLF (RFC 4180); unknown is empty. */
export function sitesCsv(lines: readonly Line[]): string {
  const rows = lines.map(({ row, ap, site, name }) => [
    ...[site.id, ap.id, name, site.region, site.isp, String(site.metered), row.state, iso(row.since)],
    ...[ap.target_mbps, row.down_mbps, iso(row.down_at), row.wan_rx_mbps, row.wan_tx_mbps, row.rtt_ms, row.cpu_pct],
    ...[row.clients, iso(row.last_seen)],
  ]);
  return `\ufeff${[NAMES, ...rows].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')}`;
}

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  // A leading = + - @ would be run as a formula.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Hands the lines to the browser as a file. */
export function saveCsv(lines: readonly Line[], name: string): void {
  const url = URL.createObjectURL(new Blob([sitesCsv(lines)], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Chromium reads the file after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
