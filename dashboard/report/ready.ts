/**
 * Why: whoever opens the report of a month under way would wait for the database after each hour that came. The server asks first, for the very
 * same, whose answer the store then keeps (broker/store/answers.ts): when it has started, when rollups came, and when another day begins.
 */
import type { Broker } from '#broker';
import type { Clock } from '#lib/clock';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import { count, monthsBetween, type ReportDeps } from './report.ts';

export interface ReadyDeps {
  state: ReportDeps['state'];
  broker: Pick<Broker, 'store' | 'stores' | 'onRollups'>;
  clock: Clock;
  log: Pick<Logger, 'debug'>;
}

const DAY_MS = 86_400_000;
const LOOK_MS = 5000;
/** The hours of a large network take some seconds to be written. */
const SETTLE_MS = 10_000;
/** Late rows trickle in all the time: a minute is what a person may still wait behind. */
const PAUSE_MS = 60_000;
/** At most a five-hundredth of the time is spent asking, however large the network and slow the database. */
const PAUSE_TIMES = 500;
/** Longer than a month waits to be closed after its end. */
const OPEN_FOR_MS = 4 * DAY_MS;

/** Looks each few seconds whether there is something to ask. Answers with its end, which waits for what was asked. */
export function startReady(deps: ReadyDeps): () => Promise<void> {
  const { broker, clock, log } = deps;
  /** Since when what is kept may not be what is asked for; null: it is. */
  let dueMs: number | null = null;
  let nextMs = Number.NEGATIVE_INFINITY;
  let day: number | null = null;
  let asking: Promise<void> | null = null;

  function due(): void {
    dueMs ??= clock.monoMs();
  }

  async function ask(): Promise<void> {
    const begin = clock.monoMs();
    dueMs = null; // before: what comes while it is asked makes it due again
    try {
      await askOpenMonths(deps, clock.wallMs());
    } catch (error) {
      due();
      log.debug({ error: messageOf(error) }, 'the report of the month under way could not be made ready; tried again');
    }
    const now = clock.monoMs();
    nextMs = Math.max(begin + PAUSE_MS, now + PAUSE_TIMES * (now - begin));
  }

  function look(): void {
    const today = Math.floor(clock.wallMs() / DAY_MS);
    if (today !== day) due(); // also when the server has started
    day = today;
    const now = clock.monoMs();
    if (asking || dueMs === null || now < dueMs + SETTLE_MS || now < nextMs) return;
    // A backlog goes first.
    if (!broker.stores().some(({ primary, state }) => primary && state === 'ok')) return;
    asking = ask().finally(() => {
      asking = null;
    });
  }

  const forget = broker.onRollups(due);
  const timer = setInterval(look, LOOK_MS);
  look();
  return async () => {
    clearInterval(timer);
    forget();
    await asking;
  };
}

/** Asks what a person's report of each open month would ask, and the store keeps. @throws StoreError */
async function askOpenMonths({ state, broker }: ReadyDeps, now: number): Promise<void> {
  // Tests of probes that came or went within the month are read one by one, and are not kept.
  const store = { ...broker.store, events: async () => [] };
  const closed = new Set(state.reports.months().map(({ month }) => month));
  const first = Math.min(...state.registry.bindings().map(({ from }) => from));
  if (!Number.isFinite(first)) return;
  for (const month of monthsBetween(Math.max(first, now - OPEN_FOR_MS), now))
    if (!closed.has(month)) await count({ state, store }, month, now);
}
