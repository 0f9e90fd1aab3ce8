/** Why: what a row of the list and the incident beside it have in common; the incident itself is loaded after the list stands. */
import type { AlertView } from '#contract';
import type { RowDeed } from '../keys.ts';
import { commonZone, siteOf } from '../store.ts';

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
