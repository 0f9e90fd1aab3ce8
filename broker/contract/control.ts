/** Why: everything small that travels besides frames: presence, configuration and jobs. Leases are in lease.ts. */

import { booleanIn, integerIn, isObject, numberIn, own, parseJson, textIn, wordIn } from './json.ts';
import { TEST_REASONS, type TestReason } from './throughput.ts';

/** `carrel/v1/{probe}/state`, retained, also the will (`state:"offline"`). */
export interface StateMessage {
  state: 'online' | 'offline';
  boot: string;
  run: string;
  agent: string;
  at: number;
}
export function parseState(text: string): StateMessage | undefined {
  const o = parseJson(text, 3);
  if (!isObject(o)) return undefined;
  const state = wordIn(o, 'state', ['online', 'offline']);
  const boot = textIn(o, 'boot', 40);
  const run = textIn(o, 'run', 40);
  if (!state || boot === undefined || run === undefined) return undefined;
  return { state, boot, run, agent: textIn(o, 'agent', 32) ?? '', at: numberIn(o, 'at', 0, 8.64e15) ?? 0 };
}

/** Opening hours of one week day, local minutes since midnight, `from < to <= 1440`; several intervals allowed. */
export type OpeningHours = readonly (readonly (readonly [from: number, to: number])[])[]; // index 0 = Monday

/** What the server wants a probe to do. Version rises with each change; a probe applies only a higher one. */
export interface DesiredConfig {
  /** Seconds between samples. */
  sample_s: number;
  /** Samples per frame. */
  batch: number;
  profile: 'default' | 'metered' | 'satellite';
  target_mbps: number;
  /** IANA zone of the site. */
  zone: string;
  opening: OpeningHours;
  /** Local dates `YYYY-MM-DD` on which the site is closed whatever its weekly hours say: holidays, repairs. */
  closed?: readonly string[];
  /** Throughput slots per open day. */
  tests_per_day: number;
  /** Monthly budget for tests in MB; 0 = none allowed. */
  budget_mb: number;
}
export interface TestJob {
  id: string;
  type: 'test.now';
  reason: TestReason;
  not_before: number;
  expires: number;
  /** Test server of the test before: another one, where there is one. */
  avoid?: string;
}
export type Job = TestJob;
export interface DesiredMessage {
  version: number;
  config: DesiredConfig;
  jobs: Job[];
}

export interface JobReport {
  id: string;
  state: 'accepted' | 'started' | 'finished' | 'failed' | 'expired';
  detail: string;
}
/** `day_spent`: planned tests go on tomorrow (UTC). `month_spent`: next month; confirmations may still have their reserve. */
export const BUDGET_STATES = ['open', 'day_spent', 'month_spent'] as const;
/** What tests may cost, as the probe keeps account of it at its interface; bytes. */
export interface BudgetReport {
  /** `YYYY-MM`, UTC, by the probe's clock. */
  month: string;
  spent_bytes: number;
  limit_bytes: number;
  /** What planned tests may still cost, this month and today. */
  left_bytes: number;
  day_left_bytes: number;
  /** Kept aside for confirming a failure; 0 by default, where a part of each day is. */
  reserve_bytes: number;
  /** What the next test will take. */
  next_bytes: number;
  state: (typeof BUDGET_STATES)[number];
}
export interface ReportedMessage {
  version: number;
  ok: boolean;
  error: string | null;
  agent: string;
  jobs: JobReport[];
  /** Agents before it do not tell. */
  budget?: BudgetReport;
}

/** Bounds as a probe accepts them; the message is undefined where anything is outside. */
export function parseDesired(text: string): DesiredMessage | undefined {
  const o = parseJson(text, 8);
  if (!isObject(o)) return undefined;
  const version = integerIn(o, 'version', 0, Number.MAX_SAFE_INTEGER);
  const config = configOf(own(o, 'config'));
  const rawJobs = own(o, 'jobs') ?? [];
  if (version === undefined || !config || !Array.isArray(rawJobs)) return undefined;
  return { version, config, jobs: rawJobs.slice(0, 16).flatMap((job) => jobOf(job) ?? []) };
}

