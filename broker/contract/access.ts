/** Why: who may do what, written once for the server that refuses and for the page that does not offer. */

export const ROLES = ['viewer', 'librarian', 'auditor', 'on_call', 'coordinator', 'operator', 'administrator'] as const;
/**
 * viewer: looks. librarian: looks at some sites and acts there. auditor: looks, also at the trail of who did what. on_call: looks and acts.
 * coordinator: looks at some regions and acts there. operator: looks, acts, and keeps the works going. administrator: everything.
 */
export type Role = (typeof ROLES)[number];

/** `act`: acknowledge, silence, note, ask for a test. `operate`: what concerns the server itself, such as its quarantine. */
type Permission = 'look' | 'act' | 'operate' | 'audit' | 'administer';

const MAY: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['look'],
  librarian: ['look', 'act'],
  auditor: ['look', 'audit'],
  on_call: ['look', 'act'],
  coordinator: ['look', 'act'],
  operator: ['look', 'act', 'operate'],
  administrator: ['look', 'act', 'operate', 'audit', 'administer'],
};

/** What limits the sight of a role: it sees only the sites, or the regions, that its person is given. */
export const SCOPED: Readonly<Partial<Record<Role, 'sites' | 'regions'>>> = {
  librarian: 'sites',
  coordinator: 'regions',
};

export function may(role: Role, what: Permission): boolean {
  return MAY[role].includes(what);
}

/** Whether `role` may do all that `other` may, within what it sees. */
export function covers(role: Role, other: Role): boolean {
  return MAY[other].every((one) => MAY[role].includes(one));
}

/** The sites that somebody may see: these, and all of these regions. */
export interface SiteScope {
  sites: readonly string[];
  regions: readonly string[];
}

/** GET /api/v1/sessions and /me/sessions. */
export interface SessionView {
  /** Names the session; nobody can sign in with it. */
  id: string;
  user: string;
  created_at: number;
  last_seen_at: number;
  expires_at: number;
  /** The one that asks; only among one's own. */
  here?: boolean;
}
