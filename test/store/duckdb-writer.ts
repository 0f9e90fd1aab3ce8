/** Why: a process that writes to DuckDB until it is killed. Resumes at its cursor; prints the cursor of each acknowledged batch. */
import { openDuckdbStore } from '../../broker/store/duckdb.ts';
import { batchOf } from './batches.ts';

const BATCH_PROBES = 20;
const NOON_S = Date.UTC(2026, 10, 20, 12) / 1000;

const store = await openDuckdbStore({ dir: process.argv[2] ?? '', nowMs: () => Date.UTC(2026, 10, 20, 13) });
for (let n = (await store.cursor())?.next ?? 0; ; n++) {
  const frames = Array.from({ length: BATCH_PROBES }, (_, p) => ({
    probe: `p-${p}`,
    seq: n,
    t: [NOON_S + n],
    m: { rtt_ms: [n] },
  }));
  await store.write(batchOf(...frames), { next: n + 1, held: [] });
  process.stdout.write(`${n + 1}\n`);
}
