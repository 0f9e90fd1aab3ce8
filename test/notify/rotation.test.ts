import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rotation, RotationOverride } from '#contract';
import { isQuiet, quietEnd } from '../../dashboard/notify/quiet.ts';
import { gapsOf, onCallAt, shiftsOf } from '../../dashboard/notify/rotation.ts';

const at = (text: string): number => Date.parse(text);
const DAY = 86_400_000;
/** Weekly from Monday 16 November 2026, handed over at 09:00 in Vilnius. */
const weekly: Rotation = {
  id: 1,
  name: 'Utena',
  zone: 'Europe/Vilnius',
  members: ['ona', 'jonas', 'rasa'],
  days: 7,
  start_day: Date.UTC(2026, 10, 16) / DAY,
  handover: 540,
  hours: null,
};
const override = (user: string | null, from: string, to: string): RotationOverride => ({
  id: 1,
  rotation: 1,
  user,
  from: at(from),
  to: at(to),
});
const reach = () => null;

describe('a rotation', () => {
  test.each([
    ['2026-11-16T06:59:00Z', 'rasa'],
    ['2026-11-16T07:00:00Z', 'ona'],
    ['2026-11-23T06:59:59Z', 'ona'],
    ['2026-11-23T07:00:00Z', 'jonas'],
    ['2026-12-07T07:00:00Z', 'ona'],
  ])('at %s (09:00 in Vilnius is 07:00Z in winter) has %s', (moment, who) => {
    expect(onCallAt(weekly, [], at(moment))).toBe(who);
  });
  test('is handed over at 09:00 by the wall clock on both sides of a change of clocks', () => {
    const daily = { ...weekly, days: 1, start_day: Date.UTC(2026, 2, 27) / DAY };
    expect(
      shiftsOf(daily, [], at('2026-03-28T00:00:00Z'), at('2026-03-31T00:00:00Z')).map(({ from }) =>
        new Date(from).toISOString(),
      ),
    ).toEqual([
      '2026-03-28T00:00:00.000Z',
      '2026-03-28T07:00:00.000Z',
      '2026-03-29T06:00:00.000Z', // summer time began at 03:00
      '2026-03-30T06:00:00.000Z',
    ]);
  });
  test('has somebody else by an override, and nobody where it says so; the later one wins', () => {
    const overrides = [
      override('jonas', '2026-11-18T00:00:00Z', '2026-11-20T00:00:00Z'),
      override(null, '2026-11-19T00:00:00Z', '2026-11-19T12:00:00Z'),
    ];
    expect(
      [
        '2026-11-17T12:00:00Z',
        '2026-11-18T12:00:00Z',
        '2026-11-19T06:00:00Z',
        '2026-11-19T12:00:00Z',
        '2026-11-20T00:00:00Z',
      ].map((moment) => onCallAt(weekly, overrides, at(moment))),
    ).toEqual(['ona', 'jonas', null, 'jonas', 'ona']);
  });
  test('tells its gaps: nobody by an override on Saturday from 14:00, and a person without a way to be reached', () => {
    const [from, to] = [at('2026-11-16T08:00:00Z'), at('2026-11-30T08:00:00Z')];
    const overrides = [override(null, '2026-11-21T12:00:00Z', '2026-11-22T07:00:00Z')];
    expect(
      gapsOf(weekly, overrides, {
        from,
        to,
        reach: (user) => (user === 'jonas' ? { kind: 'unreachable', user } : null),
      }),
    ).toEqual([
      { from: at('2026-11-21T12:00:00Z'), to: at('2026-11-22T07:00:00Z'), why: { kind: 'nobody' } },
      { from: at('2026-11-23T07:00:00Z'), to: at('2026-11-30T07:00:00Z'), why: { kind: 'unreachable', user: 'jonas' } },
    ]);
    expect(gapsOf({ ...weekly, members: [] }, [], { from, to, reach })).toEqual([
      { from, to, why: { kind: 'nobody' } },
    ]);
  });
  test('with hours has nobody outside of them, and that is no gap', () => {
    const days = [[540, 1080]] as const;
    const office = { ...weekly, hours: [days, days, days, days, days, [], []] };
    expect([
      onCallAt(office, [], at('2026-11-18T08:00:00Z')),
      onCallAt(office, [], at('2026-11-18T18:00:00Z')),
      onCallAt(office, [], at('2026-11-21T10:00:00Z')),
    ]).toEqual(['ona', null, null]);
    expect(gapsOf(office, [], { from: at('2026-11-16T00:00:00Z'), to: at('2026-11-23T00:00:00Z'), reach })).toEqual([]);
  });
  test('covers every moment by exactly one shift, which agrees with who is on call, whatever the rotation', () => {
    const zones = ['Europe/Vilnius', 'Asia/Tashkent', 'America/Santiago', 'Australia/Lord_Howe'];
    fc.assert(
      fc.property(
        fc.record({
          zone: fc.constantFrom(...zones),
          days: fc.integer({ min: 1, max: 14 }),
          handover: fc.integer({ min: 0, max: 1439 }),
          n: fc.integer({ min: 1, max: 4 }),
        }),
        fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
        fc.nat(20 * DAY),
        ({ zone, days, handover, n }, from, later) => {
          const rotation = { ...weekly, zone, days, handover, members: weekly.members.slice(0, n) };
          const shifts = shiftsOf(rotation, [], from, from + 21 * DAY);
          expect([shifts[0]?.from, shifts.at(-1)?.to]).toEqual([from, from + 21 * DAY]);
          for (const [index, shift] of shifts.entries()) if (index > 0) expect(shift.from).toBe(shifts[index - 1]?.to);
          const found = shifts.find((shift) => shift.from <= from + later && from + later < shift.to);
          expect(found?.user).toBe(onCallAt(rotation, [], from + later));
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('quiet hours', () => {
  const night = { zone: 'Europe/Vilnius', quiet: { from: 22 * 60, to: 7 * 60 } };
  test('pass midnight by the own clock, and end in the morning', () => {
    expect([
      isQuiet(night, at('2026-11-18T19:59:00Z')),
      isQuiet(night, at('2026-11-18T20:00:00Z')),
      isQuiet(night, at('2026-11-19T04:59:00Z')),
      isQuiet(night, at('2026-11-19T05:00:00Z')),
    ]).toEqual([false, true, true, false]);
    expect(quietEnd(night, at('2026-11-18T20:30:00Z'))).toBe(at('2026-11-19T05:00:00Z'));
    expect(quietEnd(night, at('2026-11-19T02:30:00Z'))).toBe(at('2026-11-19T05:00:00Z'));
  });
  test('of nobody never are', () => {
    expect(isQuiet({ zone: 'UTC', quiet: null }, 0)).toBe(false);
  });
});
