/** Why: notes on libraries are kept beside the registry: they outlive the measurements that they explain. */
import type { SiteNote } from '#contract';
import type { Database } from './database.ts';
import { number, type Row, text } from './row.ts';

export interface SiteNoteState {
  add(note: Omit<SiteNote, 'id'>): number;
  get(id: number): SiteNote | null;
  remove(id: number): void;
  /** About moments from `from` until before `to`, newest first; `before`: only older ones than that note, also where it was removed meanwhile. */
  between(site: string, from: number, to: number, limit: number, before?: Pick<SiteNote, 'at' | 'id'>): SiteNote[];
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
    between: (site, from, to, limit, before = { at: to, id: 0 }) =>
      database
        .all(
          'SELECT * FROM site_notes WHERE site = ? AND at >= ? AND at < ? AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?',
          site,
          from,
          to,
          before.at,
          before.id,
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
