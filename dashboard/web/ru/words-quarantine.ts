/** Why: the words about lines that a database refuses, in Russian. */
import { plural } from '../format.ts';
import type { quarantineWords as en } from '../words-quarantine.ts';

const lines = { one: '{n} строка', few: '{n} строки', many: '{n} строк', other: '{n} строки' };
const theLines = { ...lines, one: '{n} строку' };

export const quarantineWords: typeof en = {
  title: 'Карантин',
  empty: 'Базы данных ничего не отклоняют.',
  lines: (all, shown) => `${plural(all, lines)}${all === shown ? '' : `, здесь последние ${shown}`}`,
  at: 'Отложено',
  reason: 'Что ответила база данных',
  line: 'Строка',
  replay: 'Передать снова',
  replayed: (taken, refused) => `принято – ${taken}, снова отклонено – ${refused}`,
  drop: 'Удалить',
  dropSure: (n, store) => `Удалить ${plural(n, theLines)}, не принятые базой ${store}? Вернуть их будет нельзя.`,
  dropped: 'Удалено',
};
