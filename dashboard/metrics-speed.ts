/** Why: an operator sees whether the test servers themselves are well: load, refusals, and whether they keep the pace that they promise. */
import { Counter, Gauge, type Registry } from 'prom-client';
import { BUDGET_STATES, type BudgetReport } from '#contract';
import type { DashboardDeps } from './deps.ts';

type Report = NonNullable<ReturnType<DashboardDeps['broker']['stats']>['speed']>;

/** The same value for all that is asked within one scrape, which collects its metrics one after the other in one turn of the event loop. */
function oncePerScrape<T>(read: () => T): () => T {
  let known: { value: T } | null = null;
  return () => {
    if (known) return known.value;
    known = { value: read() };
    queueMicrotask(() => {
      known = null;
    });
    return known.value;
  };
}

/** Values of this process's test server, and of the queue of each server that it gives leases for. Nothing where tests are off. */
export function addSpeed(registry: Registry, broker: Pick<DashboardDeps['broker'], 'stats'>): void {
  const report = oncePerScrape((): Report | null => broker.stats().speed ?? null);

  const own = (name: string, help: string, read: (server: NonNullable<Report['server']>) => number | null): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const server = report()?.server;
        const value = server ? read(server) : null;
        if (value !== null) this.set(value);
      },
    });
  };
  own('carrel_speed_running', 'Throughput tests that are under way at this server', ({ running }) => running);
  own('carrel_speed_cpu_percent', 'Share of one core that the newest test found busy here', ({ cpuPct }) => cpuPct);
  own('carrel_speed_lag_ms', 'Longest delay of the event loop during the newest test', ({ lagMs }) => lagMs);
  own(
    'carrel_speed_pace_kept',
    'Least share of its pace that this server kept in the newest 50 tests',
    (s) => s.paceKept,
  );
  own(
    'carrel_speed_delivered',
    'Median share that probes received of what was sent in the newest 50 tests; when it falls for all, look here',
    ({ delivered }) => delivered,
  );

  const counted = <L extends string>(
    name: string,
    help: string,
    label: L,
    read: (report: Report) => [string, number][],
  ): void => {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset();
        const now = report();
        for (const [value, count] of now ? read(now) : []) this.inc({ [label]: value } as Record<L, string>, count);
      },
    });
  };
  const ofServer = (read: (server: NonNullable<Report['server']>) => [string, number][]) => (now: Report) =>
    now.server ? read(now.server) : [];
  counted(
    'carrel_speed_tests_total',
    'Tests that ended here since the start, by kind',
    'kind',
    ofServer(({ tests }) => Object.entries(tests)),
  );
  counted(
    'carrel_speed_refused_total',
    'What the test ports refused since the start, by reason',
    'reason',
    ofServer(({ refused }) => Object.entries(refused)),
  );
  counted(
    'carrel_speed_limited_total',
    'Tests in which this server itself was the limit',
    'server',
    ({ server, places }) => (server ? [[places[0]?.name ?? '', server.limited]] : []),
  );
  counted('carrel_leases_granted_total', 'Leases granted since the start, by test server', 'server', ({ places }) =>
    places.map(({ name, granted }) => [name, granted]),
  );
  counted('carrel_leases_denied_total', 'Leases denied since the start, by reason', 'reason', ({ places }) =>
    deniedOf(places),
  );

  const perPlace = (name: string, help: string, read: (place: Report['places'][number]) => number | null): void => {
    new Gauge({
      name,
      help,
      labelNames: ['server'],
      registers: [registry],
      collect() {
        for (const place of report()?.places ?? []) {
          const value = read(place);
          if (value !== null) this.set({ server: place.name }, value);
        }
      },
    });
  };
  perPlace('carrel_leases_booked_mbps', 'Pace that is booked now', ({ bookedMbps }) => bookedMbps);
  perPlace('carrel_leases_peak_mbps', 'Most that was booked at once since the start', ({ peakMbps }) => peakMbps);
  perPlace('carrel_leases_capacity_mbps', '80 % of the declared uplink', ({ capacityMbps }) => capacityMbps);
  perPlace('carrel_leases_waiting', 'Requests that wait for their answer', ({ waiting }) => waiting);
  perPlace('carrel_speed_up', '0 when control measurements say that this test server is sick', ({ sick }) =>
    sick ? 0 : 1,
  );
  perPlace(
    'carrel_speed_control',
    'Share of its pace that the newest control measurement received',
    (p) => p.controlShare,
  );
}

/** What tests may cost, as the probes keep account of it; of the current month (UTC). */
export function addBudgets(
  registry: Registry,
  state: { registry: { budgets(): BudgetReport[] } },
  clock: DashboardDeps['clock'],
): void {
  const ofMonth = oncePerScrape((): BudgetReport[] => {
    const month = new Date(clock.wallMs()).toISOString().slice(0, 7);
    return state.registry.budgets().filter((budget) => budget.month === month);
  });
  new Gauge({
    name: 'carrel_budget_probes',
    help: 'Probes by the state of their budget for tests this month',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const budgets = ofMonth();
      for (const state of BUDGET_STATES) this.set({ state }, budgets.filter((budget) => budget.state === state).length);
    },
  });
  const sum = (name: string, help: string, of: (budget: BudgetReport) => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(ofMonth().reduce((total, budget) => total + of(budget), 0));
      },
    });
  };
  sum('carrel_budget_spent_bytes', 'Bytes that tests cost this month, all probes', (budget) => budget.spent_bytes);
  sum('carrel_budget_limit_bytes', 'Bytes that tests may cost this month, all probes', (budget) => budget.limit_bytes);
  sum(
    'carrel_budget_reserve_bytes',
    'Bytes kept for confirming failures, all probes',
    (budget) => budget.reserve_bytes,
  );
}

function deniedOf(places: Report['places']): [string, number][] {
  const sums = new Map<string, number>();
  for (const { denied } of places)
    for (const [why, count] of Object.entries(denied)) sums.set(why, (sums.get(why) ?? 0) + count);
  return [...sums];
}
