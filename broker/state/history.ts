/**
 * Why: a past month is judged by what held then. What an edit replaces is kept with the moment until which it held; what holds now stands in
 * the registry itself, so that a network that nobody edits has no history.
 */
import { type AccessPoint, openingOf, type Site } from '#contract';
import type { Database } from './database.ts';
import { flag, json, number, type Row, text } from './row.ts';

/** What a site was judged by until a moment, ms since 1970. */
export interface PastHours extends Pick<Site, 'zone' | 'opening' | 'metered'> {
  until: number;
}
export interface PastTarget extends Pick<AccessPoint, 'target_mbps'> {
  until: number;
}
/** By site and by access point, oldest first; what holds now is not among them. */
export interface JudgedBefore {
  sites: ReadonlyMap<string, readonly PastHours[]>;
  targets: ReadonlyMap<string, readonly PastTarget[]>;
}

export interface JudgedHistory {
  /** Before `site` takes the place of `before`. `at`: null where it was never otherwise, so that what was kept is forgotten. */
  siteChanges(before: Site, site: Site, at: number | null): void;
  accessPointChanges(before: AccessPoint, ap: AccessPoint, at: number | null): void;
  /** Before the site and its access points are deleted. */
  siteGoes(id: string): void;
  judgedBefore(): JudgedBefore;
}

export function judgedHistory(database: Database): JudgedHistory {
  let kept: JudgedBefore | null = null;
  const forget = (table: 'past_hours' | 'past_targets', key: 'site' | 'access_point', id: string): void => {
    database.run(`DELETE FROM ${table} WHERE ${key} = ?`, id);
  };
  return {
    siteChanges({ id, zone, opening, metered }, site, at) {
      const hours = JSON.stringify(opening);
      if (zone === site.zone && metered === site.metered && hours === JSON.stringify(site.opening)) return;
      kept = null;
      if (at === null) return forget('past_hours', 'site', id);
      database.run(
        'INSERT INTO past_hours (site, until_ms, zone, opening, metered) VALUES (?, ?, ?, ?, ?)',
        ...([id, at, zone, hours, Number(metered)] as const),
      );
    },
    accessPointChanges({ id, target_mbps }, ap, at) {
      if (target_mbps === ap.target_mbps) return;
      kept = null;
      if (at === null) return forget('past_targets', 'access_point', id);
      database.run(
        'INSERT INTO past_targets (access_point, until_ms, target_mbps) VALUES (?, ?, ?)',
        ...([id, at, target_mbps] as const),
      );
    },
    siteGoes(id) {
      kept = null;
      forget('past_hours', 'site', id);
      database.run('DELETE FROM past_targets WHERE access_point IN (SELECT id FROM access_points WHERE site = ?)', id);
    },
    judgedBefore() {
      if (kept) return kept;
      const read: JudgedBefore = {
        sites: groupedBy(database.all('SELECT * FROM past_hours ORDER BY until_ms, id'), 'site', pastHoursOf),
        targets: groupedBy(
          database.all('SELECT * FROM past_targets ORDER BY until_ms, id'),
          'access_point',
          pastTargetOf,
        ),
      };
      // What a transaction sees may be rolled back.
      if (!database.inTransaction()) kept = read;
      return read;
    },
  };
}

function groupedBy<T>(rows: readonly Row[], key: string, of: (row: Row) => T): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const id = text(row, key);
    const group = groups.get(id);
    if (group) group.push(of(row));
    else groups.set(id, [of(row)]);
  }
  return groups;
}

function pastHoursOf(row: Row): PastHours {
  return {
    until: number(row, 'until_ms'),
    zone: text(row, 'zone'),
    opening: json(row, 'opening', openingOf),
    metered: flag(row, 'metered'),
  };
}

function pastTargetOf(row: Row): PastTarget {
  return { until: number(row, 'until_ms'), target_mbps: number(row, 'target_mbps') };
}
