/** Random histories, permuted, repeated, cut by crashes: what must hold whatever happens (P1 to P8). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noOverlays, type Overlays } from '../../dashboard/alert/episode.ts';
import type { SlowEvent } from '../../dashboard/alert/slow.ts';
import { emptySlowInstance, reduceSlowInstance, type SlowInstance } from '../../dashboard/alert/slow-instance.ts';
import { PROFILES } from '../../dashboard/alert/slow-profile.ts';
import { always, type Effect } from './line.ts';
import { MINUTE, NOON, testAt } from './tests.ts';

type Step =
  | { kind: 'test'; minute: number; rate: number | null; blind: boolean; delay: number }
  | { kind: 'tick'; minute: number }
  | { kind: 'overlay'; minute: number; overlays: Partial<Overlays> };

const RATES = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 29 }) },
  { weight: 1, arbitrary: fc.constantFrom(30, 32, 33) },
  { weight: 3, arbitrary: fc.integer({ min: 34, max: 90 }) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const GAP = fc.integer({ min: 1, max: 40 });
/** Long low and good stretches, so that episodes really begin and end. */
const anyHistory = fc
  .array(
    fc.record({
      gap: GAP,
      rate: RATES,
      run: fc.integer({ min: 1, max: 9 }),
      delay: fc.integer({ min: 0, max: 20 }),
      overlay: fc.integer({ min: 0, max: 9 }),
    }),
    { minLength: 4, maxLength: 24 },
  )
  .map((parts): Step[] => {
    let minute = 0;
    return parts.flatMap(({ gap, rate, run, delay, overlay }) => {
      const steps: Step[] = [];
      if (overlay < 3)
        steps.push({
          kind: 'overlay',
          minute,
          overlays: [{ silenced: true }, noOverlays, { inhibitedBy: 'group isp:A' }][overlay] ?? {},
        });
      for (let n = 0; n < run; n++) {
        minute += gap;
        steps.push({ kind: 'test', minute, rate, blind: false, delay: n === 0 ? delay : 0 }, { kind: 'tick', minute });
      }
      return steps;
    });
  });
const fast = { ...always, profile: PROFILES.fast, version: 'fast' };

interface Ran {
  instance: SlowInstance;
  /** With the overlays in force then. */
  effects: { effect: Effect; overlays: Overlays }[];
}
const FRESH: Ran = { instance: emptySlowInstance, effects: [] };

function run(steps: readonly Step[], from = FRESH, stepOf = reduceSlowInstance, overlays = { now: noOverlays }): Ran {
  let { instance } = from;
  const effects = [...from.effects];
  for (const step of steps) {
    if (step.kind === 'overlay') overlays.now = { ...noOverlays, ...step.overlays };
    const at = NOON + (step.minute + (step.kind === 'test' ? step.delay : 0)) * MINUTE;
    const event: SlowEvent =
      step.kind === 'test'
        ? { kind: 'test', test: testAt(step.minute, step.rate, { other_mbps: step.blind ? null : 1 }) }
        : { kind: 'tick', heard: true };
    const result = stepOf(instance, event, at, fast, overlays.now);
    instance = result.instance;
    effects.push(...result.effects.map((effect) => ({ effect, overlays: overlays.now })));
  }
  return { instance, effects };
}
const tells = ({ effects }: Ran): string[] =>
  effects.flatMap(({ effect }) => (effect.kind === 'tell' ? [effect.what] : []));
const check = (property: (steps: Step[]) => void, numRuns = 300): void =>
  fc.assert(fc.property(anyHistory, property), { numRuns });

