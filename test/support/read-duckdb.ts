/** Why: what is on disk is read by a process that never saw the writer. Run by itself: prints [probe, t_s, rows] of every second, as JSON. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const dir = process.argv[2] ?? '';
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const days = readdirSync(dir).filter((name) => /^samples-.*\.duckdb$/.test(name));
for (const [n, name] of days.entries()) await connection.run(`ATTACH '${join(dir, name)}' AS day${n}`);
const union = days
  .map((_, n) => `SELECT p.name, s.t_s FROM day${n}.samples s JOIN day${n}.probes p ON p.id = s.probe`)
  .join(' UNION ALL ');
const rows =
  days.length === 0
    ? []
    : (
        await connection.runAndReadAll(`SELECT name, t_s, count(*)::INTEGER FROM (${union}) GROUP BY ALL`)
      ).getRowsJson();
process.stdout.write(JSON.stringify(rows));
