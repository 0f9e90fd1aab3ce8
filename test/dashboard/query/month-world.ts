/** Why: one month with holes, outages, a probe that was changed and two tests a day, for everything that counts a month. */
import type { OpeningHours, Site } from '#contract';
import type { Binding } from '#state';
import type { RollupRow, Store } from '#store';
import { mergeRollups } from '../../../broker/rollup/merge.ts';
import { remakeHour } from '../../../broker/rollup/remake.ts';
import { createMemoryStore } from '../../../broker/store/memory.ts';
import type { MonthInput } from '../../../dashboard/query/month.ts';
import { batchOf, outageEvent, type TestFrame, testEvent } from '../../store/batches.ts';

export const ZONE = 'Europe/Vilnius';
/** 09:30 to 17:15 on weekdays: hours are cut. */
export const OPENING: OpeningHours = [...Array(5).fill([[570, 1035]]), [], []];
export const FROM = Date.UTC(2026, 8, 30, 21); // October begins in Vilnius
export const NOW = Date.UTC(2026, 10, 5);
export const DAY_MS = 86_400_000;
export const site = (id: string, region: string): Site => ({
  id,
  name: `Library ${id}`,
  region,
  isp: 'isp',
  zone: ZONE,
  opening: OPENING,
  contract_mbps: null,
  metered: false,
  lat: null,
  lon: null,
  notes: '',
});
export const bound = (probe: string, access_point: string, from: number, to: number | null = null): Binding => ({
  probe,
  access_point,
  from,
  to,
  judges: true,
});
export const input: MonthInput = {
  month: '2026-10',
  now_ms: NOW,
  sites: [site('a', 'north'), site('b', 'south')],
  accessPoints: ['a', 'b'].map((id) => ({ id, site: id, name: 'Hall', target_mbps: 30 })),
  // The second line's probe was changed at a time that cuts an hour.
  bindings: [
    bound('p-a', 'a', 0),
    bound('p-b', 'b', 0, FROM + 10 * DAY_MS + 1_234_567),
    bound('p-c', 'b', FROM + 10 * DAY_MS + 1_234_567),
  ],
  testsPerDay: () => 2,
};

/** Minutes of working days with holes, two tests a day, an outage now and then, of three probes. */
export function frames(): TestFrame[] {
  return ['p-a', 'p-b', 'p-c'].flatMap((probe, n) =>
    Array.from({ length: 31 }, (_, day): TestFrame => {
      const start = FROM + day * DAY_MS;
      const minutes = Array.from({ length: 600 }, (_, i) => i).filter((i) => (i + n) % 97 > 3);
      const t = minutes.map((i) => start / 1000 + 6 * 3600 + i * 60);
      const up = minutes.map((i) => ((i * 31 + day) % 211 < 3 ? 0 : 1));
      const rtt = minutes.map((i) => 5 + ((i * 7 + n * 100) % 300) / 10);
      const tests = [9, 14].map((hour, k) => {
        const rate_mbps = 25 + ((day * 7 + k * 3 + n * 4) % 40);
        const event = testEvent(`${probe}-${day}-${k}`, { rate_mbps, verdict: rate_mbps >= 30 ? 'pass' : 'fail' });
        return { t_ms: start + hour * 3_600_000 + 1000, event };
      });
      const outage = { t_ms: start + 11 * 3_600_000, event: outageEvent(`${probe}-${day}`, 0, 500_000 * (day % 7)) };
      return { probe, seq: day, t, m: { internet_up: up, rtt_ms: rtt }, e: [...tests, outage] };
    }),
  );
}

let known: RollupRow[] | null = null;

/** Samples, tests, and the rollups as the keeper makes them; these are worked out once, which takes a second. */
export async function filled(): Promise<{ store: Store; rollups: RollupRow[] }> {
  const store = createMemoryStore();
  await store.write(batchOf(...frames()), { next: 1, held: [] });
  known ??= await rollupsOf(store);
  await store.writeRollups(known);
  return { store, rollups: known };
}

async function rollupsOf(store: Store): Promise<RollupRow[]> {
  const rollups: RollupRow[] = [];
  for (let hour = FROM / 1000; hour < FROM / 1000 + 32 * 86_400; hour += 3600)
    rollups.push(...(await remakeHour(store, hour, ['p-a', 'p-b', 'p-c'], 1)));
  for (const [day, hours] of Map.groupBy(rollups, ({ t_s }) => Math.floor(t_s / 86_400) * 86_400))
    if (day < FROM / 1000 + 28 * 86_400)
      for (const [probe, rows] of Map.groupBy(hours, (row) => row.probe))
        rollups.push(mergeRollups(rows, { probe, tier: 'day', t_s: day, version: 1 }));
  return rollups;
}
