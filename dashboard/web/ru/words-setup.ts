/** Why: the Russian of words-setup.ts. */
import type { SetupWords } from '../words-setup.ts';

export const setupWords: SetupWords = {
  title: 'Придумайте пароль администратора',
  text: 'Ссылка действует один раз. Имя пользователя – admin; других людей можно добавить позже.',
  password: 'Пароль',
  hint: 'Не менее 12 символов. Предложение запомнить легче, чем набор знаков.',
  go: 'Задать пароль',
  noToken: 'В этой ссылке нет токена',
  noTokenText: 'Откройте ссылку, которую сервер напечатал при первом запуске, целиком.',
  toLogin: 'Перейти ко входу',
};
