/** Why: what each probe should do and what it last said, in a few readings: asking for 20,000 one by one holds up the gate for seconds. */
import { parseReported } from '#contract';
import type { Database } from './database.ts';
import type { RegistryState, Told } from './index.ts';
import { flag, numberOrNull, type Row, text, textOrNull } from './row.ts';

const TOLD = `SELECT probes.id, bindings.access_point, desired.version AS wanted,
    json_extract(desired.config, '$.sample_s') * json_extract(desired.config, '$.batch') AS frame_s,
    reported.version, reported.ok, reported.error, reported.agent, reported.budget, reported.at
  FROM probes
  LEFT JOIN bindings ON bindings.probe = probes.id AND bindings.to_ms IS NULL
  LEFT JOIN desired ON desired.probe = probes.id
  LEFT JOIN reported ON reported.probe = probes.id
  WHERE probes.revoked_at IS NULL AND probes.id > ? ORDER BY probes.id LIMIT ?`;

export const probesTold = (database: Database): Pick<RegistryState, 'told'> => ({
  told: (after, limit) => database.all(TOLD, after, limit).map(toldOf),
});

function toldOf(row: Row): Told {
  const at = numberOrNull(row, 'at');
  const version = numberOrNull(row, 'version');
  return {
    probe: text(row, 'id'),
    access_point: textOrNull(row, 'access_point'),
    wanted: numberOrNull(row, 'wanted'),
    frame_s: numberOrNull(row, 'frame_s'),
    reported:
      at === null || version === null
        ? null
        : {
            at,
            version,
            ok: flag(row, 'ok'),
            error: textOrNull(row, 'error'),
            agent: text(row, 'agent'),
            ...budgetOf(row),
          },
  };
}

function budgetOf(row: Row): Pick<NonNullable<Told['reported']>, 'budget'> {
  const budget = textOrNull(row, 'budget');
  const told = budget === null ? undefined : parseReported(`{"version":0,"budget":${budget}}`)?.budget;
  return told ? { budget: told } : {};
}
