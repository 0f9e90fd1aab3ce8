/** Why: what a row of the list and the incident beside it have in common; the incident itself is loaded after the list stands. */
import type { AlertView, ApState } from '#contract';
import type { RowDeed } from '../keys.ts';
import { commonZone, siteOf } from '../store.ts';

export const RULE_STATE: Record<AlertView['rule'], ApState> = {
  slow: 'below',
  dark: 'offline',
  silent: 'nodata',
  quality: 'below',
  device: 'nodata',
  budget: 'nodata',
  clock: 'nodata',
  weak: 'nodata',
  cloned: 'nodata',
  server: 'below',
  outdated: 'nodata',
  database: 'offline',
  group: 'offline',
};
export const zoneOf = (alert: AlertView) => siteOf(alert.site)?.zone ?? commonZone.value;

/** What was asked for by a key, each time anew. */
export interface RowAsked {
  deed: RowDeed;
  id: number;
  nth: number;
}
export interface IncidentProps {
  alert: AlertView;
  chosen: boolean;
  /** It may stand in another list now. */
  onChanged: () => void;
  asked: RowAsked | null;
}
