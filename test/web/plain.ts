/** Why: what the page keeps by changes and in flat arrays is held against the same, said plainly. */
import type { LiveValues } from '#contract';
import { type Line, severity } from '../../dashboard/web/fleet.ts';
import type { Rows } from '../../dashboard/web/live-rows.ts';
import { compareValues, type Sort, type SortKey, type Value } from '../../dashboard/web/order.ts';

const VALUES: Record<SortKey, (line: Line) => Value> = {
  state: severity,
  name: (line) => line.rank,
  down: ({ row }) => row.down_mbps,
  rx: ({ row }) => row.wan_rx_mbps,
  tx: ({ row }) => row.wan_tx_mbps,
  rtt: ({ row }) => row.rtt_ms,
  cpu: ({ row }) => row.cpu_pct,
  clients: ({ row }) => row.clients,
  seen: ({ row }) => row.last_seen,
  isp: ({ site }) => site.isp,
};

/** Unknown values stand last in both directions; equal ones by state, then longest in it, then name. */
export function comparatorOf({ by, descending }: Sort): (a: Line, b: Line) => number {
  const value = VALUES[by];
  return (a, b) =>
    compareValues(value(a), value(b), descending) ||
    severity(a) - severity(b) ||
    (a.row.since ?? Number.MAX_VALUE) - (b.row.since ?? Number.MAX_VALUE) ||
    a.rank - b.rank;
}

/** A row as it is now, as a value of its own. */
export const valuesOf = (row: LiveValues): LiveValues => ({
  ...{ state: row.state, why_code: row.why_code, since: row.since, down_mbps: row.down_mbps, down_at: row.down_at },
  ...{ median_mbps: row.median_mbps, median_n: row.median_n, verdict: row.verdict, wan_rx_mbps: row.wan_rx_mbps },
  ...{ wan_tx_mbps: row.wan_tx_mbps, rtt_ms: row.rtt_ms, loss_pct: row.loss_pct, cpu_pct: row.cpu_pct },
  ...{ clients: row.clients, last_seen: row.last_seen, probe: row.probe, probe_online: row.probe_online },
  alert: row.alert,
});

/** All rows as they are now; undefined where nothing is known. */
export const rowsIn = (rows: Rows): (LiveValues | undefined)[] =>
  Array.from({ length: rows.n }, (_, place) => {
    const row = rows.at(place);
    return row && valuesOf(row);
  });
