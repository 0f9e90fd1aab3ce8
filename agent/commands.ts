/**
 * Why: the server configures by state, not by messages: a retained `desired` with a version, answered by a retained `reported`.
 * Only a higher version is applied, the last good one survives a restart, and a job runs once per id, whatever is delivered twice.
 */
import {
  type BudgetReport,
  type DesiredConfig,
  isObject,
  type Job,
  type JobReport,
  own,
  parseDesired,
  parseReported,
  type ReportedMessage,
} from '#contract';
import type { Logger } from '#lib/logger';
import type { Kept } from './kept.ts';
import type { TestEnd, TestWish } from './speed/climb.ts';
import { AGENT_VERSION } from './version.ts';
import type { WallClock } from './wall.ts';

export interface Commands {
  /** A `desired` came. */
  receive(text: string): void;
  /** Tells the server what runs here; at each connection. */
  report(): void;
  /** What the server wants, of the last good version; null before any. */
  desired(): DesiredConfig | null;
  stop(): void;
}

export interface CommandsDeps {
  keptDesired: Kept;
  keptJobs: Kept;
  wall: WallClock;
  log: Logger;
  /** Why this probe cannot run it; null when it can. */
  check(config: DesiredConfig): string | null;
  /** It holds from now on. */
  apply(config: DesiredConfig): void;
  runTest(wish: TestWish): Promise<TestEnd>;
  budget(): BudgetReport;
  send(text: string): void;
}

const REMEMBERED_JOBS = 32;
/** setTimeout holds at most 24.8 days. */
const MAX_WAIT_MS = 2 ** 31 - 1;

export function createCommands(deps: CommandsDeps): Commands {
  const { keptDesired, keptJobs, wall, log, check, apply, runTest } = deps;
  const lastGood = parseDesired(JSON.stringify(keptDesired.read() ?? null));
  let version = lastGood?.version ?? -1;
  let config = lastGood?.config ?? null;
  let error: string | null = null;
  let reports = interrupted(reportsOf(keptJobs.read()));
  const timers = new Map<string, NodeJS.Timeout>();

  function report(): void {
    const message: ReportedMessage = {
      version: Math.max(0, version),
      ok: error === null,
      error,
      agent: AGENT_VERSION,
      jobs: reports,
      budget: deps.budget(),
    };
    deps.send(JSON.stringify(message));
  }
  function note(id: string, state: JobReport['state'], detail = ''): void {
    reports = [...reports.filter((one) => one.id !== id), { id, state, detail: detail.slice(0, 200) }].slice(
      -REMEMBERED_JOBS,
    );
    keptJobs.write({ jobs: reports });
    report();
  }
  function refuse(why: string): void {
    error = why.slice(0, 300);
    log.warn(
      { code: 'DESIRED_REFUSED', why: error, runs: version },
      'configuration from the server is not applied; the last good one holds',
    );
    report();
  }
  function consider(job: Job): void {
    const state = reports.find(({ id }) => id === job.id)?.state;
    // `accepted` alone may be from before a restart: it has not run yet.
    if (timers.has(job.id) || (state !== undefined && state !== 'accepted')) return;
    const due = dueOf(job, wall);
    if (due === 'expired') {
      note(job.id, 'expired', 'it came too late');
      return;
    }
    note(job.id, 'accepted');
    timers.set(
      job.id,
      setTimeout(() => start(job), Math.min(due, MAX_WAIT_MS)),
    );
  }
  function start(job: Job): void {
    const due = dueOf(job, wall);
    // The clock may have stepped while the timer ran.
    if (typeof due === 'number' && due > 1000)
      return void timers.set(
        job.id,
        setTimeout(() => start(job), Math.min(due, MAX_WAIT_MS)),
      );
    if (due === 'expired') {
      timers.delete(job.id);
      note(job.id, 'expired', 'it expired before its turn');
      return;
    }
    const wish: TestWish = {
      reason: job.reason,
      job: job.id,
      ...(job.avoid !== undefined && { avoid: job.avoid }),
      stillWanted: () => dueOf(job, wall) !== 'expired',
      started: () => note(job.id, 'started'),
    };
    void runTest(wish).then((end) => {
      timers.delete(job.id);
      note(job.id, end.ok ? 'finished' : 'failed', end.detail);
    });
  }
  return {
    receive(text) {
      const message = parseDesired(text);
      if (!message) return refuse('it is not valid: a field is missing or out of bounds');
      if (message.version < version)
        return log.debug({ version: message.version, runs: version }, 'older configuration ignored');
      if (message.version > version) {
        const why = check(message.config);
        if (why !== null) return refuse(`version ${message.version}: ${why}`);
        ({ version, config } = message);
        apply(config);
        error = null;
        keptDesired.write(message);
        log.info({ version }, 'configuration applied');
      }
      for (const job of message.jobs) consider(job);
      report();
    },
    report,
    desired: () => config,
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** Ms until the job is due, or `expired`. Without a trusted clock nothing can be told to be too late: it is due now. */
export function dueOf(job: Job, wall: Pick<WallClock, 'sync' | 'wallMs'>): number | 'expired' {
  if (wall.sync() === 0) return 0;
  const now = wall.wallMs();
  return now > job.expires ? 'expired' : Math.max(0, job.not_before - now);
}

function reportsOf(kept: unknown): JobReport[] {
  const jobs = isObject(kept) ? own(kept, 'jobs') : undefined;
  return parseReported(JSON.stringify({ version: 0, jobs }))?.jobs ?? [];
}

/** What had started when the agent ended will not start again: a job runs once. */
function interrupted(reports: JobReport[]): JobReport[] {
  return reports.map((one) =>
    one.state === 'started' ? { ...one, state: 'failed', detail: 'the agent was restarted during it' } : one,
  );
}
