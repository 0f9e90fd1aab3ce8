/** Why: probes start in 1970 and clocks jump by years; measuring goes on, and every stamp can be put right. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Clock, systemClock } from '#lib/clock';
import { nextSlot } from '../../agent/sampler.ts';
import { createWallClock, judgeClock, readClockFacts, type WallClock } from '../../agent/wall.ts';
import { gapsOf, startTestBroker } from './broker.ts';
import { agentFor, configFor, freshDir, told, until } from './fixture.ts';

const YEAR_MS = 365 * 86_400_000;
const NOW = Date.UTC(2026, 10, 22, 9, 0, 12, 345);

/** A clock whose wall is moved by hand; monotonic time runs as it is told. */
function handClock(wallMs: number, monoMs = 5000): Clock & { step(ms: number): void; pass(ms: number): void } {
  let wall = wallMs;
  let mono = monoMs;
  return {
    wallMs: () => wall,
    monoMs: () => mono,
    step: (ms) => {
      wall += ms;
    },
    pass: (ms) => {
      wall += ms;
      mono += ms;
    },
  };
}

function put(root: string, path: string, mtimeMs?: number): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), '');
  if (mtimeMs !== undefined) utimesSync(join(root, path), mtimeMs / 1000, mtimeMs / 1000);
}

describe('slots', () => {
  test("fall on the wall's minutes where the wall is trusted", () => {
    const slot = nextSlot({ now: 5000, last: -Infinity, periodMs: 60_000, offsetMs: NOW - 5000 });
    expect(new Date(slot + NOW - 5000).toISOString()).toBe('2026-11-22T09:01:00.000Z');
  });
  test('keep their cadence where it is not', () => {
    expect(nextSlot({ now: 5000.2, last: 5000, periodMs: 60_000, offsetMs: null })).toBe(65_000);
  });
  test('that passed while the process was held up are skipped, not made up for', () => {
    expect(nextSlot({ now: 1_000_000, last: 5000, periodMs: 60_000, offsetMs: null })).toBe(1_025_000);
  });
  test.each([2 * YEAR_MS, -2 * YEAR_MS, 31_000, -31_000])(
    'after a step of %d ms come between half a period and one and a half',
    (step) => {
      const slot = nextSlot({ now: 60_001, last: 60_000, periodMs: 60_000, offsetMs: NOW + step });
      expect(slot - 60_000).toBeGreaterThanOrEqual(30_000);
      expect(slot - 60_000).toBeLessThanOrEqual(90_000);
      expect((slot + NOW + step) % 60_000).toBe(0);
    },
  );
});

describe('trust', () => {
  const facts = { wallMs: NOW, evidence: false, mechanism: false, rtc: false };
  test('a clock before the release is never believed', () =>
    expect(judgeClock({ ...facts, wallMs: 12_000, evidence: true, rtc: true })).toBe(false));
  test('a plausible clock is believed where nothing could prove it', () => expect(judgeClock(facts)).toBe(true));
  test('a plausible clock is not believed where proof should come and did not', () =>
    expect(judgeClock({ ...facts, mechanism: true })).toBe(false));
  test('a clock with a battery is believed', () =>
    expect(judgeClock({ ...facts, mechanism: true, rtc: true })).toBe(true));
  test("systemd's mark, OpenWrt's mark and a fresh drift file are proof; a drift file of an earlier boot is none", () => {
    const evidence = (path: string, mtimeMs?: number): boolean => {
      const root = freshDir();
      put(root, path, mtimeMs);
      return readClockFacts(root, NOW, 3_600_000).evidence;
    };
    expect(evidence('run/systemd/timesync/synchronized')).toBe(true);
    expect(evidence('var/run/carrel/ntp-synced')).toBe(true);
    expect(evidence('var/lib/chrony/drift', NOW - 60_000)).toBe(true);
    expect(evidence('var/lib/chrony/drift', NOW - 7_200_000)).toBe(false);
  });
});

describe('the wall clock', () => {
  function watched(clock: Clock): { wall: WallClock; steps: number[]; syncs: number[] } {
    const steps: number[] = [];
    const syncs: number[] = [];
    const wall = createWallClock({ clock, root: freshDir(), trust: 'auto' });
    wall.listen({ stepped: (ms) => steps.push(ms), syncChanged: (sync) => syncs.push(sync) });
    return { wall, steps, syncs };
  }
  test.each([2 * YEAR_MS, -20 * 86_400_000, 2500, -2500])('tells a step of %d ms once', (step) => {
    const clock = handClock(Date.UTC(2026, 11, 1));
    const { wall, steps } = watched(clock);
    clock.step(step);
    wall.check();
    clock.pass(10_000);
    wall.check();
    expect(steps).toEqual([step]);
  });
  test('takes what NTP slews for no step, even when it adds up', () => {
    const clock = handClock(NOW);
    const { wall, steps } = watched(clock);
    for (let i = 0; i < 1000; i++) {
      clock.pass(10_000);
      clock.step(5);
      wall.check();
    }
    expect(steps).toEqual([]);
  });
  test("in 1970 is not trusted, is put right by the server's time, and by NTP when it comes", () => {
    const clock = handClock(12_000);
    const { wall, syncs } = watched(clock);
    expect(wall.sync()).toBe(0);
    wall.correct(NOW);
    clock.pass(1000);
    expect([wall.sync(), wall.wallMs()]).toEqual([2, NOW + 1000]);
    clock.step(NOW);
    wall.check();
    expect(syncs).toEqual([2, 1]);
  });
});

test.each([
  ['forward', 2 * YEAR_MS],
  ['backward', -20 * 86_400_000],
  ['to before its release', -2 * YEAR_MS],
])('a step of the wall %s stalls nothing: samples keep coming and the step is told', async (_, step) => {
  const server = await startTestBroker();
  onTestFinished(() => server.stop());
  let offset = 0;
  const clock: Clock = { wallMs: () => systemClock.wallMs() + offset, monoMs: () => systemClock.monoMs() };
  let latest = 0;
  let slowest = 0;
  await agentFor(
    configFor(server.port, {
      defaults: {
        ...configFor(0).defaults,
        tests_per_day: 96,
        opening: Array.from({ length: 7 }, () => [[0, 1440]] as const),
      },
    }),
    {
      clock,
      sensors: () => [
        told(() => {
          const now = performance.now();
          if (latest) slowest = Math.max(slowest, now - latest);
          latest = now;
          return { cpu_pct: 1 };
        }),
      ],
    },
  );
  await until('it delivers', () => server.frames.length >= 2);
  offset = step;
  const before = server.frames.length;
  await until('three more came', () => server.frames.length >= before + 3);
  const told_ = server.frames.flatMap(({ e }) => e).filter(({ kind }) => kind === 'clock');
  expect(told_).toHaveLength(1);
  expect(Math.abs((told_[0]?.kind === 'clock' ? told_[0].step_ms : 0) - step)).toBeLessThan(100);
  expect(slowest).toBeLessThan(1700);
  const times = server.frames.flatMap(({ t }) => t);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(gapsOf(server.frames)).toEqual([]);
});

test('a probe in 1970 measures and delivers, marked as not synchronised', async () => {
  const server = await startTestBroker();
  onTestFinished(() => server.stop());
  const start = systemClock.monoMs();
  const clock: Clock = { wallMs: () => 30_000 + systemClock.monoMs() - start, monoMs: () => systemClock.monoMs() };
  await agentFor(configFor(server.port, { clock: 'auto' }), { clock });
  await until('it delivers', () => server.frames.length >= 3);
  expect(server.frames.map(({ sync }) => sync)).toEqual(server.frames.map(() => 0));
});
