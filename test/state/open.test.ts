/** Why: a commit that returned is kept whatever happens next, and a file that cannot serve says so with what to do. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '#lib/logger';
import { openState } from '#state';
import { openDatabase } from '../../broker/state/database.ts';
import { migrate, migrations } from '../../broker/state/migrations.ts';
import { memoryState, scratchFolder, seedRegistry, site } from '../support/state.ts';

const committer = fileURLToPath(new URL('./committer.ts', import.meta.url));

describe('a transaction', () => {
  it('leaves nothing behind when it throws', () => {
    const state = memoryState();
    expect(() =>
      state.transaction(() => {
        seedRegistry(state, 1);
        state.keep.set('cursor', '5');
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect([state.registry.sites(), state.keep.get('cursor')]).toEqual([[], null]);
  });

  it('inside another undoes only itself, and is undone with the outer one', () => {
    const state = memoryState();
    const inner = (key: string, fail: boolean) =>
      state.transaction(() => {
        state.keep.set(key, '1');
        if (fail) throw new Error(key);
      });
    state.transaction(() => {
      inner('kept', false);
      expect(() => inner('dropped', true)).toThrow('dropped');
    });
    expect(() =>
      state.transaction(() => {
        inner('lost', false);
        throw new Error('outer');
      }),
    ).toThrow('outer');
    expect(['kept', 'dropped', 'lost'].map((key) => state.keep.get(key))).toEqual(['1', null, null]);
  });

  it('refuses a function that is not finished when it returns', () => {
    const state = memoryState();
    expect(() => state.transaction(async () => state.keep.set('late', '1'))).toThrow(/synchronous/);
    expect(state.keep.get('late')).toBeNull();
  });

  it('that was told committed survives kill -9', async () => {
    const path = join(scratchFolder(), 'state.db');
    const child = spawn(process.execPath, [committer, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    let told = '';
    for await (const chunk of child.stdout) {
      told += String(chunk);
      if (told.split('\n').length > 60) break;
    }
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const last = Number(told.trimEnd().split('\n').slice(0, -1).at(-1));
    const state = openState({ path });
    onTestFinished(() => state.close());
    expect(Number(state.keep.get('n'))).toBeGreaterThanOrEqual(last);
    expect(state.alerts.memory('slow', 'a')).toBe(state.keep.get('n'));
  });
});

describe('the file', () => {
  it('is for the server alone, in a folder that is made', () => {
    const path = join(scratchFolder(), 'new', 'state.db');
    openState({ path }).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('keeps everything over a restart, the audit trail too', () => {
    const path = join(scratchFolder(), 'state.db');
    const first = openState({ path });
    seedRegistry(first, 2);
    for (let i = 1; i <= 3; i++) first.audit(i, 'ona', 'login', { address: `10.0.0.${i}` });
    first.close();
    const second = openState({ path });
    onTestFinished(() => second.close());
    expect(second.registry.probes()).toHaveLength(2);
    expect(second.auditTrail({ before: 3, limit: 1 })).toEqual([
      { id: 2, at: 2, who: 'ona', action: 'login', facts: { address: '10.0.0.2' }, detail: '' },
    ]);
  });

  it('that is no database is told as damaged', () => {
    const path = join(scratchFolder(), 'state.db');
    writeFileSync(path, 'this is not a database, but long enough to be looked at '.repeat(100));
    expect(() => openState({ path })).toThrow(
      expect.objectContaining({ code: 'STATE_DAMAGED', message: expect.stringContaining('backup') }),
    );
  });

  it('with a broken page is told as damaged', () => {
    const path = join(scratchFolder(), 'state.db');
    const state = openState({ path });
    seedRegistry(state, 200);
    state.close();
    const bytes = readFileSync(path);
    for (let page = 1; page * 4096 < bytes.length; page++) bytes.fill(0xff, page * 4096, page * 4096 + 200);
    writeFileSync(path, bytes);
    expect(() => openState({ path })).toThrow(expect.objectContaining({ code: 'STATE_DAMAGED' }));
  });

  it('with a value of the wrong shape is told as damaged when it is read', () => {
    const path = join(scratchFolder(), 'state.db');
    const state = openState({ path });
    onTestFinished(() => state.close());
    state.registry.putSite(site('a'));
    const other = new DatabaseSync(path);
    other.exec(`UPDATE sites SET opening = '[[[900,100]]]'`);
    other.close();
    expect(() => state.registry.sites()).toThrow(
      expect.objectContaining({ code: 'STATE_DAMAGED', detail: { column: 'opening' } }),
    );
  });

  it('that another program holds is told as busy, and nothing was changed', () => {
    const path = join(scratchFolder(), 'state.db');
    const state = openState({ path });
    onTestFinished(() => state.close());
    const stranger = new DatabaseSync(path);
    stranger.exec('BEGIN IMMEDIATE');
    expect(() => state.keep.set('n', '1')).toThrow(expect.objectContaining({ code: 'STATE_BUSY' }));
    stranger.exec('ROLLBACK');
    stranger.close();
    expect(state.keep.get('n')).toBeNull();
    state.keep.set('n', '2');
    expect(state.keep.get('n')).toBe('2');
  });

  it('that is a folder is told as unwritable', () => {
    const path = join(scratchFolder(), 'state.db');
    mkdirSync(path);
    expect(() => openState({ path })).toThrow(expect.objectContaining({ code: 'STATE_UNWRITABLE' }));
  });

  it('of a later Carrel is refused by name', () => {
    const path = join(scratchFolder(), 'state.db');
    openState({ path }).close();
    const other = new DatabaseSync(path);
    other.exec('PRAGMA user_version = 99');
    other.close();
    expect(() => openState({ path })).toThrow(
      expect.objectContaining({ code: 'STATE_NEWER', detail: expect.objectContaining({ version: 99 }) }),
    );
  });
});

describe('a migration', () => {
  const next = [
    ...migrations,
    'ALTER TABLE sites ADD COLUMN floor INTEGER NOT NULL DEFAULT 0; UPDATE sites SET floor = 2;',
  ];

  it('from version 1 keeps the data and a copy of the file before it', () => {
    const path = join(scratchFolder(), 'state.db');
    const first = openState({ path });
    first.registry.putSite(site('a'));
    first.close();
    const database = openDatabase(path);
    onTestFinished(() => database.close());
    migrate(database, path, next, silentLogger);
    expect(database.all('SELECT id, floor FROM sites').map((row) => ({ ...row }))).toEqual([{ id: 'a', floor: 2 }]);
    const copy = openState({ path: `${path}.v${migrations.length}` });
    onTestFinished(() => copy.close());
    expect(copy.registry.site('a')?.id).toBe('a');
  });

  it('keeps lines of who did what as sentences, where an older version wrote sentences', () => {
    const path = join(scratchFolder(), 'state.db');
    const old = openDatabase(path);
    const before = migrations.findIndex((step) => step.includes('ALTER TABLE audit ADD COLUMN facts'));
    migrate(old, path, migrations.slice(0, before), silentLogger);
    old.exec(`INSERT INTO audit (at, who, action, detail) VALUES (1, 'ona', 'site changed', 'lib-0: name')`);
    old.close();
    const state = openState({ path });
    onTestFinished(() => state.close());
    expect(state.auditTrail({ limit: 1 })).toEqual([
      { id: 1, at: 1, who: 'ona', action: 'site changed', facts: null, detail: 'lib-0: name' },
    ]);
  });

  it('that fails half-way leaves the file as it was', () => {
    const path = join(scratchFolder(), 'state.db');
    openState({ path }).close();
    const database = openDatabase(path);
    onTestFinished(() => database.close());
    expect(() => migrate(database, path, [...next, 'CREATE TABLE sites (id TEXT)'], silentLogger)).toThrow(
      /already exists/,
    );
    database.close();
    openState({ path }).close();
    expect(existsSync(path)).toBe(true);
  });
});

const root = process.getuid?.() === 0;
const mountable = root && spawnSync('mount', ['--version']).status === 0;

describe.skipIf(!mountable)('on a full disk (needs root, for a tmpfs of 1 MB)', () => {
  it('refuses with a code, changes nothing, and goes on when there is room again', () => {
    const folder = scratchFolder();
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
    expect(mounted.status, String(mounted.stderr)).toBe(0);
    onTestFinished(() => void spawnSync('umount', ['-l', folder]));
    const state = openState({ path: join(folder, 'state.db') });
    onTestFinished(() => state.close());
    state.keep.set('n', '0');
    const grow = () => {
      for (let i = 1; i < 10_000; i++)
        state.transaction(() => {
          state.keep.set('n', String(i));
          state.keep.set(`big-${i}`, 'x'.repeat(20_000));
        });
    };
    expect(grow).toThrow(
      expect.objectContaining({ code: 'STATE_UNWRITABLE', message: expect.stringContaining('full') }),
    );
    const last = Number(state.keep.get('n'));
    expect([state.keep.get(`big-${last}`)?.length, state.keep.get(`big-${last + 1}`)]).toEqual([20_000, null]);
    expect(spawnSync('mount', ['-o', 'remount,size=8m', folder]).status).toBe(0);
    state.keep.set('after', 'yes');
    expect(state.keep.get('after')).toBe('yes');
  });
});
