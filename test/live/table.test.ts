/** What is kept as numbers is the same row again, and travels as the columns of the contract. */
import { expect, test } from 'vitest';
import { type LiveRow, packRows } from '#contract';
import { createRowTable } from '../../dashboard/live/table.ts';
import { numbers, rowOf } from '../web/fleet-fixture.ts';

const AT = 1_800_000_000_123;
const random = numbers(5);
const rows = Array.from({ length: 300 }, (_, i) => rowOf(i, AT, random));
const made = (of: readonly LiveRow[]) => {
  const table = createRowTable((slot) => of[slot]?.ap ?? '');
  for (const [slot, row] of of.entries()) table.put(slot, row);
  return table;
};

test('a row that is kept is the same row again', () => {
  const table = made(rows);
  expect(table.rows()).toEqual(rows);
  expect(rows.map((_, slot) => table.row(slot))).toEqual(rows);
});

test('rows travel as the contract packs them, unknown ones as unknown', () => {
  const table = made(rows);
  table.remove(7);
  const [known, unknown] = [rows.map((row, slot) => (slot === 7 ? undefined : row)), 400];
  expect(table.columns([...rows.keys(), unknown], AT)).toEqual(packRows([...known, undefined], AT));
  expect(table.row(7)).toBeUndefined();
});

test('another value is a change, a figure by less than 2 % or a sign of life a small one', () => {
  const [row] = rows.map((one): LiveRow => ({ ...one, rtt_ms: 100, wan_rx_mbps: null, alert: null }));
  if (!row) throw new Error('no row');
  const table = made([row]);
  const change = (news: Partial<LiveRow>) => table.change(0, { ...row, ...news });
  expect(change({})).toBe('none');
  expect([change({ rtt_ms: 101.9 }), change({ last_seen: AT })]).toEqual(['seen', 'seen']);
  const real: Partial<LiveRow>[] = [{ rtt_ms: 102.1 }, { rtt_ms: null }, { wan_rx_mbps: 0 }, { probe: 'another' }];
  expect([...real, { alert: 4 }, { probe_online: null }].map(change)).toEqual(Array(6).fill('real'));
});
