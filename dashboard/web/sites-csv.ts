/** Why: what is selected goes on into a spreadsheet: what the list shows, and exactly. */
import { csvOf, iso } from './csv.ts';
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

export function sitesCsv(lines: readonly Line[]): string {
  const rows = lines.map(({ row, ap, site, name }) => [
    ...[site.id, ap.id, name, site.region, site.isp, String(site.metered), row.state, iso(row.since)],
    ...[ap.target_mbps, row.down_mbps, iso(row.down_at), row.wan_rx_mbps, row.wan_tx_mbps, row.rtt_ms, row.cpu_pct],
    ...[row.clients, iso(row.last_seen)],
  ]);
  return csvOf([NAMES, ...rows]);
}
