/** Why: a virtual probe's frames are made when they can be sent, from the pure line: nothing waits in memory, whatever the outage. */
import type { Frame, FrameEvent, MetricName, TestReason } from '#contract';
import type { Library } from './library.ts';
import { sampleAt, testAt, testSlots } from './line.ts';

/** Clock and sequence domain of one run. `mono = wall - bootWallMs`: virtual clocks are synchronised. */
export interface Run {
  boot: string;
  run: string;
  bootWallMs: number;
}
export interface FrameMaker {
  /** Samples of the slots fromMs, fromMs + sampleS, ... (`count` of them) with `events`; takes the next sequence number. */
  frame(fromMs: number, count: number, sampleS: number, events: FrameEvent[]): Frame;
  test(wallMs: number, target: number, reason: TestReason, job: string | null): FrameEvent;
  /** Scheduled tests of [fromMs, toMs). */
  tests(perDay: number, fromMs: number, toMs: number, target: number): FrameEvent[];
  boot(wallMs: number): FrameEvent;
  outage(fromMs: number, toMs: number): FrameEvent;
}

/** Samples per frame at most; a day of backlog at one a minute is 24 frames. */
export const SAMPLES_PER_FRAME = 60;

export function createFrameMaker(library: Library, run: Run, faults: boolean): FrameMaker {
  let seq = 0;
  let events = 0;
  const idAt = (wallMs: number) => ({ id: `${run.run}-${(events++).toString(36)}`, at: wallMs - run.bootWallMs });
  const maker: FrameMaker = {
    frame(fromMs, count, sampleS, made) {
      const times = Array.from({ length: count }, (_, i) => fromMs + i * sampleS * 1000);
      const newest = Math.max(times.at(-1) ?? fromMs, ...made.map((event) => event.at + run.bootWallMs));
      return {
        v: 1,
        boot: run.boot,
        run: run.run,
        seq: seq++,
        wall: newest,
        mono: newest - run.bootWallMs,
        sync: 1,
        t: times.map((wallMs) => wallMs - run.bootWallMs),
        m: columnsOf(times.map((wallMs) => sampleAt(library, wallMs, sampleS, faults))),
        e: made,
      };
    },
    test: (wallMs, target, reason, job) => ({
      ...idAt(wallMs),
      ...testAt(library, wallMs, target, reason, faults),
      job,
    }),
    tests: (perDay, fromMs, toMs, target) =>
      testSlots(library, perDay, fromMs, toMs).map((wallMs) => maker.test(wallMs, target, 'slot', null)),
    boot: (wallMs) => ({
      ...idAt(wallMs),
      kind: 'boot',
      agent: 'simulated',
      node: process.version,
      reboot: false,
      model: 'Virtual library',
      os: 'none',
    }),
    outage: (fromMs, toMs) => ({ ...idAt(toMs), kind: 'outage', from: fromMs - run.bootWallMs, first_failure: 4 }),
  };
  return maker;
}

function columnsOf(samples: Partial<Record<MetricName, number | null>>[]): Frame['m'] {
  const columns: Frame['m'] = {};
  const names = new Set(samples.flatMap((sample) => Object.keys(sample) as MetricName[]));
  for (const name of names) columns[name] = samples.map((sample) => sample[name] ?? null);
  return columns;
}
