/** Why: the one door to the state database: opens, checks and migrates the file, and hands out its repositories. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { type AuditEntry, type AuditFacts, isObject, parseJson } from '#contract';
import { CarrelError, errnoOf, messageOf } from '#lib/errors';
import { type Logger, silentLogger } from '#lib/logger';
import { alertState } from './alerts.ts';
import { channelState } from './channels.ts';
import { type Database, openDatabase } from './database.ts';
import { deliveryState } from './delivery.ts';
import { escalationState } from './escalations.ts';
import type { State } from './index.ts';
import { migrate, migrations } from './migrations.ts';
import { onCallState } from './oncall.ts';
import { outboxState } from './outbox.ts';
import { peopleState } from './people.ts';
import { pushState } from './push.ts';
import { registryState } from './registry.ts';
import { reportState } from './reports.ts';
import { number, type Row, text, textOrNull } from './row.ts';
import { siteNoteState } from './site-notes.ts';

/**
 * Opens the state database, made when missing (0600: it holds password hashes). `:memory:` keeps nothing.
 * @throws CarrelError STATE_NEWER, STATE_DAMAGED, STATE_UNWRITABLE
 */
export function openState({ path, log = silentLogger }: { path: string; log?: Logger }): State {
  if (path !== ':memory:') ensureFile(path);
  const database = openDatabase(path);
  try {
    // WAL and FULL: a commit that returned survives kill -9 and power loss; readers of a backup do not block it.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    checkWhole(database, path);
    migrate(database, path, migrations, log);
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    transaction: database.transaction,
    registry: registryState(database),
    people: peopleState(database),
    alerts: alertState(database),
    outbox: outboxState(database),
    channels: channelState(database),
    push: pushState(database),
    oncall: onCallState(database),
    escalations: escalationState(database),
    delivery: deliveryState(database),
    reports: reportState(database),
    notes: siteNoteState(database),
    keep: keepOf(database),
    audit(at, who, action, facts) {
      database.run(
        `INSERT INTO audit (at, who, action, detail, facts) VALUES (?, ?, ?, '', ?)`,
        at,
        who,
        action,
        JSON.stringify(facts),
      );
    },
    trim(beforeMs) {
      database.transaction(() => {
        database.run('DELETE FROM audit WHERE at < ?', beforeMs);
        database.run(
          // What still fires must remember whom it has told.
          `DELETE FROM outbox WHERE state <> 'waiting' AND done_at < ? AND (incident IS NULL OR incident IN (SELECT id FROM incidents WHERE condition = 'resolved'))`,
          beforeMs,
        );
      });
    },
    auditTrail: ({ before, limit }) =>
      database
        .all('SELECT * FROM audit WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2', before ?? null, limit)
        .map(auditOf),
    async copyTo(target) {
      ensureFile(target);
      await database.copyTo(target);
    },
    close: database.close,
  };
}

function ensureFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    throw new CarrelError(
      'STATE_UNWRITABLE',
      `the state database ${path} cannot be written (${errnoOf(error) ?? messageOf(error)}); check that the folder belongs to the user that runs Carrel, is not mounted read-only and has space`,
      { path },
      { cause: error },
    );
  }
}

function checkWhole(database: Database, path: string): void {
  const answer = text(database.get('PRAGMA quick_check(1)') ?? {}, 'quick_check');
  if (answer !== 'ok')
    throw new CarrelError(
      'STATE_DAMAGED',
      `the state database ${path} is damaged (${answer}); stop the server, put the file and those beside it aside, restore it from a backup, and start again`,
      { path },
    );
}

function keepOf(database: Database): State['keep'] {
  return {
    get(key) {
      const row = database.get('SELECT value FROM keep WHERE key = ?', key);
      return row && text(row, 'value');
    },
    set(key, value) {
      database.run(
        'INSERT INTO keep (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
        key,
        value,
      );
    },
    delete(key) {
      database.run('DELETE FROM keep WHERE key = ?', key);
    },
  };
}

function auditOf(row: Row): AuditEntry {
  return {
    id: number(row, 'id'),
    at: number(row, 'at'),
    who: text(row, 'who'),
    action: text(row, 'action'),
    facts: factsOf(textOrNull(row, 'facts')),
    detail: text(row, 'detail'),
  };
}

/** Written by this program only. */
function factsOf(stored: string | null): AuditFacts | null {
  const facts = stored === null ? null : parseJson(stored);
  return isObject(facts) ? (facts as AuditFacts) : null;
}
