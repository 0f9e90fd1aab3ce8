/** Why: messages that must leave survive kill -9 here, and leave in order per incident and receiver. */
import { CHANNEL_KINDS, DELIVERY_KINDS, DELIVERY_STATES, SEVERITIES } from '#contract';
import type { Database } from './database.ts';
import type { NewOutboxItem, OutboxItem, OutboxState } from './outbox-types.ts';
import { flag, number, numberOrNull, type Row, text, textOrNull, word } from './row.ts';

export function outboxState(database: Database): OutboxState {
  return { ...addingTo(database), ...readingOf(database), ...settlingOf(database) };
}

function addingTo(database: Database): Pick<OutboxState, 'add' | 'addDigest' | 'joinDigest' | 'toPast'> {
  const add = (item: NewOutboxItem): number => {
    // The same message to the same receiver is one message, however often the transition is replayed.
    database.run(
      `INSERT INTO outbox (incident, route, channel, target, kind, severity, detail, idempotency_key, state, attempts, created_at, due_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 0, ?, ?) ON CONFLICT DO NOTHING`,
      item.incident,
      item.route,
      item.channel,
      item.target,
      item.kind,
      item.severity,
      item.detail ?? '',
      item.idempotencyKey,
      item.createdAt,
      item.dueAt ?? item.createdAt,
    );
    const row = database.get(
      'SELECT id FROM outbox WHERE idempotency_key = ? AND route = ?',
      item.idempotencyKey,
      item.route,
    );
    return number(row ?? {}, 'id');
  };
  const join = (digest: number, members: readonly number[]): void => {
    for (const member of members) database.run('UPDATE outbox SET digest = ? WHERE id = ?', digest, member);
  };
  return {
    add,
    addDigest: (digest, members) =>
      database.transaction(() => {
        const id = add({ ...digest, incident: null, kind: 'digest' });
        join(id, members);
        return id;
      }),
    joinDigest: (digest, members) => database.transaction(() => join(digest, members)),
    toPast: (firing, over, at, why) =>
      database.transaction(() => {
        database.run(`UPDATE outbox SET state = 'expired', done_at = ?, error = ? WHERE id = ?`, at, why, firing);
        database.run(`UPDATE outbox SET kind = 'past' WHERE id = ?`, over);
      }),
  };
}

type Reading = Pick<
  OutboxState,
  'dueRoutes' | 'due' | 'get' | 'ofIncident' | 'ofDigest' | 'waiting' | 'waitingOf' | 'nextDueAt'
>;

/** What may leave now: earlier messages of the same incident to the same receiver go first. */
const DUE = `state = 'waiting' AND digest IS NULL AND route = ?1 AND due_at <= ?2 AND (incident IS NULL OR NOT EXISTS (
  SELECT 1 FROM outbox AS earlier WHERE earlier.incident = item.incident AND earlier.route = item.route
  AND earlier.state = 'waiting' AND earlier.id < item.id))`;

function readingOf(database: Database): Reading {
  return {
    dueRoutes: (now) =>
      database
        .all(
          `SELECT route, min(due_at) AS first FROM outbox WHERE state = 'waiting' AND due_at <= ? GROUP BY route ORDER BY first`,
          now,
        )
        .map((row) => text(row, 'route')),
    due: (route, now, limit) =>
      database
        .all(`SELECT * FROM outbox AS item WHERE ${DUE} ORDER BY due_at, id LIMIT ?3`, route, now, limit)
        .map(itemOf),
    get(id) {
      const row = database.get('SELECT * FROM outbox WHERE id = ?', id);
      return row && itemOf(row);
    },
    ofIncident: (incident) => database.all('SELECT * FROM outbox WHERE incident = ? ORDER BY id', incident).map(itemOf),
    ofDigest: (digest) => database.all('SELECT * FROM outbox WHERE digest = ? ORDER BY id', digest).map(itemOf),
    waiting: () => number(database.get(`SELECT count(*) AS n FROM outbox WHERE state = 'waiting'`) ?? {}, 'n'),
    waitingOf: (route) =>
      number(database.get(`SELECT count(*) AS n FROM outbox WHERE state = 'waiting' AND route = ?`, route) ?? {}, 'n'),
    nextDueAt: () =>
      numberOrNull(database.get(`SELECT min(due_at) AS at FROM outbox WHERE state = 'waiting'`) ?? {}, 'at'),
  };
}

