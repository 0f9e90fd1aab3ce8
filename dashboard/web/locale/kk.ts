/** Made by infra/locale-tables.ts from the ICU of Node (Unicode CLDR); do not edit by hand. */
export const locale = {
  tag: 'kk',
  decimal: ',',
  group: ' ',
  months: ['қаң.', 'ақп.', 'нау.', 'сәу.', 'мам.', 'мау.', 'шіл.', 'там.', 'қыр.', 'қаз.', 'қар.', 'жел.'],
  weekdays: ['дс', 'сс', 'ср', 'бс', 'жм', 'сб', 'жс'],
  padDay: false,
  day: '{d} {M}',
  date: '{y} ж. {d} {M}, {w}',
};
