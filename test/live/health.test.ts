import { describe, expect, test } from 'vitest';
import type { StoreStatus } from '#store';
import { healthOf, worstFirst } from '../../dashboard/live/health.ts';
import { wordNotice } from '../../dashboard/said/say.ts';

const wal = { bytes: 0, capBytes: 100, durableEnd: 0, writable: true, error: null, oldestMs: 7 };
const store: StoreStatus = {
  name: 'duckdb carrel.duckdb',
  primary: true,
  state: 'ok',
  error: null,
  since_ms: null,
  lag_bytes: 0,
  rows_written: 0,
  quarantined: 0,
};
const codes = (stores: StoreStatus[], bytes = 0, writable = true): string[] =>
  healthOf(stores, { wal: { ...wal, bytes, writable } }, 0).map((notice) => `${notice.severity} ${notice.code}`);

describe('what the page says about Carrel itself', () => {
  test('nothing, while all is well', () => expect(codes([store])).toEqual([]));
  test('that a database is down, and that nothing is lost', () => {
    const [notice] = healthOf([{ ...store, state: 'down', error: 'connection refused', since_ms: 5 }], { wal }, 0);
    expect(notice && wordNotice(notice, 'en')).toEqual({
      code: 'STORE_DOWN',
      severity: 'warning',
      since: 5,
      text: 'The database duckdb carrel.duckdb is down (connection refused). Charts and reports wait; live values and alerts go on; frames wait in the log, nothing is lost.',
    });
  });
  test('that somebody must mend a refusal', () =>
    expect(codes([{ ...store, state: 'refused' }])).toEqual(['critical STORE_REFUSED']));
  test('how full the log is', () => {
    expect([49, 50, 79, 80].map((bytes) => codes([], bytes)[0])).toEqual([
      undefined,
      'warning WAL_FULL_50',
      'warning WAL_FULL_50',
      'critical WAL_FULL_80',
    ]);
    expect(codes([], 0, false)).toEqual(['critical WAL_UNWRITABLE']);
  });
  test('where nobody is alerted for want of opening hours', () =>
    expect(healthOf([], { wal }, 2).map((one) => wordNotice(one, 'en').text)).toEqual([
      '2 sites have no opening hours: nothing is judged there and nobody is alerted.',
    ]));
  test('the worst first', () =>
    expect(
      worstFirst(
        healthOf(
          [
            { ...store, state: 'down' },
            { ...store, state: 'refused' },
          ],
          { wal },
          1,
        ),
      ).map((notice) => notice.severity),
    ).toEqual(['critical', 'warning', 'info']));
});
