/** Why: a store worker that crashes the first time, and is the real one after. */
import { existsSync, writeFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const marker = `${workerData.walDir}-crashed`;
if (!existsSync(marker)) {
  writeFileSync(marker, '');
  throw new Error('crashed on purpose');
}
await import('../../broker/worker.ts');
