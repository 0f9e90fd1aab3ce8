import { describe, expect, test } from 'vitest';
import {
  type DarkEffect,
  type DarkMemory,
  type DarkParams,
  emptyDarkMemory,
  explainDark,
  reduceDark,
  type Sight,
} from '../../dashboard/alert/dark.ts';
import { sayAll } from '../../dashboard/said/say.ts';
import { MINUTE, NOON } from './tests.ts';

const params: DarkParams = {
  darkAfterMs: 5 * MINUTE,
  quietByDesign: false,
  graceUntil: NOON,
  openSince: () => NOON - 240 * MINUTE,
};
const gone = (lastSeen: number | null): Sight => ({ online: false, since: NOON, lastSeen, byWill: true });
const here = (lastSeen: number): Sight => ({ online: true, since: NOON - 60 * MINUTE, lastSeen, byWill: false });

/** Looks once a minute from `from` to `to` (minutes after NOON). */
function look(
  sight: (minute: number) => Sight | null,
  from: number,
  to: number,
  extra: Partial<DarkParams> = {},
  start: DarkMemory = emptyDarkMemory,
): { memory: DarkMemory; effects: (DarkEffect & { minute: number })[] } {
  let memory = start;
  const effects: (DarkEffect & { minute: number })[] = [];
  for (let minute = from; minute <= to; minute++) {
    const step = reduceDark(memory, { kind: 'look', sight: sight(minute) }, NOON + minute * MINUTE, {
      ...params,
      ...extra,
    });
    memory = step.memory;
    effects.push(...step.effects.map((effect) => ({ ...effect, minute })));
  }
  return { memory, effects };
}

describe('dark', () => {
  test('five minutes after the last sign of life in opening hours it fires, once', () => {
    const { effects } = look(() => gone(NOON), 0, 60);
    expect(effects).toHaveLength(1);
    expect(effects[0]).toMatchObject({ kind: 'fire', minute: 5, since: NOON });
    expect(sayAll(effects[0]?.reasons ?? [], 'en', 'Europe/Vilnius')).toEqual([
      'Last sign of life Thu 19 Nov 2026, 14:00, 5 min ago; its connection broke.',
      'No sign of life for 5 min in opening hours; the limit is 5 min.',
    ]);
  });
  test('a probe never seen is unknown, not dark', () => {
    const { memory, effects } = look(() => gone(null), 0, 60);
    expect([memory.phase, effects]).toEqual(['unknown', []]);
    expect(explainDark(memory, gone(null), NOON, params)).toEqual([{ code: 'dark.never' }]);
  });
  test('the first while after a start of the server is unknown, not dark', () => {
    const { effects } = look(() => gone(NOON - 100 * MINUTE), 0, 60, { graceUntil: NOON + 7 * MINUTE });
    expect(effects.map((effect) => effect.minute)).toEqual([7]);
  });
  test('closed hours do not count, and a library that was switched off for the night has five minutes from opening', () => {
    const opens = NOON + 30 * MINUTE;
    const { effects } = look(() => gone(NOON - 600 * MINUTE), 0, 60, {
      openSince: (at) => (at >= opens ? opens : null),
    });
    expect(effects.map((effect) => effect.minute)).toEqual([35]);
  });
  test('a frame ends it and says how long it was silent; pings and the connection alone do not', () => {
    const { memory } = look(() => gone(NOON), 0, 10);
    expect(look(() => here(NOON + 11 * MINUTE), 11, 12, {}, memory).effects).toEqual([]);
    const { effects } = reduceDark(
      memory,
      { kind: 'frame', receivedMs: NOON + 12 * MINUTE },
      NOON + 12 * MINUTE,
      params,
    );
    expect(effects).toEqual([
      {
        kind: 'resolve',
        at: NOON + 12 * MINUTE,
        reasons: [{ code: 'dark.ended', at: NOON + 12 * MINUTE, silent: 12 * MINUTE }],
      },
    ]);
  });
  test('a frame from before the silence, read again after a crash, ends nothing', () => {
    const { memory } = look(() => gone(NOON), 0, 10);
    expect(reduceDark(memory, { kind: 'frame', receivedMs: NOON }, NOON + 12 * MINUTE, params).effects).toEqual([]);
  });
  test('a connection that stands but gives no sign for five minutes is dark too', () => {
    const { effects } = look((minute) => here(NOON + Math.min(minute, 10) * MINUTE), 0, 40);
    expect(effects.map((effect) => effect.minute)).toEqual([15]);
  });
  test('a probe whose keepalive is 15 minutes is not called dark between two of them', () => {
    const rare = (minute: number): Sight => here(NOON + Math.floor(minute / 15) * 15 * MINUTE);
    expect(look(rare, 0, 240, { quietByDesign: true }).effects).toEqual([]);
    const { memory } = look(rare, 0, 31, { quietByDesign: true });
    expect(look(rare, 32, 240, {}, memory).effects).toEqual([]); // its own rhythm is known by now
  });
  test('without an admitted probe it ends as unknown', () => {
    const { memory } = look(() => gone(NOON), 0, 10);
    const { effects, memory: after } = look(() => null, 11, 20, {}, memory);
    expect([after.phase, effects.map((effect) => effect.kind)]).toEqual(['unknown', ['resolve']]);
  });
});
