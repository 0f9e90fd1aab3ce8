/** Why: a library that is closed at noon was open in the morning: what was measured then counts, and what was planned afterwards does not. */
import { describe, expect, it } from 'vitest';
import type { CalendarEntry, Site, Span } from '#contract';
import { closedSpans, lateSpans, readCalendar, writeCalendar } from '../../dashboard/alert/calendar.ts';
import { openTimes, partsOf } from '../../dashboard/query/open-time.ts';
import { memoryState, site } from '../support/state.ts';

/** A Monday, by the clock of Vilnius in summer. */
const at = (day: number, hour: number, minute = 0): number => Date.UTC(2026, 6, day, hour - 3, minute);
const NOON = at(13, 12);
const library: Site = { ...site('a'), opening: Array.from({ length: 7 }, () => [[540, 1080]] as const) };
const entry = (from: string, to = from, more: Partial<CalendarEntry> = {}): CalendarEntry => ({
  ...{ site: 'a', from, to, reason: 'no water', open: false },
  ...more,
});

/** What is closed and what of it was told late, after each list was written at its moment. */
function told(...writes: [entries: CalendarEntry[], now: number][]): { closed: Span[]; late: Span[] } {
  const state = memoryState();
  for (const [entries, now] of writes) writeCalendar(state, entries, 'rasa', now);
  const [known, from, to] = [readCalendar(state), at(10, 0), at(16, 23)];
  return { closed: closedSpans(library, known, from, to), late: lateSpans(library, known, from, to) };
}
const whole = (day: number): Span => [at(day, 0), at(day, 24)];

describe('a closed day', () => {
  it('that was told before it began is closed as a whole, and nothing of it was told late', () => {
    expect(told([[entry('2026-07-13')], at(12, 20)])).toEqual({ closed: [whole(13)], late: [] });
  });
  it('that was told while it lasted is closed from that moment on', () => {
    const rest: Span = [NOON, at(13, 24)];
    expect(told([[entry('2026-07-13')], NOON])).toEqual({ closed: [rest], late: [rest] });
  });
  it('that was told afterwards is closed as a whole, and what was measured in it does not count', () => {
    expect(told([[entry('2026-07-11')], NOON])).toEqual({ closed: [whole(11)], late: [whole(11)] });
  });
  it('keeps its moment when the same is told again, or with another reason, or for longer', () => {
    const again: [CalendarEntry[], number] = [[entry('2026-07-13', '2026-07-14', { reason: 'no power' })], at(13, 15)];
    const { closed } = told([[entry('2026-07-13')], NOON], [[entry('2026-07-13')], at(13, 14)], again);
    expect(closed).toEqual([[NOON, at(13, 24)], whole(14)]);
  });
  it('that was planned and lasts longer than planned stays closed from its first morning', () => {
    const { closed, late } = told(
      [[entry('2026-07-12', '2026-07-13')], at(10, 9)],
      [[entry('2026-07-12', '2026-07-14')], NOON],
    );
    expect([closed, late]).toEqual([[whole(12), whole(13), whole(14)], []]);
  });
  it('that was planned and is told once more by who stands before the door is closed as a whole', () => {
    const planned = entry('2026-07-13');
    const { closed } = told(
      [[planned], at(10, 9)],
      [[planned, entry('2026-07-13', '2026-07-13', { reason: 'x', site: null })], NOON],
    );
    expect(closed).toEqual([whole(13)]);
  });
  it('whose moment a program makes up gets that of the server', () => {
    const { closed } = told([[entry('2026-07-13', '2026-07-13', { since: 1 })], NOON]);
    expect(closed).toEqual([[NOON, at(13, 24)]]);
  });
  it('that was an open holiday until noon is closed from then on', () => {
    // 6 July is a holiday in Lithuania.
    const state = memoryState();
    const open = entry('2026-07-06', '2026-07-06', { open: true });
    writeCalendar(state, [open], 'rasa', at(1, 9));
    writeCalendar(state, [open, entry('2026-07-06')], 'rasa', at(6, 12));
    expect(closedSpans(library, readCalendar(state), at(6, 1), at(6, 23))).toEqual([[at(6, 12), at(6, 24)]]);
  });
});

describe('tests of a day that was closed at a moment', () => {
  const cutAt = (moment: number) => openTimes(() => [[moment, at(13, 24)]])(library, at(13, 0), at(14, 0));
  it.each([
    ['in the third of six parts', at(13, 12, 15), 2, [at(13, 12), at(13, 12, 15)]],
    ['where two parts end', NOON, 2, [NOON, NOON]],
    ['a minute after the doors opened', at(13, 9, 1), 0, [at(13, 9), at(13, 9, 1)]],
  ] as const)('%s: parts that were over are planned, and the broken one is known', (_when, moment, over, broken) => {
    const { days, cut, seconds } = cutAt(moment);
    expect([days, cut.map((day) => partsOf(day, 6))]).toEqual([0, [{ over, broken }]]);
    expect(seconds).toBe((moment - at(13, 9)) / 1000);
  });
  it('before the doors opened, or after they closed, are none and all', () => {
    expect([cutAt(at(13, 8)), cutAt(at(13, 19))]).toMatchObject([
      { days: 0, cut: [], seconds: 0 },
      { days: 1, cut: [], seconds: 9 * 3600 },
    ]);
  });
});
