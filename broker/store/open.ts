/** Why: CARREL_STORE becomes typed targets in one place; each target opens its driver, which is loaded only then. */
import { join, resolve } from 'node:path';
import { CarrelError } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { Store } from './store.ts';

/** A database that is to be fed. `name` is stable, unique and without secrets: it names the consumer of the wal too. */
export type StoreTarget =
  | { kind: 'memory'; name: string }
  | { kind: 'duckdb'; name: string; dir: string }
  | {
      kind: 'influx1';
      name: string;
      protocol: 'http' | 'https';
      host: string;
      port: number;
      database: string;
      username: string | null;
      password: string | null;
      cursorPath: string;
    }
  | {
      kind: 'influx2';
      name: string;
      url: string;
      org: string;
      bucket: string;
      token: string | undefined;
      cursorPath: string;
    };

export interface TargetContext {
  /** Absolute. DuckDB's default folder is `series` in it. */
  dataDir: string;
  influxToken: string | undefined;
}

const ACCEPTED =
  'duckdb:, duckdb:PATH, influx1+http://user:pass@host:8086/database, influx2+http://host:8086/org/bucket, memory:';
const EXAMPLE = 'CARREL_STORE=duckdb:,influx1+http://localhost:8086/carrel';

/** The entries of CARREL_STORE. @throws CarrelError STORE_SETTING_INVALID; never shows a password. */
export function parseStoreTargets(entries: readonly string[], context: TargetContext): StoreTarget[] {
  if (entries.length === 0) throw invalid('nothing', 'at least one database is needed');
  const targets = entries.map((entry) => parseTarget(entry, context));
  const names = new Set<string>();
  for (const { name } of targets) {
    if (names.has(name)) throw invalid(name, 'it is there twice');
    names.add(name);
  }
  return targets;
}

function parseTarget(entry: string, context: TargetContext): StoreTarget {
  if (entry === 'memory:') return { kind: 'memory', name: 'memory' };
  if (entry.startsWith('duckdb:')) {
    const path = entry.slice('duckdb:'.length);
    const dir = path === '' ? join(context.dataDir, 'series') : resolve(path);
    return { kind: 'duckdb', name: path === '' ? 'duckdb' : `duckdb ${dir}`, dir };
  }
  if (/^influx[12]\+https?:\/\//.test(entry)) return parseInflux(entry, context);
  throw invalid(withoutSecrets(entry), 'the kind of database is not known');
}

function parseInflux(entry: string, { dataDir, influxToken: token }: TargetContext): StoreTarget {
  const address = entry.slice('influx1+'.length);
  const shown = withoutSecrets(entry);
  if (!URL.canParse(address)) throw invalid(shown, 'the address cannot be read');
  const url = new URL(address);
  const protocol = url.protocol === 'https:' ? ('https' as const) : ('http' as const);
  const [first, second, ...more] = url.pathname
    .split('/')
    .slice(1)
    .map((part) => decoded(part, shown));
  if (url.search || url.hash || more.length > 0) throw invalid(shown, 'there is more in the address than expected');
  const cursorPath = (name: string): string => join(dataDir, 'cursors', `${name.replace(/[^\w.-]+/g, '_')}.json`);
  if (entry.startsWith('influx1+')) {
    if (!first || second) throw invalid(shown, 'the address must end with one name, that of the database');
    const port = Number(url.port) || (protocol === 'https' ? 443 : 80);
    const name = `influx1 ${url.hostname}:${port}/${first}`;
    return {
      kind: 'influx1',
      name,
      protocol,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port,
      database: first,
      cursorPath: cursorPath(name),
      username: url.username === '' ? null : decoded(url.username, shown),
      password: url.password === '' ? null : decoded(url.password, shown),
    };
  }
  if (!first || !second) throw invalid(shown, 'the address must end with two names, the organisation and the bucket');
  if (url.username || url.password)
    throw invalid(shown, 'influx2 takes no user and password; the token belongs into CARREL_INFLUX_TOKEN');
  const name = `influx2 ${url.host}/${first}/${second}`;
  return { kind: 'influx2', name, url: url.origin, org: first, bucket: second, token, cursorPath: cursorPath(name) };
}

function decoded(text: string, shown: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(shown, 'a % is not followed by two hexadecimal digits');
  }
}

function withoutSecrets(entry: string): string {
  return JSON.stringify(entry.replace(/\/\/.*@/, '//(hidden)@').slice(0, 200));
}

function invalid(got: string, why: string): CarrelError {
  return new CarrelError(
    'STORE_SETTING_INVALID',
    `CARREL_STORE holds ${got}: ${why}; accepted: ${ACCEPTED}; for example ${EXAMPLE}`,
    { setting: 'CARREL_STORE' },
  );
}

interface OpenDeps {
  nowMs: () => number;
  log: Logger;
  /** Longest that anything is kept, days; 0: for ever. */
  keepDays: number;
}

/** Loads the driver and opens it. @throws StoreError */
export async function openStore(target: StoreTarget, { nowMs, log, keepDays }: OpenDeps): Promise<Store> {
  switch (target.kind) {
    case 'memory':
      return (await import('./memory.ts')).createMemoryStore();
    case 'duckdb':
      return (await import('./duckdb.ts')).openDuckdbStore({
        dir: target.dir,
        nowMs,
        onSealFailure: ({ code, message }) =>
          log.warn({ store: target.name, code, error: message }, 'a finished day could not be sealed'),
      });
    case 'influx1':
      return (await import('./influx1.ts')).openInflux1Store(target);
    case 'influx2':
      return (await import('./influx2.ts')).openInflux2Store({ ...target, keepDays });
  }
}
