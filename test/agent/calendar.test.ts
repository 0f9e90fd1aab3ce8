/** Why: tests belong into opening hours, spread over the day and over the fleet, and the calendar must survive steps of the clock. */
import { expect, onTestFinished, test } from 'vitest';
import { localTime, type OpeningHours } from '#contract';
import { silentLogger } from '#lib/logger';
import { createCalendar, drawSlots } from '../../agent/calendar.ts';

const OPEN: OpeningHours = [
  [[540, 1080]],
  [
    [540, 720],
    [780, 1080],
  ],
  [],
  [[540, 1080]],
  [[540, 1080]],
  [[600, 900]],
  [],
];
const MONDAY = localTime('Europe/Vilnius', Date.UTC(2026, 10, 23, 6, 30));
const DAY_MS = 86_400_000;

function calendarAt(wall: { ms: number }): ReturnType<typeof createCalendar> {
  const calendar = createCalendar({
    probe: 'debeikiai-1',
    wallMs: () => wall.ms,
    log: silentLogger,
    onTest: () => undefined,
    onNight: () => undefined,
  });
  onTestFinished(() => calendar.stop());
  return calendar;
}
const plan = { zone: 'Europe/Vilnius', opening: OPEN, testsPerDay: 4 };

test.each([0, 1, 3, 4, 5])('tests of week day %d lie in its opening hours, spread over them', (weekday) => {
  const open = OPEN[weekday] ?? [];
  for (let day = 1; day <= 28; day++) {
    const slots = drawSlots(plan, { ...MONDAY, day, weekday }, 'debeikiai-1');
    expect(slots).toHaveLength(4);
    expect(new Set(slots).size).toBe(4);
    for (const slot of slots) expect(open.some(([from, to]) => slot >= from && slot < to)).toBe(true);
  }
});

test('a closed day has no tests', () => expect(drawSlots(plan, { ...MONDAY, weekday: 2 }, 'debeikiai-1')).toEqual([]));

test('a day is drawn the same after a restart, and differently for each probe and day', () => {
  const drawn = drawSlots(plan, MONDAY, 'debeikiai-1');
  expect(drawSlots(plan, MONDAY, 'debeikiai-1')).toEqual(drawn);
  expect(drawSlots(plan, MONDAY, 'debeikiai-2')).not.toEqual(drawn);
  expect(drawSlots(plan, { ...MONDAY, day: 24 }, 'debeikiai-1')).not.toEqual(drawn);
});

test('cron holds the tests that are still to come today, the night and the next drawing', async () => {
  const calendar = calendarAt({ ms: Date.UTC(2026, 10, 23, 10, 0) });
  await calendar.follow(plan);
  const toCome = drawSlots(plan, MONDAY, 'debeikiai-1').filter((minute) => minute > 12 * 60);
  expect(calendar.planned()).toHaveLength(toCome.length + 2);
  expect(calendar.planned()).toContain('1 0 * * *');
  for (const minute of toCome)
    expect(calendar.planned()).toContain(`${minute % 60} ${Math.floor(minute / 60)} 23 11 *`);
});

test.each([30 * DAY_MS, 730 * DAY_MS, -20 * DAY_MS])(
  'after a step of %d ms the calendar is made anew within 100 ms',
  async (step) => {
    const wall = { ms: Date.UTC(2026, 10, 23, 5, 0) };
    const calendar = calendarAt(wall);
    await calendar.follow(plan);
    const before = calendar.planned();
    wall.ms += step;
    const startMs = performance.now();
    await calendar.follow(plan);
    expect(performance.now() - startMs).toBeLessThan(100);
    expect(calendar.planned()).not.toEqual(before);
    expect(calendar.planned()).toContain('1 0 * * *');
  },
);

test('without a trusted clock nothing is planned', async () => {
  const calendar = calendarAt({ ms: Date.UTC(2026, 10, 23, 5, 0) });
  await calendar.follow(plan);
  await calendar.follow(null);
  expect(calendar.planned()).toEqual([]);
});

test('a Node without Intl plans nothing and says so once', async () => {
  const warnings: object[] = [];
  const calendar = createCalendar({
    probe: 'p',
    wallMs: () => 0,
    log: { ...silentLogger, warn: (fields) => warnings.push(fields) },
    onTest: () => undefined,
    onNight: () => undefined,
  });
  const kept = globalThis.Intl;
  onTestFinished(() => {
    globalThis.Intl = kept;
  });
  Reflect.deleteProperty(globalThis, 'Intl');
  await calendar.follow(plan);
  await calendar.follow(plan);
  expect(warnings).toEqual([{ code: 'NO_INTL' }]);
});
