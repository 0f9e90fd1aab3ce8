/** Why: the words of the page of the fleet. */
import type { ProbeTrouble } from '#contract';
import { plural } from './format.ts';
import type { ProbeSortKey } from './probes.ts';

const en = {
  title: 'Fleet',
  well: (all: string) => plural(all, { one: '{n} probe, and it is well', other: 'All {n} probes are well' }),
  need: (n: string, all: string) =>
    `${n} of ${plural(all, { one: '{n} probe', other: '{n} probes' })} ${plural(n, { one: 'needs', other: 'need' })} a hand`,
  summary: (online: string, shown: string, all: string) => `${online} connected. ${shown} of ${all} shown.`,
  spent: (bytes: string, n: string) => `Tests have cost ${bytes} this month, by the accounts of ${n}.`,
  what: 'The probes',
  none: 'No probe matches',
  empty: 'No probes yet',
  emptyText: 'One command on a library’s router or Raspberry Pi connects it; the page shows how it comes along.',
  connect: 'Connect a probe',
  export: 'Export CSV',
  file: 'probes',
  old: (clock: string) => `These are the probes as they were at ${clock}; the server did not tell anything newer.`,
  versions: 'Agents by version',
  current: (version: string) => `this server hands out ${version}`,
  others: (n: string) => plural(n, { one: '{n} other version', other: '{n} other versions' }),
  of: (n: string, all: string) => `${n} of ${all}`,
  version: 'Version',
  addVersion: 'Version…',
  trouble: {
    away: 'Not connected',
    clock: 'Clock wrong',
    refused: 'Configuration refused',
    waiting: 'Backlog',
    data: 'Data used up',
    config: 'Configuration old',
    outdated: 'Agent old',
    never: 'Never heard',
  } satisfies Record<ProbeTrouble, string>,
  fine: 'Well',
  more: (n: string) => `+${n}`,
  caption: (sorted: string, n: string) =>
    `Probes, sorted by ${sorted}. ${plural(n, { one: '{n} row', other: '{n} rows' })}; read again every half minute, rows hold still under pointer and focus.`,
  columns: {
    trouble: 'State',
    name: 'Site',
    probe: 'Probe',
    seen: 'Last heard',
    version: 'Agent',
    config: 'Config.',
    clock: 'Clock',
    waiting: 'Waiting',
    data: 'Tests this month',
  } satisfies Record<ProbeSortKey, string>,
  unbound: 'watches nothing',
  wanted: (reported: string, wanted: string) => `${reported} of ${wanted}`,
  clock: { 0: 'never set', 1: 'NTP', 2: 'by server' },
  ahead: (age: string) => `${age} ahead`,
  behind: (age: string) => `${age} behind`,
  foot: [
    'Waiting: frames when it was last heard, and the time of measuring in them',
    'Tests this month: the probe’s own account, by UTC',
  ],
};

export type FleetWords = typeof en;
export const fleetWords: FleetWords = en;
