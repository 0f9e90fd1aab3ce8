/** Why: a cable that is cut is one incident of many access points: the dark ones of the fixture, covered by one group. */
import type { AlertView, LiveRow } from '#contract';

/** Of the group; single incidents of the fixture begin at 1000. */
export const CUT = 900;

/** The dark ones went dark one after another, 20 s apart, some two hours ago. */
export function darkAtOnce(rows: readonly LiveRow[], now: number): LiveRow[] {
  let at = Math.floor((now - 130 * 60_000) / 1000) * 1000;
  return rows.map((row) => {
    if (row.state !== 'offline') return row;
    at += 20_000;
    return { ...row, since: at, last_seen: at, down_at: at - 3_600_000 };
  });
}

/** `alerts` with the dark ones, or `all`, covered by one incident, which comes last. */
export function withCut(alerts: readonly AlertView[], all = false): AlertView[] {
  const covered = ({ rule }: AlertView): boolean => all || rule === 'dark';
  const dark = alerts.filter(covered);
  const [first] = dark;
  if (!first) return [...alerts];
  const members = dark.map(({ ap, site, site_name, since }) => ({ ap, site, site_name, since, until: null }));
  const group: AlertView = {
    ...first,
    ...{ id: CUT, rule: 'group', ap: 'isp:Skaidula', site: '', site_name: 'Skaidula', members },
    title: `${members.length} access points of Skaidula went dark within 5 min: likely upstream`,
    reasons: [
      `All ${members.length} that are dark are with this provider; those of the others are not.`,
      'Their test server and this server were reached by all others: it is the provider.',
    ],
    evidence: [],
  };
  return [...alerts.map((alert) => (covered(alert) ? { ...alert, parent: CUT } : alert)), group];
}
