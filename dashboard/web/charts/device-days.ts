/** Why: what the bars of devices say, decided before anything is drawn: which day is not over, where nobody counted, what was most. */
import { type DeviceDays, type Span, subtract, union } from '#contract';
import { siteWords } from '../words-site.ts';
import type { PlotSpec } from './plot.ts';
import { axisTicks, type Frame, tickLabel, timeTicks } from './series.ts';
import { hasBand } from './usual.ts';

const HEIGHT = 150;
/** The axis reaches at least this high. */
const FLOOR = 4;

/** As far as the server counts days at once; of less than two days there would be a bar or two. */
const MOST_MS = 400 * 86_400_000;
export const hasDays = (frame: Frame): boolean => hasBand(frame) && frame.to - frame.from <= MOST_MS;

export interface DeviceDay {
  from: number;
  to: number;
  /** The middle of what is in view of it. */
  x: number;
  /** Distinct devices of the day; null where nobody counted. */
  devices: number | null;
  /** Most at once; null where the probe sees no radios. */
  atOnce: number | null;
  soFar: boolean;
  /** Not open for a minute of it. */
  closed: boolean;
}

/** Days that are in view, oldest first. */
export function daysOf({ t, to: end, devices, at_once }: DeviceDays, frame: Frame, now: number): DeviceDay[] {
  return t.flatMap((from, i): DeviceDay[] => {
    const to = t[i + 1] ?? end;
    const seen: Span = [Math.max(from, frame.from), Math.min(to, frame.to)];
    if (seen[0] >= seen[1]) return [];
    const closed = subtract([seen], frame.closed).length === 0;
    const known = { devices: devices[i] ?? null, atOnce: at_once[i] ?? null };
    return [{ from, to, x: (seen[0] + seen[1]) / 2, ...known, soFar: to > now, closed }];
  });
}

/** Whole days of which nothing is known though it was open. */
export const uncounted = (days: readonly DeviceDay[]): Span[] =>
  union(
    days.flatMap(({ from, to, devices, closed, soFar }) =>
      devices === null && !closed && !soFar ? [[from, to] as const] : [],
    ),
  );

export function devicesSpec(days: readonly DeviceDay[], frame: Frame): PlotSpec {
  const values = days.map(({ devices }) => devices);
  const bars = days.flatMap(({ from, to, devices, soFar }) =>
    devices === null ? [] : [{ from, to, value: devices, soFar }],
  );
  return {
    ...{
      from: frame.from,
      to: frame.to,
      height: HEIGHT,
      x: days.map(({ x }) => x),
      starts: days.map(({ from }) => from),
    },
    ...{ bars, series: [{ values, stroke: 'none', dots: [] }], tests: [], target: null },
    ...{ closed: frame.sunken, missing: uncounted(days), noData: siteWords.noData },
    ...{
      yTicks: axisTicks(Math.max(FLOOR, ...bars.map(({ value }) => value))),
      yLabel: tickLabel,
      xTicks: timeTicks(frame),
    },
  };
}

export interface DeviceSum {
  /** Days that are over, known, and not closed. */
  days: number;
  /** The middle of them, nearest rank; null of none. */
  median: number | null;
  most: DeviceDay | null;
  unknown: number;
}

/** What is not over does not count, it would be too low; nor does what was closed: devices that stay in the house are no visitors. */
export function sumOfDays(days: readonly DeviceDay[]): DeviceSum {
  const over = days.filter(({ soFar, closed }) => !soFar && !closed);
  const known = over.filter(({ devices }) => devices !== null);
  const sorted = known.map(({ devices }) => devices ?? 0).sort((a, b) => a - b);
  const most = known.reduce<DeviceDay | null>(
    (best, day) => (best && (best.devices ?? 0) >= (day.devices ?? 0) ? best : day),
    null,
  );
  return {
    days: known.length,
    median: sorted[Math.ceil(sorted.length / 2) - 1] ?? null,
    most,
    unknown: over.filter(({ devices }) => devices === null).length,
  };
}

/** Whether the range has anything to show: some probes see no devices at all. */
export const anyKnown = (days: readonly DeviceDay[]): boolean => days.some(({ devices }) => devices !== null);
