/** Why: the Russian of words-selection.ts. */
import { plural } from '../format.ts';
import type { SelectionWords } from '../words-selection.ts';

const points = {
  one: '{n} точка доступа',
  few: '{n} точки доступа',
  many: '{n} точек доступа',
  other: '{n} точки доступа',
};
const rows = { one: '{n} строка', few: '{n} строки', many: '{n} строк', other: '{n} строки' };

export const selectionWords: SelectionWords = {
  selected: (n) => `Выбрано: ${plural(n, rows)}`,
  selection: 'Выбор',
  deselect: 'Снять выбор',
  compare: 'Сравнить',
  export: 'Сохранить CSV',
  file: 'biblioteki',
  silence: 'Заглушить…',
  silenceTitle: (n) => `Заглушить: ${plural(n, points)}`,
  silenced: (n, until) => `Заглушено до ${until}: ${plural(n, points)}.`,
  silencedSome: (done, all) => `Заглушено ${done} из ${all}. Остальные остаются выбранными:`,
};
