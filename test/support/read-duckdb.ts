/** Why: what is on disk is read by a process that never saw the writer. Run by itself: prints [probe, t_s, rows] of every second, as JSON. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const dir = process.argv[2] ?? '';
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const days = readdirSync(dir).filter((name) => /^samples-.*\.duckdb$/.test(name));
for (const [n, name] of days.entries()) await connection.run(`ATTACH '${join(dir, name)}' AS day${n}`);
/** A sealed day's samples lie beside it. */
const samplesOf = (name: string, n: number): string => {
  const parquet = join(dir, name.replace('.duckdb', '.parquet'));
  return existsSync(parquet) ? `read_parquet('${parquet}')` : `day${n}.samples`;
};
const union = days
  .map((name, n) => `SELECT p.name, s.t_s FROM ${samplesOf(name, n)} s JOIN day${n}.probes p ON p.id = s.probe`)
  .join(' UNION ALL ');
const rows =
  days.length === 0
    ? []
    : (
        await connection.runAndReadAll(`SELECT name, t_s, count(*)::INTEGER FROM (${union}) GROUP BY ALL`)
      ).getRowsJson();
process.stdout.write(JSON.stringify(rows));
