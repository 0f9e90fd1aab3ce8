/** Why: channels that administrators set up, and how each receiver fared last. Secrets are written here and read by delivery only. */
import {
  CHANNEL_KINDS,
  type ChannelKind,
  isObject,
  LANGUAGES,
  type Language,
  SEVERITIES,
  type Severity,
} from '#contract';
import type { Database } from './database.ts';
import { flag, json, number, numberOrNull, type Row, text, textOrNull, word } from './row.ts';

export interface Channel {
  id: number;
  name: string;
  kind: ChannelKind;
  config: Record<string, string>;
  /** Never leaves the server but to the receiver itself. */
  secrets: Record<string, string>;
  /** Severities that it gets without being named by a policy. */
  gets: Severity[];
  lang: Language;
  enabled: boolean;
  createdAt: number;
}
/** How a receiver fared. `failingSince`: nothing got through since; `toldAt`: another receiver was told of that. */
export interface ReceiverHealth {
  route: string;
  okAt: number | null;
  failedAt: number | null;
  error: string | null;
  failingSince: number | null;
  toldAt: number | null;
}
export interface ChannelState {
  list(): Channel[];
  get(id: number): Channel | null;
  add(channel: Omit<Channel, 'id'>): number;
  update(channel: Channel): void;
  drop(id: number): void;
  health(route: string): ReceiverHealth | null;
  healths(): ReceiverHealth[];
  noteOk(route: string, at: number): void;
  noteFailed(route: string, at: number, error: string): void;
  /** Null forgets that somebody was told. */
  noteTold(route: string, at: number | null): void;
}

export function channelState(database: Database): ChannelState {
  return { ...channelsOf(database), ...healthOf(database) };
}

function channelsOf(database: Database): Pick<ChannelState, 'list' | 'get' | 'add' | 'update' | 'drop'> {
  const columns = (channel: Omit<Channel, 'id'>) =>
    [
      channel.name,
      channel.kind,
      JSON.stringify(channel.config),
      JSON.stringify(channel.secrets),
      JSON.stringify(channel.gets),
      channel.lang,
      Number(channel.enabled),
    ] as const;
  return {
    list: () => database.all('SELECT * FROM channels ORDER BY id').map(channelOf),
    get(id) {
      const row = database.get('SELECT * FROM channels WHERE id = ?', id);
      return row && channelOf(row);
    },
    add: (channel) =>
      database.run(
        'INSERT INTO channels (name, kind, config, secrets, gets, lang, enabled, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        ...columns(channel),
        channel.createdAt,
      ).id,
    update(channel) {
      database.run(
        'UPDATE channels SET name = ?, kind = ?, config = ?, secrets = ?, gets = ?, lang = ?, enabled = ? WHERE id = ?',
        ...columns(channel),
        channel.id,
      );
    },
    drop(id) {
      database.run('DELETE FROM channels WHERE id = ?', id);
    },
  };
}

type Health = Pick<ChannelState, 'health' | 'healths' | 'noteOk' | 'noteFailed' | 'noteTold'>;

function healthOf(database: Database): Health {
  return {
    health(route) {
      const row = database.get('SELECT * FROM receiver_health WHERE route = ?', route);
      return row && receiverOf(row);
    },
    healths: () => database.all('SELECT * FROM receiver_health ORDER BY route').map(receiverOf),
    noteOk(route, at) {
      database.run(
        `INSERT INTO receiver_health (route, ok_at) VALUES (?1, ?2)
         ON CONFLICT (route) DO UPDATE SET ok_at = ?2, failing_since = NULL`,
        route,
        at,
      );
    },
    noteFailed(route, at, error) {
      database.run(
        `INSERT INTO receiver_health (route, failed_at, error, failing_since) VALUES (?1, ?2, ?3, ?2)
         ON CONFLICT (route) DO UPDATE SET failed_at = ?2, error = ?3, failing_since = coalesce(failing_since, ?2)`,
        route,
        at,
        error,
      );
    },
    noteTold(route, at) {
      database.run('UPDATE receiver_health SET told_at = ? WHERE route = ?', at, route);
    },
  };
}

function channelOf(row: Row): Channel {
  return {
    id: number(row, 'id'),
    name: text(row, 'name'),
    kind: word(row, 'kind', CHANNEL_KINDS),
    config: json(row, 'config', textsOf),
    secrets: json(row, 'secrets', textsOf),
    gets: json(row, 'gets', severitiesOf),
    lang: word(row, 'lang', LANGUAGES),
    enabled: flag(row, 'enabled'),
    createdAt: number(row, 'created_at'),
  };
}

function receiverOf(row: Row): ReceiverHealth {
  return {
    route: text(row, 'route'),
    okAt: numberOrNull(row, 'ok_at'),
    failedAt: numberOrNull(row, 'failed_at'),
    error: textOrNull(row, 'error'),
    failingSince: numberOrNull(row, 'failing_since'),
    toldAt: numberOrNull(row, 'told_at'),
  };
}

function textsOf(value: unknown): Record<string, string> | undefined {
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(entries);
}
export function severitiesOf(value: unknown): Severity[] | undefined {
  return Array.isArray(value) ? SEVERITIES.filter((severity) => value.includes(severity)) : undefined;
}
