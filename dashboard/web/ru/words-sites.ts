/** Why: the words of the list of sites, in Russian. */
import { plural } from '../format.ts';
import type { SitesWords } from '../words-sites.ts';

const points = {
  one: '{n} точка доступа',
  few: '{n} точки доступа',
  many: '{n} точек доступа',
  other: '{n} точки доступа',
};
const rows = { one: '{n} строка', few: '{n} строки', many: '{n} строк', other: '{n} строки' };

export const sitesWords: SitesWords = {
  select: (name) => `Выбрать: ${name}`,
  selectAll: (n) => `Выбрать все строки: ${n}`,
  selected: (n) => `Выбрано: ${plural(n, rows)}`,
  selection: 'Выбор',
  deselect: 'Снять выбор',
  compare: 'Сравнить',
  export: 'Сохранить CSV',
  file: 'biblioteki',
  columns: 'Столбцы',
  usualColumns: 'Обычные столбцы',
  day: 'Сутки',
  dayHours: (state, n) => `${state} ${n}\u00a0ч`,
  views: 'Виды',
  viewName: 'Название вида',
  viewHint: 'Поиск, фильтры, порядок и столбцы; ваши на всех устройствах.',
  saveView: 'Сохранить этот вид',
  removeView: (name) => `Удалить вид «${name}»`,
  noViews: 'Сохранённых видов пока нет.',
  addRegion: 'Регион…',
  addProvider: 'Провайдер…',
  metered: 'Платный трафик',
  silence: 'Заглушить…',
  silenceTitle: (n) => `Заглушить: ${plural(n, points)}`,
  silenced: (n, until) => `Заглушено до ${until}: ${plural(n, points)}.`,
  silencedSome: (done, all) => `Заглушено ${done} из ${all}. Остальные остаются выбранными:`,
  year: '12\u00a0мес.',
  zoom: 'Масштаб',
  moves: { in: 'Ближе', out: 'Дальше', earlier: 'Раньше', later: 'Позже' },
  back: 'Назад',
  custom: 'Другой…',
  from: 'С',
  to: 'По',
  show: 'Показать',
  thisRange: 'этот отрезок',
  newestTests: (n) => `Из тестов за этот период перечислены только последние: ${n}.`,
  median: 'Медиана',
  middle: '8 из 10 значений',
};
