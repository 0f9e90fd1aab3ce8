/** Why: Carrel's own side of the bench `query`: the store is filled through its own way in, and asked through the functions of the page. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RollupRow, Store } from '#store';
import { mergeRollups } from '../../../broker/rollup/merge.ts';
import { withAnswers } from '../../../broker/store/answers.ts';
import { type DuckdbStore, openDuckdbStore } from '../../../broker/store/duckdb.ts';
import { complianceOf } from '../../../dashboard/query/compliance.ts';
import { deviceDays } from '../../../dashboard/query/device-days.ts';
import { measurements } from '../../../dashboard/query/measurements.ts';
import { countMonth } from '../../../dashboard/query/month.ts';
import { percentilesBy } from '../../../dashboard/query/percentiles.ts';
import {
  batchAt,
  DAY_S,
  DAYS,
  END_S,
  METRICS,
  monthInput,
  names,
  openingGroups,
  PROBES,
  RAW_DAYS,
  RAW_S,
  REGIONS,
  regionOf,
  rollup,
  START_S,
} from './fleet.ts';

/** Where a year of devices begins. */
const YEAR_S = END_S - 365 * 86_400;

export type Figure = (name: string, value: number, unit: string, of: string) => void;
export interface Bench {
  dir: string;
  figure: Figure;
}

/** Milliseconds: the middle of seven runs after two; what comes before each is not counted. */
export async function typical(work: () => Promise<unknown>, before = async (_run: number) => {}): Promise<number> {
  const took: number[] = [];
  for (let run = 0; run < 9; run++) {
    await before(run);
    const begin = performance.now();
    await work();
    if (run >= 2) took.push(performance.now() - begin);
  }
  return took.sort((a, b) => a - b)[3] ?? Number.NaN;
}

/** Seven days of samples, each written on its day and sealed. */
async function writeSamples(store: DuckdbStore, today: (ms: number) => void, figure: Figure): Promise<void> {
  const begin = performance.now();
  let sealMs = 0;
  let seq = 0;
  for (let day = RAW_S; day < END_S; day += 86_400) {
    today(day * 1000);
    for (let t_s = day; t_s < day + 86_400; t_s += 600)
      await store.write(batchAt(names, t_s, seq), { next: ++seq, held: [] });
    today((day + 86_400) * 1000);
    await store.write(
      { samples: { probe: [], t_s: [], approx: [], columns: {} }, events: [], frames: [] },
      { next: ++seq, held: [] },
    );
    const sealing = performance.now();
    await store.seal();
    sealMs += performance.now() - sealing;
  }
  const rows = PROBES * 1440 * RAW_DAYS;
  figure(
    'seal_day_ms',
    sealMs / RAW_DAYS,
    'ms',
    `${PROBES * 1440} samples of ${METRICS.length} values to Parquet, while rows are written`,
  );
  figure(
    'load_rows_per_s',
    (rows / (performance.now() - begin)) * 1000,
    'rows/s',
    `${rows} samples of ${METRICS.length} values written and sealed, made meanwhile`,
  );
}

async function writeRollups(store: Store): Promise<void> {
  for (let day = START_S; day < END_S; day += 86_400) {
    const days: RollupRow[] = [];
    for (let first = 0; first < PROBES; first += 300) {
      const hours = Array.from({ length: 24 * 300 }, (_, i) =>
        rollup(first + (i % 300), day + Math.floor(i / 300) * 3600),
      );
      await store.writeRollups(hours);
      for (const [probe, of] of Map.groupBy(hours, (row) => row.probe))
        days.push(mergeRollups(of, { probe, tier: 'day', t_s: day, version: 1 }));
    }
    await store.writeRollups(days);
  }
}

/** The eleven months before, of every hundredth probe: a year of all would take longer to write than everything else. */
async function writeYearBefore(store: Store): Promise<void> {
  const some = names.flatMap((_, p) => (p % 100 === 7 ? [p] : []));
  for (let from = YEAR_S; from < START_S; from += 30 * 86_400) {
    const hours = Math.min(30 * 24, (START_S - from) / 3600);
    await store.writeRollups(
      Array.from({ length: hours * some.length }, (_, i) =>
        rollup(some[i % some.length] ?? 0, from + Math.floor(i / some.length) * 3600),
      ),
    );
  }
}

