/** Why: the Russian of words-keys.ts. */
import type { KeysWords } from '../words-keys.ts';

export const keysWords: KeysWords = {
  title: 'Клавиатура',
  close: 'Закрыть',
  off: 'Однобуквенные сочетания включены',
  list: [
    ['/', 'поиск'],
    ['g o', 'обзор'],
    ['g m', 'карта'],
    ['g s', 'библиотеки'],
    ['g a', 'инциденты'],
    ['g r', 'отчёты'],
    ['g f', 'зонды'],
    ['g t', 'настройки'],
    ['j  k', 'следующая, предыдущая строка'],
    ['Enter', 'открыть строку'],
    ['d', 'тема'],
    ['?', 'этот список'],
  ],
};
