/**
 * Why: what follows the library's calendar (tests in opening hours, the nightly inventory) is node-cron's. It is given jobs only
 * while the clock is trusted, and all of them anew after each step: a +30-day step costs a kept job 13 s of frozen event loop.
 */
import { createHash } from 'node:crypto';
import { type LocalTime, localTime, type OpeningHours } from '#contract';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';

export interface CalendarPlan {
  zone: string;
  opening: OpeningHours;
  testsPerDay: number;
}
export interface Calendar {
  /** Destroys all jobs and makes those of the plan; null: none, the clock is not trusted. */
  follow(plan: CalendarPlan | null): Promise<void>;
  /** What is planned, as cron expressions in the zone of the plan. */
  planned(): readonly string[];
  stop(): void;
}

type CronTask = { destroy(): unknown };

export function createCalendar(deps: {
  probe: string;
  wallMs(): number;
  log: Logger;
  onTest(): void;
  onNight(): void;
}): Calendar {
  const { probe, wallMs, log, onTest, onNight } = deps;
  let tasks: { expression: string; task: CronTask }[] = [];
  let generation = 0;
  let warned = false;

  function clear(): void {
    for (const { task } of tasks) void task.destroy();
    tasks = [];
  }
  async function make(plan: CalendarPlan, mine: number): Promise<void> {
    const { schedule } = await import('node-cron'); // 2.6 MB and 30 ms that a probe which never tests need not pay
    if (mine !== generation) return; // a newer plan came while it was loaded
    const add = (expression: string, act: () => void): void => {
      // A missed job is not made up for: its hour has passed. The message would only fill the log.
      const task = schedule(expression, act, { timezone: plan.zone, noOverlap: true, suppressMissedWarning: true });
      tasks.push({ expression, task });
    };
    const today = localTime(plan.zone, wallMs());
    for (const minute of drawSlots(plan, today, probe)) {
      if (minute > today.minuteOfDay)
        add(`${minute % 60} ${Math.floor(minute / 60)} ${today.day} ${today.month} *`, onTest);
    }
    // 02:xx exists on every night but one a year, and no test runs then. The next day is drawn just after midnight.
    add(`${minuteOf(`${probe} night`)} 2 * * *`, onNight);
    add('1 0 * * *', () => {
      void follow(plan);
    });
    log.info({ zone: plan.zone, today: tasks.length - 2, per_day: plan.testsPerDay }, 'throughput tests planned');
  }
  async function follow(plan: CalendarPlan | null): Promise<void> {
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

/**
 * Local minutes of the day's tests: the open time is cut into as many parts as there are tests, and one moment is drawn in each.
 * Drawn from the probe's id and the date, so that a restart or a clock step draws the same, and 1,200 probes draw differently.
 */
export function drawSlots(
  plan: Pick<CalendarPlan, 'opening' | 'testsPerDay'>,
  day: LocalTime,
  probe: string,
): number[] {
  const minutes = (plan.opening[day.weekday] ?? []).flatMap(([from, to]) =>
    Array.from({ length: to - from }, (_, i) => from + i),
  );
  const part = minutes.length / plan.testsPerDay;
  if (plan.testsPerDay === 0 || minutes.length < plan.testsPerDay) return [];
  return Array.from({ length: plan.testsPerDay }, (_, i) => {
    const at = Math.floor((i + share(`${probe} ${day.year}-${day.month}-${day.day} ${i}`)) * part);
    return minutes[Math.min(at, minutes.length - 1)] ?? 0;
  });
}

/** In [0, 1), the same for the same text. */
function share(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}

function minuteOf(text: string): number {
  return Math.floor(share(text) * 60);
}
