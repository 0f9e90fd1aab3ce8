/** Why: a virtual probe behaves as a real one seen from the server: live samples first, backlog after, tests, jobs, outages. */
import { type DesiredConfig, type FrameEvent, type JobReport, parseDesired, type TestJob } from '#contract';
import { type Access, createConnection, type FleetCounters, IN_FLIGHT_MAX } from './connection.ts';
import { createFrameMaker, type Run, SAMPLES_PER_FRAME } from './frames.ts';
import type { Library } from './library.ts';
import { isDown } from './line.ts';
import { chance } from './random.ts';
import type { Covered } from './registry.ts';

export interface VirtualProbe {
  /** Does what is due. Called about four times a second with the wall clock and how far history may have come. */
  tick(nowMs: number, historyUntilMs: number): void;
  isConnected(): boolean;
  /** History that waits to be sent, ms. */
  historyLeftMs(): number;
  stop(nowMs: number): Promise<void>;
}
export interface ProbeOptions {
  library: Library;
  access: Access;
  startMs: number;
  /** History is sent from here to `startMs`. */
  historyFromMs: number;
  /** What an earlier run has sent. */
  covered: Covered;
  faults: boolean;
  counters: FleetCounters;
}

const DAY_MS = 86_400_000;
/** A test, asked for or first of its run, takes about as long as a real one with its wait for a lease. */
const TEST_TAKES_MS = 12_000;
const JOBS_REMEMBERED = 32;

export function createVirtualProbe({
  library,
  access,
  startMs,
  historyFromMs,
  covered,
  faults,
  counters,
}: ProbeOptions): VirtualProbe {
  const place = Math.floor(chance(library.id) * 2 ** 31).toString(36);
  const run: Run = {
    boot: `sim-${place}`,
    run: `${startMs.toString(36)}-${place}`,
    bootWallMs: startMs - 400 * DAY_MS,
  };
  const make = createFrameMaker(library, run, faults);
  const config: Pick<DesiredConfig, 'sample_s' | 'batch' | 'tests_per_day' | 'target_mbps'> = {
    sample_s: 60,
    batch: 5,
    tests_per_day: 6,
    target_mbps: 30,
  };
  let version = -1;
  let nextSlotMs = Math.ceil(startMs / 1000) * 1000 + Math.floor(chance(library.id, 1) * 60) * 1000;
  let testedUntilMs = startMs;
  let historyMs = historyFromMs;
  let downSinceMs: number | null = null;
  const jobs = new Map<string, JobReport>();
  // The page shows something within the first minute: each run begins with a test that nobody planned, so that no report counts it.
  const due: { atMs: number; job: TestJob | null }[] = [
    { atMs: startMs + 5000 + Math.floor(chance(library.id, 2) * 55_000), job: null },
  ];
  const events: FrameEvent[] = [make.boot(startMs)];

  const connection = createConnection(library.id, access, run, { desired: applyDesired, opened: report }, counters);

  function applyDesired(text: string): void {
    const message = parseDesired(text);
    if (!message || message.version <= version) return;
    version = message.version;
    Object.assign(config, message.config);
    for (const job of message.jobs) {
      if (jobs.has(job.id)) continue;
      jobs.set(job.id, { id: job.id, state: 'accepted', detail: '' });
      due.push({ atMs: Math.max(Date.now(), job.not_before) + TEST_TAKES_MS, job });
    }
    for (const id of jobs.keys()) if (jobs.size > JOBS_REMEMBERED) jobs.delete(id);
    report();
  }

  function report(): void {
    if (version >= 0)
      connection.report({ version, ok: true, error: null, agent: 'simulated', jobs: [...jobs.values()] });
  }

  function runTests(nowMs: number): void {
    events.push(...make.tests(config.tests_per_day, testedUntilMs, nowMs, config.target_mbps));
    testedUntilMs = nowMs;
    for (const item of due.filter(({ atMs }) => atMs <= nowMs)) {
      due.splice(due.indexOf(item), 1);
      const { job } = item;
      const expired = job !== null && job.expires < nowMs;
      if (!expired) events.push(make.test(nowMs, config.target_mbps, job?.reason ?? 'manual', job?.id ?? null));
      if (job) jobs.set(job.id, { id: job.id, state: expired ? 'expired' : 'finished', detail: '' });
      if (job) report();
    }
  }

  function sendLive(nowMs: number): void {
    const stepMs = config.sample_s * 1000;
    const ready = nextSlotMs > nowMs ? 0 : Math.floor((nowMs - nextSlotMs) / stepMs) + 1;
    if (events.length === 0 && ready < config.batch) return;
    const count = Math.min(ready, SAMPLES_PER_FRAME);
    connection.send(make.frame(nextSlotMs, count, config.sample_s, events.splice(0, 100)));
    nextSlotMs += count * stepMs;
  }

  function sendHistory(untilMs: number): void {
    const stepMs = config.sample_s * 1000;
    if (historyMs >= covered.fromMs && historyMs < covered.untilMs) historyMs = covered.untilMs;
    const endMs = historyMs < covered.fromMs ? Math.min(covered.fromMs, startMs) : startMs;
    const toMs = Math.min(historyMs + SAMPLES_PER_FRAME * stepMs, untilMs, endMs);
    const count = Math.floor((toMs - historyMs) / stepMs);
    if (count < SAMPLES_PER_FRAME && toMs !== endMs) return;
    if (count > 0)
      connection.send(
        make.frame(
          historyMs,
          count,
          config.sample_s,
          make.tests(config.tests_per_day, historyMs, toMs, config.target_mbps),
        ),
      );
    historyMs = toMs === endMs ? endMs : historyMs + count * stepMs;
  }

  return {
    tick(nowMs, historyUntilMs) {
      if (isDown(library, nowMs, faults)) {
        if (connection.isOpen()) connection.cut();
        downSinceMs ??= nowMs;
        return;
      }
      if (downSinceMs !== null) events.push(make.outage(downSinceMs, nowMs));
      downSinceMs = null;
      connection.open(nowMs);
      if (!connection.isOpen()) return;
      runTests(nowMs);
      if (connection.unacknowledged() < IN_FLIGHT_MAX) sendLive(nowMs);
      if (connection.unacknowledged() < IN_FLIGHT_MAX && historyMs < startMs) sendHistory(historyUntilMs);
    },
    isConnected: connection.isOpen,
    historyLeftMs: () => startMs - historyMs,
    stop: (nowMs) => connection.close(nowMs),
  };
}
