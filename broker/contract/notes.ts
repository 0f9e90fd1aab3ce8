/** Why: what people know and no probe can measure (works in the street, a new router) stands beside the figures that it explains. */

/** GET /api/v1/sites/:site/notes: newest first. Times are ms since 1970. */
export interface SiteNote {
  id: number;
  site: string;
  /** The moment that it is about; charts mark it. */
  at: number;
  text: string;
  by: string;
  written_at: number;
}
/** GET and PUT /api/v1/me/views: a named address of the list of sites, the same on each device of its person. */
export interface SavedView {
  name: string;
  /** The query of the list of sites, without `?`. */
  query: string;
}
export const VIEWS_MOST = 50;
