/** Why: the state of an access point in one word, with the sentence that says why. Unknown is never up, never down, never 0. */

import type { Presence } from '#broker';
import type { ApState, LiveRow, WhyCode } from '#contract';
import type { FleetEntry } from '../alert/fleet.ts';
import type { AlertEngine } from '../deps.ts';
import { FORMATS } from '../said/format.ts';
import { type Facts, type LiveMetric, lastTestOf, sampleAtOf, shownOf, testedOf, testsEnd } from './latest.ts';
import { TEST_AGE_MS } from './tally.ts';

/** `why` is English; a page words it from its code. */
const { dateTime, mbps, measured: rate } = FORMATS.en;

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
  /** Start of the open stretch that holds the time, holidays and closed days left out; null when closed. */
  openSince(at: number): number | null;
  /** Works are planned for now. */
  maintenance?: boolean;
}

/** Values of the newest sample are shown as now for an hour; a metered probe sends every 15 minutes. */
const SAMPLE_AGE_MS = 3_600_000;
/** A value that newer samples no longer contain is unknown now. */
const METRIC_LAG_MS = 10 * 60_000;

/** The live row. `before` is the row as it was, for `since`. */
export function rowOf(input: RowInput, before: Pick<LiveRow, 'state' | 'since'> | undefined): LiveRow {
  const { entry, facts, presence, alert, now } = input;
  const { n, median } = testedOf(facts, now, TEST_AGE_MS);
  const judged = stateOf(input, n, median);
  // Trouble is expected during works. Figures and incident stay as they are: only the word for it is another.
  const expected = input.maintenance === true && judged.state !== 'meets';
  const { state, why_code }: Judged = expected ? { state: 'maint', why_code: 'maint' } : judged;
  const last = lastTestOf(facts);
  const sampleAt = sampleAtOf(facts);
  const fresh = sampleAt !== null && now - sampleAt <= SAMPLE_AGE_MS;
  const value = (metric: LiveMetric): number | null => (fresh ? shownOf(facts, metric, METRIC_LAG_MS) : null);
  return {
    ap: entry.ap.id,
    site: entry.site.id,
    state,
    why_code,
    since: wholeSecond(sinceOf(state, alert, before, now)),
    down_mbps: last ? cutRate(last.rate) : null,
    down_at: wholeSecond(last?.at ?? null),
    median_mbps: n > 0 ? cutRate(median) : null,
    median_n: n,
    verdict: last?.verdict ?? null,
    wan_rx_mbps: value('wan_rx_mbps'),
    wan_tx_mbps: value('wan_tx_mbps'),
    rtt_ms: value('rtt_ms'),
    loss_pct: value('loss_pct'),
    cpu_pct: value('cpu_pct'),
    clients: value('clients'),
    last_seen: wholeSecond(lastSeenOf(facts, presence)),
    probe: entry.probe,
    probe_online: presence?.online ?? null,
    alert: alert?.id ?? null,
  };
}

type Judged = Pick<LiveRow, 'state' | 'why_code'>;

function stateOf(input: RowInput, tests: number, median: number): Judged {
  const { entry, facts, alert } = input;
  const is = (state: ApState, why_code: WhyCode): Judged => ({ state, why_code });
  const seen = lastSeenOf(facts, input.presence);
  if (alert?.rule === 'dark' || isOffline(input, seen)) return is('offline', 'dark');
  if (alert?.rule === 'slow') return is('below', 'slow');
  if (tests > 0) return is(median < entry.ap.target_mbps ? 'below' : 'meets', 'median');
  if (entry.probe === null) return is('nodata', 'no_probe');
  return is('nodata', seen === null ? 'never_seen' : 'no_test');
}

/** The row's state in a sentence. */
export function whyText(row: LiveRow, { ap, site }: Pick<FleetEntry, 'ap' | 'site'>): string {
  const { median_mbps, median_n, down_at, since, last_seen } = row;
  const when = (at: number): string => dateTime(at, site.zone);
  const measured =
    median_mbps === null || down_at === null
      ? ''
      : `Median of the last ${median_n === 1 ? 'valid test' : `${median_n} valid tests`}: ${rate(median_mbps)}, the newest ${when(down_at)}.`;
  switch (row.why_code) {
    case 'dark':
      return last_seen === null ? 'No sign of life.' : `No sign of life since ${when(last_seen)}.`;
    case 'slow': {
      const begun = since === null ? '' : `, since ${when(since)}`;
      return `Below ${mbps(ap.target_mbps)}, confirmed by a retest${begun}. ${measured}`.trim();
    }
    case 'median':
      return measured;
    case 'no_probe':
      return 'No admitted probe watches it.';
    case 'never_seen':
      return 'Its probe has never been seen.';
    case 'no_test':
      return 'No valid throughput test in the last 48 h.';
    case 'maint':
      return 'Maintenance.';
  }
}

/** The same silence as the rule *dark*, told before the alert engine has committed it. */
function isOffline({ openSince, presence, now, darkAfterMs, graceUntil }: RowInput, seen: number | null): boolean {
  if (!presence || presence.online || seen === null || now < graceUntil || now - seen < darkAfterMs) return false;
  const opened = openSince(now);
  return opened !== null && now - Math.max(seen, opened) >= darkAfterMs;
}

/** To the wire's resolution, cut: 29.9996 must not become the target. */
function cutRate(rate: number): number {
  return Math.floor(rate * 1000 + 1e-6) / 1000;
}

/** Stored time is whole seconds, and so is what travels. */
function wholeSecond(at: number | null): number | null {
  return at === null ? null : Math.floor(at / 1000) * 1000;
}

function lastSeenOf(facts: Facts, presence: Presence | null): number | null {
  const [sampleAt, seen] = [sampleAtOf(facts), presence?.lastSeen ?? null];
  return sampleAt === null || seen === null ? (sampleAt ?? seen) : Math.max(sampleAt, seen);
}

function sinceOf(
  state: ApState,
  alert: RowInput['alert'],
  before: Pick<LiveRow, 'state' | 'since'> | undefined,
  now: number,
): number | null {
  if (alert && (state === 'offline' || state === 'below')) return alert.since;
  if (!before) return null; // the server has only just started: not known
  return before.state === state ? before.since : now;
}

/** When the row becomes another one without any news, ms; `now` where that depends on more than age. */
export function endsAt({ facts, presence, now }: Pick<RowInput, 'facts' | 'presence' | 'now'>): number {
  // Who is gone becomes offline by the clock and the opening hours.
  if (presence && !presence.online) return now;
  const sampleEnd = (sampleAtOf(facts) ?? Number.NaN) + SAMPLE_AGE_MS;
  const end = testsEnd(facts, now, TEST_AGE_MS);
  return sampleEnd >= now && sampleEnd < end ? sampleEnd : end;
}
