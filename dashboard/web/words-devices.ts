/** Why: the words of how many devices visitors brought, day by day. */
import { plural } from './format.ts';

const devices = { one: '{n} device', other: '{n} devices' };
const days = { one: '{n} day', other: '{n} days' };
const openDays = { one: '{n} open day', other: '{n} open days' };

const en = {
  title: 'Patron devices by day',
  none: 'Nobody counted devices in this range: the probe sees neither the radios nor the leases of the network of visitors.',
  day: 'Day',
  devices: 'Devices',
  atOnce: 'Most at once',
  count: (n: string) => plural(n, devices),
  together: (n: string) => `${n} at once at most`,
  usual: (median: string, of: string) => `Median ${plural(median, devices)} a day, of ${plural(of, openDays)}.`,
  most: (n: string, day: string) => `Most on ${day}: ${n}.`,
  unknown: (n: string) => `Nobody counted on ${plural(n, days)}.`,
  noDay: 'No whole day was counted yet.',
  legend: 'different devices of the day',
  legendToday: 'today, so far',
};

export type DevicesWords = typeof en;
export const devicesWords: DevicesWords = en;
