/** Why: who opens the list of sites sees the worst of them. Of 20,000 sites these travel in a hundredth of the bytes of all. */
import type { Totals } from './api.ts';
import type { LiveColumns } from './live.ts';
import type { RosterColumns } from './roster.ts';

/**
 * GET /api/v1/live/first: the first rows of the sites' table in its first order, worst first, and what stands around them: they are the rows
 * that the whole (roster and snapshot) begins with, which follows.
 */
export interface LiveFirst {
  at: number;
  /** Of all access points. */
  totals: Totals;
  /** Of all sites: regions and providers, each once and by name, and whether a line is metered. */
  regions: string[];
  isps: string[];
  metered: boolean;
  /** The one target of all access points, Mb/s; null where they differ or there are none. */
  target_mbps: number | null;
  /** Access points of these rows in their order, with their sites. `hash` and `list` are those of the whole. */
  roster: RosterColumns;
  /** The place of each in the whole list. */
  places: number[];
  /** 1: its site has others besides. */
  several: number[];
  cols: LiveColumns;
}
