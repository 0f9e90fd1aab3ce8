/** Made by infra/locale-tables.ts from the ICU of Node (Unicode CLDR); do not edit by hand. */
export const locale = {
  tag: 'ky',
  decimal: ',',
  group: ' ',
  months: ['янв.', 'фев.', 'мар.', 'апр.', 'май', 'июн.', 'июл.', 'авг.', 'сен.', 'окт.', 'ноя.', 'дек.'],
  weekdays: ['дүй.', 'шейш.', 'шарш.', 'бейш.', 'жума', 'ишм.', 'жек.'],
  padDay: false,
  day: '{d}-{M}',
  date: '{y}-ж. {d}-{M}, {w}',
};
