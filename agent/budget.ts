/**
 * Why: a library pays for its line, on metered ones by the megabyte. What tests may cost is decided before a lease is asked for, and
 * kept over restarts. Of what is left, a part is only for confirming a failure: a budget that is spent on quiet days must not hide
 * a broken line on the last one.
 */
import { type BudgetReport, type DesiredConfig, integerIn, isObject, type TestReason, textIn } from '#contract';
import type { Kept } from './kept.ts';
import { LONG_RTT_MS } from './speed/long-way.ts';

export interface BudgetLimits {
  /** All tests of a month (UTC), bytes. */
  readonly monthBytes: number;
  /** All tests of a day (UTC), bytes. */
  readonly dayBytes: number;
  /** Part of the day's that only confirmations and people who ask may use, bytes. */
  readonly dayReserveBytes: number;
  /** Kept aside for one confirmation, and carried into the next month when it was not needed, bytes. */
  readonly reserveBytes: number;
  /** May a test of 10 s run here at all? */
  readonly full: boolean;
}
export interface Budget {
  /** Bytes that a test for this reason may still cost. */
  left(wallMs: number, limits: BudgetLimits, reason: TestReason): number;
  spend(wallMs: number, limits: BudgetLimits, bytes: number): void;
  /** Bytes that tests cost in the month of `wallMs`. */
  spentInMonth(wallMs: number): number;
  /** The account as the server is told of it; `nextBytes` is what the next test will take. */
  report(wallMs: number, limits: BudgetLimits, nextBytes: number): BudgetReport;
  /** Bytes that tests cost since the start. */
  spentSinceStart(): number;
}

/** What one UDP test costs at most, everything included: on a line of 32 Mb/s or more, and over a satellite with 600 ms in flight. */
const UDP_TEST_BYTES = { default: 2_600_000, metered: 2_600_000, satellite: 5_500_000 } as const;

/** By what the line was last seen to be, too: a satellite that nobody called one holds as much in flight. `rttMs` is null before any test. */
export function udpTestBytes(profile: DesiredConfig['profile'], rttMs: number | null): number {
  return UDP_TEST_BYTES[(rttMs ?? 0) > LONG_RTT_MS ? 'satellite' : profile];
}

/** A failure is confirmed by three UDP tests within an hour. */
const CONFIRM_TESTS = 3;
const DAY_BYTES = { default: 100_000_000, metered: 10_000_000, satellite: 20_000_000 } as const;
const DAY_RESERVE = 0.4;

/** What the profile allows within the month's budget, on a line with this round trip. */
export function limitsOf(
  { profile, budget_mb }: Pick<DesiredConfig, 'profile' | 'budget_mb'>,
  rttMs: number | null,
): BudgetLimits {
  const monthBytes = Math.floor(budget_mb * 1e6);
  const dayBytes = Math.min(monthBytes, DAY_BYTES[profile]);
  const full = profile === 'default';
  return {
    monthBytes,
    dayBytes,
    dayReserveBytes: full ? DAY_RESERVE * dayBytes : 0,
    reserveBytes: full ? 0 : Math.min(monthBytes, CONFIRM_TESTS * udpTestBytes(profile, rttMs)),
    full,
  };
}

interface Spent {
  day: string;
  dayBytes: number;
  month: string;
  /** What tests cost, and the part of it that was not paid from the reserve. */
  monthBytes: number;
  regularBytes: number;
  /** Size of the reserve, what is left in it, and what filling it took out of this month. */
  size: number;
  reserve: number;
  filled: number;
}

export function createBudget(kept: Kept): Budget {
  let spent = spentOf(kept.read());
  let sinceStart = 0;
  return {
    left(wallMs, limits, reason) {
      const now = turned(spent, wallMs, limits);
      const regular = regularLeft(now, limits, reason !== 'slot' && reason !== 'audit');
      // The reserve pays whatever the day has cost, but only for what decides about an alert.
      return Math.floor(regular + (reason === 'confirm' || reason === 'recovery' ? now.reserve : 0));
    },
    spend(wallMs, limits, bytes) {
      const now = turned(spent, wallMs, limits);
      const regular = Math.min(bytes, regularLeft(now, limits, true));
      spent = {
        ...now,
        dayBytes: now.dayBytes + regular,
        monthBytes: now.monthBytes + bytes,
        regularBytes: now.regularBytes + regular,
        reserve: Math.max(0, now.reserve - (bytes - regular)),
      };
      sinceStart += bytes;
      kept.write(spent);
    },
    spentInMonth: (wallMs) => (spent.month === monthOf(wallMs) ? spent.monthBytes : 0),
    spentSinceStart: () => sinceStart,
    report(wallMs, limits, nextBytes) {
      const now = turned(spent, wallMs, limits);
      const left = Math.max(0, limits.monthBytes - now.filled - now.regularBytes);
      const today = regularLeft(now, limits, false);
      return {
        ...{ month: now.month, spent_bytes: now.monthBytes, limit_bytes: limits.monthBytes },
        ...{ left_bytes: left, day_left_bytes: today, reserve_bytes: now.reserve, next_bytes: nextBytes },
        state: left < nextBytes ? 'month_spent' : today < nextBytes ? 'day_spent' : 'open',
      };
    },
  };
}

function regularLeft(now: Spent, limits: BudgetLimits, urgent: boolean): number {
  const ofMonth = limits.monthBytes - now.filled - now.regularBytes;
  const ofDay = limits.dayBytes - (urgent ? 0 : limits.dayReserveBytes) - now.dayBytes;
  return Math.max(0, Math.min(ofMonth, ofDay));
}

/** The account on the day of `wallMs`. A new month fills the reserve first, with what is missing in it; a larger one is filled at once. */
function turned(spent: Spent, wallMs: number, { reserveBytes: size }: BudgetLimits): Spent {
  const [day, month] = [wallDay(wallMs), monthOf(wallMs)];
  const today = spent.day === day ? spent : { ...spent, day, dayBytes: 0 };
  if (today.month !== month)
    return {
      ...today,
      ...{ month, monthBytes: 0, regularBytes: 0, size, reserve: size },
      filled: size - Math.min(size, today.reserve),
    };
  const more = size - today.size;
  return { ...today, size, reserve: Math.max(0, today.reserve + more), filled: Math.max(0, today.filled + more) };
}

function wallDay(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 10);
}

/** `2026-11`. A clock in 1970 has a month of its own. */
export function monthOf(wallMs: number): string {
  return wallDay(wallMs).slice(0, 7);
}

function spentOf(kept: unknown): Spent {
  const value = isObject(kept) ? kept : {};
  const bytes = (name: string): number => integerIn(value, name, 0, Number.MAX_SAFE_INTEGER) ?? 0;
  return {
    day: textIn(value, 'day', 10) ?? '',
    dayBytes: bytes('dayBytes'),
    month: textIn(value, 'month', 7) ?? '',
    monthBytes: bytes('monthBytes'),
    regularBytes: bytes('regularBytes'),
    size: bytes('size'),
    reserve: bytes('reserve'),
    filled: bytes('filled'),
  };
}