/** Answers with the figures that peers are held against: with nothing kept. */
export async function ours({ dir, figure }: Bench): Promise<Record<string, number>> {
  mkdirSync(join(dir, 'duckdb'));
  let nowMs = RAW_S * 1000;
  const open = () => openDuckdbStore({ dir: join(dir, 'duckdb'), nowMs: () => nowMs });
  const filling = await open();
  await writeSamples(
    filling,
    (ms) => {
      nowMs = ms;
    },
    figure,
  );
  await writeRollups(filling);
  await writeYearBefore(filling);
  await filling.close();
  const begin = performance.now();
  const store = await open();
  figure('open_ms', performance.now() - begin, 'ms', 'the whole store');
  const { now_ms } = monthInput();
  const again = await askAll(withAnswers(store, () => now_ms));
  const underWay = () => withAnswers(store, () => END_S * 1000 - 1);
  const hours = hoursComing();
  figure('report_month_grown_ms', await askGrown(underWay(), hours), 'ms', 'an hour of every access point came since');
  figure(
    'report_month_ready_ms',
    await askGrown(underWay(), hours, true),
    'ms',
    'an hour came, and the server has asked for the month under way since, as it does by itself',
  );
  // Last: a server has asked before, by itself, and what its code is compiled for stands; no answer does.
  const first = await askAll(store);
  const of: Record<string, string> = {
    probe_day: 'one metric of one probe, 24 h in 288 buckets, from sealed samples',
    probe_week: 'the same over 7 days, from hours',
    availability: `${PROBES} probes, ${DAYS} days of opening hours that cut hours`,
    compliance_month: `${PROBES} access points: tests, share, median, p10 and verdict of each and of their groups`,
    report_month: 'the same with availability: the whole report',
    devices_month: `devices at once by day of one library, from hours of ${PROBES} probes`,
    devices_year: 'the same over 365 days; of the eleven months before, hours of twelve probes',
    percentiles_region: `p5, p50, p95 of rtt, ${REGIONS} regions, 51.8 M samples within 2 %`,
  };
  for (const [name, ms] of Object.entries(again)) {
    figure(`${name}_ms`, ms, 'ms', `${of[name]}; asked again within an unchanged month`);
    figure(`${name}_first_ms`, first[name] ?? Number.NaN, 'ms', 'the same with nothing kept from the question before');
  }
  await store.close();
  return first; // the peers' answers are not kept either
}

/** Writes the next hour of every access point of the last day, some hours twice. */
function hoursComing(): (through: Store) => Promise<void> {
  let came = 0;
  return (through) => {
    const t_s = DAY_S + (came++ % 22) * 3600;
    return through.writeRollups(names.map((_, p) => ({ ...rollup(p, t_s), version: 1 + came })));
  };
}

/**
 * What a server sees on the last day of a month: the older days stand, and an hour of this one came since the question before. `ready`: it
 * has asked itself (dashboard/report/ready.ts) before a person does.
 */
function askGrown(store: Store, hourComes: (through: Store) => Promise<void>, ready = false): Promise<number> {
  const input = monthInput();
  return typical(
    async () => complianceOf(await countMonth(store, input)),
    async () => {
      await hourComes(store);
      if (ready) await countMonth(store, input);
    },
  );
}

/** What the peers are asked too: a month's tests against the target, without the seconds up and down of opening hours. */
function testsOnly(store: Store): Store {
  return { ...store, known: async () => [] };
}

async function askAll(store: Store): Promise<Record<string, number>> {
  const input = monthInput();
  const groups = openingGroups();
  const chart = (from_s: number) =>
    measurements(store, {
      probe: 'probe-7',
      metric: 'rtt_ms',
      from_ms: from_s * 1000,
      to_ms: END_S * 1000,
      points: 300,
      sample_s: 60,
    });
  const devices = (from_s: number) =>
    deviceDays(store, {
      watched: [{ probe: 'probe-7', from_ms: 0, to_ms: END_S * 1000 }],
      ...{ zone: 'Europe/Vilnius', from_ms: from_s * 1000, to_ms: END_S * 1000 },
    });
  return {
    probe_day: await typical(() => chart(DAY_S)),
    probe_week: await typical(() => chart(RAW_S)),
    availability: await typical(() => store.known(groups)),
    devices_month: await typical(() => devices(START_S)),
    devices_year: await typical(() => devices(YEAR_S)),
    compliance_month: await typical(async () => complianceOf(await countMonth(testsOnly(store), input))),
    report_month: await typical(async () => complianceOf(await countMonth(store, input))),
    percentiles_region: await typical(async () =>
      percentilesBy(
        await store.rollupTotals({ from_s: START_S, to_s: END_S, histogram: 'rtt_ms' }),
        regionOf,
        [0.05, 0.5, 0.95],
      ),
    ),
  };
}

