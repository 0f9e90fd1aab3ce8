/** Why: after a start the page shows what is known already, from the primary database, before the first new frame arrives. */

import type { RegistryState } from '#state';
import type { StoreReader } from '#store';
import type { Fleet } from '../alert/fleet.ts';
import { type Facts, newFacts, takeSample, takeStored } from './latest.ts';

const SAMPLES_MS = 24 * 3_600_000;
const TESTS_MS = 48 * 3_600_000;
/** 1,200 sites with 12 tests a day need 57,600. */
const EVENTS_MAX = 100_000;

/** Facts by access point as the database knows them. @throws StoreError when it does not answer */
export async function rebuildFacts(
  store: StoreReader,
  registry: RegistryState,
  fleet: Fleet,
  now: number,
): Promise<Map<string, Facts>> {
  const [samples, events] = await Promise.all([
    store.latest(Math.floor((now - SAMPLES_MS) / 1000)),
    store.events({
      kinds: ['throughput'],
      from_ms: now - TESTS_MS,
      to_ms: now + 60_000,
      limit: EVENTS_MAX,
      order: 'newest',
    }),
  ]);
  const facts = new Map<string, Facts>();
  const change = (ap: string | null | undefined, step: (known: Facts) => void): void => {
    if (ap == null) return;
    const known = facts.get(ap) ?? newFacts();
    facts.set(ap, known);
    step(known);
  };
  for (const sample of samples) change(fleet.apOfProbe.get(sample.probe), (known) => takeSample(known, sample));
  for (const row of events)
    change(registry.accessPointOf(row.probe, Math.round(row.t_ms)), (known) => takeStored(known, row));
  return facts;
}
