/** Why: a library that came in by mistake goes without a trace; one that was ever watched stays, because months that were told are about it. */
import { CarrelError } from '#lib/errors';
import type { Database } from './database.ts';
import type { JudgedHistory } from './history.ts';
import type { RegistryState } from './index.ts';
import { text } from './row.ts';

/** `changed`: told after sites and access points have gone. */
export function siteDropper(
  database: Database,
  history: Pick<JudgedHistory, 'siteGoes'>,
  changed: () => void,
): RegistryState['dropSite'] {
  return (id) =>
    database.transaction(() => {
      if (!database.get('SELECT 1 FROM sites WHERE id = ?', id))
        throw new CarrelError('SITE_UNKNOWN', `There is no site ${id}.`, { site: id });
      const watched = database.get(
        'SELECT probe FROM bindings JOIN access_points ON access_points.id = bindings.access_point WHERE site = ? LIMIT 1',
        id,
      );
      if (watched)
        throw new CarrelError(
          'SITE_CONFLICT',
          `${text(watched, 'probe')} has watched ${id}: what is told of past months stays, so it cannot be deleted.`,
          { site: id, probe: text(watched, 'probe') },
        );
      database.run('DELETE FROM silences WHERE site = ?1 OR ap IN (SELECT id FROM access_points WHERE site = ?1)', id);
      history.siteGoes(id);
      database.run('DELETE FROM access_points WHERE site = ?', id);
      database.run('DELETE FROM sites WHERE id = ?', id); // its notes go with it
      changed();
    });
}
