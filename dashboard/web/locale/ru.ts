/** Made by infra/locale-tables.ts from the ICU of Node (Unicode CLDR); do not edit by hand. */
export const locale = {
  tag: 'ru',
  decimal: ',',
  group: ' ',
  months: ['янв.', 'февр.', 'мар.', 'апр.', 'мая', 'июн.', 'июл.', 'авг.', 'сент.', 'окт.', 'нояб.', 'дек.'],
  weekdays: ['пн', 'вт', 'ср', 'чт', 'пт', 'сб', 'вс'],
  padDay: false,
  day: '{d} {M}',
  date: '{w}, {d} {M} {y} г.',
};
