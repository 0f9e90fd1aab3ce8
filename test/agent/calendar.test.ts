/** Why: tests belong into opening hours, spread over the day and over the fleet, and the calendar must survive steps of the clock. */
import { expect, onTestFinished, test } from 'vitest';
import { localTime, type OpeningHours } from '#contract';
import { silentLogger } from '#lib/logger';
import { createCalendar } from '../../agent/calendar.ts';
import { slotKey, slotsBetween } from '../../agent/speed/slots.ts';

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
const DAY_MS = 86_400_000;

function calendarAt(wall: { ms: number }, begun: string[] = []): ReturnType<typeof createCalendar> {
  const calendar = createCalendar({
    secret: 'the-secret',
    wallMs: () => wall.ms,
    log: silentLogger,
    onSlot: ({ id }) => begun.push(id),
    onNight: () => undefined,
  });
  onTestFinished(() => calendar.stop());
  return calendar;
}
const plan = { zone: 'Europe/Vilnius', opening: OPEN, closed: [], testsPerDay: 4 };

test('cron holds the slots that are still to come, ten minutes early and to the second, the night and the next drawing', async () => {
  const wall = { ms: Date.UTC(2026, 10, 23, 5, 0) };
  const calendar = calendarAt(wall);
  await calendar.follow(plan);
  const slots = slotsBetween(plan, wall.ms, Date.UTC(2026, 10, 23, 22, 1), slotKey('the-secret'));
  expect(slots.length).toBeGreaterThanOrEqual(4);
  expect(calendar.planned()).toHaveLength(slots.length + 2);
  expect(calendar.planned()).toContain('1 0 * * *');
  for (const { at } of slots) {
    const { second, minute, hour } = localTime('Europe/Vilnius', at - 600_000);
    expect(calendar.planned()).toContain(`${second} ${minute} ${hour} 23 11 *`);
  }
});

test('a slot that is less than ten minutes away begins at once, and only once', async () => {
  const [first] = slotsBetween(plan, Date.UTC(2026, 10, 23, 7), Date.UTC(2026, 10, 23, 17), slotKey('the-secret'));
  const begun: string[] = [];
  const calendar = calendarAt({ ms: (first?.at ?? 0) - 300_000 }, begun);
  await calendar.follow(plan);
  await calendar.follow(plan);
  expect(begun).toEqual([first?.id]);
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
    secret: 's',
    wallMs: () => 0,
    log: { ...silentLogger, warn: (fields) => warnings.push(fields) },
    onSlot: () => undefined,
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
