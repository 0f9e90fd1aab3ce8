/** Why: the words of the list of sites, in Russian. */
import type { SitesWords } from '../words-sites.ts';

export const sitesWords: SitesWords = {
  select: (name) => `Выбрать: ${name}`,
  selectAll: (n) => `Выбрать все строки: ${n}`,
  columns: 'Столбцы',
  usualColumns: 'Обычные столбцы',
  day: 'Сутки',
  dayHours: (state, n) => `${state} ${n}\u00a0ч`,
  views: 'Виды',
  viewName: 'Название вида',
  viewHint: 'Поиск, фильтры, порядок и столбцы; ваши на всех устройствах.',
  saveView: 'Сохранить этот вид',
  removeView: (name) => `Удалить вид «${name}»`,
  removeViewSure: (name) => `Удалить вид «${name}» на всех ваших устройствах?`,
  noViews: 'Сохранённых видов пока нет.',
  addRegion: 'Регион…',
  addProvider: 'Провайдер…',
  metered: 'Платный трафик',
};
