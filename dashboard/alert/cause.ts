/**
 * Why: "offline" has many owners: a plug pulled, a cable, the provider, ourselves. While a probe is away nobody can know; what it stored
 * meanwhile arrives later and tells. Until then the cause is unknown, and when it becomes known the incident says that it was revised.
 */
import type { CauseView, FrameEvent, OutageCause } from '#contract';
import { duration } from './words.ts';

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
export function attribute(
  evidence: CauseEvidence,
  lastedMs: number,
  sampleMs: number,
  before: CauseView | null,
): CauseView {
  const { cause, reasons } = decide(evidence, lastedMs, sampleMs);
  const told = before !== null && before.cause !== 'unknown';
  if (before?.cause === cause && before.reasons.join() === reasons.join()) return before;
  return { cause, reasons, revised: before?.revised === true || (told && before.cause !== cause) };
}

function decide(
  { reboot, restart, samples, failures }: CauseEvidence,
  lastedMs: number,
  sampleMs: number,
): { cause: OutageCause; reasons: string[] } {
  const expected = Math.max(1, Math.floor(lastedMs / sampleMs));
  // It measured through less than half of the time: it was not running.
  const missing = samples < expected / 2;
  if (reboot && missing)
    return {
      cause: 'power',
      reasons: [
        `The probe itself was off: it started again, and stored ${samples} of about ${expected} samples of that time. The power failed, or somebody switched it off.`,
      ],
    };
  if (restart && missing && !reboot)
    return { cause: 'agent', reasons: ['The device ran on, but our agent on it did not; it started again.'] };
  const worst = failures.slice(1).reduce((best, n, i, all) => (n > (all[best] ?? 0) ? i : best), 0) + 1;
  const seen = failures[worst] ?? 0;
  if (samples === 0 || (seen === 0 && failures[0] === 0))
    return { cause: 'unknown', reasons: ['What the probe stored meanwhile has not arrived yet.'] };
  if (seen === 0 || failures[0] > seen * 2)
    return {
      cause: 'server',
      reasons: [
        `The probe had working internet all the time (${failures[0]} of ${samples} samples): our server or the way to it was not reachable.`,
      ],
    };
  const share = `${seen} of ${samples} samples, over ${duration(lastedMs)}`;
  switch (worst) {
    case 1:
      return { cause: 'lan', reasons: [`The probe had no link: its cable, port or switch (${share}).`] };
    case 2:
      return {
        cause: 'access_line',
        reasons: [`The link stood and the gateway did not answer: the router or the access line (${share}).`],
      };
    case 3:
    case 4:
      return {
        cause: 'provider',
        reasons: [
          `The gateway answered and ${worst === 3 ? 'names were not resolved' : 'the internet did not'}: beyond the access line, at the provider (${share}).`,
        ],
      };
    default:
      return { cause: 'server', reasons: [`The internet answered and our server did not (${share}).`] };
  }
}
