/** Why: a month of some virtual libraries as their probes would have left it, for the pictures of the report. */
import { addValue, emptyHistogram, encodeHistogram } from '#lib/histogram';
import type { State } from '#state';
import type { RollupRow, Store } from '#store';
import { mergeRollups } from '../../broker/rollup/merge.ts';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { type Library, libraryOf } from '../../infra/simulate/library.ts';
import { batchOf, type TestFrame, testEvent } from '../store/batches.ts';

export const MONTH = '2026-10';
const FROM_S = Date.UTC(2026, 9, 1) / 1000;
const DAY_S = 86_400;
const SITES = 18;
const HOURS = [6, 7, 8, 9, 10, 11, 12, 13, 14];
const TEST_HOURS = [6, 8, 9, 11, 12, 14];
const DAYS = Array.from({ length: 31 }, (_, day) => day).filter(
  (day) => ![0, 6].includes(new Date((FROM_S + day * DAY_S) * 1000).getUTCDay()),
);

/** Of the first of every fleet, with two whose line is slow. */
const libraries: readonly Library[] = [
  ...Array.from({ length: SITES - 2 }, (_, i) => libraryOf(i * 7)),
  ...Array.from({ length: 300 }, (_, i) => libraryOf(i))
    .filter(({ trouble }) => trouble === 'slow')
    .slice(0, 2),
];
const rateOf = ({ carriesMbps }: Library, day: number, hour: number): number =>
  Math.round(carriesMbps * (0.86 + ((day * 7 + hour * 5) % 24) / 100) * 10) / 10;
/** One was down for a few mornings; another came in the middle of the month. */
const watched = (n: number, day: number, hour: number): boolean => !(n === 4 && day < 15) && !(n === 9 && hour > 9);
const downS = (n: number, day: number): number => (n === 2 && day % 9 === 5 ? 2700 : 0);

function hourRow(library: Library, n: number, day: number, hour: number): RollupRow {
  const tested = TEST_HOURS.includes(hour);
  const rate = rateOf(library, day, hour);
  const rates = emptyHistogram();
  if (tested) addValue(rates, rate);
  const down_s = hour === 8 ? downS(n, day) : 0;
  return {
    ...{ probe: library.id, tier: 'hour', t_s: FROM_S + day * DAY_S + hour * 3600, version: 1, samples: 60 },
    ...{ up_s: 3600 - down_s, down_s, unknown_s: 0, runs: '', metrics: {} },
    tests: {
      n: Number(tested),
      passed: Number(tested && rate >= 30),
      failed: Number(tested && rate < 30),
      inconclusive: 0,
    },
    histograms: { rtt_ms: '', rate_mbps: encodeHistogram(rates) },
  };
}

export async function october(state: State): Promise<Store> {
  const store = createMemoryStore();
  for (const { id, site } of libraries) {
    state.registry.putSite(site);
    state.registry.putAccessPoint({ id, site: id, name: 'Internet access', target_mbps: 30 });
    state.registry.addProbe(id, id, (FROM_S - 7200) * 1000);
  }
  for (const [seq, day] of DAYS.entries()) {
    const at = (hour: number): number => (FROM_S + day * DAY_S + hour * 3600 + 60) * 1000;
    const rows = libraries.flatMap((one, n) =>
      HOURS.filter((hour) => watched(n, day, hour)).map((hour) => hourRow(one, n, day, hour)),
    );
    const frames = libraries.map((one, n): TestFrame => {
      const e = TEST_HOURS.filter((hour) => watched(n, day, hour)).map((hour) => {
        const rate_mbps = rateOf(one, day, hour);
        const verdict = rate_mbps >= 30 ? ('pass' as const) : ('fail' as const);
        return { t_ms: at(hour), event: testEvent(`${one.id}-${day}-${hour}`, { rate_mbps, verdict }) };
      });
      return { probe: one.id, seq, t: [], e };
    });
    const days = [...Map.groupBy(rows, ({ probe }) => probe)].map(([probe, hours]) =>
      mergeRollups(hours, { probe, tier: 'day', t_s: FROM_S + day * DAY_S, version: 1 }),
    );
    await store.writeRollups([...rows, ...days]);
    await store.write(batchOf(...frames), { next: seq + 1, held: [] });
  }
  return store;
}
