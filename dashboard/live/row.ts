/** Why: the state of an access point in one word, with the sentence that says why. Unknown is never up, never down, never 0. */

import type { Presence } from '#broker';
import { type ApState, type LiveRow, openSince, roundToStep, type Totals } from '#contract';
import type { FleetEntry } from '../alert/fleet.ts';
import { dateTime, mbps, measured as rate } from '../alert/words.ts';
import type { AlertEngine } from '../deps.ts';
import type { Facts, LiveMetric, ValidTest } from './latest.ts';

export interface RowInput {
  entry: FleetEntry;
  facts: Facts;
  /** Null: its probe was never seen, or there is none. */
  presence: Presence | null;
  alert: ReturnType<AlertEngine['openOf']>;
  now: number;
  darkAfterMs: number;
  /** Until then silence means nothing: the server has only just started. */
  graceUntil: number;
}

/** Tests older than this say nothing about now. */
const TEST_AGE_MS = 48 * 3_600_000;
/** Values of the newest sample are shown as now for an hour; a metered probe sends every 15 minutes. */
const SAMPLE_AGE_MS = 3_600_000;
/** A value that newer samples no longer contain is unknown now. */
const METRIC_LAG_MS = 10 * 60_000;

/** The live row. `before` is the row as it was, for `since`. */
export function rowOf(input: RowInput, before: LiveRow | undefined): LiveRow {
  const { entry, facts, presence, alert, now } = input;
  const { state, why } = stateOf(input);
  const last = recent(facts.tests, now).at(-1) ?? facts.tests.at(-1);
  const value = (metric: LiveMetric): number | null => {
    const reading = facts.readings[metric];
    if (!reading || facts.sampleAt === null) return null;
    if (now - facts.sampleAt > SAMPLE_AGE_MS || facts.sampleAt - reading.at > METRIC_LAG_MS) return null;
    return roundToStep(metric, reading.value);
  };
  return {
    ap: entry.ap.id,
    site: entry.site.id,
    state,
    why,
    since: sinceOf(state, alert, before, now),
    down_mbps: last ? cutRate(last.rate) : null,
    down_at: last?.at ?? null,
    verdict: last?.verdict ?? null,
    wan_rx_mbps: value('wan_rx_mbps'),
    wan_tx_mbps: value('wan_tx_mbps'),
    rtt_ms: value('rtt_ms'),
    loss_pct: value('loss_pct'),
    cpu_pct: value('cpu_pct'),
    clients: value('clients'),
    last_seen: lastSeenOf(facts, presence),
    probe: entry.probe,
    probe_online: presence?.online ?? null,
    alert: alert?.id ?? null,
  };
}

/** Counts per state, and the mean of the last valid tests of the last 48 h. */
export function totalsOf(rows: Iterable<LiveRow>, now: number): Totals {
  const totals: Totals = { meets: 0, below: 0, offline: 0, nodata: 0, maint: 0, total: 0, mean_mbps: null, mean_n: 0 };
  let sum = 0;
  for (const { state, down_mbps, down_at } of rows) {
    totals[state] += 1;
    totals.total += 1;
    if (down_mbps === null || down_at === null || now - down_at > TEST_AGE_MS) continue;
    sum += down_mbps;
    totals.mean_n += 1;
  }
  if (totals.mean_n > 0) totals.mean_mbps = Math.round((sum / totals.mean_n) * 1000) / 1000;
  return totals;
}

function stateOf(input: RowInput): { state: ApState; why: string } {
  const { entry, facts, alert, now } = input;
  const zone = entry.site.zone;
  const target = mbps(entry.ap.target_mbps);
  const seen = lastSeenOf(facts, input.presence);
  if (alert?.rule === 'dark' || isOffline(input, seen))
    return {
      state: 'offline',
      why: seen === null ? 'No sign of life.' : `No sign of life since ${dateTime(seen, zone)}.`,
    };
  const tests = recent(facts.tests, now);
  const median = medianOf(tests);
  const measured =
    tests.length === 0
      ? ''
      : `Median of the last ${tests.length === 1 ? 'valid test' : `${tests.length} valid tests`}: ${rate(median)}, the newest ${dateTime(tests.at(-1)?.at ?? now, zone)}.`;
  if (alert?.rule === 'slow')
    return {
      state: 'below',
      why: [`Below ${target}, confirmed by a retest, since ${dateTime(alert.since, zone)}.`, measured]
        .filter(Boolean)
        .join(' '),
    };
  if (tests.length > 0) return { state: median < entry.ap.target_mbps ? 'below' : 'meets', why: measured };
  if (entry.probe === null) return { state: 'nodata', why: 'No admitted probe watches it.' };
  if (seen === null) return { state: 'nodata', why: 'Its probe has never been seen.' };
  return { state: 'nodata', why: 'No valid throughput test in the last 48 h.' };
}

/** The same silence as the rule *dark*, told before the alert engine has committed it. */
function isOffline({ entry, presence, now, darkAfterMs, graceUntil }: RowInput, seen: number | null): boolean {
  if (!presence || presence.online || seen === null || now < graceUntil || now - seen < darkAfterMs) return false;
  const opened = openSince(entry.site, now);
  return opened !== null && now - Math.max(seen, opened) >= darkAfterMs;
}

/** To the wire's resolution, cut: 29.9996 must not become the target. */
function cutRate(rate: number): number {
  return Math.floor(rate * 1000 + 1e-6) / 1000;
}

function lastSeenOf({ sampleAt }: Facts, presence: Presence | null): number | null {
  const known = [sampleAt, presence?.lastSeen ?? null].filter((at) => at !== null);
  return known.length > 0 ? Math.max(...known) : null;
}

function sinceOf(state: ApState, alert: RowInput['alert'], before: LiveRow | undefined, now: number): number | null {
  if (alert && (state === 'offline' || state === 'below')) return alert.since;
  if (!before) return null; // the server has only just started: not known
  return before.state === state ? before.since : now;
}

function recent(tests: readonly ValidTest[], now: number): readonly ValidTest[] {
  return tests.filter((test) => now - test.at <= TEST_AGE_MS);
}

function medianOf(tests: readonly ValidTest[]): number {
  const rates = tests.map((test) => test.rate).sort((a, b) => a - b);
  const middle = Math.floor(rates.length / 2);
  const upper = rates[middle] ?? 0;
  return rates.length % 2 === 1 ? upper : ((rates[middle - 1] ?? upper) + upper) / 2;
}
