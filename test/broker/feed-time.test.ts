/** Why: frames of a probe whose clock was never set are placed by when they came; one boot must not be torn into pieces by that. */
import { expect, test } from 'vitest';
import type { Frame } from '#contract';
import { createFeedTime, HOLD_MS } from '../../broker/feed-time.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 22);

function frameAt(mono: number, sync: 0 | 1 = 0, boot = 'b'): Frame {
  return { v: 1, boot, run: 'r', seq: mono / MINUTE, wall: START + mono, mono, sync, t: [mono], m: {}, e: [] };
}

test('frames of one boot that fall due at different times get the same offset, the smallest that was seen', () => {
  const time = createFeedTime();
  const delaysMs = [9000, 2000, 7000, 5000]; // how long each was under way
  for (const [n, delayMs] of delaysMs.entries())
    time.place(n, START + n * 30 * MINUTE + delayMs, 'p', frameAt(n * 30 * MINUTE));
  const first = time.due(START + HOLD_MS + 40 * MINUTE);
  const rest = time.due(START + 2 * HOLD_MS + 60 * MINUTE);
  expect([first.length, rest.length]).toEqual([2, 2]);
  expect([...first, ...rest].map(({ offsetMs, approx }) => [offsetMs - START, approx])).toEqual(
    Array(4).fill([2000, true]),
  );
});

test('a frame that came faster than all before it is never placed after its arrival', () => {
  const time = createFeedTime();
  time.place(0, START + 9000, 'p', frameAt(0));
  expect(time.due(START + HOLD_MS + 9000).map(({ offsetMs }) => offsetMs - START)).toEqual([9000]);
  time.place(1, START + 90 * MINUTE + 1000, 'p', frameAt(90 * MINUTE));
  expect(time.due(START + 3 * HOLD_MS).map(({ offsetMs }) => offsetMs - START)).toEqual([1000]);
});

test('what is still held when the clock is set gets the true time; another boot has an offset of its own', () => {
  const time = createFeedTime();
  time.place(0, START + 9000, 'p', frameAt(0));
  time.place(1, START + 40 * MINUTE + 9000, 'p', frameAt(40 * MINUTE));
  time.place(2, START + 50 * MINUTE + 4000, 'p', frameAt(50 * MINUTE, 0, 'other'));
  expect(time.due(START + HOLD_MS + 9000)).toHaveLength(1);
  const { released } = time.place(3, START + 70 * MINUTE, 'p', frameAt(69 * MINUTE, 1));
  expect(released.map(({ offsetMs, approx }) => [offsetMs - START, approx])).toEqual([[0, false]]);
  expect(time.due(START + 3 * HOLD_MS).map(({ offsetMs }) => offsetMs - START)).toEqual([4000]);
});
