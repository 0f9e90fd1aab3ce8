/** Why: one database fed from a log of another process, as the server feeds it, until the parent kills it or it has taken all. */
import { join } from 'node:path';
import { silentLogger } from '#lib/logger';
import { startStoreWorker } from '../../broker/worker-host.ts';

const [dir = '', store = '', end = '0'] = process.argv.slice(2);
const worker = startStoreWorker({
  settings: { CARREL_STORE: [store], CARREL_INFLUX_TOKEN: undefined },
  dataDir: join(dir, 'data'),
  walDir: join(dir, 'wal'),
  durableEnd: () => Number(end),
  onDurable: () => () => undefined,
  commit: () => undefined,
  log: silentLogger,
});
let told = -1;
const looking = setInterval(() => {
  const [status] = worker.stores();
  if (status && status.rows_written !== told) {
    told = status.rows_written;
    process.stdout.write(`${told}\n`);
  }
  if (status?.state !== 'ok' || status.lag_bytes > 0) return;
  clearInterval(looking);
  void worker.stop().then(() => process.exit(0));
}, 20);
