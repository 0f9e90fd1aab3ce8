/** Why: the rules that others use, on the same tests, to show what ours is worth and that the model is not too kind. */
import { type Calendar, MINUTE, TARGET } from './world.ts';

export interface Sample {
  at: number;
  mbps: number;
}
export interface Alarm {
  from: number;
  /** Null while it lasts. */
  to: number | null;
}
export interface Peer {
  name: string;
  take(sample: Sample): void;
  alarms: Alarm[];
}

/** Fires on one low test, ends with one pass. */
export function naive(): Peer {
  return consecutive('naive', 1);
}
/** Fires on the third low test in a row. */
export function three(): Peer {
  return consecutive('three', 3);
}

function consecutive(name: string, needed: number): Peer {
  const alarms: Alarm[] = [];
  let lows = 0;
  return {
    name,
    alarms,
    take({ at, mbps }) {
      lows = mbps < TARGET ? lows + 1 : 0;
      setAlarm(alarms, at, lows === 0 ? false : lows >= needed ? true : null);
    },
  };
}

/** `avg_over_time(mbps[4h]) < 30` with `for: 1h`, evaluated every 15 minutes; without samples there is no series, and it ends. */
export function prometheus(): Peer {
  const STEP = 15 * MINUTE;
  const RANGE = 240 * MINUTE;
  const FOR = 60 * MINUTE;
  const alarms: Alarm[] = [];
  let window: Sample[] = [];
  let pendingSince: number | null = null;
  let evaluated = 0;
  const evaluate = (at: number): void => {
    window = window.filter((one) => one.at > at - RANGE);
    const mean = window.reduce((sum, one) => sum + one.mbps, 0) / window.length;
    if (!(mean < TARGET)) {
      pendingSince = null;
      setAlarm(alarms, at, false);
      return;
    }
    pendingSince ??= at;
    setAlarm(alarms, at, at - pendingSince >= FOR ? true : null);
  };
  return {
    name: 'prometheus',
    alarms,
    take(sample) {
      const first = Math.max(Math.ceil(evaluated / STEP) * STEP, 0);
      // After the last sample has left the range nothing changes until the next one.
      const last = window.length === 0 ? -1 : (window.at(-1)?.at ?? 0) + RANGE + STEP;
      for (let at = first; at < Math.min(sample.at, last); at += STEP) evaluate(at);
      window.push(sample);
      evaluate(sample.at);
      evaluated = sample.at;
    },
  };
}

/** Its published logic: one threshold both ways, and it must stay crossed for the tolerance (120 min), by the samples of that time. */
export function openwisp(calendar: Calendar): Peer {
  const TOLERANCE = 120 * MINUTE;
  const alarms: Alarm[] = [];
  let runFrom = 0;
  let low: boolean | null = null;
  let lastAt = 0;
  return {
    name: 'openwisp',
    alarms,
    take({ at, mbps }) {
      const is = mbps < TARGET;
      // A night without samples is no crossing that lasts.
      const gap = calendar.openMinutes(lastAt, at) < (at - lastAt) / MINUTE - 60;
      if (is !== low || gap) runFrom = at;
      low = is;
      lastAt = at;
      if (at - runFrom >= TOLERANCE) setAlarm(alarms, at, is);
    },
  };
}

/** Null: as it is. */
function setAlarm(alarms: Alarm[], at: number, firing: boolean | null): void {
  const last = alarms.at(-1);
  const open = last?.to === null ? last : undefined;
  if (firing === true && !open) alarms.push({ from: at, to: null });
  if (firing === false && open) open.to = at;
}
