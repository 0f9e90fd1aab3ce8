/** Why: the phones and browsers that people chose to be told on, and what became of what was pushed there. */
import type { Database } from './database.ts';
import { number, numberOrNull, type Row, text, textOrNull } from './row.ts';

/** A subscription of a browser (Push API). Whoever has `endpoint`, `p256dh` and `auth` still needs the server's key to push. */
export interface PushDevice {
  id: number;
  user: string;
  endpoint: string;
  /** Of the browser, uncompressed point of P-256, base64url. */
  p256dh: string;
  /** 16 bytes, base64url. */
  auth: string;
  /** For its person: which browser on what. */
  label: string;
  createdAt: number;
  /** A push service took it. */
  sentAt: number | null;
  /** Key of the newest message that was taken: a repeat is not pushed again. */
  sentKey: string | null;
  /** The device itself said that it showed one. */
  deliveredAt: number | null;
  failedAt: number | null;
  error: string | null;
}
export interface PushState {
  ofUser(user: string): PushDevice[];
  get(id: number): PushDevice | null;
  /** A device belongs to whoever subscribed last on it. Answers with its id. */
  put(device: Pick<PushDevice, 'user' | 'endpoint' | 'p256dh' | 'auth' | 'label' | 'createdAt'>): number;
  /**
   * A browser was given another subscription in place of the one that it proves by its secret: the device stays, its address is new. Null:
   * no device has that secret at that address.
   */
  move(
    before: Pick<PushDevice, 'endpoint' | 'auth'>,
    after: Pick<PushDevice, 'endpoint' | 'p256dh' | 'auth'>,
  ): PushDevice | null;
  drop(id: number): void;
  noteSent(id: number, key: string, at: number): void;
  noteFailed(id: number, error: string, at: number): void;
  noteDelivered(id: number, at: number): void;
}

export function pushState(database: Database): PushState {
  return {
    ofUser: (user) => database.all('SELECT * FROM push_devices WHERE user = ? ORDER BY id', user).map(deviceOf),
    get(id) {
      const row = database.get('SELECT * FROM push_devices WHERE id = ?', id);
      return row && deviceOf(row);
    },
    put({ user, endpoint, p256dh, auth, label, createdAt }) {
      database.run(
        `INSERT INTO push_devices (user, endpoint, p256dh, auth, label, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (endpoint) DO UPDATE SET p256dh = ?3, auth = ?4, label = ?5, failed_at = NULL, error = NULL,
           -- Another person's browser now: what was sent to the one before is not theirs.
           created_at = iif(user = ?1, created_at, ?6), sent_at = iif(user = ?1, sent_at, NULL),
           sent_key = iif(user = ?1, sent_key, NULL), delivered_at = iif(user = ?1, delivered_at, NULL), user = ?1`,
        user,
        endpoint,
        p256dh,
        auth,
        label,
        createdAt,
      );
      return number(database.get('SELECT id FROM push_devices WHERE endpoint = ?', endpoint) ?? {}, 'id');
    },
    move(before, { endpoint, p256dh, auth }) {
      const row = database.get(
        'SELECT * FROM push_devices WHERE endpoint = ? AND auth = ?',
        before.endpoint,
        before.auth,
      );
      if (!row) return null;
      const id = number(row, 'id');
      database.run('DELETE FROM push_devices WHERE endpoint = ? AND id <> ?', endpoint, id);
      database.run(
        'UPDATE push_devices SET endpoint = ?, p256dh = ?, auth = ?, failed_at = NULL, error = NULL WHERE id = ?',
        endpoint,
        p256dh,
        auth,
        id,
      );
      return { ...deviceOf(row), endpoint, p256dh, auth, failedAt: null, error: null };
    },
    drop(id) {
      database.run('DELETE FROM push_devices WHERE id = ?', id);
    },
    noteSent(id, key, at) {
      database.run(
        'UPDATE push_devices SET sent_at = ?, sent_key = ?, failed_at = NULL, error = NULL WHERE id = ?',
        at,
        key,
        id,
      );
    },
    noteFailed(id, error, at) {
      database.run('UPDATE push_devices SET failed_at = ?, error = ? WHERE id = ?', at, error, id);
    },
    noteDelivered(id, at) {
      database.run('UPDATE push_devices SET delivered_at = ? WHERE id = ?', at, id);
    },
  };
}

function deviceOf(row: Row): PushDevice {
  return {
    id: number(row, 'id'),
    user: text(row, 'user'),
    endpoint: text(row, 'endpoint'),
    p256dh: text(row, 'p256dh'),
    auth: text(row, 'auth'),
    label: text(row, 'label'),
    createdAt: number(row, 'created_at'),
    sentAt: numberOrNull(row, 'sent_at'),
    sentKey: textOrNull(row, 'sent_key'),
    deliveredAt: numberOrNull(row, 'delivered_at'),
    failedAt: numberOrNull(row, 'failed_at'),
    error: textOrNull(row, 'error'),
  };
}
