/**
 * Why: whoever connects a probe sees at once how far it has come, from what the server really has: the connection, its frames' clock, what the
 * database holds, and what became of its tests.
 */
import { isMetricName, type ProbeHeard, type SeesOthers, type ThroughputEvent } from '#contract';
import { type EventRow, isKnown, type SampleBatch } from '#store';
import { testViewOf } from '../alert/test-view.ts';
import type { DashboardDeps } from '../deps.ts';
import { askedTest } from './asked-test.ts';
import { mostOf } from './costs.ts';

export type HeardDeps = Pick<DashboardDeps, 'state' | 'broker' | 'alerts' | 'live' | 'clock'>;
type Test = EventRow & { event: ThroughputEvent };

const HOUR_S = 3600;
/** As far back as a test still speaks for its access point (live/tally.ts). */
const TESTS_MS = 48 * 3_600_000;
/** Confirmations and uploads lie between. */
const TESTS = 20;

/** Of a probe that is there. @throws StoreError */
export async function probeHeard(deps: HeardDeps, id: string): Promise<ProbeHeard> {
  const { state, broker, clock } = deps;
  const { registry } = state;
  const now = clock.wallMs();
  const known = registry.probe(id);
  const ap = known?.access_point ? registry.accessPoint(known.access_point) : null;
  const [batch, tests, asked] = await Promise.all([
    samplesOf(deps, id, now),
    testsOf(deps, id, now),
    ap ? askedTest(registry, broker.store, { ap: ap.id, probe: id, now }) : null,
  ]);
  const newest = tests.find(({ event }) => event.dir === 'down') ?? null;
  const told = registry.reported(id);
  const desired = registry.desired(id)?.config ?? null;
  return {
    probe: id,
    at: now,
    access_point: ap?.id ?? null,
    target_mbps: ap?.target_mbps ?? null,
    admitted: known?.admitted ?? false,
    hello: helloOf(deps, id),
    clock: clockOf(deps, id),
    wan: wanOf(batch, tests),
    samples: samplesIn(batch),
    asked: asked && asked.test === null ? { state: asked.state, at: asked.asked_at, detail: asked.detail } : null,
    test: newest && testViewOf(ap?.id ?? '', id, newest.t_ms, newest.event),
    next_bytes: told?.budget?.next_bytes ?? mostOf(desired),
    limit_bytes: told?.budget?.limit_bytes ?? (desired && Math.round(desired.budget_mb * 1e6)),
  };
}

/** A probe of which this run of the server knows nothing may have said what it runs before. */
function helloOf({ state, broker }: HeardDeps, id: string): ProbeHeard['hello'] {
  const presence = broker.presence().get(id);
  const reported = state.registry.reported(id);
  const seen_at = presence?.lastSeen ?? reported?.at ?? null;
  if (seen_at === null) return null;
  return {
    online: presence?.online ?? false,
    // Who was not here since this server started has been away since it was last seen.
    since: presence && presence.lastSeen !== null ? presence.since : seen_at,
    seen_at,
    agent: presence?.state?.agent || reported?.agent || null,
    refuses: reported?.ok === false ? reported.error : null,
  };
}

function clockOf({ alerts, live }: HeardDeps, id: string): ProbeHeard['clock'] {
  const source = live.heard(id)?.clock ?? null;
  const skew = alerts.clockOf?.(id) ?? null;
  const behind_most_ms = alerts.clockBehindMost?.(id) ?? null;
  if (source === null && skew === null && behind_most_ms === null) return null;
  return {
    source,
    skew_ms: skew && Math.round(skew.skew_ms),
    behind_most_ms: behind_most_ms === null ? null : Math.round(behind_most_ms),
    wrong: skew?.wrong ?? false,
  };
}

function samplesOf({ broker }: HeardDeps, probe: string, now: number): Promise<SampleBatch> {
  const to_s = Math.floor(now / 1000) + 1;
  return broker.store.samples({ probes: [probe], from_s: to_s - HOUR_S, to_s });
}

async function testsOf({ broker }: HeardDeps, probe: string, now: number): Promise<Test[]> {
  const range = { from_ms: now - TESTS_MS, to_ms: now + 1, limit: TESTS, order: 'newest' as const };
  const rows = await broker.store.events({ probes: [probe], kinds: ['throughput'], ...range });
  return rows.flatMap((row) => (row.event.kind === 'throughput' ? [{ ...row, event: row.event }] : []));
}

function samplesIn(batch: SampleBatch): ProbeHeard['samples'] {
  const [first, last] = [batch.t_s[0], batch.t_s.at(-1)];
  if (first === undefined || last === undefined) return null;
  const value = (metric: string): number | null => newestOf(batch, metric);
  return {
    n: batch.t_s.length,
    first_at: first * 1000,
    last_at: last * 1000,
    rtt_ms: value('rtt_ms'),
    loss_pct: value('loss_pct'),
    clients: value('clients'),
    cpu_pct: value('cpu_pct'),
  };
}

/** Where no sample says whether the port has a link, a test may have counted at it. */
function wanOf(batch: SampleBatch, tests: readonly Test[]): ProbeHeard['wan'] {
  const sampled = batch.t_s.at(-1);
  const counted = tests.find(({ event }) => event.rate_mbps !== null);
  if (sampled === undefined && !counted) return null;
  const up = newestOf(batch, 'wan_up');
  return {
    up: up === null ? null : up === 1,
    name: counted?.event.wan || null,
    rx_mbps: newestOf(batch, 'wan_rx_mbps'),
    tx_mbps: newestOf(batch, 'wan_tx_mbps'),
    others: counted ? othersIn(counted.event) : null,
    at: sampled === undefined ? (counted?.t_ms ?? 0) : sampled * 1000,
  };
}

function othersIn({ offload, other_mbps }: ThroughputEvent): SeesOthers {
  if (offload) return 'part';
  return other_mbps === null ? 'own' : 'all';
}

/** Null: no sample has it. */
function newestOf({ columns }: SampleBatch, metric: string): number | null {
  const column = isMetricName(metric) ? columns[metric] : undefined;
  for (let i = (column?.length ?? 0) - 1; i >= 0; i--) {
    const value = column?.[i];
    if (isKnown(value)) return value;
  }
  return null;
}
