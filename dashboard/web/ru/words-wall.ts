/** Why: the words of wall screens, in Russian: the wall itself, its pairing, and the list of screens in the settings. */
import { NBSP as NB, plural } from '../format.ts';
import type { wallWords as en } from '../words-wall.ts';

const ofIncidents = { one: '{n} инцидента', other: '{n} инцидентов' };

export const wallWords: typeof en = {
  title: 'Табло',
  starting: 'Запуск',
  live: (age) => `На связи, данным ${age}`,
  late: (age) => `Связь прервана, данным ${age}`,
  old: (age) => `Данные устарели на ${age}`,
  oldText: 'Ниже показано, что было тогда. Экран сам пробует снова.',
  oldSince: (at) => `Сервер не отвечает с ${at}.`,
  incidents: (n, open) =>
    `${n} из ${plural(open, ofIncidents)} ${plural(n, { one: 'требует', other: 'требуют' })} действий`,
  noIncidents: 'Открытых инцидентов нет',
  noIncidentsText: 'Никого не ждут.',
  moreIncidents: (n) => `и ещё ${n}`,
  sites: (n) =>
    plural(n, { one: '{n} библиотека', few: '{n} библиотеки', many: '{n} библиотек', other: '{n} библиотеки' }),
  nobody: 'Никто не взялся',
  hasIt: (who) => `В работе: ${who}`,
  pause: 'Остановить смену',
  go: 'Продолжить смену',
  panel: (n, of) => `Часть ${n} из ${of}`,
  withVerdict: (percent, n) =>
    `Это ${percent} из ${plural(n, { one: '{n} точки доступа', other: '{n} точек доступа' })}, о которых сейчас есть вывод.`,
  pair: {
    title: 'Этот экран не подключён',
    text: 'Администратор добавляет его в настройках, в разделе «Карта и экраны», и вводит код здесь или открывает на этом экране указанную там ссылку.',
    code: 'Код этого экрана',
    act: 'Подключить экран',
    waiting: 'Подключение',
  },
  screens: {
    title: 'Экраны',
    text: 'Экран показывает табло без входа, только для просмотра, пока его не отзовут здесь. Перезапуск этого не меняет.',
    name: 'Название экрана',
    add: 'Добавить экран',
    none: 'Экранов пока нет.',
    open: 'Открыть табло здесь',
    code: (code) => `Код: ${code}`,
    codeText: `Откройте на экране эту ссылку или /wall и введите код. Он подключает один экран в течение 15${NB}мин.`,
    copy: 'Копировать ссылку',
    revoke: 'Отозвать',
    revoked: (name) => `Экран больше ничего не показывает: ${name}.`,
    revokeSure: (name) => `Отозвать экран «${name}»? Он сразу погаснет, и его придётся связать новым кодом.`,
    state: { waiting: 'ждёт ввода кода', paired: 'подключён', expired: 'код не ввели вовремя' },
    seen: (at) => `был на связи ${at}`,
  },
};
