/** Why: notes on libraries are kept beside the registry: they outlive the measurements that they explain. */
import type { SiteNote } from '#contract';
import type { Database } from './database.ts';
import { number, type Row, text } from './row.ts';

export interface SiteNoteState {
  add(note: Omit<SiteNote, 'id'>): number;
  get(id: number): SiteNote | null;
  remove(id: number): void;
  /** About moments from `from` until before `to`, newest first; `site` null: of all. */
  between(site: string | null, from: number, to: number, limit: number): SiteNote[];
}

export function siteNoteState(database: Database): SiteNoteState {
  return {
    add: ({ site, at, text: said, by, written_at }) =>
      database.run(
        'INSERT INTO site_notes (site, at, text, by, written_at) VALUES (?, ?, ?, ?, ?)',
        site,
        at,
        said,
        by,
        written_at,
      ).id,
    get(id) {
      const row = database.get('SELECT * FROM site_notes WHERE id = ?', id);
      return row && noteOf(row);
    },
    remove(id) {
      database.run('DELETE FROM site_notes WHERE id = ?', id);
    },
    between: (site, from, to, limit) =>
      database
        .all(
          'SELECT * FROM site_notes WHERE (?1 IS NULL OR site = ?1) AND at >= ?2 AND at < ?3 ORDER BY at DESC, id DESC LIMIT ?4',
          site,
          from,
          to,
          limit,
        )
        .map(noteOf),
  };
}

const noteOf = (row: Row): SiteNote => ({
  id: number(row, 'id'),
  site: text(row, 'site'),
  at: number(row, 'at'),
  text: text(row, 'text'),
  by: text(row, 'by'),
  written_at: number(row, 'written_at'),
});
