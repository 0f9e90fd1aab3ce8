/** Why: the schema of the state database as steps that are only ever appended; `user_version` says how many a file has seen. */
import { existsSync, rmSync } from 'node:fs';
import { CarrelError } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { Database } from './database.ts';
import { number } from './row.ts';

/** Step i brings a database from version i to i + 1. Times are ms since 1970; passwords, tokens and session ids are hashes. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE keep (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE audit (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL) STRICT;

  CREATE TABLE sites (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, region TEXT NOT NULL, isp TEXT NOT NULL, zone TEXT NOT NULL, opening TEXT NOT NULL,
    contract_mbps REAL, metered INTEGER NOT NULL, lat REAL, lon REAL, notes TEXT NOT NULL) STRICT;
  CREATE TABLE access_points (
    id TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(id), name TEXT NOT NULL, target_mbps REAL NOT NULL) STRICT;
  CREATE INDEX access_points_by_site ON access_points(site);
  CREATE TABLE probes (
    id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, token_sha256 BLOB, credential_at INTEGER, revoked_at INTEGER) STRICT;
  CREATE TABLE bindings (
    id INTEGER PRIMARY KEY, probe TEXT NOT NULL REFERENCES probes(id), access_point TEXT NOT NULL REFERENCES access_points(id),
    from_ms INTEGER NOT NULL, to_ms INTEGER, judges INTEGER NOT NULL) STRICT;
  CREATE UNIQUE INDEX bindings_open_by_probe ON bindings(probe) WHERE to_ms IS NULL;
  CREATE UNIQUE INDEX bindings_judge ON bindings(access_point) WHERE to_ms IS NULL AND judges = 1;
  CREATE INDEX bindings_by_probe ON bindings(probe, from_ms);
  CREATE TABLE desired (
    probe TEXT PRIMARY KEY REFERENCES probes(id), version INTEGER NOT NULL, config TEXT NOT NULL, jobs TEXT NOT NULL) STRICT;
  CREATE TABLE reported (
    probe TEXT PRIMARY KEY REFERENCES probes(id), version INTEGER NOT NULL, ok INTEGER NOT NULL, error TEXT, agent TEXT NOT NULL,
    jobs TEXT NOT NULL, at INTEGER NOT NULL) STRICT;

  CREATE TABLE users (
    name TEXT PRIMARY KEY, role TEXT NOT NULL, password_hash TEXT NOT NULL, email TEXT, created_at INTEGER NOT NULL) STRICT;
  CREATE TABLE sessions (
    id_sha256 TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE, csrf TEXT NOT NULL,
    created_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT;
  CREATE INDEX sessions_by_user ON sessions(user);
  CREATE INDEX sessions_by_expiry ON sessions(expires_at);
  CREATE TABLE api_tokens (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, user TEXT NOT NULL, token_sha256 TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL, revoked_at INTEGER) STRICT;

  CREATE TABLE incidents (
    id INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL, ap TEXT NOT NULL, condition TEXT NOT NULL, since INTEGER NOT NULL,
    fired_at INTEGER NOT NULL, resolved_at INTEGER, title TEXT NOT NULL, reasons TEXT NOT NULL, evidence TEXT NOT NULL,
    acknowledged_by TEXT, acknowledged_at INTEGER, acknowledged_until INTEGER) STRICT;
  CREATE UNIQUE INDEX incidents_open ON incidents(rule, ap) WHERE condition = 'firing';
  CREATE INDEX incidents_by_ap ON incidents(ap);
  CREATE TABLE rule_memory (rule TEXT NOT NULL, ap TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (rule, ap)) STRICT, WITHOUT ROWID;
  CREATE TABLE silences (
    id INTEGER PRIMARY KEY AUTOINCREMENT, ap TEXT, site TEXT, reason TEXT NOT NULL, by TEXT NOT NULL, from_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL) STRICT;
  CREATE INDEX silences_by_end ON silences(until_ms);
  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, incident INTEGER NOT NULL REFERENCES incidents(id), channel TEXT NOT NULL, target TEXT NOT NULL,
    kind TEXT NOT NULL, idempotency_key TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL, done_at INTEGER, error TEXT, UNIQUE (idempotency_key, channel, target)) STRICT;
  CREATE INDEX outbox_by_incident ON outbox(incident, channel, target);
  CREATE INDEX outbox_waiting ON outbox(due_at) WHERE state = 'waiting';
  `,
  `
  CREATE TABLE delivery (
    probe TEXT NOT NULL, run TEXT NOT NULL, boot TEXT NOT NULL, arrived TEXT NOT NULL, lost TEXT NOT NULL, frames INTEGER NOT NULL,
    duplicates INTEGER NOT NULL, unlisted INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
    live_first_ms INTEGER, live_last_ms INTEGER, waiting INTEGER, PRIMARY KEY (probe, run)) STRICT, WITHOUT ROWID;
  CREATE INDEX delivery_by_time ON delivery(last_ms);
  `,
  `
  ALTER TABLE incidents ADD COLUMN severity TEXT NOT NULL DEFAULT 'ticket';
  ALTER TABLE incidents ADD COLUMN parent INTEGER;
  ALTER TABLE incidents ADD COLUMN detail TEXT NOT NULL DEFAULT '{}';
  UPDATE incidents SET severity = 'page' WHERE rule = 'dark';
  CREATE INDEX incidents_by_parent ON incidents(parent) WHERE parent IS NOT NULL;
  `,
  `
  CREATE TABLE reports (
    month TEXT NOT NULL, revision INTEGER NOT NULL, closed_at INTEGER NOT NULL, sha256 TEXT NOT NULL, changed INTEGER NOT NULL,
    verdicts_changed INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (month, revision)) STRICT;
  `,
  `
  CREATE TABLE outbox_next (
    id INTEGER PRIMARY KEY AUTOINCREMENT, incident INTEGER REFERENCES incidents(id), route TEXT NOT NULL, channel TEXT NOT NULL,
    target TEXT NOT NULL, kind TEXT NOT NULL, severity TEXT NOT NULL, detail TEXT NOT NULL, idempotency_key TEXT NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL, created_at INTEGER NOT NULL, due_at INTEGER NOT NULL, done_at INTEGER, error TEXT, sending_at INTEGER,
    uncertain INTEGER NOT NULL DEFAULT 0, digest INTEGER, UNIQUE (idempotency_key, route)) STRICT;
  INSERT INTO outbox_next SELECT id, incident, 'settings:' || channel || ':' || target, channel, target, kind,
    coalesce((SELECT CASE rule WHEN 'dark' THEN 'page' ELSE 'ticket' END FROM incidents WHERE incidents.id = outbox.incident), 'ticket'),
    '', idempotency_key, state, attempts, created_at, due_at, done_at, error, NULL, 0, NULL FROM outbox;
  DROP TABLE outbox;
  ALTER TABLE outbox_next RENAME TO outbox;
  CREATE INDEX outbox_by_incident ON outbox(incident, route);
  CREATE INDEX outbox_waiting ON outbox(route, due_at) WHERE state = 'waiting';
  CREATE INDEX outbox_by_digest ON outbox(digest) WHERE digest IS NOT NULL;

  CREATE TABLE channels (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, config TEXT NOT NULL, secrets TEXT NOT NULL,
    gets TEXT NOT NULL, lang TEXT NOT NULL, enabled INTEGER NOT NULL, created_at INTEGER NOT NULL) STRICT;
  CREATE TABLE receiver_health (
    route TEXT PRIMARY KEY, ok_at INTEGER, failed_at INTEGER, error TEXT, failing_since INTEGER, told_at INTEGER) STRICT, WITHOUT ROWID;

  CREATE TABLE callees (
    user TEXT PRIMARY KEY REFERENCES users(name) ON DELETE CASCADE, lang TEXT NOT NULL, zone TEXT NOT NULL, quiet_from INTEGER,
    quiet_to INTEGER) STRICT, WITHOUT ROWID;
  CREATE TABLE contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE,
    channel INTEGER REFERENCES channels(id) ON DELETE CASCADE, address TEXT NOT NULL, place INTEGER NOT NULL) STRICT;
  CREATE INDEX contacts_by_user ON contacts(user, place);
  CREATE TABLE rotations (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, zone TEXT NOT NULL, members TEXT NOT NULL, days INTEGER NOT NULL,
    start_day INTEGER NOT NULL, handover INTEGER NOT NULL, hours TEXT) STRICT;
  CREATE TABLE rotation_overrides (
    id INTEGER PRIMARY KEY AUTOINCREMENT, rotation INTEGER NOT NULL REFERENCES rotations(id) ON DELETE CASCADE, user TEXT,
    from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL) STRICT;
  CREATE INDEX rotation_overrides_by_end ON rotation_overrides(rotation, to_ms);
  CREATE TABLE policies (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, severities TEXT NOT NULL, steps TEXT NOT NULL, working TEXT) STRICT;
  CREATE TABLE escalations (
    incident INTEGER PRIMARY KEY REFERENCES incidents(id), severity TEXT NOT NULL, policy INTEGER, steps TEXT NOT NULL, working TEXT,
    step INTEGER NOT NULL, round INTEGER NOT NULL, due_at INTEGER, state TEXT NOT NULL) STRICT;
  CREATE INDEX escalations_due ON escalations(due_at) WHERE state = 'running';
  CREATE TABLE incident_notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, incident INTEGER NOT NULL REFERENCES incidents(id), at INTEGER NOT NULL, by TEXT NOT NULL,
    text TEXT NOT NULL) STRICT;
  CREATE INDEX incident_notes_by_incident ON incident_notes(incident);
  CREATE TABLE used_links (id TEXT PRIMARY KEY, until_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE users ADD COLUMN scope TEXT;
  `,
  `ALTER TABLE silences ADD COLUMN kind TEXT NOT NULL DEFAULT 'silence';`,
  `
  ALTER TABLE silences ADD COLUMN region TEXT;
  ALTER TABLE silences ADD COLUMN isp TEXT;
  ALTER TABLE silences ADD COLUMN weekly TEXT;
  `,
  `ALTER TABLE reported ADD COLUMN budget TEXT;`,
  `
  CREATE TABLE push_devices (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE, endpoint TEXT NOT NULL UNIQUE,
    p256dh TEXT NOT NULL, auth TEXT NOT NULL, label TEXT NOT NULL, created_at INTEGER NOT NULL, sent_at INTEGER, sent_key TEXT,
    delivered_at INTEGER, failed_at INTEGER, error TEXT) STRICT;
  CREATE INDEX push_devices_by_user ON push_devices(user);
  `,
  `
  CREATE TABLE site_notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL REFERENCES sites(id) ON DELETE CASCADE, at INTEGER NOT NULL, text TEXT NOT NULL,
    by TEXT NOT NULL, written_at INTEGER NOT NULL) STRICT;
  CREATE INDEX site_notes_by_site ON site_notes(site, at);
  `,
  `ALTER TABLE audit ADD COLUMN facts TEXT;`,
  `
  CREATE TABLE past_hours (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(id), until_ms INTEGER NOT NULL, zone TEXT NOT NULL, opening TEXT NOT NULL,
    metered INTEGER NOT NULL) STRICT;
  CREATE TABLE past_targets (
    id INTEGER PRIMARY KEY, access_point TEXT NOT NULL REFERENCES access_points(id), until_ms INTEGER NOT NULL, target_mbps REAL NOT NULL) STRICT;
  `,
];

/**
 * Applies the steps that are missing, all or none. A file with data is copied to `<path>.v<version>` before.
 * @throws CarrelError STATE_NEWER when a later Carrel wrote the file
 */
export function migrate(database: Database, path: string, steps: readonly string[], log: Logger): void {
  const version = number(database.get('PRAGMA user_version') ?? {}, 'user_version');
  if (version > steps.length) {
    throw new CarrelError(
      'STATE_NEWER',
      `${path} was written by a later Carrel (schema ${version}, this program knows ${steps.length}); start that version again, or restore the copy from before the update (${path}.v${steps.length})`,
      { path, version, known: steps.length },
    );
  }
  if (version === steps.length) return;
  if (version > 0 && path !== ':memory:') keepCopy(database, `${path}.v${version}`);
  database.transaction(() => {
    for (const step of steps.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${steps.length}`);
  });
  if (version > 0) log.info({ path, from: version, to: steps.length }, 'state database migrated');
}

function keepCopy(database: Database, copy: string): void {
  if (existsSync(copy)) rmSync(copy);
  database.run('VACUUM INTO ?', copy);
}
