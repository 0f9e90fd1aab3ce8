/** Why: slots must be fair to the hours that visitors see, hard to foresee, and the same after each restart. */
import { describe, expect, test } from 'vitest';
import { isOpen, localTime, momentOf, type OpeningHours } from '#contract';
import { type Slot, type SlotPlan, slotKey, slotsBetween, slotsOf } from '../../../agent/speed/slots.ts';

const ZONE = 'Europe/Vilnius';
const KEY = slotKey('a-token-of-256-bits');
const WORKDAY = [[540, 1080]] as const;
const LUNCH = [
  [540, 720],
  [780, 1080],
] as const;
const WEEK: OpeningHours = [WORKDAY, LUNCH, WORKDAY, WORKDAY, [[1080, 1440]], [[0, 120]], []];
const plan = (over: Partial<SlotPlan> = {}): SlotPlan => ({
  zone: ZONE,
  opening: WEEK,
  closed: [],
  testsPerDay: 6,
  ...over,
});
/** 2026-11-23, a Monday. */
const MONDAY = Date.UTC(2026, 10, 23) / 86_400_000;
const inHours = (slots: Slot[]): Slot[] => slots.filter(({ series }) => series === 'hours');
const minute = ({ at }: Slot): number => localTime(ZONE, at).minuteOfDay;

test.each([0, 1, 2, 3, 4])('week day %d has six slots in its opening hours, one in each sixth of them', (weekday) => {
  for (let week = 0; week < 8; week++) {
    const slots = inHours(slotsOf(plan(), MONDAY + weekday + 7 * week, KEY));
    expect(slots).toHaveLength(6);
    for (const { at } of slots) expect(isOpen({ zone: ZONE, opening: WEEK }, at)).toBe(true);
    const open =
      weekday === 1
        ? [...Array(180).keys()].map((m) => 540 + m).concat([...Array(300).keys()].map((m) => 780 + m))
        : null;
    const parts = slots.map((slot) => (open ? Math.floor((open.indexOf(minute(slot)) * 6) / open.length) : null));
    if (open) expect(parts).toEqual([0, 1, 2, 3, 4, 5]);
  }
});

test('hours past midnight belong to the evening on which the doors opened', () => {
  const friday = inHours(slotsOf(plan({ testsPerDay: 24 }), MONDAY + 4, KEY));
  expect(friday).toHaveLength(24);
  expect(friday.filter(({ at }) => localTime(ZONE, at).weekday === 5)).toHaveLength(6);
  expect(inHours(slotsOf(plan(), MONDAY + 5, KEY))).toEqual([]);
});

test('a holiday has no slots in its hours, but the line is still measured', () => {
  const slots = slotsOf(plan({ closed: ['2026-11-23'] }), MONDAY, KEY);
  expect(slots.map(({ series }) => series)).toEqual(['line']);
});

test('where no hours are given, slots lie between 8 and 20, and nothing is called outside of hours', () => {
  const none = plan({ opening: [[], [], [], [], [], [], []] });
  const slots = slotsOf(none, MONDAY + 6, KEY);
  expect(slots.map(({ series }) => series)).toEqual(Array(6).fill('hours'));
  for (const slot of slots) expect(minute(slot) >= 480 && minute(slot) < 1200).toBe(true);
});

test('one slot a day is outside the opening hours; a library that never closes has none', () => {
  for (let day = 0; day < 28; day++) {
    const line = slotsOf(plan(), MONDAY + day, KEY).filter(({ series }) => series === 'line');
    expect(line).toHaveLength(1);
    expect(isOpen({ zone: ZONE, opening: WEEK }, line[0]?.at ?? 0)).toBe(false);
    expect(localTime(ZONE, line[0]?.at ?? 0).hour).toBeGreaterThanOrEqual(4);
  }
  const always = plan({ opening: Array.from({ length: 7 }, () => [[0, 1440] as const]) });
  expect(slotsOf(always, MONDAY, KEY).map(({ series }) => series)).toEqual(Array(6).fill('hours'));
});

describe('what is drawn', () => {
  test('is the same after a restart, and another for another secret or day', () => {
    const drawn = slotsOf(plan(), MONDAY, KEY);
    expect(slotsOf(plan(), MONDAY, KEY)).toEqual(drawn);
    expect(slotsOf(plan(), MONDAY, slotKey('another')).map(({ at }) => at)).not.toEqual(drawn.map(({ at }) => at));
    expect(slotsOf(plan(), MONDAY + 7, KEY).map(minute)).not.toEqual(drawn.map(minute));
  });
  test('audits one slot in ten, and the upload once a week', () => {
    const slots = Array.from({ length: 350 }, (_, day) => inHours(slotsOf(plan(), MONDAY + day, KEY))).flat();
    expect(slots).toHaveLength(50 * 5 * 6);
    const audits = slots.filter(({ audit }) => audit).length / slots.length;
    expect(audits).toBeGreaterThan(0.075);
    expect(audits).toBeLessThan(0.125);
    expect(slots.filter(({ upload }) => upload)).toHaveLength(50);
  });
  test('covers every hour evenly: over a year no open hour gets a fifth less than its share', () => {
    const hours = new Map<number, number>();
    for (let day = 0; day < 364; day += 7)
      for (const slot of inHours(slotsOf(plan(), MONDAY + day, KEY)))
        hours.set(Math.floor(minute(slot) / 60), (hours.get(Math.floor(minute(slot) / 60)) ?? 0) + 1);
    const share = (52 * 6) / 9;
    for (let hour = 9; hour < 18; hour++) expect(hours.get(hour) ?? 0).toBeGreaterThan(0.8 * share);
  });
});

test('days of 23 and 25 hours have their slots inside the hours too', () => {
  for (const date of [Date.UTC(2026, 2, 29), Date.UTC(2026, 9, 25)]) {
    const always = plan({ opening: Array.from({ length: 7 }, () => [[0, 1440] as const]), testsPerDay: 24 });
    const day = date / 86_400_000;
    const slots = slotsOf(always, day, KEY);
    expect(slots).toHaveLength(24);
    for (const { at } of slots) expect(localTime(ZONE, at).dayNumber).toBe(day);
  }
});

test('a night is planned with what began the evening before', () => {
  const midnight = momentOf(ZONE, MONDAY + 5, 0);
  const slots = slotsBetween(plan({ testsPerDay: 24 }), midnight, midnight + 7_200_000, KEY);
  expect(slots.map(({ id }) => id.slice(0, 10))).toEqual(Array(6).fill('2026-11-27'));
});

test('no tests at all are none', () => expect(slotsOf(plan({ testsPerDay: 0 }), MONDAY, KEY)).toEqual([]));
