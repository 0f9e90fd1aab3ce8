/** What dragging over a time axis means, whichever chart it is. */
import { describe, expect, test } from 'vitest';
import { pulledAlong, pulledOpen } from '../../dashboard/web/charts/pull.ts';

const shown = { from: 1_000_000, to: 2_000_000 };
const pull = (start: number, end: number) => ({ start, end, width: 500 });

describe('a hand on a time axis', () => {
  test('pulls a stretch open in either direction, never beyond the axis', () => {
    expect(pulledOpen(shown, pull(100, 250))).toEqual({ from: 1_200_000, to: 1_500_000 });
    expect(pulledOpen(shown, pull(250, 100))).toEqual({ from: 1_200_000, to: 1_500_000 });
    expect(pulledOpen(shown, pull(400, 900))).toEqual({ from: 1_800_000, to: 2_000_000 });
    expect(pulledOpen(shown, pull(50, -90))).toEqual({ from: 1_000_000, to: 1_100_000 });
  });

  test('that only clicks does nothing', () => {
    expect(pulledOpen(shown, pull(100, 105))).toBeNull();
    expect(pulledAlong(shown, pull(100, 105), 9e9)).toBeNull();
  });

  test('with Shift pulls time along as far as it went: to the right shows what was before', () => {
    expect(pulledAlong(shown, pull(100, 350), 9e9)).toEqual({ from: 500_000, to: 1_500_000 });
    expect(pulledAlong(shown, pull(350, 100), 9e9)).toEqual({ from: 1_500_000, to: 2_500_000 });
  });

  test('never pulls the future in, nor what was before 1970', () => {
    expect(pulledAlong(shown, pull(400, 0), 2_100_000)).toEqual({ from: 1_100_000, to: 2_100_000 });
    expect(pulledAlong(shown, pull(400, 0), 1_990_000)).toBeNull();
    expect(pulledAlong(shown, pull(0, 5_000), 9e9)).toEqual({ from: 0, to: 1_000_000 });
  });
});
