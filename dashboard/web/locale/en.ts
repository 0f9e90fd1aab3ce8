/** Made by infra/locale-tables.ts from the ICU of Node (Unicode CLDR); do not edit by hand. */
export const locale = {
  tag: 'en-GB',
  decimal: '.',
  group: ',',
  months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  weekdays: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
  padDay: false,
  day: '{d} {M}',
  date: '{w} {d} {M} {y}',
};
