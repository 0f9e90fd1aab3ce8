/** Why: the Russian of words-range.ts. */
import type { RangeWords } from '../words-range.ts';

export const rangeWords: RangeWords = {
  year: '12\u00a0мес.',
  zoom: 'Масштаб',
  moves: { in: 'Ближе', out: 'Дальше', earlier: 'Раньше', later: 'Позже' },
  back: 'Назад',
  custom: 'Другой…',
  from: 'С',
  to: 'По',
  wrong: 'Конец должен быть позже начала, не более чем на пять лет.',
  show: 'Показать',
  thisRange: 'этот отрезок',
  newestTests: (n) => `Из тестов за этот период перечислены только последние: ${n}.`,
  median: 'Медиана',
  middle: '8 из 10 значений',
};