type Settling = Pick<
  OutboxState,
  | 'markSending'
  | 'markSent'
  | 'markRetry'
  | 'markFailed'
  | 'markExpired'
  | 'markInterrupted'
  | 'forget'
  | 'expireMembers'
  | 'shift'
>;

/** A digest's members share its fate. */
const SELF_OR_MEMBER = `(id = ?1 OR (digest = ?1 AND state = 'waiting'))`;

function settlingOf(database: Database): Settling {
  return {
    markSending(id, at) {
      database.run('UPDATE outbox SET sending_at = ? WHERE id = ?', at, id);
    },
    markSent(id, at, remark = null) {
      database.run(
        `UPDATE outbox SET state = 'sent', attempts = attempts + 1, done_at = ?2, error = ?3, sending_at = NULL WHERE ${SELF_OR_MEMBER}`,
        id,
        at,
        remark,
      );
    },
    markRetry(id, dueAt, error, uncertain) {
      database.run(
        'UPDATE outbox SET attempts = attempts + 1, due_at = ?, error = ?, sending_at = NULL, uncertain = max(uncertain, ?) WHERE id = ?',
        dueAt,
        error,
        Number(uncertain),
        id,
      );
    },
    markFailed(id, at, error) {
      database.run(
        `UPDATE outbox SET state = 'failed', attempts = attempts + 1, done_at = ?2, error = ?3, sending_at = NULL WHERE ${SELF_OR_MEMBER}`,
        id,
        at,
        error,
      );
    },
    markExpired(id, at, error) {
      database.run(
        `UPDATE outbox SET state = 'expired', done_at = ?2, error = ?3, sending_at = NULL WHERE ${SELF_OR_MEMBER}`,
        id,
        at,
        error,
      );
    },
    shift(byMs) {
      // What has not been tried waits for a moment that was meant: the morning, the end of quiet hours.
      database.run(`UPDATE outbox SET due_at = due_at + ? WHERE state = 'waiting' AND attempts > 0`, byMs);
    },
    expireMembers(digest, beforeMs, at, why) {
      database.run(
        `UPDATE outbox SET state = 'expired', done_at = ?3, error = ?4
         WHERE digest = ?1 AND state = 'waiting' AND incident IN (SELECT id FROM incidents WHERE condition = 'resolved' AND resolved_at < ?2)`,
        digest,
        beforeMs,
        at,
        why,
      );
    },
    forget(id) {
      database.run('DELETE FROM outbox WHERE id = ?', id);
    },
    markInterrupted: () =>
      database.run(
        `UPDATE outbox SET uncertain = 1, sending_at = NULL WHERE state = 'waiting' AND sending_at IS NOT NULL`,
      ).changes,
  };
}

function itemOf(row: Row): OutboxItem {
  return {
    id: number(row, 'id'),
    incident: numberOrNull(row, 'incident'),
    route: text(row, 'route'),
    channel: word(row, 'channel', CHANNEL_KINDS),
    target: text(row, 'target'),
    kind: word(row, 'kind', DELIVERY_KINDS),
    severity: word(row, 'severity', SEVERITIES),
    detail: text(row, 'detail'),
    idempotencyKey: text(row, 'idempotency_key'),
    state: word(row, 'state', DELIVERY_STATES),
    attempts: number(row, 'attempts'),
    createdAt: number(row, 'created_at'),
    dueAt: number(row, 'due_at'),
    doneAt: numberOrNull(row, 'done_at'),
    error: textOrNull(row, 'error'),
    uncertain: flag(row, 'uncertain'),
    digest: numberOrNull(row, 'digest'),
  };
}
