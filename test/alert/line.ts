/** Why: one access point that a test drives minute by minute through the whole pure machine: condition, incident, retests. */
import type { TestView } from '#contract';
import { noOverlays, type Overlays } from '../../dashboard/alert/episode.ts';
import { judgeSlow, type SlowEvent, type SlowParams } from '../../dashboard/alert/slow.ts';
import {
  emptySlowInstance,
  reduceSlowInstance,
  type SlowInstance,
  type SlowInstanceStep,
} from '../../dashboard/alert/slow-instance.ts';
import { PROFILES } from '../../dashboard/alert/slow-profile.ts';
import { MINUTE, NOON, testAt } from './tests.ts';

export type Effect = SlowInstanceStep['effects'][number];
export const always: SlowParams = {
  profile: PROFILES.default,
  version: 'default',
  targetMbps: 30,
  zone: 'Europe/Vilnius',
  open: () => true,
  openMinutes: (from, to) => Math.max(0, to - from) / MINUTE,
  serverInTrouble: () => false,
  noDataOpenMin: 270,
  retestsPerDay: 24,
};

export interface Line {
  /** A test at NOON + minute, judged a second later unless `lateMin` says otherwise. */
  test(minute: number, rate: number | null, extra?: Partial<TestView>, lateMin?: number): string[];
  tick(minute: number, heard?: boolean): string[];
  over(minute: number): string[];
  set(change: { params?: Partial<SlowParams>; overlays?: Partial<Overlays> }): void;
  condition(minute?: number): string;
  /** Of all effects so far, without retests. */
  told(): string[];
  instance(): SlowInstance;
  effects: Effect[];
}

export function lineOf(start: Partial<SlowParams> = {}, from: SlowInstance = emptySlowInstance): Line {
  let params: SlowParams = { ...always, ...start };
  let overlays: Overlays = noOverlays;
  let instance = from;
  let now = NOON;
  const effects: Effect[] = [];
  const step = (event: SlowEvent, at: number): string[] => {
    now = Math.max(now, at);
    const result = reduceSlowInstance(instance, event, at, params, overlays);
    instance = result.instance;
    effects.push(...result.effects);
    return result.effects.map(wordOf);
  };
  return {
    effects,
    test(minute, rate, extra = {}, lateMin = 0) {
      const one = testAt(minute, rate, { server: `s${Math.round(minute) % 2}`, ...extra });
      return step({ kind: 'test', test: one }, one.at + 1000 + lateMin * MINUTE);
    },
    tick: (minute, heard = true) => step({ kind: 'tick', heard }, NOON + minute * MINUTE),
    over: (minute) => step({ kind: 'over', at: NOON + minute * MINUTE }, NOON + minute * MINUTE),
    set(change) {
      params = { ...params, ...change.params };
      overlays = { ...overlays, ...change.overlays };
    },
    condition: (minute) =>
      judgeSlow(instance.rule, minute === undefined ? now : NOON + minute * MINUTE, params).condition,
    told: () => effects.map(wordOf).filter((word) => word !== 'retest'),
    instance: () => instance,
  };
}

export function wordOf(effect: Effect): string {
  switch (effect.kind) {
    case 'tell':
      return `tell ${effect.what}${effect.severity === 'ticket' ? '' : ` ${effect.severity}`}`;
    case 'close':
      return `close ${effect.ended}`;
    case 'parent':
      return `parent ${effect.parent}`;
    default:
      return effect.kind;
  }
}

/** Seven low tests over an hour: what the default rule needs. */
export const HOUR_OF_LOWS = [0, 3, 8, 15, 30, 45, 60] as const;
export function fires(line: Line, from = 0): void {
  for (const minute of HOUR_OF_LOWS) line.test(from + minute, 12);
}