function configOf(value: unknown): DesiredConfig | undefined {
  if (!isObject(value)) return undefined;
  const sample_s = integerIn(value, 'sample_s', 1, 3600);
  const batch = integerIn(value, 'batch', 1, 60);
  const profile = wordIn(value, 'profile', ['default', 'metered', 'satellite']);
  const target_mbps = numberIn(value, 'target_mbps', 0.1, 100_000);
  const zone = textIn(value, 'zone', 64);
  const opening = openingOf(own(value, 'opening'));
  const tests_per_day = integerIn(value, 'tests_per_day', 0, 96);
  const budget_mb = numberIn(value, 'budget_mb', 0, 1e9);
  if (
    sample_s === undefined ||
    batch === undefined ||
    !profile ||
    target_mbps === undefined ||
    zone === undefined ||
    !opening ||
    tests_per_day === undefined ||
    budget_mb === undefined
  )
    return undefined;
  const closed = datesOf(own(value, 'closed'));
  return {
    ...{ sample_s, batch, profile, target_mbps, zone, opening, tests_per_day, budget_mb },
    ...(closed.length > 0 && { closed }),
  };
}

/** Two years of holidays at most. */
function datesOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, 100).filter((date) => typeof date === 'string' && /^\d{4}-\d\d-\d\d$/.test(date));
}

/** Seven days, each a list of [from, to) minutes; undefined where the shape is wrong. */
export function openingOf(value: unknown): OpeningHours | undefined {
  if (!Array.isArray(value) || value.length !== 7) return undefined;
  const days: [number, number][][] = [];
  for (const day of value) {
    if (!Array.isArray(day) || day.length > 6) return undefined;
    const intervals: [number, number][] = [];
    for (const pair of day) {
      if (!Array.isArray(pair) || pair.length !== 2) return undefined;
      const [from, to]: unknown[] = pair;
      if (
        typeof from !== 'number' ||
        typeof to !== 'number' ||
        !Number.isInteger(from) ||
        !Number.isInteger(to) ||
        from < 0 ||
        to > 1440 ||
        from >= to
      )
        return undefined;
      intervals.push([from, to]);
    }
    days.push(intervals);
  }
  return days;
}

function jobOf(value: unknown): Job | undefined {
  if (!isObject(value)) return undefined;
  const id = textIn(value, 'id', 64);
  const type = wordIn(value, 'type', ['test.now']);
  if (id === undefined || !/^[\w-]{1,64}$/.test(id) || !type) return undefined;
  return {
    id,
    type,
    reason: wordIn(value, 'reason', TEST_REASONS) ?? 'manual',
    not_before: numberIn(value, 'not_before', 0, 8.64e15) ?? 0,
    expires: numberIn(value, 'expires', 0, 8.64e15) ?? 8.64e15,
    ...(textIn(value, 'avoid', 128) === undefined ? {} : { avoid: textIn(value, 'avoid', 128) }),
  };
}

export function parseReported(text: string): ReportedMessage | undefined {
  const o = parseJson(text, 4);
  if (!isObject(o)) return undefined;
  const version = integerIn(o, 'version', 0, Number.MAX_SAFE_INTEGER);
  if (version === undefined) return undefined;
  const rawJobs = own(o, 'jobs');
  const jobs = (Array.isArray(rawJobs) ? rawJobs : []).slice(0, 64).flatMap((job) => jobReportOf(job) ?? []);
  return {
    version,
    ok: booleanIn(o, 'ok') ?? false,
    error: textIn(o, 'error', 300) ?? null,
    agent: textIn(o, 'agent', 32) ?? '',
    jobs,
    ...budgetOf(own(o, 'budget')),
  };
}

function budgetOf(value: unknown): { budget?: BudgetReport } {
  if (!isObject(value)) return {};
  const month = textIn(value, 'month', 7);
  const state = wordIn(value, 'state', BUDGET_STATES);
  if (month === undefined || !/^\d{4}-\d\d$/.test(month) || !state) return {};
  const bytes = (name: string): number => integerIn(value, name, 0, Number.MAX_SAFE_INTEGER) ?? 0;
  return {
    budget: {
      ...{ month, spent_bytes: bytes('spent_bytes'), limit_bytes: bytes('limit_bytes') },
      ...{ left_bytes: bytes('left_bytes'), day_left_bytes: bytes('day_left_bytes') },
      ...{ reserve_bytes: bytes('reserve_bytes'), next_bytes: bytes('next_bytes'), state },
    },
  };
}

function jobReportOf(value: unknown): JobReport | undefined {
  if (!isObject(value)) return undefined;
  const id = textIn(value, 'id', 64);
  const state = wordIn(value, 'state', ['accepted', 'started', 'finished', 'failed', 'expired']);
  return id !== undefined && state ? { id, state, detail: textIn(value, 'detail', 200) ?? '' } : undefined;
}
