/** Why: probes and their credentials: who may connect, and what it said it runs. */
import type { Probe } from '#contract';
import { isId } from '#contract';
import { CarrelError } from '#lib/errors';
import { type ProbeBindings, requireAccessPoint, requireProbe } from './bindings.ts';
import type { Database } from './database.ts';
import type { RegistryState } from './index.ts';
import { bytesOrNull, number, type Row, text, textOrNull } from './row.ts';
import { ID_RULE } from './site-rules.ts';

const PROBES = `SELECT probes.id, probes.created_at, probes.revoked_at IS NULL AS admitted, bindings.access_point
  FROM probes LEFT JOIN bindings ON bindings.probe = probes.id AND bindings.to_ms IS NULL`;

type Probes = Pick<RegistryState, 'probes' | 'probe' | 'addProbe' | 'setCredential' | 'credential' | 'revoke'>;

export function probesState(database: Database, bindings: ProbeBindings, bump: () => void): Probes {
  return {
    probes: () => database.all(`${PROBES} ORDER BY probes.id`).map(probeOf),
    probe(id) {
      const row = database.get(`${PROBES} WHERE probes.id = ?`, id);
      return row && probeOf(row);
    },
    addProbe: (id, accessPoint, at, watchedSince = at) =>
      database.transaction(() => {
        if (!isId(id)) throw new CarrelError('PROBE_INVALID', `the probe's id must be ${ID_RULE}`, { id: ID_RULE });
        if (database.get('SELECT 1 FROM probes WHERE id = ?', id))
          throw new CarrelError(
            'PROBE_EXISTS',
            `there is a probe ${id} already; choose another id, or renew its credential`,
            { probe: id },
          );
        if (accessPoint !== null) requireAccessPoint(database, accessPoint);
        database.run('INSERT INTO probes (id, created_at) VALUES (?, ?)', id, at);
        bump();
        if (accessPoint === null) return;
        if (watchedSince >= at) bindings.bind(id, accessPoint, at);
        else bindings.bindSince(id, accessPoint, watchedSince);
      }),
    setCredential: (probe, tokenSha256, at) =>
      database.transaction(() => {
        requireProbe(database, probe);
        database.run(
          'UPDATE probes SET token_sha256 = ?, credential_at = ?, revoked_at = NULL WHERE id = ?',
          tokenSha256,
          at,
          probe,
        );
        bump();
      }),
    credential(probe) {
      const row = database.get('SELECT token_sha256 FROM probes WHERE id = ? AND revoked_at IS NULL', probe);
      return row && bytesOrNull(row, 'token_sha256');
    },
    revoke: (probe, at) =>
      database.transaction(() => {
        requireProbe(database, probe);
        database.run(
          'UPDATE probes SET token_sha256 = NULL, revoked_at = coalesce(revoked_at, ?) WHERE id = ?',
          at,
          probe,
        );
        bindings.passJudgement(probe, at);
        bump();
      }),
  };
}

function probeOf(row: Row): Probe {
  return {
    id: text(row, 'id'),
    access_point: textOrNull(row, 'access_point'),
    created_at: number(row, 'created_at'),
    admitted: number(row, 'admitted') === 1,
  };
}
