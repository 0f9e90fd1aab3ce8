/** Why: monitoring must never cost a library more than was promised, and must always be able to afford the confirmation of a failure. */
import { describe, expect, test } from 'vitest';
import { type Budget, createBudget, limitsOf, udpTestBytes } from '../../agent/budget.ts';

const DAY = 86_400_000;
const NOVEMBER = Date.UTC(2026, 10, 3, 12);
function budgetOn(file: { value?: unknown } = {}): Budget {
  return createBudget({ read: () => file.value, write: (value) => (file.value = JSON.parse(JSON.stringify(value))) });
}
/** Spends on slots until nothing is left today. */
function exhaust(budget: Budget, at: number, limits: ReturnType<typeof limitsOf>, each = 2_600_000): void {
  while (budget.left(at, limits, 'slot') > 0) budget.spend(at, limits, Math.min(each, budget.left(at, limits, 'slot')));
}

describe('by default', () => {
  const limits = limitsOf({ profile: 'default', budget_mb: 2000 }, 20);
  test('a day costs at most 100 MB, of which 40 are not for slots', () => {
    const budget = budgetOn();
    exhaust(budget, NOVEMBER, limits);
    expect(budget.spentInMonth(NOVEMBER)).toBe(60e6);
    expect(budget.left(NOVEMBER, limits, 'audit')).toBe(0);
    expect(budget.left(NOVEMBER, limits, 'confirm')).toBe(40e6);
    expect(budget.left(NOVEMBER, limits, 'manual')).toBe(40e6);
    budget.spend(NOVEMBER, limits, 40e6);
    expect(budget.left(NOVEMBER, limits, 'confirm')).toBe(0);
    expect(budget.left(NOVEMBER + DAY, limits, 'slot')).toBe(60e6);
  });
  test('a month costs at most its budget', () => {
    const budget = budgetOn();
    for (let day = 0; day < 27; day++)
      exhaust(budget, NOVEMBER + (day - 2) * DAY, limitsOf({ profile: 'default', budget_mb: 500 }, 20));
    expect(budget.spentInMonth(NOVEMBER)).toBe(500e6);
  });
  test('no budget allows nothing', () => {
    for (const profile of ['default', 'metered', 'satellite'] as const)
      for (const reason of ['slot', 'confirm', 'manual'] as const)
        expect(budgetOn().left(NOVEMBER, limitsOf({ profile, budget_mb: 0 }, 20), reason)).toBe(0);
  });
});

describe.each(['metered', 'satellite'] as const)('on a %s line', (profile) => {
  const limits = limitsOf({ profile, budget_mb: 60 }, 20);
  const three = 3 * udpTestBytes(profile, 20);
  test('no test of 10 s runs', () => expect(limits.full).toBe(false));
  test('when slots have used up the month, three UDP tests can still confirm a failure, and people who ask get none', () => {
    const budget = budgetOn();
    for (let day = 0; day < 25; day++) exhaust(budget, NOVEMBER + day * DAY, limits);
    const late = NOVEMBER + 26 * DAY;
    expect(budget.left(late, limits, 'slot')).toBe(0);
    expect(budget.left(late, limits, 'manual')).toBe(0);
    for (let n = 0; n < 3; n++) {
      expect(budget.left(late, limits, 'confirm')).toBeGreaterThanOrEqual(udpTestBytes(profile, 20));
      budget.spend(late, limits, udpTestBytes(profile, 20));
    }
    expect(budget.left(late, limits, 'confirm')).toBe(0);
    expect(budget.spentInMonth(late)).toBe(60e6);
  });
  test('the reserve that was not used is carried: the next month does not pay for it again', () => {
    const file = {};
    const budget = budgetOn(file);
    budget.spend(NOVEMBER, limits, 1_000_000);
    const december = NOVEMBER + 30 * DAY;
    for (let day = 0; day < 27; day++) exhaust(budget, december + day * DAY, limits);
    // November filled it, so December has its whole 60 MB for slots.
    expect(budget.spentInMonth(december)).toBe(60e6);
    expect(budget.left(december + 27 * DAY, limits, 'confirm')).toBe(three);
  });
  test('a reserve that was used is filled first', () => {
    const budget = budgetOn();
    for (let day = 0; day < 25; day++) exhaust(budget, NOVEMBER + day * DAY, limits);
    budget.spend(NOVEMBER + 26 * DAY, limits, three);
    const december = NOVEMBER + 30 * DAY;
    expect(budget.left(december, limits, 'confirm') - budget.left(december, limits, 'slot')).toBe(three);
    for (let day = 0; day < 27; day++) exhaust(budget, december + day * DAY, limits);
    expect(budget.spentInMonth(december)).toBe(60e6 - three);
  });
});

test('the account that is told says what is left, what is kept aside, and when nothing more is planned', () => {
  const limits = limitsOf({ profile: 'metered', budget_mb: 60 }, 20);
  const budget = budgetOn();
  const told = (at: number) => budget.report(at, limits, 2_600_000);
  expect(told(NOVEMBER)).toEqual({
    ...{ month: '2026-11', spent_bytes: 0, limit_bytes: 60e6, left_bytes: 52.2e6, day_left_bytes: 10e6 },
    ...{ reserve_bytes: 7.8e6, next_bytes: 2_600_000, state: 'open' },
  });
  exhaust(budget, NOVEMBER, limits);
  expect(told(NOVEMBER)).toMatchObject({ spent_bytes: 10e6, day_left_bytes: 0, state: 'day_spent' });
  for (let day = 1; day < 25; day++) exhaust(budget, NOVEMBER + day * DAY, limits);
  expect(told(NOVEMBER + 25 * DAY)).toMatchObject({ left_bytes: 0, reserve_bytes: 7.8e6, state: 'month_spent' });
  expect(told(NOVEMBER + 30 * DAY)).toMatchObject({ month: '2026-12', spent_bytes: 0, state: 'open' });
});

test('what was spent survives a restart, and a damaged file is an empty account', () => {
  const limits = limitsOf({ profile: 'default', budget_mb: 2000 }, 20);
  const file = {};
  budgetOn(file).spend(NOVEMBER, limits, 7_000_000);
  expect(budgetOn(file).spentInMonth(NOVEMBER)).toBe(7e6);
  expect(budgetOn(file).left(NOVEMBER, limits, 'slot')).toBe(53e6);
  expect(budgetOn({ value: { month: 7, monthBytes: 'x' } }).spentInMonth(NOVEMBER)).toBe(0);
});

test('a line that becomes metered in mid-month has its reserve at once', () => {
  const budget = budgetOn();
  budget.spend(NOVEMBER, limitsOf({ profile: 'default', budget_mb: 2000 }, 20), 30e6);
  const limits = limitsOf({ profile: 'metered', budget_mb: 60 }, 20);
  expect(budget.left(NOVEMBER + DAY, limits, 'confirm') - budget.left(NOVEMBER + DAY, limits, 'slot')).toBe(7.8e6);
});

test('a metered line that turns out to be a satellite keeps enough for three tests of what is in flight there', () => {
  const metered = { profile: 'metered', budget_mb: 300 } as const;
  expect(limitsOf(metered, null).reserveBytes).toBe(7.8e6);
  expect(limitsOf(metered, 600).reserveBytes).toBe(16.5e6);
});
