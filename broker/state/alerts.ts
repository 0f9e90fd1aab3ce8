/** Why: what the alert engine must still know after kill -9: episodes, the rules' memory, silences. */
import { ALERT_RULES, isObject, type JsonObject, type Silence, type WeeklyHours } from '#contract';
import { CarrelError } from '#lib/errors';
import type { Database } from './database.ts';
import type { AlertState, Incident } from './index.ts';
import { json, number, numberOrNull, type Row, text, textOrNull, word } from './row.ts';

export function alertState(database: Database): AlertState {
  return { ...incidentsOf(database), ...memoryOf(database), ...silencesOf(database) };
}

type Incidents = Pick<AlertState, 'add' | 'update' | 'get' | 'openOf' | 'lastOf' | 'open' | 'list' | 'retro'>;

function incidentsOf(database: Database): Incidents {
  return {
    add: (incident) =>
      database.run(
        `INSERT INTO incidents (rule, ap, condition, since, fired_at, resolved_at, title, reasons, evidence, acknowledged_by, acknowledged_at, acknowledged_until, severity, parent, detail)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...columnsOf(incident),
      ).id,
    update(incident) {
      const { changes } = database.run(
        `UPDATE incidents SET rule = ?, ap = ?, condition = ?, since = ?, fired_at = ?, resolved_at = ?, title = ?, reasons = ?, evidence = ?,
         acknowledged_by = ?, acknowledged_at = ?, acknowledged_until = ?, severity = ?, parent = ?, detail = ? WHERE id = ?`,
        ...columnsOf(incident),
        incident.id,
      );
      if (changes === 0)
        throw new CarrelError('ALERT_UNKNOWN', `there is no alert ${incident.id}`, { id: incident.id });
    },
    get(id) {
      const row = database.get('SELECT * FROM incidents WHERE id = ?', id);
      return row && incidentOf(row);
    },
    openOf(rule, ap) {
      const row = database.get(`SELECT * FROM incidents WHERE rule = ? AND ap = ? AND condition = 'firing'`, rule, ap);
      return row && incidentOf(row);
    },
    lastOf(rule, ap) {
      const row = database.get('SELECT * FROM incidents WHERE ap = ? AND rule = ? ORDER BY id DESC LIMIT 1', ap, rule);
      return row && incidentOf(row);
    },
    open: () => database.all(`SELECT * FROM incidents WHERE condition = 'firing' ORDER BY id`).map(incidentOf),
    retro: (from, to) =>
      database
        .all(
          `SELECT * FROM incidents WHERE since >= ? AND since < ? AND json_extract(detail, '$.retro') = 1 ORDER BY since, id`,
          from,
          to,
        )
        .map(incidentOf),
    list: ({ condition, acknowledged, before, limit }) =>
      database
        .all(
          `SELECT * FROM incidents WHERE (?1 IS NULL OR condition = ?1) AND (?2 IS NULL OR (acknowledged_at IS NOT NULL) = ?2)
       AND (?3 IS NULL OR id < ?3) ORDER BY id DESC LIMIT ?4`,
          condition ?? null,
          acknowledged === undefined ? null : Number(acknowledged),
          before ?? null,
          limit,
        )
        .map(incidentOf),
  };
}

function memoryOf(database: Database): Pick<AlertState, 'memory' | 'setMemory' | 'memories'> {
  return {
    memory(rule, ap) {
      const row = database.get('SELECT json FROM rule_memory WHERE rule = ? AND ap = ?', rule, ap);
      return row && text(row, 'json');
    },
    setMemory(rule, ap, value) {
      database.run(
        'INSERT INTO rule_memory (rule, ap, json) VALUES (?, ?, ?) ON CONFLICT (rule, ap) DO UPDATE SET json = excluded.json',
        rule,
        ap,
        value,
      );
    },
    memories: (rule) =>
      database
        .all('SELECT ap, json FROM rule_memory WHERE rule = ? ORDER BY ap', rule)
        .map((row) => ({ ap: text(row, 'ap'), json: text(row, 'json') })),
  };
}

function silencesOf(database: Database): Pick<AlertState, 'silences' | 'addSilence' | 'endSilence'> {
  return {
    silences: (now) => database.all('SELECT * FROM silences WHERE until_ms > ? ORDER BY id', now).map(silenceOf),
    addSilence: (silence) =>
      database.run(
        'INSERT INTO silences (ap, site, region, isp, weekly, reason, by, from_ms, until_ms, kind) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        silence.ap,
        silence.site,
        silence.region ?? null,
        silence.isp ?? null,
        silence.weekly ? JSON.stringify(silence.weekly) : null,
        silence.reason,
        silence.by,
        silence.from,
        silence.until,
        silence.kind ?? 'silence',
      ).id,
    endSilence(id, at) {
      database.run('UPDATE silences SET until_ms = min(until_ms, ?) WHERE id = ?', at, id);
    },
  };
}

function columnsOf(incident: Omit<Incident, 'id'>): (string | number | null)[] {
  return [
    incident.rule,
    incident.ap,
    incident.condition,
    incident.since,
    incident.fired_at,
    incident.resolved_at,
    incident.title,
    JSON.stringify(incident.reasons),
    incident.evidence,
    incident.acknowledged_by,
    incident.acknowledged_at,
    incident.acknowledged_until,
    incident.severity,
    incident.parent,
    incident.detail,
  ];
}

function incidentOf(row: Row): Incident {
  return {
    id: number(row, 'id'),
    rule: word(row, 'rule', ALERT_RULES),
    ap: text(row, 'ap'),
    condition: word(row, 'condition', ['firing', 'resolved']),
    since: number(row, 'since'),
    fired_at: number(row, 'fired_at'),
    resolved_at: numberOrNull(row, 'resolved_at'),
    title: text(row, 'title'),
    reasons: json(row, 'reasons', reasonsOf),
    evidence: text(row, 'evidence'),
    acknowledged_by: textOrNull(row, 'acknowledged_by'),
    acknowledged_at: numberOrNull(row, 'acknowledged_at'),
    acknowledged_until: numberOrNull(row, 'acknowledged_until'),
    severity: word(row, 'severity', ['page', 'ticket', 'digest']),
    parent: numberOrNull(row, 'parent'),
    detail: text(row, 'detail'),
  };
}

function reasonsOf(value: unknown): (string | JsonObject)[] | undefined {
  const isReason = (part: unknown): part is string | JsonObject => typeof part === 'string' || isObject(part);
  return Array.isArray(value) && value.every(isReason) ? value : undefined;
}

function weeklyOf(value: unknown): WeeklyHours | undefined {
  if (!isObject(value)) return undefined;
  const { days, from, to, zone } = value;
  const known = Array.isArray(days) && days.every((day) => typeof day === 'number');
  return known && typeof from === 'number' && typeof to === 'number' && typeof zone === 'string'
    ? { days, from, to, zone }
    : undefined;
}

function silenceOf(row: Row): Silence {
  return {
    id: number(row, 'id'),
    ap: textOrNull(row, 'ap'),
    site: textOrNull(row, 'site'),
    region: textOrNull(row, 'region'),
    isp: textOrNull(row, 'isp'),
    weekly: row['weekly'] === null ? null : json(row, 'weekly', weeklyOf),
    reason: text(row, 'reason'),
    by: text(row, 'by'),
    from: number(row, 'from_ms'),
    until: number(row, 'until_ms'),
    kind: word(row, 'kind', ['silence', 'maintenance']),
  };
}
