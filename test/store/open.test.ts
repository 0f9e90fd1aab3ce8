import { describe, expect, it } from 'vitest';
import { isCarrelError } from '#lib/errors';
import { parseStoreTargets } from '../../broker/store/open.ts';

const context = { dataDir: '/var/lib/carrel', influxToken: 'the-token' };
const parse = (...entries: string[]) => parseStoreTargets(entries, context);
const refusal = (...entries: string[]): string => {
  try {
    parse(...entries);
  } catch (error) {
    if (isCarrelError(error, 'STORE_SETTING_INVALID')) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('CARREL_STORE', () => {
  it('names embedded, 1.x and 2.x databases, without secrets in the names', () => {
    const targets = parse(
      'duckdb:',
      'influx1+http://carrel:p%40ss@[::1]:8086/my%20db',
      'influx2+https://influx.example/library/raw',
      'memory:',
    );
    expect(targets.map(({ name }) => name)).toEqual([
      'duckdb',
      'influx1 [::1]:8086/my db',
      'influx2 influx.example/library/raw',
      'memory',
    ]);
    expect(targets[0]).toMatchObject({ kind: 'duckdb', dir: '/var/lib/carrel/series' });
    expect(targets[1]).toMatchObject({
      host: '::1',
      port: 8086,
      database: 'my db',
      username: 'carrel',
      password: 'p@ss',
    });
    expect(targets[2]).toMatchObject({
      url: 'https://influx.example',
      org: 'library',
      bucket: 'raw',
      token: 'the-token',
    });
    expect(JSON.stringify(targets.map(({ name }) => name))).not.toMatch(/p@ss|the-token/);
  });

  it('gives every database a cursor file of its own', () => {
    const paths = parse('influx1+http://a:8086/x', 'influx1+http://a:8087/x', 'influx2+http://a:8086/o/x').map(
      (target) => ('cursorPath' in target ? target.cursorPath : ''),
    );
    expect(new Set(paths).size).toBe(3);
  });

  it.each([
    ['postgres://x', /"postgres:\/\/x": the kind of database is not known; accepted: duckdb:/],
    ['influx1+http://u:secret@host:8086', /\(hidden\)@host:8086": the address must end with one name/],
    ['influx1+http://u:secret@host:8086/a/b', /must end with one name/],
    ['influx2+http://host:8086/org', /must end with two names/],
    ['influx2+http://t:secret@host:8086/org/bucket', /CARREL_INFLUX_TOKEN/],
    ['influx1+http://host:99999/db', /cannot be read/],
    ['influx1+http://host/%zz', /hexadecimal/],
  ])('refuses %s with what was got, what is accepted and an example', (entry, words) => {
    expect(refusal(entry)).toMatch(words);
    expect(refusal(entry)).toContain('for example CARREL_STORE=');
    expect(refusal(entry)).not.toContain('secret');
  });

  it('refuses one database twice, and none', () => {
    expect(refusal('duckdb:', 'duckdb:')).toMatch(/twice/);
    expect(refusal()).toMatch(/at least one/);
  });
});
