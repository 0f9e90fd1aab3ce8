/** Why: the Russian of words-overview.ts. */
import { plural } from '../format.ts';
import type { OverviewWords } from '../words-overview.ts';

const ofPoints = { one: '{n} точки доступа', other: '{n} точек доступа' };

export const overviewWords: OverviewWords = {
  title: (n, all, target) =>
    all === '1'
      ? `Точка доступа ${n === '1' ? '' : 'не '}достигает ${target}`
      : `${n} из ${plural(all, ofPoints)} ${plural(n, { one: 'достигает', other: 'достигают' })} ${target}`,
  unjudged: (all) => (all === '1' ? 'О точке доступа пока нет вывода' : 'Пока ни об одной точке доступа нет вывода'),
  unjudgedWhy: 'Вывод появится после тестов в часы работы.',
  next: {
    title: 'Что дальше',
    note: 'сделанное исчезает',
    library: 'Добавить библиотеку',
    libraryText: 'вручную или из готовой таблицы',
    probe: 'Добавить зонд',
    probeText: 'маршрутизатор с OpenWrt или Raspberry Pi за линией библиотеки; ставится одной командой',
    alerts: 'Настроить предупреждения',
    alertsText: 'чтобы кто-то узнал, когда линия медленная или без связи',
  },
  ownTarget: 'своей цели',
  noVerdict: 'Пока нигде нет вывода.',
  verdicts: (percent, n) => `Это ${percent} из ${plural(n, ofPoints)}, о которых сейчас есть вывод.`,
  average: (mean, n) => `Среднее последних годных тестов – ${mean} (n = ${n}).`,
  noAverage: 'Годных тестов пока нет, поэтому нет и среднего.',
  states: 'Точки доступа по состоянию',
  attention: 'Требуют внимания',
  attentionCount: (n) => plural(n, { one: '{n} точка доступа', few: '{n} точки доступа', other: '{n} точек доступа' }),
  worstFirst: 'сначала худшие',
  allAlerts: 'Все инциденты',
  hasIt: (who) => `В работе: ${who}`,
  fine: 'Ничто не требует внимания',
  fineUnjudged: 'Здесь появится то, что работает медленно или без связи, сначала худшее.',
  fineText: 'Все точки доступа, о которых есть вывод, достигают цели.',
  more: (n) => `Ещё ${n} в списке библиотек`,
  changes: 'Последние 60\u00a0минут',
  changesN: (n) => plural(n, { one: '{n} изменение', few: '{n} изменения', other: '{n} изменений' }),
  noChanges: 'Состояние точек доступа не менялось.',
  changed: {
    meets: 'достигает цели',
    below: 'ниже цели',
    offline: 'без связи',
    nodata: 'без данных',
    maint: 'на обслуживании',
  },
  median: (rate) => `медиана ${rate}`,
  measured: 'Измерено сейчас',
  measuredBy: 'последний замер каждого зонда',
  where: 'Где',
  byRegion: 'доля достигших цели, по регионам',
  regions: 'Регионы',
  openMap: 'Открыть карту',
  wall: 'Табло',
  day: 'Не достигают цели, последние 24\u00a0ч',
  dayNote: 'у каждой строки своя шкала',
  dayNone: 'Идёт подсчёт за первую четверть часа.',
  dayLabel: (state, now, most) => `${state}: сейчас ${now}, самое большее за 24\u00a0часа – ${most}.`,
  now: 'сейчас',
  region: 'Регион',
  share: 'Достигли',
  noRegion: 'Без региона',
  of: (n, all) => `${n} из ${all}`,
  connect: 'Подключить зонд',
  importTable: 'Загрузить таблицу',
  carrel: 'О работе Carrel',
};
