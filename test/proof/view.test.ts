/** Why: people read one word for each gap: explained, awaited or unexplained. These are the cases between them. */
import { expect, test } from 'vitest';
import type { ProbeDelivery } from '#contract';
import { cloneNotice } from '../../dashboard/proof/clones.ts';
import { noteOf, withNotes } from '../../dashboard/proof/note.ts';
import { deliveryOf, type Now } from '../../dashboard/proof/view.ts';
import { wordNotice } from '../../dashboard/said/say.ts';
import { NOON } from '../alert/tests.ts';
import { arrival, type Given } from './frames.ts';

const HOUR_S = 3600;

function seen(given: Given[], over: Partial<Now> = {}): ProbeDelivery {
  const now: Now = { nowMs: NOON + HOUR_S * 1000, online: true, run: 'r', fought: false, ...over };
  return deliveryOf(
    'a',
    withNotes(
      [],
      given.map((one) => noteOf(arrival(one))),
    ).runs,
    now,
  );
}
const gapsOf = ({ gaps }: ProbeDelivery): string[] =>
  gaps.map(({ run, from, to, state, class: kind }) => `${run} ${from}-${to} ${state} ${kind ?? ''}`.trim());

test('a probe whose frames have all come, in any order and some twice, is complete', () => {
  const answer = seen([{ seq: 2 }, { seq: 0 }, { seq: 1 }, { seq: 1 }]);
  expect(answer).toMatchObject({ complete: true, frames: 3, duplicates: 1, gaps: [], cloned: false });
  expect(answer.runs).toMatchObject([{ run: 'r', frames: 3, duplicates: 1, highest: 2 }]);
});

test('a probe that never sent anything is complete, of nothing', () => {
  expect(seen([])).toMatchObject({ complete: true, frames: 0, since: null, last: null, runs: [] });
});

test('a gap that the probe told is explained, and only as far as it told', () => {
  const answer = seen([{ seq: 0 }, { seq: 9 }, { seq: 10, lost: [['r', 2, 4]] }]);
  expect(gapsOf(answer).sort()).toEqual(['r 1-1 unexplained', 'r 2-4 explained frame', 'r 5-8 unexplained']);
  expect(answer.missing).toEqual({ explained: 3, awaited: 0, unexplained: 5 });
});

test('frames that were told to be lost and came all the same are no gap', () => {
  expect(seen([{ seq: 0 }, { seq: 1 }, { seq: 2, lost: [['r', 0, 1]] }]).complete).toBe(true);
});

test('a run that lost all its frames is known by what a later run told', () => {
  const answer = seen([{ seq: 0, lost: [['before', 0, 6, 'damaged']] }]);
  expect(gapsOf(answer)).toEqual(['before 0-6 explained damaged']);
  expect(answer.runs.find(({ run }) => run === 'before')).toMatchObject({ frames: 0, highest: null });
});

test.each<[string, Given, Partial<Now>, string]>([
  ['while the probe is away, all may still come', { seq: 5 }, { online: false }, 'awaited'],
  ['while the probe says that frames wait, they may still come', { seq: 5, waiting: 3 }, {}, 'awaited'],
  ['in the first two minutes frames may overtake each other', { seq: 5 }, { nowMs: NOON + 60_000 }, 'awaited'],
  ['when nothing waits any more, nobody knows', { seq: 5, waiting: 0 }, {}, 'unexplained'],
])('%s', (_, newest, now, state) => {
  expect(gapsOf(seen([{ seq: 0 }, newest], now))).toEqual([`r 1-4 ${state}`]);
});

test('what waits is what the run of now says, not one before it', () => {
  const frames = [
    { run: 'old', seq: 0 },
    { run: 'old', seq: 5, waiting: 9 },
    { run: 'r', seq: 0, atS: 100, waiting: 0 },
  ];
  expect(gapsOf(seen(frames))).toEqual(['old 1-4 unexplained']);
});

test('a restart delivers the backlog of the run before among live frames, and that is no clone', () => {
  const old = Array.from({ length: 20 }, (_, i) => ({ run: 'old', seq: i, atS: 600 + i * 30, ageS: 4000 - i }));
  const live = Array.from({ length: 10 }, (_, i) => ({ run: 'r', seq: i, atS: 600 + i * 60 }));
  expect(seen([...live, ...old]).cloned).toBe(false);
});

test('two runs that are live side by side are two devices', () => {
  const both = Array.from({ length: 10 }, (_, i) => [
    { run: 'r', seq: i, atS: i * 60 },
    { run: 'other', seq: i, atS: i * 60 + 20 },
  ]).flat();
  expect(seen(both).cloned).toBe(true);
  expect(seen(both, { nowMs: NOON + 5 * HOUR_S * 1000 }).cloned).toBe(false);
});

test('connections that fight over an id tell it sooner', () => {
  expect(seen([{ seq: 0 }], { fought: true }).cloned).toBe(true);
});

test('the notice names the probes', () => {
  expect(cloneNotice([])).toEqual([]);
  const said = (probes: string[]) => cloneNotice(probes).map((one) => wordNotice(one, 'en').text)[0];
  expect(said(['north'])).toContain('probe north.');
  expect(said(['a', 'b', 'c', 'd', 'e'])).toContain('each of these probes: a, b, c and 2 more.');
});
