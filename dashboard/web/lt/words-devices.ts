/** Why: the Lithuanian of words-devices.ts. */
import { plural } from '../format.ts';
import type { DevicesWords } from '../words-devices.ts';

const devices = { one: '{n} įrenginys', few: '{n} įrenginiai', other: '{n} įrenginių' };
const ofDays = { one: '{n} darbo dienos', other: '{n} darbo dienų' };

export const devicesWords: DevicesWords = {
  title: 'Lankytojų įrenginiai per dieną',
  none: 'Šiuo laikotarpiu įrenginių niekas neskaičiavo: matuoklis nemato nei lankytojų tinklo radijo, nei jo adresų nuomos.',
  day: 'Diena',
  devices: 'Įrenginiai',
  atOnce: 'Daugiausia vienu metu',
  count: (n) => plural(n, devices),
  together: (n) => `vienu metu daugiausia ${n}`,
  usual: (median, of) => `Dienos mediana – ${plural(median, devices)}, iš ${plural(of, ofDays)}.`,
  most: (n, day) => `Daugiausia ${day}: ${n}.`,
  unknown: (n) => `Dienų, kai niekas neskaičiavo: ${n}.`,
  noDay: 'Dar nė viena diena nesuskaičiuota iki galo.',
  legend: 'skirtingi dienos įrenginiai',
  legendToday: 'šiandien, kol kas',
};
