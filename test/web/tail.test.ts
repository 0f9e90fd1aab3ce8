/** Why: a list that forgets, doubles or reorders what came would send somebody to a probe that is well. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FrameEvent, TailRow } from '#contract';
import {
  figuresOf,
  heard,
  isFull,
  jsonLines,
  left,
  MOST_ROWS,
  NOTHING,
  released,
  type TailState,
  taken,
} from '../../dashboard/web/tail.ts';

const rows = (n: number, from = 0): TailRow[] =>
  Array.from({ length: n }, (_, i) => ({ rx: from + i, at: from + i, probe: 'p', ap: null, m: { rtt_ms: from + i } }));
const batch = (told: TailRow[], left_off = 0) => ({ at: 1000, rows: told, left_off });
const times = ({ shown }: TailState) => shown.map((item) => ('row' in item ? item.row.at : item.gap.why));

test('the newest is on top; what comes while the list is held waits, and is all there afterwards', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean())), (told) => {
      let state = NOTHING;
      let sent = 0;
      for (const [n, held] of told) {
        const before = times(state);
        state = taken(state, batch(rows(n, sent)), held);
        sent += n;
        if (held) expect(times(state)).toEqual(before);
      }
      const all = times(released(state));
      expect(all).toEqual(Array.from({ length: sent }, (_, i) => sent - 1 - i));
      expect(new Set(released(state).shown.map(({ key }) => key)).size).toBe(sent);
    }),
  );
});

test('at 2,000 rows it ends, and what does not fit is counted', () => {
  let state = taken(NOTHING, batch(rows(MOST_ROWS - 10)), true);
  expect(isFull(state)).toBe(false);
  state = taken(state, batch(rows(30), 5), false);
  expect([isFull(state), state.shown.length, state.leftOff]).toEqual([true, MOST_ROWS, 25]);
});

test('a pause is told with its beginning and its end, once, and none is told before anything was heard', () => {
  expect(left(NOTHING, 'cut')).toBe(NOTHING);
  let state = taken(heard(NOTHING, 900), batch(rows(1)), false);
  state = left(left(state, 'paused'), 'cut');
  state = taken(heard(state, 5000), batch(rows(1, 7)), false);
  expect(times(state)).toEqual([7, 'paused', 0]);
  expect(state.shown[1]).toMatchObject({ gap: { from: 1000, to: 5000 } });
  expect(state.rows).toBe(2);
});

test('figures are named as on the wire; of an event its own fields, an outage by how long it lasted', () => {
  expect(figuresOf({ rx: 0, at: 0, probe: 'p', ap: null, m: { rtt_ms: 12.5, internet_up: 0 } })).toEqual([
    ['rtt_ms', '12.5'],
    ['internet_up', '0'],
  ]);
  const event = (e: FrameEvent) => figuresOf({ rx: 0, at: 0, probe: 'p', ap: null, e });
  expect(event({ id: 'x', at: 90_000, kind: 'outage', from: 30_000, first_failure: 2 })).toEqual([
    ['down_s', '60'],
    ['first_failure', '2'],
  ]);
  expect(event({ id: 'x', at: 1, kind: 'inventory', facts: { model: 'Pi 4', os: '' } })).toEqual([['model', 'Pi 4']]);
});

test('what is copied is one JSON row a line, newest first, with what waits', () => {
  const state = taken(taken(NOTHING, batch(rows(1)), false), batch(rows(1, 5)), true);
  expect(
    jsonLines(state)
      .split('\n')
      .map((line) => (JSON.parse(line) as TailRow).at),
  ).toEqual([5, 0]);
});
