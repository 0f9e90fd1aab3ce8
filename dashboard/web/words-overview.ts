/** Why: the words of the overview; who opens another page does not load them. */
import type { ApState } from '#contract';
import { plural } from './format.ts';

const en = {
  title: (n: string, all: string, target: string) =>
    all === '1'
      ? `The access point ${n === '1' ? 'meets' : 'does not meet'} ${target}`
      : `${n} of ${all} access points ${plural(n, { one: 'meets', other: 'meet' })} ${target}`,
  unjudged: (all: string): string =>
    all === '1' ? 'The access point has not been judged yet' : 'No access point has been judged yet',
  unjudgedWhy: 'A verdict comes from tests in opening hours.',
  next: {
    title: 'What next',
    note: 'each goes when it is done',
    steps: 'Step by step',
    library: 'Add a library',
    libraryText: 'by hand, or import the table that you have',
    probe: 'Add a probe',
    probeText: 'an OpenWrt router or a Raspberry Pi behind the library’s line; one command installs it',
    alerts: 'Set up alerts',
    alertsText: 'so that somebody is told when a line is slow or dark',
  },
  ownTarget: 'the target',
  noVerdict: 'None has a verdict yet.',
  verdicts: (percent: string, n: string) => `${percent} of the ${n} with a verdict now.`,
  average: (mean: string, n: string) => `Average of the last valid tests ${mean} (n = ${n}).`,
  noAverage: 'No valid test yet, so no average.',
  states: 'Access points by state',
  attention: 'Needs attention',
  attentionCount: (n: number) => plural(n, { one: '{n} access point', other: '{n} access points' }),
  worstFirst: 'worst first',
  allAlerts: 'All alerts',
  hasIt: (who: string) => `${who} has it`,
  fine: 'Nothing needs attention',
  fineUnjudged: 'What is slow or dark will stand here, worst first.',
  fineText: 'Every access point with a verdict meets its target.',
  more: (n: number) => `${n} more in the list of sites`,
  changes: 'Last 60 minutes',
  changesN: (n: number) => plural(n, { one: '{n} change', other: '{n} changes' }),
  noChanges: 'No access point changed its state.',
  changed: {
    meets: 'meets the target',
    below: 'fell below',
    offline: 'went offline',
    nodata: 'has no data',
    maint: 'in maintenance',
  } satisfies Record<ApState, string>,
  /** What the state is judged by: the newest test alone may say otherwise. */
  median: (rate: string) => `median ${rate}`,
  measured: 'Measured now',
  measuredBy: 'newest sample of each probe',
  where: 'Where',
  byRegion: 'share that meets the target, by region',
  regions: 'Regions',
  openMap: 'Open map',
  wall: 'Wall screen',
  day: 'Sites not meeting the target, last 24 h',
  dayNote: 'each row to its own scale',
  dayHourNote: 'worst of each hour, each row to its own scale',
  dayNone: 'The first quarter of an hour is being counted.',
  dayLabel: (state: string, now: string, most: string) => `${state}: ${now} now, at most ${most} in 24 hours.`,
  now: 'now',
  region: 'Region',
  share: 'Meets',
  noRegion: 'No region',
  of: (n: string, all: string) => `${n} of ${all}`,
  connect: 'Connect a probe',
  importTable: 'Import a table',
  carrel: 'About Carrel itself',
};

export type OverviewWords = typeof en;
export const overviewWords: OverviewWords = en;
