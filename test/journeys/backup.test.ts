/**
 * Journey: a backup is made while 20 probes publish, the server is lost, the backup is brought back elsewhere, and a server starts on it.
 * What was acknowledged before the backup is there, once; what is wrong with a backup is said before anything is put in place.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectProbe, createProbe, type LedgerEntry, publishUntil } from '../support/fleet.ts';
import { ROOT, type RunningServer, startServer, until } from '../support/server.ts';

const PROBES = 20;
const baseS = Math.floor(Date.now() / 1000) - 40_000;
let dir: string;
let backup: string;
let server: RunningServer;
const promised: LedgerEntry[] = [];

function carrel(...words: string[]): { code: number | null; said: string } {
  const run = spawnSync(process.execPath, ['infra/carrel.ts', '--http', server.http, ...words], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, CARREL_DATA_DIR: server.dataDir },
  });
  return { code: run.status, said: run.stdout + run.stderr };
}

/** Beside the event loop of this process, in which the probes publish. */
async function carrelMeanwhile(...words: string[]): Promise<string> {
  const child = spawn(process.execPath, ['infra/carrel.ts', '--http', server.http, ...words], {
    cwd: ROOT,
    env: { ...process.env, CARREL_DATA_DIR: server.dataDir },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  await new Promise((resolve) => child.once('close', resolve));
  return said;
}

function stored(dataDir: string): Map<string, number> {
  const read = spawnSync(process.execPath, ['test/support/read-duckdb.ts', join(dataDir, 'series')], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (read.status !== 0) throw new Error(read.stderr);
  const rows: [string, number, number][] = JSON.parse(read.stdout);
  return new Map(rows.map(([probe, t_s, n]) => [`${probe} ${t_s}`, n]));
}

const taken = async (): Promise<boolean> => {
  const { stores } = JSON.parse(await (await fetch(`${server.http}/readyz`)).text());
  return stores.every((store: { state: string; lag_bytes: number }) => store.state === 'ok' && store.lag_bytes === 0);
};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'carrel-backup-'));
  backup = join(dir, 'backup');
  server = await startServer(join(dir, 'data'), { CARREL_MQTTS: '127.0.0.1:0', CARREL_LOG: 'warn' });
  const ledger: LedgerEntry[] = [];
  const enough = new AbortController();
  const publishing: Promise<void>[] = [];
  for (let n = 0; n < PROBES; n++) {
    const { token } = await createProbe(server, `probe-${n}`);
    const client = await connectProbe(server.mqtt, `probe-${n}`, token);
    publishing.push(
      publishUntil(client, `probe-${n}`, `run-${n}`, baseS, ledger, enough.signal).then(() => {
        client.end(true);
      }),
    );
  }
  await until(() => ledger.length > 2000, 20_000);
  promised.push(...ledger);
  const said = await carrelMeanwhile('backup', backup);
  expect(said).toMatch(/\d+ files, \d+ bytes; 20 sites, 20 probes, 0 users, \d+ samples/);
  const during = ledger.length;
  await until(() => ledger.length > during + 500, 20_000); // it goes on as before
  enough.abort();
  await Promise.all(publishing);
  await server.kill();
}, 90_000);
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('what was acknowledged before the backup is there once when a server runs on what came back', async () => {
  const target = join(dir, 'restored');
  const { said, code } = carrel('restore', '--verify', backup, target);
  expect(said).toMatch(/opened and counted: 20 sites, 20 probes, 0 users, \d+ samples/);
  expect(code).toBe(0);
  expect(readFileSync(join(target, 'tls/authority.pem'), 'utf8')).toBe(
    readFileSync(join(dir, 'data/tls/authority.pem'), 'utf8'),
  );
  server = await startServer(target, { CARREL_LOG: 'warn' });
  await until(taken, 30_000, () => server.output());
  expect((await server.api<{ items: unknown[] }>('GET', '/probes?limit=100')).items).toHaveLength(PROBES);
  await server.stop();
  const rows = stored(target);
  expect(promised.filter(({ probe, t_s }) => !rows.has(`${probe} ${t_s}`))).toEqual([]);
  expect([...rows.values()].filter((n) => n > 1)).toEqual([]);
}, 60_000);

test('a backup is readable by its owner only, and holds no token', () => {
  const names = readdirSync(backup, { recursive: true, withFileTypes: true });
  for (const entry of names)
    expect([entry.name, (statSync(join(entry.parentPath, entry.name)).mode & 0o077).toString(8)]).toEqual([
      entry.name,
      '0',
    ]);
  expect(names.map(({ name }) => name)).not.toContain('cli.token');
});

test('a target that is not empty, a changed, a missing and a newer one are refused, and nothing is put in place', () => {
  const target = join(mkdtempSync(join(dir, 'refusals-')), 'never');
  const refused = (change: (copy: string) => void): string => {
    const copy = mkdtempSync(join(dir, 'copy-'));
    cpSync(backup, copy, { recursive: true });
    change(copy);
    return carrel('restore', '--verify', copy, target).said.split(':')[0] ?? '';
  };
  const edit = (copy: string, by: (text: string) => string): void => {
    const path = join(copy, 'manifest.json');
    writeFileSync(path, by(readFileSync(path, 'utf8')));
  };
  expect(refused((copy) => appendFileSync(join(copy, 'data/carrel.db'), 'x'))).toBe('BACKUP_FILE_CHANGED');
  expect(refused((copy) => rmSync(join(copy, 'data/carrel.db')))).toBe('BACKUP_FILE_MISSING');
  expect(refused((copy) => edit(copy, (text) => text.replace('"format": 1', '"format": 2')))).toBe('BACKUP_NEWER');
  expect(refused((copy) => edit(copy, (text) => text.replace(/"version": "0/, '"version": "99')))).toBe('BACKUP_NEWER');
  expect(refused((copy) => edit(copy, (text) => text.replace('"carrel.db"', '"../carrel.db"')))).toBe(
    'BACKUP_UNREADABLE',
  );
  expect(refused((copy) => edit(copy, (text) => text.slice(0, 100)))).toBe('BACKUP_UNREADABLE');
  expect(() => readdirSync(target)).toThrow('ENOENT');
  mkdirSync(target);
  writeFileSync(join(target, 'mine.txt'), 'mine');
  expect(carrel('restore', backup, target).said).toMatch(/^RESTORE_TARGET_NOT_EMPTY: .*mine.txt/);
  // The database may hold any number when the copy is taken, also 1: the wal beside it has the rest.
  const oneMore = (copy: string): void =>
    edit(copy, (text) => text.replace(/"samples": (\d+)/, (_, n) => `"samples": ${Number(n) + 1}`));
  rmSync(target, { recursive: true });
  expect(refused(oneMore)).toBe('RESTORE_COUNTS_DIFFER');
}, 60_000);
