/** Why: a program that is asked to stop and does not, while DuckDB works: what a second Ctrl-C must end. Its database is told over IPC. */

import { silentLogger } from '#lib/logger';
import { stopOnSignals } from '#lib/shutdown';

const duck = await import('@duckdb/node-api');
const connection = await (await duck.DuckDBInstance.create(':memory:', { threads: '1' })).connect();
stopOnSignals(async () => {
  process.send?.('stopping');
  await connection.run('SELECT count(*) FROM range(100000000) a, range(100000) b WHERE hash(a.range) % 7 = 3');
}, silentLogger);
process.send?.('ready');
setInterval(() => undefined, 60_000);
