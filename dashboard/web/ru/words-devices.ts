/** Why: the Russian of words-devices.ts. */
import { plural } from '../format.ts';
import type { DevicesWords } from '../words-devices.ts';

const devices = { one: '{n} устройство', few: '{n} устройства', other: '{n} устройств' };
const ofDays = { one: '{n} рабочего дня', other: '{n} рабочих дней' };

export const devicesWords: DevicesWords = {
  title: 'Устройства посетителей по дням',
  none: 'За этот период устройства никто не считал: зонд не видит ни радио сети посетителей, ни аренды её адресов.',
  day: 'День',
  devices: 'Устройства',
  atOnce: 'Больше всего сразу',
  count: (n) => plural(n, devices),
  together: (n) => `сразу не больше ${n}`,
  usual: (median, of) => `Медиана за день: ${plural(median, devices)}, из ${plural(of, ofDays)}.`,
  most: (n, day) => `Больше всего ${day}: ${n}.`,
  unknown: (n) => `Дней, когда никто не считал: ${n}.`,
  noDay: 'Ни один день ещё не сосчитан целиком.',
  legend: 'разные устройства за день',
  legendToday: 'сегодня, пока',
};
