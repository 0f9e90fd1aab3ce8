/** Why: an exception is read with what people know of it. Notes are added when a report is shown: they are no figures and change no issue. */
import type { ComplianceReport } from '#contract';
import type { State } from '#state';
import { monthRange } from '../query/month.ts';

/** The newest of a month; more would hide the figures. */
const PER_SITE = 5;

export function withNotes(state: Pick<State, 'notes' | 'registry'>, report: ComplianceReport): ComplianceReport {
  const exceptions = report.exceptions.map((one) => {
    const zone = state.registry.site(one.site)?.zone ?? 'UTC';
    const [from, to] = monthRange(report.month, zone);
    const notes = state.notes
      .between(one.site, from, to, PER_SITE)
      .map(({ at, text, by }) => ({ at, text, by }))
      .reverse();
    return notes.length === 0 ? one : { ...one, notes, zone };
  });
  return { ...report, exceptions };
}
