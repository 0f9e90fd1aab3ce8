/**
 * Why: what follows the library's calendar (tests in opening hours, the nightly inventory) is node-cron's. It is given jobs only
 * while the clock is trusted, and all of them anew after each step: a +30-day step costs a kept job 13 s of frozen event loop.
 */
import { localTime, momentOf } from '#contract';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import { type Slot, type SlotPlan, share, slotKey, slotsBetween } from './speed/slots.ts';

export interface Calendar {
  /** Destroys all jobs and makes those of the plan; null: none, the clock is not trusted. */
  follow(plan: SlotPlan | null): Promise<void>;
  /** What is planned, as cron expressions in the zone of the plan. */
  planned(): readonly string[];
  stop(): void;
}

type CronTask = { destroy(): unknown };

/** Visitors' traffic may prove the line before its slot comes. */
const LEAD_MS = 10 * 60_000;
/** A month of them. */
const MOST_BEGUN = 200;

export function createCalendar(deps: {
  /** The probe's token: what its slots are drawn from. */
  secret: string;
  wallMs(): number;
  log: Logger;
  /** Ten minutes before the slot, or at once where less is left. */
  onSlot(slot: Slot): void;
  onNight(): void;
}): Calendar {
  const { wallMs, log, onSlot, onNight } = deps;
  const key = slotKey(deps.secret);
  let tasks: { expression: string; task: CronTask }[] = [];
  let generation = 0;
  let warned = false;
  /** A plan that is made anew within the ten minutes must not begin a slot twice. */
  const begun = new Set<string>();

  function clear(): void {
    for (const { task } of tasks) void task.destroy();
    tasks = [];
  }
  function begin(slot: Slot): void {
    if (begun.has(slot.id)) return;
    if (begun.size >= MOST_BEGUN) begun.clear();
    begun.add(slot.id);
    onSlot(slot);
  }
  async function make(plan: SlotPlan, mine: number): Promise<void> {
    const { schedule } = await import('node-cron'); // 2.6 MB and 30 ms that a probe which never tests need not pay
    if (mine !== generation) return; // a newer plan came while it was loaded
    const add = (expression: string, act: () => void): void => {
      // A missed job is not made up for: its hour has passed. The message would only fill the log.
      const task = schedule(expression, act, { timezone: plan.zone, noOverlap: true, suppressMissedWarning: true });
      tasks.push({ expression, task });
    };
    const nowMs = wallMs();
    const tomorrow = localTime(plan.zone, nowMs).dayNumber + 1;
    // Until the next plan is made, and what begins before it.
    const until = momentOf(plan.zone, tomorrow, 1) + LEAD_MS;
    const slots = slotsBetween(plan, nowMs, until, key);
    for (const slot of slots) {
      const at = slot.at - LEAD_MS;
      if (at <= nowMs + 1000) begin(slot);
      else add(expressionOf(localTime(plan.zone, at)), () => begin(slot));
    }
    // 02:xx exists on every night but one a year, and no test runs then. The next day is drawn just after midnight.
    add(`${Math.floor(share(key, 'night') * 60)} 2 * * *`, onNight);
    add('1 0 * * *', () => {
      void follow(plan);
    });
    log.info({ zone: plan.zone, today: slots.length, per_day: plan.testsPerDay }, 'throughput tests planned');
  }
  async function follow(plan: SlotPlan | null): Promise<void> {
    generation += 1;
    clear();
    if (plan === null) return;
    if (typeof Intl === 'undefined') {
      if (!warned)
        log.warn(
          { code: 'NO_INTL' },
          'this Node has no Intl (built without ICU): no tests by calendar; tests asked for by the server run',
        );
      warned = true;
      return;
    }
    try {
      await make(plan, generation);
    } catch (error) {
      clear();
      log.error({ code: 'CALENDAR_FAILED', zone: plan.zone, error: messageOf(error) }, 'no tests by calendar');
    }
  }
  return {
    follow,
    planned: () => tasks.map(({ expression }) => expression),
    stop() {
      generation += 1;
      clear();
    },
  };
}

/** To the second: 1,200 probes that begin with the minute would all want their lease at once. */
function expressionOf({ second, minute, hour, day, month }: ReturnType<typeof localTime>): string {
  return `${second} ${minute} ${hour} ${day} ${month} *`;
}
