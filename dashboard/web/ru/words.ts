/** Why: every word that the page says, in Russian. */
import { plural } from '../format.ts';
import type { Words } from '../words.ts';

const NB = '\u00a0';
/** Figures of the page are whole, so that `other` is never asked for a fraction and stands for `many`. */
/** After "из": `из 21 точки`, `из 22 точек`. */
const ofPoints = { one: '{n} точки доступа', other: '{n} точек доступа' };
const reach = { one: '{n} достигает цели', other: '{n} достигают цели' };

export const words: Words = {
  product: 'Carrel',
  units: {
    d: 'д',
    h: 'ч',
    min: 'мин',
    s: 'с',
    mbps: 'Мбит/с',
    ms: 'мс',
    percent: '%',
    bytes: ['Б', 'кБ', 'МБ', 'ГБ', 'ТБ'],
  },
  ago: (age) => `${age} назад`,
  samples: (n) => `n = ${n}`,
  yourTime: (clock) => `у вас ${clock}`,
  unknown: 'неизвестно',
  unknownFigure: 'н/д',
  noConnection: 'нет связи',
  never: 'никогда',
  nobody: 'Пока никто',

  frame: {
    skip: 'К содержанию',
    main: 'Главное меню',
    find: 'Найти библиотеку, место или зонд',
    overview: 'Обзор',
    map: 'Карта',
    sites: 'Библиотеки',
    alerts: 'Инциденты',
    reports: 'Отчёты',
    fleet: 'Зонды',
    settings: 'Настройки',
    needAction: ', требуют действий: ',
    scope: 'Все библиотеки',
    account: (name) => `${name}, вход выполнен: пароль, тема, выход`,
    signOut: 'Выйти',
    theme: { system: 'Тема: как в системе', light: 'Тема: светлая', dark: 'Тема: тёмная' },
    words: 'Что означают слова',
    keys: 'Сочетания клавиш',
    accessibility: 'Доступность',
  },
  pill: {
    loading: 'Подключение',
    live: 'На связи',
    late: 'Связь прервана',
    old: 'Устарело',
    every: (s) => `Раз в ${s} с`,
    age: (age) => `данным ${age}`,
  },
  stale: {
    title: (age) => `Данные устарели на ${age}.`,
    text: (clock) =>
      `Сервер не отвечает с ${clock}. Показано последнее известное состояние, серым и со штриховкой; ничего новее здесь нет.`,
  },
  state: {
    meets: 'В норме',
    below: 'Ниже цели',
    offline: 'Нет связи',
    nodata: 'Нет данных',
    maint: 'Обслуживание',
    belowTarget: (target) => `Ниже ${target}`,
  },
  verdict: { pass: 'Пройден', fail: 'Не пройден', inconclusive: 'Без вывода' },

  load: {
    what: (what) => `Загружается: ${what.charAt(0).toLowerCase()}${what.slice(1)}`,
    failed: (what) => `${what.charAt(0).toUpperCase()}${what.slice(1)}: не удалось прочитать`,
    again: 'Повторить',
    notNew: 'Не удалось прочитать, что изменилось с тех пор.',
    offline: 'Сервер не ответил. Ничего не изменено; повторите.',
    noReason: (status) => `Сервер ответил ${status} без объяснения.`,
    request: 'Запрос',
    chunk: 'Часть страницы не загрузилась: нет связи, или Carrel тем временем обновили.',
  },
  what: {
    page: 'страница',
    sites: 'библиотеки',
    tests: 'Тесты',
    alerts: 'Предупреждения',
    chart: 'График',
    why: 'Причины',
    delivery: 'Полученные данные',
  },

  login: {
    title: 'Вход',
    text: 'чтобы увидеть, как работает интернет в библиотеках.',
    name: 'Имя',
    password: 'Пароль',
    show: 'Показать пароль',
    go: 'Войти',
  },
  unknownPage: {
    title: 'Такой страницы нет',
    text: 'Возможно, в адресе опечатка или этого больше нет.',
    back: 'К обзору',
  },

  sites: {
    empty: 'Библиотек пока нет',
    emptyText: 'Подключите первый зонд или загрузите список своих библиотек.',
    emptyAsk: 'Нет таких, которые вам видны. Обратитесь к администратору.',
    title: 'Библиотеки',
    titleIn: (region) => `Библиотеки: ${region}`,
    summary: (shown, all, states) => `Показано ${shown} из ${plural(all, ofPoints)}. ${states}`,
    counts: {
      meets: (n) => plural(n, reach),
      below: (n) => `${n} ниже`,
      offline: (n) => `${n} без связи`,
      nodata: (n) => `${n} без данных`,
      maint: (n) => `${n} на обслуживании`,
    },
    add: 'Добавить библиотеки',
    filters: 'Фильтры',
    clear: ', убрать фильтр',
    region: 'Регион',
    allRegions: 'Все регионы',
    searched: (q) => `Поиск: ${q}`,
    moved: (n) =>
      plural(n, { one: 'Сместилась {n} строка', few: 'Сместились {n} строки', other: 'Сместилось {n} строк' }),
    sortAgain: 'Сортировать снова',
    caption: (sorted, n) =>
      `Точки доступа, сортировка: ${sorted}. ${plural(n, { one: '{n} строка', few: '{n} строки', other: '{n} строк' })}; значения меняются по мере измерений, строки под указателем и в фокусе остаются на месте.`,
    descending: 'по убыванию',
    ascending: 'по возрастанию',
    columns: {
      state: 'Состояние',
      name: 'Библиотека',
      down: 'Тест',
      rx: 'Приём',
      tx: 'Отдача',
      rtt: 'Задержка',
      cpu: 'ЦП',
      clients: 'Устройства',
      seen: 'На связи',
      isp: 'Провайдер',
    },
    tested: 'Когда',
    metered: 'платный трафик',
    none: 'Ничего не найдено',
    noneText: 'Уберите фильтр или поищите другое слово.',
    removeFilters: 'Убрать фильтры',
    foot: [
      'Тест: скорость загрузки в последнем годном тесте и его время',
      'Приём, отдача, задержка, ЦП, устройства: последний замер',
    ],
  },
  because: {
    dark: (at) => (at === null ? 'Признаков жизни нет.' : `Признаков жизни нет с ${at}.`),
    slow: (target, at) => `Ниже ${target}, подтверждено повторным тестом${at === null ? '' : `, с ${at}`}.`,
    median: (n, rate, at) =>
      n === 1
        ? `Последний годный тест: ${rate}, ${at}.`
        : `Медиана по ${plural(n, { one: 'последнему {n} годному тесту', other: 'последним {n} годным тестам' })}: ${rate}, последний – ${at}.`,
    no_probe: 'За ней не следит ни один допущенный зонд.',
    never_seen: 'Её зонд ещё ни разу не выходил на связь.',
    no_test: `Нет годных тестов скорости за последние 48${NB}ч.`,
    maint: 'Обслуживание.',
  },
  hours: { notSet: 'часы не заданы', always: 'круглосуточно', and: 'и', span: (a, b) => `${a}–${b}` },
};
