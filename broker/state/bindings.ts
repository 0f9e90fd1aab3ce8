/** Why: which probe watches and judges which access point from when to when. History is only ever added to. */
import { CarrelError } from '#lib/errors';
import type { Database } from './database.ts';
import type { Binding, RegistryState } from './index.ts';
import { flag, number, numberOrNull, type Row, text } from './row.ts';

export interface ProbeBindings extends Pick<RegistryState, 'bind' | 'bindings' | 'accessPointOf'> {
  /** The probe can judge no more: the newest other admitted probe at its access point judges from now on. */
  passJudgement(probe: string, at: number): void;
  /**
   * A probe that measured at an access point before it was told here judges it from then on.
   * @throws CarrelError PROBE_INVALID when another one judged it at or after `since`: history is only added to.
   */
  bindSince(probe: string, accessPoint: string, since: number): void;
}

export function probeBindings(database: Database, bump: () => void): ProbeBindings {
  const openOf = (probe: string): Binding | null => {
    const row = database.get('SELECT * FROM bindings WHERE probe = ? AND to_ms IS NULL', probe);
    return row && bindingOf(row);
  };
  const end = (probe: string, at: number): void => {
    // A binding that ends when it began never held.
    database.run('DELETE FROM bindings WHERE probe = ? AND to_ms IS NULL AND from_ms >= ?', probe, at);
    database.run('UPDATE bindings SET to_ms = ? WHERE probe = ? AND to_ms IS NULL', at, probe);
  };
  const begin = (probe: string, accessPoint: string, at: number, judges: boolean): void => {
    end(probe, at);
    database.run(
      'INSERT INTO bindings (probe, access_point, from_ms, judges) VALUES (?, ?, ?, ?)',
      probe,
      accessPoint,
      at,
      Number(judges),
    );
  };
  const passJudgement = (probe: string, at: number): void => {
    const binding = openOf(probe);
    if (!binding?.judges) return;
    const heir = database.get(
      `SELECT probe FROM bindings JOIN probes ON probes.id = bindings.probe
       WHERE access_point = ? AND to_ms IS NULL AND probe <> ? AND revoked_at IS NULL ORDER BY bindings.id DESC LIMIT 1`,
      binding.access_point,
      probe,
    );
    if (!heir) return;
    begin(probe, binding.access_point, at, false);
    begin(text(heir, 'probe'), binding.access_point, at, true);
  };
  const bindSince = (probe: string, accessPoint: string, since: number): void => {
    const judged = database.get(
      'SELECT probe FROM bindings WHERE access_point = ? AND judges = 1 AND (to_ms IS NULL OR to_ms > ?)',
      accessPoint,
      since,
    );
    if (judged)
      throw new CarrelError('PROBE_INVALID', `${text(judged, 'probe')} judged ${accessPoint} after that moment`, {
        watched_since: 'later than the last judgement of another probe',
      });
    begin(probe, accessPoint, since, true);
    bump();
  };
  return {
    passJudgement,
    bindSince,
    /** The probe that came last judges: a new device replaces the one before it. */
    bind: (probe, accessPoint, at) =>
      database.transaction(() => {
        requireProbe(database, probe);
        requireAccessPoint(database, accessPoint);
        const now = openOf(probe);
        if (now?.access_point === accessPoint && now.judges) return;
        passJudgement(probe, at);
        const judge = database.get(
          'SELECT probe FROM bindings WHERE access_point = ? AND to_ms IS NULL AND judges = 1',
          accessPoint,
        );
        if (judge) begin(text(judge, 'probe'), accessPoint, at, false);
        begin(probe, accessPoint, at, true);
        bump();
      }),
    bindings: () => database.all('SELECT * FROM bindings ORDER BY id').map(bindingOf),
    accessPointOf(probe, at) {
      const row = database.get(
        'SELECT access_point FROM bindings WHERE probe = ?1 AND judges = 1 AND from_ms <= ?2 AND (to_ms IS NULL OR to_ms > ?2) ORDER BY id DESC LIMIT 1',
        probe,
        at,
      );
      return row && text(row, 'access_point');
    },
  };
}

export function requireProbe(database: Database, probe: string): void {
  if (!database.get('SELECT 1 FROM probes WHERE id = ?', probe))
    throw new CarrelError('PROBE_UNKNOWN', `there is no probe ${probe}`, { probe });
}
export function requireAccessPoint(database: Database, accessPoint: string): void {
  if (!database.get('SELECT 1 FROM access_points WHERE id = ?', accessPoint))
    throw new CarrelError('ACCESS_POINT_UNKNOWN', `there is no access point ${accessPoint}`, {
      access_point: accessPoint,
    });
}

function bindingOf(row: Row): Binding {
  return {
    probe: text(row, 'probe'),
    access_point: text(row, 'access_point'),
    from: number(row, 'from_ms'),
    to: numberOrNull(row, 'to_ms'),
    judges: flag(row, 'judges'),
  };
}
