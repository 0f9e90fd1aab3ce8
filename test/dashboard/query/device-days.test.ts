import { describe, expect, it } from 'vitest';
import { remakeHour } from '../../../broker/rollup/remake.ts';
import { createMemoryStore } from '../../../broker/store/memory.ts';
import { deviceDays } from '../../../dashboard/query/device-days.ts';
import { batchOf } from '../../store/batches.ts';

const HOUR = 3_600_000;
const at = (iso: string): number => Date.parse(iso);
const watched = [{ probe: 'p', from_ms: 0, to_ms: Number.POSITIVE_INFINITY }];

/** Samples of probes, and rollups of all hours but those from `young` on. */
async function storeOf(
  samples: readonly [probe: string, iso: string, devices: number, clients: number][],
  young = '2027-01-01T00:00:00Z',
) {
  const store = createMemoryStore();
  for (const [seq, [probe, iso, devices, clients]] of samples.entries()) {
    const t = [at(iso) / 1000];
    await store.write(batchOf({ probe, seq, t, m: { devices_day: [devices], clients: [clients] } }), {
      next: seq + 1,
      held: [],
    });
    const hour = Math.floor(at(iso) / HOUR) * 3600;
    if (hour * 1000 < at(young)) await store.writeRollups(await remakeHour(store, hour, [probe], 1));
  }
  return store;
}

describe('devices by day', () => {
  it('are the highest count of each day of the zone, and of a day that nobody counted unknown, never 0', async () => {
    const store = await storeOf([
      ['p', '2026-11-16T07:00:00Z', 5, 4],
      ['p', '2026-11-16T21:30:00Z', 40, 1],
      // After midnight in Vilnius, before that of UTC.
      ['p', '2026-11-16T22:30:00Z', 0, 0],
      ['p', '2026-11-18T10:00:00Z', 22, 9],
    ]);
    const range = { from_ms: at('2026-11-16T00:00:00Z'), to_ms: at('2026-11-19T00:00:00Z') };
    const found = await deviceDays(store, { watched, zone: 'Europe/Vilnius', ...range });
    expect(found.t.map((ms) => new Date(ms).toISOString().slice(0, 13))).toEqual([
      ...['2026-11-15T22', '2026-11-16T22', '2026-11-17T22', '2026-11-18T22'],
    ]);
    expect([found.devices, found.at_once]).toEqual([
      [40, 0, 22, null],
      [4, 0, 9, null],
    ]);
  });

  it('west of Greenwich, too, an evening belongs to its own day', async () => {
    const store = await storeOf([
      ['p', '2026-11-17T03:00:00Z', 60, 8],
      ['p', '2026-11-17T06:00:00Z', 2, 2],
    ]);
    const range = { from_ms: at('2026-11-16T12:00:00Z'), to_ms: at('2026-11-17T12:00:00Z') };
    const found = await deviceDays(store, { watched, zone: 'America/New_York', ...range });
    expect(found.devices).toEqual([60, 2]);
  });

  it('of hours that no rollup has yet come from the samples', async () => {
    const samples = [
      ['p', '2026-11-18T10:00:00Z', 22, 9],
      ['p', '2026-11-18T11:10:00Z', 25, 3],
      ['p', '2026-11-18T11:40:00Z', 26, 12],
    ] as const;
    const store = await storeOf(
      samples.map((one) => [...one]),
      '2026-11-18T11:00:00Z',
    );
    const range = { from_ms: at('2026-11-18T08:00:00Z'), to_ms: at('2026-11-18T12:00:00Z') };
    expect(await deviceDays(store, { watched, zone: 'Europe/Vilnius', ...range })).toMatchObject({
      devices: [26],
      at_once: [12],
    });
  });

  it('are those of whichever probe judged the line', async () => {
    const store = await storeOf([
      ['p', '2026-11-16T10:00:00Z', 10, 1],
      ['p', '2026-11-17T10:00:00Z', 99, 1],
      ['q', '2026-11-16T10:00:00Z', 88, 1],
      ['q', '2026-11-17T10:00:00Z', 20, 1],
    ]);
    const changed = at('2026-11-16T22:00:00Z');
    const both = [
      { probe: 'p', from_ms: 0, to_ms: changed },
      { probe: 'q', from_ms: changed, to_ms: Number.POSITIVE_INFINITY },
    ];
    const range = { from_ms: at('2026-11-16T00:00:00Z'), to_ms: at('2026-11-17T20:00:00Z') };
    expect((await deviceDays(store, { watched: both, zone: 'Europe/Vilnius', ...range })).devices).toEqual([10, 20]);
  });
});
