/** Why: a copy of a DuckDB folder proves itself: every file opens for reading, and the rows are counted, by whoever made or brought back the copy. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { sqlText } from './duckdb-days.ts';

export interface RowCounts {
  samples: number;
  events: number;
  /** Rows of hours and of days. */
  rollups: number;
}

/** Nothing is written. @throws DuckDB's own error where a file is damaged, missing its samples, or was not closed cleanly */
export async function countDuckdb(dir: string): Promise<RowCounts> {
  const duck = await import('@duckdb/node-api');
  const instance = await duck.DuckDBInstance.create(':memory:', { memory_limit: '128MB', threads: '2' });
  const connection = await instance.connect();
  const counts: RowCounts = { samples: 0, events: 0, rollups: 0 };
  try {
    for (const name of (await readdir(dir)).filter((one) => /^(samples|rollup)-.*\.duckdb$/.test(one)).sort()) {
      await connection.run(`ATTACH '${sqlText(join(dir, name))}' AS counted (READ_ONLY)`);
      if (name.startsWith('rollup-')) counts.rollups += await countOf(connection, 'counted.rollups');
      else {
        counts.samples += await countOf(connection, await samplesOf(connection, join(dir, name)));
        counts.events += await countOf(connection, 'counted.events');
      }
      await connection.run('DETACH counted');
    }
    return counts;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Samples of a sealed day lie in the Parquet file beside it. */
async function samplesOf(connection: DuckDBConnection, path: string): Promise<string> {
  const sealed = await countOf(connection, "duckdb_tables() WHERE database_name = 'counted' AND table_name = 'sealed'");
  return sealed > 0 ? `read_parquet('${sqlText(path.replace(/\.duckdb$/, '.parquet'))}')` : 'counted.samples';
}

async function countOf(connection: DuckDBConnection, source: string): Promise<number> {
  return Number((await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${source}`)).getRowsJS()[0]?.[0]);
}
