/** Why: six hours at a glance: what tests gave, and when the line was up, down, or silent. */
import type { AlertView, TestView } from '#contract';
import type { State } from '#state';
import type { StoreReader } from '#store';
import { tests } from '../query/tests.ts';
import { inTime } from './in-time.ts';
import { worstFirst } from './members.ts';

/** `nodata`: nothing was heard of the probe; `offline`: it measured that there was no internet. */
export type Stretch = 'meets' | 'offline' | 'nodata';
export interface LineChart {
  kind: 'line';
  from: number;
  to: number;
  tests: TestView[];
  /** One per ten minutes, oldest first. */
  bars: { from: number; state: Stretch }[];
}
export interface GroupChart {
  kind: 'group';
  from: number;
  to: number;
  /** The worst. */
  lines: { name: string; since: number; until: number | null }[];
  /** How many there are. */
  all: number;
}
export type Chart = LineChart | GroupChart;

const BAR_MS = 600_000;
const BARS = 36;
const TESTS_MOST = 60;
const LINES_MOST = 24;

interface ChartDeps {
  state: Pick<State, 'registry'>;
  store: Pick<StoreReader, 'series' | 'events'>;
}

/** Null where there is nothing to draw, or the store did not answer in time. `end`: now, or when the incident ended. */
export async function chartOf(deps: ChartDeps, alert: AlertView, end: number): Promise<Chart | null> {
  if (alert.members.length > 0) return groupChart(alert, end);
  const bindings = deps.state.registry.bindings().filter((one) => one.access_point === alert.ap && one.judges);
  if (bindings.length === 0) return null;
  return inTime<Chart | null>(lineChart(deps, alert.ap, bindings, end), null);
}

async function lineChart(
  { store }: ChartDeps,
  ap: string,
  bindings: ReturnType<State['registry']['bindings']>,
  end: number,
): Promise<LineChart> {
  const to = Math.ceil(end / BAR_MS) * BAR_MS;
  const from = to - BARS * BAR_MS;
  const probe = bindings.findLast((one) => one.from < to)?.probe ?? '';
  const [page, heard] = await Promise.all([
    tests(store, bindings, { ap, from_ms: from, to_ms: to, limit: TESTS_MOST, cursor: null }),
    store.series({ probe, metric: 'internet_up', from_s: from / 1000, to_s: to / 1000, bucket_s: BAR_MS / 1000 }),
  ]);
  const byTime = new Map(heard.map((bucket) => [bucket.t_s * 1000, bucket]));
  return {
    kind: 'line',
    from,
    to,
    tests: page.items.filter(({ dir }) => dir === 'down').reverse(),
    bars: Array.from({ length: BARS }, (_, i) => {
      const bucket = byTime.get(from + i * BAR_MS);
      const state = !bucket || bucket.count === 0 ? 'nodata' : bucket.sum * 2 >= bucket.count ? 'meets' : 'offline';
      return { from: from + i * BAR_MS, state };
    }),
  };
}

/** From a little before the first fell; half an hour at least, six hours at most. */
function groupChart({ members }: AlertView, end: number): GroupChart {
  const first = Math.min(...members.map(({ since }) => since));
  const length = Math.min(6 * 3_600_000, Math.max(1_800_000, Math.ceil((end - first) * 1.25)));
  return {
    kind: 'group',
    from: end - length,
    to: end,
    lines: worstFirst(members)
      .slice(0, LINES_MOST)
      .map(({ site_name, since, until }) => ({ name: site_name, since, until })),
    all: members.length,
  };
}
