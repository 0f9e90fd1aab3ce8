/** Made by infra/locale-tables.ts from the ICU of Node (Unicode CLDR); do not edit by hand. */
export const locale = {
  tag: 'lt',
  decimal: ',',
  group: ' ',
  months: ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12'],
  weekdays: ['pr', 'an', 'tr', 'kt', 'pn', 'št', 'sk'],
  padDay: true,
  day: '{M}-{d}',
  date: '{y}-{M}-{d}, {w}',
};
