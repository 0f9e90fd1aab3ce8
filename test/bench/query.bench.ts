/**
 * Why: how long people wait for a chart and a report: 12 million samples (1,200 probes, 7 days, a minute apart) and a month of rollups in DuckDB,
 * through the same functions as the page. InfluxDB and VictoriaMetrics of Debian answer the nearest question over less: one day of samples,
 * hourly means (864,000 points, as their own down-sampling would leave them) where Carrel reads rollups, the month's tests. With `--long` the
 * samples have 20 values instead of 8, and the peers hold all seven days too.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, costPerRollup, costPerSample, ours } from './query/ours.ts';
import { influxdb, victoria } from './query/peers.ts';

const dir = mkdtempSync(join(tmpdir(), 'carrel-bench-query-'));
const bench: Bench = {
  dir,
  figure: (name, value, unit, of) =>
    console.log(JSON.stringify({ bench: 'query', figure: name, value: Math.round(value * 100) / 100, unit, of })),
};

console.error(
  `load of this machine: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`,
);
try {
  const mine = await ours(bench);
  await costPerSample(bench);
  await costPerRollup(bench);
  await influxdb(bench, mine);
  await victoria(bench, mine);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