describe('whatever happens', () => {
  test('the histories are worth something: they fire, end, are held and covered', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(anyHistory, (steps) => {
        for (const { effect } of run(steps).effects)
          seen.add(effect.kind === 'tell' ? `tell ${effect.what}` : effect.kind);
      }),
      { numRuns: 400, seed: 7 },
    );
    expect([...seen].sort()).toEqual(
      ['close', 'open', 'parent', 'retest', 'retro', 'tell firing', 'tell resolved', 'tell update'].filter((one) =>
        seen.has(one),
      ),
    );
    for (const one of ['open', 'close', 'tell firing', 'tell resolved', 'parent', 'retest'])
      expect(seen).toContain(one);
  });
  test('P1: at most one FIRING per episode', () => {
    check((steps) => {
      let told = 0;
      for (const { effect } of run(steps).effects) {
        if (effect.kind === 'open') told = 0;
        if (effect.kind === 'tell' && effect.what === 'firing') expect(++told).toBe(1);
      }
    });
  });
  test('P2: RESOLVED only to who got FIRING of the same episode', () => {
    check((steps) => {
      let told = false;
      for (const { effect } of run(steps).effects) {
        if (effect.kind === 'open') told = false;
        if (effect.kind !== 'tell') continue;
        if (effect.what === 'firing') told = true;
        else expect(told).toBe(true);
      }
    });
  });
  test('P3: cut at any step, written down, read again and replayed from a little before, it ends the same', () => {
    fc.assert(
      fc.property(anyHistory, fc.nat(), fc.nat({ max: 5 }), (steps, where, back) => {
        const cut = where % (steps.length + 1);
        const plain = steps.filter((step) => step.kind !== 'overlay');
        const [before, after] = [plain.slice(0, cut), plain.slice(cut)];
        const stored = JSON.parse(JSON.stringify(run(before).instance)) as SlowInstance;
        // What came since the last commit is read again: the tests of before the cut must change nothing.
        const repeated = before.slice(Math.max(0, before.length - back)).filter((step) => step.kind === 'test');
        const last = before.at(-1)?.minute ?? 0;
        const again = run(
          repeated.map((step) => ({ ...step, delay: last - step.minute })),
          { instance: stored, effects: [] },
        );
        expect(tells(again)).toEqual([]);
        const resumed = run(after, again);
        expect(resumed.instance.episode.open).toEqual(run(plain).instance.episode.open);
        expect(resumed.instance.rule.head).toEqual(run(plain).instance.rule.head);
      }),
      { numRuns: 300 },
    );
  });
  test('P4: tests that arrive in another order within the lateness end in the same condition', () => {
    const anyTests = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 29 }), RATES), {
      selector: ([minute]) => minute,
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        anyTests.chain((tests) =>
          fc.tuple(fc.constant(tests), fc.shuffledSubarray(tests, { minLength: tests.length })),
        ),
        ([tests, shuffled]) => {
          const folds = [tests.toSorted((a, b) => a[0] - b[0]), shuffled].map(
            (order) =>
              run(
                order.map(([minute, rate]): Step => ({ kind: 'test', minute, rate, blind: false, delay: 30 - minute })),
              ).instance.rule.head,
          );
          expect(folds[1]).toEqual(folds[0]);
        },
      ),
      { numRuns: 2000 },
    );
  });
  test('P5: the same test twice changes nothing', () => {
    check((steps) => {
      const once = run(steps);
      const repeated = steps.filter((step) => step.kind === 'test').map((step) => ({ ...step, delay: 10_000 }));
      const twice = run(repeated, { instance: once.instance, effects: [] });
      expect(twice.instance.rule.head).toEqual(once.instance.rule.head);
      expect(twice.effects.map(({ effect }) => effect.kind)).not.toContain('open');
      expect(twice.effects.map(({ effect }) => effect.kind)).not.toContain('retro');
    });
  });
  test('P6: neither silence nor what cannot tell ends an alert', () => {
    check((steps) => {
      const before = run(steps);
      if (before.instance.rule.head.condition !== 'firing' || !before.instance.episode.open) return;
      const last = steps.at(-1)?.minute ?? 0;
      const nothing = Array.from({ length: 20 }, (_, n): Step[] => [
        { kind: 'test', minute: last + 60 + n * 97, rate: null, blind: false, delay: 0 },
        { kind: 'tick', minute: last + 60 + n * 97 },
      ]).flat();
      const after = run(nothing, { instance: before.instance, effects: [] });
      expect(after.effects.map(({ effect }) => effect.kind)).not.toContain('close');
      expect(after.instance.episode.open).not.toBeNull();
    });
  });
  test('P7: what is silenced or covered tells nobody that it fires', () => {
    check((steps) => {
      for (const { effect, overlays } of run(steps).effects) {
        if (effect.kind === 'tell' && effect.what === 'firing')
          expect([overlays.silenced, overlays.maintenance, overlays.inhibitedBy]).toEqual([false, false, null]);
      }
    });
  });
  test('P8: every FIRING is followed by its end, or is still open', () => {
    check((steps) => {
      const ran = run(steps);
      const words = tells(ran);
      const begun = words.filter((word) => word === 'firing').length;
      const over = words.filter((word) => word === 'resolved' || word === 'closed').length;
      expect(begun - over).toBe(ran.instance.episode.open?.told ? 1 : 0);
    });
  });
});
