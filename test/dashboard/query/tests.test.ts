import { beforeEach, describe, expect, it } from 'vitest';
import type { Binding } from '#state';
import type { Store } from '#store';
import { createMemoryStore } from '../../../broker/store/memory.ts';
import { tests } from '../../../dashboard/query/tests.ts';
import { batchOf, outageEvent, testEvent } from '../../store/batches.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const HOUR = 3_600_000;
const bindings: Binding[] = [
  { probe: 'p-1', access_point: 'hall', from: 0, to: NOON, judges: true },
  { probe: 'p-1', access_point: 'attic', from: NOON, to: null, judges: true },
  { probe: 'p-2', access_point: 'hall', from: NOON, to: null, judges: true },
];
const query = { ap: 'hall', from_ms: NOON - 10 * HOUR, to_ms: NOON + 10 * HOUR, limit: 100, cursor: null };

describe('tests of an access point', () => {
  let store: Store;
  beforeEach(async () => {
    store = createMemoryStore();
    const at = (t_ms: number, id: string) => ({ t_ms, event: testEvent(id) });
    await store.write(
      batchOf(
        {
          probe: 'p-1',
          seq: 0,
          t: [],
          e: [
            at(NOON - HOUR, 'hall-1'),
            at(NOON - 1, 'hall-2'),
            at(NOON, 'attic-1'),
            { t_ms: NOON - 5, event: outageEvent('outage') },
          ],
        },
        {
          probe: 'p-2',
          seq: 0,
          t: [],
          e: [at(NOON - 2 * HOUR, 'nowhere'), at(NOON, 'hall-3'), at(NOON + HOUR, 'hall-4'), at(NOON + HOUR, 'hall-5')],
        },
      ),
      { next: 1, held: [] },
    );
  });

  it('are those of the probes that watched it then, newest first, also after a probe has moved', async () => {
    const page = await tests(store, bindings, query);
    expect(page.items.map(({ id, probe, ap }) => `${id} ${probe} ${ap}`)).toEqual([
      'hall-5 p-2 hall',
      'hall-4 p-2 hall',
      'hall-3 p-2 hall',
      'hall-2 p-1 hall',
      'hall-1 p-1 hall',
    ]);
    expect(page.next).toBeNull();
  });

  it('of all access points carry each its own, and leave out what was seen from nowhere', async () => {
    const { items } = await tests(store, bindings, { ...query, ap: null });
    expect(items.map(({ id, ap }) => `${id} ${ap}`)).toEqual([
      'hall-5 hall',
      'hall-4 hall',
      'hall-3 hall',
      'attic-1 attic',
      'hall-2 hall',
      'hall-1 hall',
    ]);
  });

  it.each([1, 2, 3])('page by %d without losing one of a millisecond', async (limit) => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof tests>> = await tests(store, bindings, { ...query, limit, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== null);
    expect(seen).toEqual(['hall-5', 'hall-4', 'hall-3', 'hall-2', 'hall-1']);
  });

  it('refuse a cursor that no page gave', async () => {
    await expect(tests(store, bindings, { ...query, cursor: 'x~y' })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  it('keep a test that could not tell without a rate', async () => {
    await store.write(
      batchOf({
        probe: 'p-2',
        seq: 1,
        t: [],
        e: [
          {
            t_ms: NOON + 2 * HOUR,
            event: testEvent('late', { verdict: 'inconclusive', rate_mbps: null, limited_by: 'wifi' }),
          },
        ],
      }),
      { next: 2, held: [] },
    );
    expect((await tests(store, bindings, { ...query, limit: 1 })).items).toMatchObject([
      { id: 'late', rate_mbps: null, verdict: 'inconclusive', limited_by: 'wifi' },
    ]);
  });
});
