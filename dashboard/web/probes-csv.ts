/** Why: who goes round the libraries takes the list of probes along. */
import type { ProbeFleet } from '#contract';
import { csvOf, iso } from './csv.ts';
import type { ProbeRow } from './probes.ts';

const NAMES = [
  ...['probe', 'site', 'access_point', 'name', 'region', 'isp', 'metered', 'troubles', 'online', 'last_seen', 'agent'],
  ...['config_wanted', 'config_reported', 'config_error', 'clock', 'clock_skew_ms', 'waiting_frames', 'waiting_s'],
  ...['month', 'tests_bytes', 'tests_limit_bytes'],
];
const CLOCKS = ['unset', 'ntp', 'server'] as const;

export function probesCsv(rows: readonly ProbeRow[], { month }: Pick<ProbeFleet, 'month'>): string {
  const lines = rows.map((row) => {
    const { named } = row;
    return [
      ...[row.id, named?.site.id ?? null, named?.ap.id ?? null, named?.name ?? null, named?.site.region ?? null],
      ...[named?.site.isp ?? null, named ? String(named.site.metered) : null, row.troubles.join(' ')],
      ...[String(row.online), iso(row.seenAt), row.version, row.wanted, row.reported, row.error],
      ...[row.clock === null ? null : CLOCKS[row.clock], row.skewMs, row.waiting, row.waitingS],
      ...[month, row.spent, row.limit],
    ];
  });
  return csvOf([NAMES, ...lines]);
}
