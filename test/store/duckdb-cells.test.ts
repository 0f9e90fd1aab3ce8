import * as duck from '@duckdb/node-api';
import { expect, it, onTestFinished } from 'vitest';
import { bytesOf, cellsOf, numbersOf } from '../../broker/store/duckdb-cells.ts';

async function ask(sql: string) {
  const instance = await duck.DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  onTestFinished(() => {
    connection.closeSync();
    instance.closeSync();
  });
  return cellsOf(duck, await (await connection.run(sql)).fetchAllChunks());
}

it('reads numbers, lists and bytes of each row as DuckDB has them', async () => {
  const rows =
    await ask(`SELECT g, list(i::INTEGER ORDER BY i), list((i * 4000000)::UINTEGER ORDER BY i), encode(string_agg('t' || i, ',' ORDER BY i))
    FROM (SELECT i, i % 2 AS g FROM range(1000) r(i)) GROUP BY g ORDER BY g`);
  const wanted = [0, 1].map((g) => Array.from({ length: 500 }, (_, i) => 2 * i + g));
  expect(rows.map(([, ids]) => [...numbersOf(ids)])).toEqual(wanted);
  expect(rows.map(([, , large]) => [...numbersOf(large)])).toEqual(wanted.map((all) => all.map((i) => i * 4_000_000)));
  expect(rows.map((row) => Buffer.from(bytesOf(row[3])).toString())).toEqual(
    wanted.map((all) => all.map((i) => `t${i}`).join(',')),
  );
});

it('what is not there is empty, and what is short stands alone', async () => {
  const [first, second, third] = await ask(`SELECT * FROM (VALUES
    (1, [7, 8]::INTEGER[], encode('short')), (2, NULL, NULL), (3, []::INTEGER[], encode(''))) v(n, list, text) ORDER BY n`);
  expect([first?.[0], [...numbersOf(first?.[1])], [...bytesOf(first?.[2])]]).toEqual([
    1,
    [7, 8],
    [...Buffer.from('short')],
  ]);
  expect(bytesOf(first?.[2]).buffer.byteLength).toBe(5); // nothing of the chunk
  expect([second?.[0], second?.[1], second?.[2]]).toEqual([2, null, null]);
  for (const row of [second, third]) expect([numbersOf(row?.[1]).length, bytesOf(row?.[2]).length]).toEqual([0, 0]);
  expect(numbersOf(undefined)).toHaveLength(0);
});
