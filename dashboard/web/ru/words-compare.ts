/** Why: the Russian of words-compare.ts. */
import type { CompareWords } from '../words-compare.ts';

export const compareWords: CompareWords = {
  title: 'Сравнение',
  text: 'Скорость загрузки каждой точки доступа в одном масштабе и в одно и то же время.',
  none: 'Сравнивать нечего',
  noneText: 'Выберите в списке библиотек от двух до шести строк и нажмите «Сравнить».',
  toSites: 'К списку библиотек',
  most: (n) => `Сравнивается не больше ${n}; показаны первые.`,
};
