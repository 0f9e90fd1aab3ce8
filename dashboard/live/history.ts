/**
 * Why: "was it like this an hour ago?" is asked of every number on the overview. Counts per quarter of an hour and the worst state of each
 * hour of each access point, a day long, kept over restarts in the state database: 29 kB for 1,200 access points.
 */
import { AP_STATES, type ApState, type StateHistory } from '#contract';
import type { State } from '#state';
import type { Slots } from './slots.ts';
import type { RowTable } from './table.ts';

const STEP_MS = 15 * 60_000;
const STEPS = 96;
const HOUR_MS = 3_600_000;
const HOURS = 24;
const KEY = 'live.history';
const UNKNOWN = '-';
/** Better than any state. */
const NOTHING = 255;

interface Kept {
  /** Number of each step since 1970, and the counts in the order of AP_STATES. */
  steps: [step: number, ...counts: number[]][];
  /** Number of the newest hour. */
  hour: number;
  /** Hours of each access point, oldest first. */
  hours: Record<string, string>;
}

export interface StateTrail {
  /** To be called often; keeps what is worst. */
  note(rows: RowTable, now: number): void;
  view(aps: readonly string[], now: number): Pick<StateHistory, 'step_s' | 't' | 'per' | 'hours'>;
  save(): void;
}

export function createStateTrail({ keep }: Pick<State, 'keep'>, slots: Slots): StateTrail {
  const kept = read(keep.get(KEY));
  /** Worst state of each slot that is noted for this hour: who is no worse now costs nothing. */
  let noted = new Uint8Array(0);
  let notedStep = 0;
  let saved = kept.steps.at(-1)?.[0] ?? 0;
  const save = (): void => keep.set(KEY, JSON.stringify(kept));
  return {
    note(rows, now) {
      const step = Math.floor(now / STEP_MS);
      const counts = AP_STATES.map(() => 0);
      turnHours(kept, Math.floor(now / HOUR_MS));
      if (step !== notedStep || noted.length < slots.size()) noted = new Uint8Array(slots.size()).fill(NOTHING);
      notedStep = step;
      for (let slot = 0; slot < noted.length; slot++) {
        const index = rows.state(slot);
        if (index < 0) continue;
        counts[index] = (counts[index] ?? 0) + 1;
        if (index >= (noted[slot] ?? NOTHING)) continue;
        noted[slot] = index;
        const ap = slots.ap(slot);
        const hours = kept.hours[ap] ?? UNKNOWN.repeat(HOURS);
        const last = hours.at(-1) ?? UNKNOWN;
        if (last === UNKNOWN || index < Number(last)) kept.hours[ap] = hours.slice(0, -1) + String(index);
      }
      if (kept.steps.at(-1)?.[0] === step) kept.steps.pop();
      kept.steps.push([step, ...counts]);
      while (kept.steps.length > 0 && (kept.steps[0]?.[0] ?? 0) <= step - STEPS) kept.steps.shift();
      if (step === saved) return;
      for (const ap of Object.keys(kept.hours)) if (!rows.has(slots.known(ap) ?? -1)) delete kept.hours[ap];
      saved = step;
      save();
    },
    view(aps, now) {
      turnHours(kept, Math.floor(now / HOUR_MS));
      const per = Object.fromEntries(AP_STATES.map((state, i) => [state, kept.steps.map((one) => one[i + 1] ?? 0)]));
      return {
        step_s: STEP_MS / 1000,
        t: kept.steps.map(([step]) => step * STEP_MS),
        per: per as Record<ApState, number[]>,
        hours: aps.map((ap) => kept.hours[ap] ?? UNKNOWN.repeat(HOURS)),
      };
    },
    save,
  };
}

/**
 * Counts of a part of the fleet, whose quarters nobody kept: access points by their worst state of each hour.
 * `hours`: as in StateHistory; an hour of which nothing is known of any of them is missing.
 */
export function hourCounts(hours: readonly string[], now: number): Pick<StateHistory, 'step_s' | 't' | 'per'> {
  const first = Math.floor(now / HOUR_MS) - HOURS + 1;
  const digits = AP_STATES.map((_, i) => String(i));
  const counts = Array.from({ length: HOURS }, (_, hour) => ({
    at: (first + hour) * HOUR_MS,
    of: digits.map((digit) => hours.filter((one) => one[hour] === digit).length),
  })).filter(({ of }) => of.some((n) => n > 0));
  const per = Object.fromEntries(AP_STATES.map((state, i) => [state, counts.map(({ of }) => of[i] ?? 0)]));
  return { step_s: HOUR_MS / 1000, t: counts.map(({ at }) => at), per: per as Record<ApState, number[]> };
}

/** Moves everybody on to `hour`; what nobody saw is unknown. */
function turnHours(kept: Kept, hour: number): void {
  const by = hour - kept.hour;
  if (by <= 0) return;
  kept.hour = hour;
  for (const [ap, hours] of Object.entries(kept.hours))
    kept.hours[ap] = (hours + UNKNOWN.repeat(Math.min(by, HOURS))).slice(-HOURS);
}

function read(text: string | null): Kept {
  const fresh: Kept = { steps: [], hour: 0, hours: {} };
  return text === null ? fresh : { ...fresh, ...(JSON.parse(text) as Partial<Kept>) };
}
