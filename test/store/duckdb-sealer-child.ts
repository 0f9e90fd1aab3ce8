/** Why: a process that seals until it is killed; it says when the new day is written. `count` only counts, without sealing: what is there, as rows and distinct rows. */
import { openDuckdbStore } from '../../broker/store/duckdb.ts';
import { batchOf } from './batches.ts';

const [dir = '', what] = process.argv.slice(2);
const NOON_S = Date.UTC(2026, 10, 20, 12) / 1000;
let nowMs = NOON_S * 1000;
const store = await openDuckdbStore({ dir, nowMs: () => nowMs });
const written = (await store.cursor())?.next ?? 0;
if (what === 'count') {
  const rows = await store.fleet({ metric: 'rtt_ms', from_s: 0, to_s: NOON_S + 86_400 });
  const probes = rows.map(({ probe }) => probe);
  const { t_s } = await store.samples({ probes, from_s: 0, to_s: NOON_S + 86_400 });
  const all = rows.reduce((sum, { count }) => sum + count, 0);
  process.stdout.write(`${all} of ${t_s.length}, cursor ${written}\n`);
} else {
  const t = Array.from({ length: 1000 }, (_, i) => NOON_S + i);
  const m = { rtt_ms: t.map((_, i) => i % 100), wan_rx_bytes: t.map((_, i) => i * 7919) };
  const frames = Array.from({ length: 40 }, (_, p) => ({ probe: `p-${p}`, seq: 0, t, m }));
  if (written === 0) await store.write(batchOf(...frames), { next: 1, held: [] });
  nowMs += 86_400_000;
  await store.write(batchOf(), { next: 2, held: [] });
  process.stdout.write('written\n');
  await store.seal();
}
await store.close();
