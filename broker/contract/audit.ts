/** Why: the trail of who did what is kept as codes with figures, so that everybody reads it in a language of their own. */
import type { Role } from './access.ts';

/** What can be done. Kept for years: a code is added, never changed. */
export type AuditAction =
  | 'access point changed'
  | 'access point created'
  | 'alert acknowledged'
  | 'alert declared over'
  | 'backup'
  | 'calendar edited'
  | 'channel changed'
  | 'channel created'
  | 'channel removed'
  | 'channel tested'
  | 'credential renewed'
  | 'login'
  | 'logout'
  | 'maintenance added'
  | 'map layer added'
  | 'map layer removed'
  | 'note added'
  | 'on-call person changed'
  | 'password'
  | 'policy changed'
  | 'policy created'
  | 'policy removed'
  | 'probe created'
  | 'probe moved'
  | 'probe revoked'
  | 'push device added'
  | 'push device moved'
  | 'push device removed'
  | 'quarantine deleted'
  | 'quarantine replayed'
  | 'rotation changed'
  | 'rotation created'
  | 'rotation override'
  | 'rotation override removed'
  | 'rotation removed'
  | 'rules edited'
  | 'screen added'
  | 'screen paired'
  | 'screen revoked'
  | 'session ended'
  | 'setup'
  | 'silence added'
  | 'silence ended'
  | 'site changed'
  | 'site closed for a day'
  | 'site created'
  | 'site deleted'
  | 'site note added'
  | 'site note removed'
  | 'site open after all'
  | 'sites imported'
  | 'target of the network changed'
  | 'test asked for'
  | 'token created'
  | 'token revoked'
  | 'user changed'
  | 'user created'
  | 'user removed';

/** To what it was done, by names and figures that stay as they are. Never a secret. */
export interface AuditFacts {
  /** Number of an incident. */
  alert?: number;
  site?: string;
  ap?: string;
  probe?: string;
  region?: string;
  isp?: string;
  /** It holds for all sites. */
  everything?: true;
  /** Number of a silence. */
  silence?: number;
  /** Number of somebody's time in a rotation. */
  override?: number;
  /** Name of a person; null: nobody. */
  user?: string | null;
  /** Name of a token, a channel, a policy, a rotation, a screen, a layer of the map or a device. */
  name?: string;
  kind?: string;
  role?: Role;
  /** Network address of whoever did it. */
  address?: string;
  /** Name of a database. */
  store?: string;
  /** Folder on the server. */
  dir?: string;
  /** `2026-11-29`, of the site's own calendar. */
  day?: string;
  /** Beginning of what was written. */
  text?: string;
  /** Fields of the API that were given. */
  fields?: readonly string[];
  /** Rules' parameters that differ from the defaults, as `dark.after_s = 600`. */
  values?: readonly string[];
  /** Mb/s. */
  was_mbps?: number;
  mbps?: number;
  hours?: number;
  /** ms since 1970. */
  since?: number | undefined;
  /** ms since 1970. */
  until?: number;
  created?: number;
  updated?: number;
  unchanged?: number;
  refused?: number;
  /** Ids of sites, at most 200. */
  sites?: readonly string[];
  taken?: number;
  lines?: number;
  entries?: number;
  /** Entries of the calendar that ended long ago and made room. */
  gave_way?: number;
  regions?: number;
  /** How it came: the page of an incident, a link in a message, a setting of the server, signing in for a program. */
  by?: 'page' | 'link' | 'setting' | 'login';
}

/** Newest entries have the largest id. */
export interface AuditEntry {
  id: number;
  /** ms since 1970. */
  at: number;
  who: string;
  /** One of AuditAction, unless another version of Carrel wrote it. */
  action: string;
  /** Null where an older version wrote a sentence instead. */
  facts: AuditFacts | null;
  /** That sentence, English; else empty. */
  detail: string;
}
