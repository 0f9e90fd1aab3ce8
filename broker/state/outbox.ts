/** Why: messages that must leave survive kill -9 here, and leave in order per incident and receiver. */
import type { Database } from './database.ts';
import type { OutboxItem, OutboxState } from './index.ts';
import { number, numberOrNull, type Row, text, textOrNull, word } from './row.ts';

export function outboxState(database: Database): OutboxState {
  return {
    add(item) {
      // The same message to the same receiver is one message, however often the transition is replayed.
      database.run(
        `INSERT INTO outbox (incident, channel, target, kind, idempotency_key, state, attempts, created_at, due_at) VALUES (?, ?, ?, ?, ?, 'waiting', 0, ?, ?)
         ON CONFLICT DO NOTHING`,
        item.incident,
        item.channel,
        item.target,
        item.kind,
        item.idempotencyKey,
        item.createdAt,
        item.createdAt,
      );
      const row = database.get(
        'SELECT id FROM outbox WHERE idempotency_key = ? AND channel = ? AND target = ?',
        item.idempotencyKey,
        item.channel,
        item.target,
      );
      return number(row ?? {}, 'id');
    },
    due: (now, limit) =>
      database
        .all(
          `SELECT * FROM outbox AS item WHERE state = 'waiting' AND due_at <= ? AND NOT EXISTS (
         SELECT 1 FROM outbox AS earlier WHERE earlier.incident = item.incident AND earlier.channel = item.channel
         AND earlier.target = item.target AND earlier.state = 'waiting' AND earlier.id < item.id)
       ORDER BY due_at, id LIMIT ?`,
          now,
          limit,
        )
        .map(itemOf),
    markSent(id, at) {
      database.run(
        `UPDATE outbox SET state = 'sent', attempts = attempts + 1, done_at = ?, error = NULL WHERE id = ?`,
        at,
        id,
      );
    },
    markRetry(id, dueAt, error) {
      database.run('UPDATE outbox SET attempts = attempts + 1, due_at = ?, error = ? WHERE id = ?', dueAt, error, id);
    },
    markFailed(id, at, error) {
      database.run(
        `UPDATE outbox SET state = 'failed', attempts = attempts + 1, done_at = ?, error = ? WHERE id = ?`,
        at,
        error,
        id,
      );
    },
    markExpired(id, at, error) {
      database.run(`UPDATE outbox SET state = 'expired', done_at = ?, error = ? WHERE id = ?`, at, error, id);
    },
    ofIncident: (incident) => database.all('SELECT * FROM outbox WHERE incident = ? ORDER BY id', incident).map(itemOf),
    waiting: () => number(database.get(`SELECT count(*) AS n FROM outbox WHERE state = 'waiting'`) ?? {}, 'n'),
    nextDueAt: () =>
      numberOrNull(database.get(`SELECT min(due_at) AS at FROM outbox WHERE state = 'waiting'`) ?? {}, 'at'),
  };
}

function itemOf(row: Row): OutboxItem {
  return {
    id: number(row, 'id'),
    incident: number(row, 'incident'),
    channel: word(row, 'channel', ['email', 'webhook']),
    target: text(row, 'target'),
    kind: word(row, 'kind', ['firing', 'resolved']),
    idempotencyKey: text(row, 'idempotency_key'),
    state: word(row, 'state', ['waiting', 'sent', 'failed', 'expired']),
    attempts: number(row, 'attempts'),
    createdAt: number(row, 'created_at'),
    dueAt: number(row, 'due_at'),
    doneAt: numberOrNull(row, 'done_at'),
    error: textOrNull(row, 'error'),
  };
}
