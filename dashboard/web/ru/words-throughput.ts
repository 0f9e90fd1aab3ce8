/** Why: the Russian of words-throughput.ts. */
import { plural } from '../format.ts';
import type { ThroughputWords } from '../words-throughput.ts';

const planned = { one: '{n} планового теста', other: '{n} плановых тестов' };

export const throughputWords: ThroughputWords = {
  by: { day: 'по дням', week: 'по неделям', month: 'по месяцам' },
  head: { day: 'День', week: 'Неделя', month: 'Месяц' },
  soFar: (name) => `${name}, пока`,
  median: 'медиана',
  band: 'p10–p90',
  reached: (passed, told) => `цели достигли ${passed} из ${told} тестов`,
  unclear: (n) => `без вывода: ${n}`,
  none: 'нет теста с выводом',
  closed: 'закрыто',
  summary: (share, n) => `${share} из ${plural(n, planned)} достигли цели`,
  fell: {
    day: (fell, of) => `хотя бы раз ниже в ${fell} из ${plural(of, { one: '{n} дня', other: '{n} дней' })}`,
    week: (fell, of) => `хотя бы раз ниже в ${fell} из ${plural(of, { one: '{n} недели', other: '{n} недель' })}`,
    month: (fell, of) => `хотя бы раз ниже в ${fell} из ${plural(of, { one: '{n} месяца', other: '{n} месяцев' })}`,
  },
  medians: (low, high) => `Медианы от ${low} до ${high} Мбит/с.`,
  gaps: (n) => `Без теста с выводом: ${n}.`,
  keys: 'Стрелки влево и вправо перебирают значения.',
  keysMarks: 'Стрелки влево и вправо перебирают значения, вверх и вниз – отдельные тесты.',
  legend: {
    median: { day: 'медиана дня', week: 'медиана недели', month: 'медиана месяца' },
    band: 'p10–p90: 8 из 10 тестов',
    unclear: 'тест без вывода',
  },
  about: {
    day: 'Медиана и полоса – по плановым тестам каждого дня; знаки – все тесты, и повторные.',
    week: 'Медиана и полоса – по плановым тестам каждой недели, с понедельника.',
    month: 'Медиана и полоса – по плановым тестам каждого месяца.',
  },
  error: (zone, share) =>
    `Дни – по времени ${zone}. Скорость считается узкими шагами, поэтому каждый процентиль отличается от точного не больше чем на ${share}.`,
  columns: { tests: 'С выводом', passed: 'Достигли', unclear: 'Без вывода' },
};
