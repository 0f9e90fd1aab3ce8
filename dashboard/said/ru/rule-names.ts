/** Why: what each rule calls the trouble it finds, the same in messages, on the incident's page and, by a test, on the page. */
import type { AlertRule } from '#contract';

export const RULE_NAMES: Readonly<Record<AlertRule, string>> = {
  slow: 'Ниже цели',
  dark: 'Нет связи',
  silent: 'Нет измерений',
  quality: 'Плохое качество связи',
  device: 'Неполадка зонда',
  budget: 'Исчерпан лимит данных',
  clock: 'Неверные часы',
  weak: 'Зонд слишком слаб',
  cloned: 'Двойной зонд',
  server: 'Неполадка измерительного сервера',
  outdated: 'Устаревший агент',
  database: 'База данных не принимает',
  group: 'Общий сбой',
};
