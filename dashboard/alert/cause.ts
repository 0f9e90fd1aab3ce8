/**
 * Why: "offline" has many owners: a plug pulled, a cable, the provider, ourselves. While a probe is away nobody can know; what it stored
 * meanwhile arrives later and tells. Until then the cause is unknown, and when it becomes known the incident says that it was revised.
 */
import type { CauseView, FrameEvent, OutageCause } from '#contract';
import type { Said, Told } from '../said/said.ts';

/** What the probe's own records say of the time of an outage. */
export interface CauseEvidence {
  /** The device itself started again within it. */
  reboot: boolean;
  /** Only the agent did. */
  restart: boolean;
  /** Samples taken within it, and how many of them found this hop as the first that failed (0 none to 5 broker). */
  samples: number;
  failures: readonly [number, number, number, number, number, number];
}
/** As it is kept: its reasons are worded where they are read. */
export interface Cause extends Omit<CauseView, 'reasons'> {
  reasons: readonly Told[];
}
export const noEvidence: CauseEvidence = { reboot: false, restart: false, samples: 0, failures: [0, 0, 0, 0, 0, 0] };

/** Adds samples of one frame: `failures` are the values of `first_failure` of those within the outage. */
export function withSamples(evidence: CauseEvidence, failures: readonly (number | null)[]): CauseEvidence {
  if (failures.length === 0) return evidence;
  const counts = [...evidence.failures] as [number, number, number, number, number, number];
  for (const failure of failures) if (failure !== null && counts[failure] !== undefined) counts[failure] += 1;
  return { ...evidence, samples: evidence.samples + failures.length, failures: counts };
}

export function withBoot(evidence: CauseEvidence, event: FrameEvent): CauseEvidence {
  if (event.kind !== 'boot') return evidence;
  return event.reboot ? { ...evidence, reboot: true } : { ...evidence, restart: true };
}

/** Pure. `before`: what was said so far. */
export function attribute(evidence: CauseEvidence, lastedMs: number, sampleMs: number, before: Cause | null): Cause {
  const { cause, reasons } = decide(evidence, lastedMs, sampleMs);
  const told = before !== null && before.cause !== 'unknown';
  if (before?.cause === cause && JSON.stringify(before.reasons) === JSON.stringify(reasons)) return before;
  return { cause, reasons, revised: before?.revised === true || (told && before.cause !== cause) };
}

function decide(
  { reboot, restart, samples, failures }: CauseEvidence,
  lastedMs: number,
  sampleMs: number,
): { cause: OutageCause; reasons: Said[] } {
  const expected = Math.max(1, Math.floor(lastedMs / sampleMs));
  // It measured through less than half of the time: it was not running.
  const missing = samples < expected / 2;
  if (reboot && missing) return { cause: 'power', reasons: [{ code: 'cause.power', samples, expected }] };
  if (restart && missing && !reboot) return { cause: 'agent', reasons: [{ code: 'cause.agent' }] };
  const worst = failures.slice(1).reduce((best, n, i, all) => (n > (all[best] ?? 0) ? i : best), 0) + 1;
  const seen = failures[worst] ?? 0;
  if (samples === 0 || (seen === 0 && failures[0] === 0))
    return { cause: 'unknown', reasons: [{ code: 'cause.waiting' }] };
  if (seen === 0 || failures[0] > seen * 2)
    return { cause: 'server', reasons: [{ code: 'cause.worked', working: failures[0], samples }] };
  const share = { seen, samples, ms: lastedMs };
  switch (worst) {
    case 1:
      return { cause: 'lan', reasons: [{ code: 'cause.lan', ...share }] };
    case 2:
      return { cause: 'access_line', reasons: [{ code: 'cause.access_line', ...share }] };
    case 3:
      return { cause: 'provider', reasons: [{ code: 'cause.names', ...share }] };
    case 4:
      return { cause: 'provider', reasons: [{ code: 'cause.internet', ...share }] };
    default:
      return { cause: 'server', reasons: [{ code: 'cause.server', ...share }] };
  }
}