/** Processor time of a sample, decoded already, into DuckDB: for a network of 1,200 probes and for one of 20,000. */
export async function costPerSample({ dir, figure }: Bench): Promise<void> {
  const cost: number[] = [];
  for (const [probes, batches] of [
    [1200, 100],
    [20_000, 6],
  ] as const) {
    const store = await openDuckdbStore({ dir: join(dir, `cost-${probes}`), nowMs: () => RAW_S * 1000 });
    const some = Array.from({ length: probes }, (_, p) => `probe-${p}`);
    let spent = 0;
    for (let seq = 0; seq < batches; seq++)
      for (let from = 0; from < probes; from += 1000) {
        const batch = batchAt(some.slice(from, from + 1000), RAW_S + seq * 600, seq);
        const before = process.cpuUsage();
        await store.write(batch, { next: seq * probes + from + 1, held: [] });
        const { user, system } = process.cpuUsage(before);
        spent += user + system;
      }
    await store.close();
    cost.push(spent / (probes * batches * 10));
    figure(
      `write_us_${probes}`,
      cost.at(-1) ?? Number.NaN,
      'us',
      `processor time per sample of ${METRICS.length} values into DuckDB, ${probes} probes`,
    );
  }
  figure(
    'write_20000_vs_1200',
    (cost[1] ?? Number.NaN) / (cost[0] ?? Number.NaN),
    'ratio',
    'cost of a sample in the larger network',
  );
}

/** Processor time of a week of tests and availability, per day of a probe: of 1,200 probes and of 20,000. */
export async function costPerRollup({ dir, figure }: Bench): Promise<void> {
  const cost: number[] = [];
  const days = 7;
  for (const probes of [1200, 20_000]) {
    const store = await openDuckdbStore({ dir: join(dir, `read-${probes}`), nowMs: () => RAW_S * 1000 });
    const some = Array.from({ length: probes }, (_, p) => `probe-${p}`);
    const range = { from_s: START_S, to_s: START_S + days * 86_400 };
    for (let day = range.from_s; day < range.to_s; day += 86_400)
      await store.writeRollups(some.map((probe, p) => wholeDay(probe, rollup(p % PROBES, day))));
    const spans = openingGroups()[0]?.spans ?? [];
    const spent: number[] = [];
    for (let run = 0; run < 9; run++) {
      const before = process.cpuUsage();
      await store.rollupTotals({ ...range, histogram: 'rate_mbps' });
      await store.known([{ probes: some, spans }]);
      const { user, system } = process.cpuUsage(before);
      if (run >= 2) spent.push(user + system);
    }
    await store.close();
    cost.push((spent.sort((a, b) => a - b)[3] ?? Number.NaN) / (probes * days));
    figure(
      `read_us_${probes}`,
      cost.at(-1) ?? Number.NaN,
      'us',
      `processor time per day of a probe, tests and availability over ${days} days of ${probes} probes`,
    );
  }
  figure(
    'read_20000_vs_1200',
    (cost[1] ?? Number.NaN) / (cost[0] ?? Number.NaN),
    'ratio',
    'cost of a day of a probe in the larger network',
  );
}

/** A day that was as its midnight hour, and one in eight with an outage in it, as the others of this bench. */
function wholeDay(probe: string, hour: RollupRow): RollupRow {
  const calm = Number(probe.slice(6)) % 8 > 0;
  const state = calm
    ? { up_s: 86_400, down_s: 0, runs: 'u86400' }
    : { up_s: 84_000, down_s: 2400, runs: 'u40000d2400u44000' };
  return { ...hour, ...state, probe, tier: 'day' };
}
