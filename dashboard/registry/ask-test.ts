/** Why: asking a probe for a test is the same wherever somebody asks: by the page, by the API, by a link in a message. */
import { randomUUID } from 'node:crypto';
import type { TestJob } from '#contract';
import type { DashboardDeps } from '../deps.ts';
import { publishDesired } from './publish.ts';

type AskDeps = Pick<DashboardDeps, 'state' | 'broker' | 'clock' | 'settings'>;

/** A test that was asked for and could not start within this time has lost its sense. */
const TEST_WITHIN_MS = 10 * 60_000;

/** The admitted probe that judges this access point now; null when there is none. */
export function judgeOf({ state, clock }: Pick<AskDeps, 'state' | 'clock'>, ap: string): string | null {
  const now = clock.wallMs();
  const judge = state.registry
    .probes()
    .find((probe) => probe.access_point === ap && probe.admitted && state.registry.accessPointOf(probe.id, now) === ap);
  return judge?.id ?? null;
}

/** Adds the job, writes down who asked, and tells the probe. */
export function askTest(deps: AskDeps, { ap, probe, who }: { ap: string; probe: string; who: string }): TestJob {
  const now = deps.clock.wallMs();
  const job: TestJob = {
    id: randomUUID(),
    type: 'test.now',
    reason: 'manual',
    not_before: now,
    expires: now + TEST_WITHIN_MS,
  };
  publishDesired(deps, [probe]);
  deps.state.transaction(() => {
    deps.state.registry.addJob(probe, job, now);
    deps.state.audit(now, who, 'test asked for', { ap });
  });
  deps.broker.publishDesired(probe);
  return job;
}
