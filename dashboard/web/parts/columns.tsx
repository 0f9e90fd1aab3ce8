/** Why: the columns of the sites' table, each described once: its head, how it sorts, which screens have room for it, and its cell. */
import { computed } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Line } from '../fleet.ts';
import { count, cut, moment } from '../format.ts';
import type { ColumnKey, SortKey } from '../order.ts';
import { serverNow } from '../store.ts';
import { words } from '../words.ts';
import { sitesWords } from '../words-sites.ts';
import { Age } from './age.tsx';
import { Spines } from './day-spines.tsx';
import { Figure } from './marks.tsx';

const w = words.sites;
/** Older than this is not "now" any more: bold in Last heard. */
const OLD_MS = 5 * 60_000;
/** Ages of a whole table move in steps, at other times in each row: thirty that count seconds are unrest, and half of the work of a tick. */
const STEP_MS = 15_000;
const QUARTER_MS = 15 * 60_000;

interface Column {
  head: string;
  sort?: SortKey;
  unit?: string;
  /** Classes of head and cells. */
  cls: string;
  cell: (line: Line, hours: string | undefined) => ComponentChildren;
}

const figure = (value: number | null, { row }: Line, show?: (value: number) => string) => (
  <Figure value={value} offline={row.state === 'offline'} {...(show ? { show } : {})} />
);

export const COLUMNS: Record<ColumnKey, Column> = {
  down: {
    ...{ head: w.columns.down, sort: 'down', unit: words.units.mbps, cls: 'num c-down' },
    cell: (line) => figure(line.row.down_mbps, line),
  },
  tested: {
    ...{ head: w.tested, cls: 'nw q narrow-hide c-tested' },
    cell: ({ row, site }) => <Tested at={row.down_at} zone={site.zone} />,
  },
  day: {
    ...{ head: sitesWords.day, cls: 'nw narrow-hide c-day' },
    cell: (_, hours) => <Spines hours={hours} />,
  },
  rx: {
    ...{ head: w.columns.rx, sort: 'rx', unit: words.units.mbps, cls: 'num narrow-hide' },
    cell: (line) => figure(line.row.wan_rx_mbps, line),
  },
  tx: {
    ...{ head: w.columns.tx, sort: 'tx', unit: words.units.mbps, cls: 'num narrow-hide c-tx' },
    cell: (line) => figure(line.row.wan_tx_mbps, line),
  },
  rtt: {
    ...{ head: w.columns.rtt, sort: 'rtt', unit: words.units.ms, cls: 'num narrow-hide c-rtt' },
    cell: (line) => figure(line.row.rtt_ms, line, cut),
  },
  cpu: {
    ...{ head: w.columns.cpu, sort: 'cpu', unit: words.units.percent, cls: 'num narrow-hide c-cpu' },
    cell: (line) => figure(line.row.cpu_pct, line, cut),
  },
  clients: {
    ...{ head: w.columns.clients, sort: 'clients', cls: 'num narrow-hide c-clients' },
    cell: (line) => figure(line.row.clients, line, count),
  },
  seen: {
    head: w.columns.seen,
    sort: 'seen',
    cls: 'nw narrow-hide c-seen',
    cell: ({ row }) => <Heard at={row.last_seen} />,
  },
  isp: {
    ...{ head: w.columns.isp, sort: 'isp', cls: 'nw q narrow-hide c-isp' },
    cell: ({ site }) => (
      <>
        {site.isp || words.unknown}
        {site.metered ? <span class="tag">{w.metered}</span> : null}
      </>
    ),
  },
};

export const Heard = ({ at }: { at: number | null }) =>
  at === null ? <span class="qq">{words.never}</span> : <HeardAt at={at} />;

function HeardAt({ at }: { at: number }) {
  const old = useMemo(() => computed(() => serverNow.value - at > OLD_MS), [at]);
  return (
    <span class={old.value ? 'strong' : 'q age-now'}>
      <Age since={at} stepMs={STEP_MS} />
    </span>
  );
}

/** "14:05" becomes "Wed 14:05" at midnight, which is at a quarter of an hour in every zone. */
const quarter = computed(() => Math.floor(serverNow.value / QUARTER_MS) * QUARTER_MS);
function Tested({ at, zone }: { at: number | null; zone: string }) {
  if (at === null) return <>{words.never}</>;
  return <time dateTime={new Date(at).toISOString()}>{moment(at, Math.max(quarter.value, at), zone)}</time>;
}
