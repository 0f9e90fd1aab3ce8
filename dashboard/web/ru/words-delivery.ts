/** Why: what the page says of delivery, in Russian. */
import { plural } from '../format.ts';
import type { delivery as en } from '../words-delivery.ts';

const frames = { one: '{n} кадр', few: '{n} кадра', many: '{n} кадров', other: '{n} кадра' };

export const delivery: typeof en = {
  title: 'Полученные данные',
  note: 'зонд нумерует каждый кадр',
  complete: 'Ничего не пропало',
  explained: (n) => `Потеряно ${plural(n, frames)}, как сообщил зонд`,
  awaited: (n) => `Ожидается ещё ${plural(n, frames)}`,
  unexplained: (n) => `Не хватает без объяснения: ${plural(n, frames)}`,
  nothing: 'Пока ничего не получено',
  nothingText: 'Как только зонд передаст данные, здесь будет сказано, все ли они пришли.',
  frames: 'Кадры',
  ofRuns: (n, runs) => `${n}, агент запускался: ${plural(runs, { one: '{n} раз', few: '{n} раза', other: '{n} раз' })}`,
  since: 'С',
  last: 'Последний',
  duplicates: 'Повторы, отброшены',
  cloned:
    'Учётными данными этого зонда пользуются два устройства, и их значения смешаны. Создайте учётные данные для каждого.',
  gaps: 'Каких кадров не хватает',
  newest: (n) => `последние ${n}`,
  columns: { since: 'Замечено', n: 'Кадры', why: 'Что известно' },
  why: { awaited: 'Могут ещё быть на зонде', unexplained: 'Не пришли, и о потере не сообщено' },
  lost: {
    frame: 'Буфер зонда был полон: старейшие замеры отброшены',
    event: 'Буфер зонда был полон: пришлось отбросить даже тесты',
    damaged: 'Не читается с диска зонда',
  },
};
