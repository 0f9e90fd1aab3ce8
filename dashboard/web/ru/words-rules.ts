/** Why: the words about editing alert rules, in Russian. */
import type { ruleWords as en } from '../words-rules.ts';

export const ruleWords: typeof en = {
  title: 'Когда сообщать',
  text: 'Пустое поле – как обычно. Значение для одной библиотеки важнее значения для линий с платным трафиком, а то – важнее общего.',
  fileToo: 'Часть значений задаёт файл (CARREL_RULES); заданное в нём важнее заданного здесь.',
  scope: 'Для чего',
  all: 'Все библиотеки',
  metered: 'Линии с платным трафиком',
  usual: (value, unit) =>
    `как обычно: ${value === 'true' ? 'включено' : value === 'false' ? 'выключено' : value}${unit ? ` ${unit}` : ''}`,
  onOff: { on: 'включено', off: 'выключено' },
  save: 'Сохранить правила',
  saved: 'Сохранено. Действует с этой минуты.',
};
