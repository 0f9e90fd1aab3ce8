/** Why: whoever answers for the network hears that a month is closed, with its figures; nobody has to look each day. */
import type { ComplianceTrend } from '#contract';
import type { State } from '#state';
import { addNoticeTo } from './outbox-message.ts';
import { createReceivers } from './receivers.ts';
import type { NotifySettings } from './targets.ts';

/** A month that was just closed, or closed anew. */
export interface ClosedMonth extends ComplianceTrend {
  /** From 1. */
  revision: number;
}

/** Writes one message for each address of CARREL_REPORT_TO, inside the caller's transaction; the same issue twice is told once. */
export function createReportMail(
  settings: NotifySettings,
  state: Pick<State, 'outbox' | 'keep' | 'channels' | 'oncall' | 'people' | 'push'>,
): (closed: ClosedMonth, now: number) => void {
  const receivers = createReceivers(settings, state);
  return (closed, now) => {
    const key = `report-${closed.month}-${closed.revision}`;
    addNoticeTo(state, receivers.ofReports(), { detail: { code: 'report', ...closed }, key, now });
  };
}
