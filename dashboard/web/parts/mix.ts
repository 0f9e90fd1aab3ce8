/** Why: how many lines are in each state, counted in one pass. */
import type { ApState } from '#contract';
import type { Line } from '../store.ts';

export type Mix = Record<ApState, number>;

export function mixOf(lines: readonly Line[]): Mix {
  const per: Mix = { meets: 0, below: 0, offline: 0, nodata: 0, maint: 0 };
  for (const { row } of lines) per[row.state] += 1;
  return per;
}
