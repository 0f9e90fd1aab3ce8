/** Why: which step of a policy comes when is a pure function of the steps, where it stands, and the hours; what it tells is done elsewhere. */
import type { NotifyStep, PolicyStep, Severity } from '#contract';
import type { Escalation } from '#state';

export interface Hours {
  working(at: number): boolean;
  /** `at` itself when it is within working hours; null when there are none in the next week. */
  nextWorking(at: number): number | null;
}
export interface Move {
  step: number;
  round: number;
  who: NotifyStep;
}
type Run = Pick<Escalation, 'step' | 'round' | 'dueAt' | 'state'>;

export const REPEATS_MAX = 5;
const MINUTE_MS = 60_000;

/** Takes every step that is due. The answer's run waits for its `dueAt`, or is done. */
export function advance(
  steps: readonly PolicyStep[],
  from: Run,
  { now, severity, hours }: { now: number; severity: Severity; hours: Hours },
): { run: Run; moves: Move[] } {
  const moves: Move[] = [];
  let { step, round, dueAt } = from;
  // Each round passes every step once, so this ends.
  for (let guard = 0; guard <= steps.length * (REPEATS_MAX + 2); guard++) {
    if (dueAt !== null && dueAt > now) return { run: { step, round, dueAt, state: 'running' }, moves };
    const current = steps[step];
    if (!current) break;
    switch (current.do) {
      case 'notify':
        if (applies(current, severity, hours, now)) moves.push({ step, round, who: current });
        step++;
        break;
      case 'wait':
        dueAt =
          current.until === 'working' ? (hours.nextWorking(now) ?? now) : now + (current.minutes ?? 0) * MINUTE_MS;
        step++;
        break;
      case 'repeat':
        if (round >= Math.min(current.times, REPEATS_MAX)) step++;
        else {
          step = 0;
          round++;
        }
    }
  }
  return { run: { step, round, dueAt: null, state: 'done' }, moves };
}

function applies(step: NotifyStep, severity: Severity, hours: Hours, now: number): boolean {
  if (step.severities && !step.severities.includes(severity)) return false;
  return step.hours === undefined || (step.hours === 'working') === hours.working(now);
}
