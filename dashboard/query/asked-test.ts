/** Why: somebody asked for a test and waits at the page: what has become of it, from the probe's report and from its result. */
import type { AskedTest } from '#contract';
import type { RegistryState } from '#state';
import type { StoreReader } from '#store';
import { testViewOf } from '../alert/test-view.ts';

/** A probe's clock may be behind. */
const CLOCK_MS = 5 * 60_000;
/** Tests of one probe around the time of the asked one. */
const TESTS = 50;

/** The newest manual job of the probe that judges `ap`; null when nobody has asked lately. @throws StoreError */
export async function askedTest(
  registry: Pick<RegistryState, 'desired' | 'reported'>,
  store: Pick<StoreReader, 'events'>,
  { ap, probe, now }: { ap: string; probe: string; now: number },
): Promise<AskedTest | null> {
  const job = registry
    .desired(probe)
    ?.jobs.filter(({ reason }) => reason === 'manual')
    .toSorted((a, b) => a.not_before - b.not_before)
    .at(-1);
  if (!job) return null;
  const report = registry.reported(probe)?.jobs.find(({ id }) => id === job.id);
  const state = report?.state ?? (now > job.expires ? 'expired' : 'waiting');
  const rows = await store.events({
    probes: [probe],
    kinds: ['throughput'],
    from_ms: job.not_before - CLOCK_MS,
    // It begins before it expires, and is over soon after.
    to_ms: job.expires + CLOCK_MS,
    limit: TESTS,
    order: 'newest',
  });
  const test = rows.flatMap(({ event, t_ms }) =>
    event.kind === 'throughput' && event.job === job.id ? [testViewOf(ap, probe, t_ms, event)] : [],
  )[0];
  return {
    job: job.id,
    probe,
    asked_at: job.not_before,
    expires: job.expires,
    state: test ? 'finished' : state,
    detail: report?.detail ?? '',
    test: test ?? null,
  };
}
