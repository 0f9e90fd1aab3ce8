/** Why: whoever answers for the network hears that a month is closed, with its figures; nobody has to look each day. */
import type { ComplianceTrend } from '#contract';
import type { Logger } from '#lib/logger';
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
  log: Pick<Logger, 'warn'>,
): (closed: ClosedMonth, now: number) => void {
  if (settings.CARREL_REPORT_TO.length > 0 && settings.CARREL_SMTP === undefined)
    log.warn(
      {},
      'nobody can be told of closed months: CARREL_REPORT_TO has addresses, but no mail server is set (CARREL_SMTP)',
    );
  const receivers = createReceivers(settings, state);
  return (closed, now) => {
    const key = `report-${closed.month}-${closed.revision}`;
    addNoticeTo(state, receivers.ofReports(), { detail: { code: 'report', ...closed }, key, now });
  };
}
