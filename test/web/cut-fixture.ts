/** Why: a cable that is cut is one incident of many access points: the dark ones of the fixture, covered by one group. */
import type { AlertView } from '#contract';

/** Of the group; single incidents of the fixture begin at 1000. */
export const CUT = 900;

/** `alerts` with the dark ones covered by one incident, which comes last. */
export function withCut(alerts: readonly AlertView[]): AlertView[] {
  const dark = alerts.filter(({ rule }) => rule === 'dark');
  const [first] = dark;
  if (!first) return [...alerts];
  const members = dark.map(({ ap, site, site_name, since }, i) => ({
    ...{ ap, site, site_name, since: since + i * 20_000, until: i % 5 === 4 ? since + 45 * 60_000 : null },
  }));
  const group: AlertView = {
    ...first,
    ...{ id: CUT, rule: 'group', ap: 'isp:Skaidula', site: '', site_name: 'Skaidula', members },
    title: `${members.length} access points of Skaidula went dark within 5 min: likely upstream`,
    reasons: [
      `${members.length} of its 31 access points are dark; of the other providers 2 of 1,100 are.`,
      'Their test server and this server were reached by all others: it is the provider.',
    ],
    evidence: [],
  };
  return [...alerts.map((alert) => (alert.rule === 'dark' ? { ...alert, parent: CUT } : alert)), group];
}
