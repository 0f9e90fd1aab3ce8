/** Why: the words of the page of raw samples. */
import type { EventKind, TailKind } from '#contract';
import { plural } from './format.ts';

const en = {
  title: 'Raw samples',
  text: 'What probes tell, as the server takes it in: newest first, in the units of the names. What came before this page was opened is in the charts and exports.',
  times: (zone: string) => `Times are ${zone} time.`,
  from: 'Raw samples',
  pause: 'Pause',
  goOn: 'Go on',
  /** The key that does the same. */
  space: 'Space',
  clear: 'Clear',
  copy: 'Copy as JSON',
  kinds: { sample: 'Samples', event: 'Events' } satisfies Record<TailKind, string>,
  metric: 'Figure',
  addMetric: 'Figure…',
  list: 'Samples and events, newest first',
  count: (n: string) => plural(n, { one: '{n} row', other: '{n} rows' }),
  waits: (n: string) =>
    plural(n, {
      one: '{n} new row waits until you leave the list',
      other: '{n} new rows wait until you leave the list',
    }),
  leftOff: (n: string) =>
    `${plural(n, { one: '{n} more row was', other: '{n} more rows were' })} left off: at most 200 come a second. A filter leaves less.`,
  full: (n: string) => `${n} rows, which is all that this page holds. It has stopped listening.`,
  state: { connecting: 'Connecting', live: 'Listening', paused: 'Paused', cut: 'Reconnecting', full: 'Stopped' },
  none: 'Nothing came yet',
  noneText: 'Probes send some minutes together, so it can take as long. Rows appear here by themselves.',
  noneFiltered: 'Nothing that passes the filter came yet.',
  gap: {
    paused: (from: string, to: string) => `Paused from ${from} to ${to}; what came then is not in this list.`,
    cut: (from: string, to: string) => `No connection from ${from} to ${to}; what came then is not in this list.`,
  },
  late: (age: string) => `came ${age} later`,
  approx: 'time uncertain: the clock was never set',
  event: {
    throughput: 'Test',
    outage: 'Outage',
    boot: 'Start',
    lost: 'Loss',
    clock: 'Clock step',
    inventory: 'Inventory',
  } satisfies Record<EventKind, string>,
  received: (at: string) => `taken in ${at}`,
};

export type TailWords = typeof en;
export const tailWords: TailWords = en;
