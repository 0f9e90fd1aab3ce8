import * as duck from '@duckdb/node-api';
import { expect, it, onTestFinished } from 'vitest';
import { columnsOf, type Texts } from '../../broker/store/duckdb-columns.ts';

async function ask(sql: string) {
  const instance = await duck.DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  onTestFinished(() => {
    connection.closeSync();
    instance.closeSync();
  });
  return columnsOf(duck, await (await connection.run(sql)).fetchAllChunks());
}

function textsOf(
  { bytes, from, length }: Texts = { bytes: new Uint8Array(), from: new Int32Array(), length: new Int32Array() },
) {
  return Array.from(length, (size, i) => Buffer.from(bytes.subarray(from[i], (from[i] ?? 0) + size)).toString());
}

it('reads numbers and texts of each row as DuckDB has them, chunk by chunk', async () => {
  const chunks =
    await ask(`SELECT i::INTEGER - 5, (i * 400000)::UINTEGER, repeat(chr((97 + i % 26)::INTEGER), (i * 7 % 40)::INTEGER)
    FROM range(5000) r(i) ORDER BY i`);
  const wanted = Array.from({ length: 5000 }, (_, i) => i);
  expect(chunks.length).toBeGreaterThan(1);
  expect(chunks.flatMap(({ numbers }) => [...(numbers[0] ?? [])])).toEqual(wanted.map((i) => i - 5));
  expect(chunks.flatMap(({ numbers }) => [...(numbers[1] ?? [])])).toEqual(wanted.map((i) => i * 400_000));
  expect(chunks.flatMap(({ texts }) => textsOf(texts[2]))).toEqual(
    wanted.map((i) => String.fromCharCode(97 + (i % 26)).repeat((i * 7) % 40)),
  );
  expect(chunks.map(({ count }) => count).reduce((a, b) => a + b)).toBe(5000);
});

it('reads texts wherever they lie: of a table, and made anew', async () => {
  const each =
    'SELECT (i % 300)::VARCHAR || repeat(chr((97 + i % 26)::INTEGER), (i % 90)::INTEGER) AS text, i FROM range(4000) r(i)';
  const [made, kept] = [
    await ask(`SELECT string_agg(text, ',' ORDER BY i) FROM (${each}) GROUP BY i % 700 ORDER BY i % 700`),
    await ask(`WITH t AS MATERIALIZED (${each}) SELECT text FROM t WHERE i % 3 = 0 ORDER BY i DESC`),
  ];
  const text = (i: number) => `${i % 300}${String.fromCharCode(97 + (i % 26)).repeat(i % 90)}`;
  const all = Array.from({ length: 4000 }, (_, i) => i);
  expect(made.flatMap(({ texts }) => textsOf(texts[0]))).toEqual(
    Array.from({ length: 700 }, (_, group) =>
      all
        .filter((i) => i % 700 === group)
        .map(text)
        .join(','),
    ),
  );
  expect(kept.flatMap(({ texts }) => textsOf(texts[0]))).toEqual(
    all
      .filter((i) => i % 3 === 0)
      .reverse()
      .map(text),
  );
});

it('what is not there is empty, in whatever row, and bytes are those of UTF-8', async () => {
  const [chunk] = await ask(`SELECT * FROM (VALUES
    (1, NULL), (2, 'a text that does not lie inside'), (3, ''), (4, 'ąčęėįšųūž, longer than twelve'), (5, NULL), (6, 'short')) v(n, text) ORDER BY n`);
  expect(textsOf(chunk?.texts[1])).toEqual([
    '',
    'a text that does not lie inside',
    '',
    'ąčęėįšųūž, longer than twelve',
    '',
    'short',
  ]);
  expect(chunk?.numbers[1]).toHaveLength(0);
  expect(chunk?.texts[0]?.length).toHaveLength(0);
});

it('stands when DuckDB has other things in its memory', async () => {
  const instance = await duck.DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const sql = (letter: string) => `SELECT i::INTEGER, repeat('${letter}', 500) FROM range(2000) r(i)`;
  const columns = columnsOf(duck, await (await connection.run(sql('x'))).fetchAllChunks());
  for (let i = 0; i < 20; i++) await (await connection.run(sql('y'))).fetchAllChunks();
  connection.closeSync();
  instance.closeSync();
  expect(columns.flatMap(({ numbers }) => [...(numbers[0] ?? [])])).toEqual(Array.from({ length: 2000 }, (_, i) => i));
  expect(columns.flatMap(({ texts }) => textsOf(texts[1])).every((text) => text === 'x'.repeat(500))).toBe(true);
});
