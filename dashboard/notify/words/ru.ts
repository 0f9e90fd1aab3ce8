/** Why: what people read in Russian. */
import { formatOf } from './format.ts';
import type { Words } from './words.ts';

const format = formatOf('ru', { mbps: 'Мбит/с', decimal: ',', day: 'д', hour: 'ч', minute: 'мин', second: 'с' });
const { count } = format;
const points = {
  one: '{n} точка доступа',
  few: '{n} точки доступа',
  many: '{n} точек доступа',
  other: '{n} точки доступа',
};

export const ru: Words = {
  format,
  title({ rule, place, target, value, members }) {
    switch (rule) {
      case 'slow':
        return `Ниже ${target}: ${place}${value === null ? '' : `, ${value}`}`;
      case 'dark':
        return `Нет связи: ${place}`;
      case 'group':
        return `Общий сбой (${count(members, points)}): ${place}`;
      default:
        return `${OTHER_RULES[rule] ?? 'Предупреждение'}: ${place}`;
    }
  },
  prefix: {
    resolved: 'Закончилось: ',
    closed: 'Закрыто: ',
    update: 'Новость: ',
    reminder: 'Всё ещё: ',
    test: 'Проверка: ',
  },
  past: (title, from, to) => `Уже закончилось, ${from}–${to}: ${title}`,
  labels: {
    site: 'Библиотека',
    provider: 'Провайдер',
    measured: 'Измерено',
    contract: 'Договор',
    since: 'С',
    until: 'До',
    confirmed: 'Подтверждено',
    excluded: 'Исключено',
    others: 'Кто ещё затронут',
    cause: 'Причина',
    urgency: 'Срочность',
  },
  headings: { why: 'Почему мы так считаем', tests: 'Измерения', next: 'Что делать' },
  reasonsNote: 'Подробности (по-английски)',
  measured: ({ median, tests, below, target, best }) =>
    `медиана ${median} по ${count(tests, { one: '{n} измерению', few: '{n} измерениям', many: '{n} измерениям', other: '{n} измерения' })}, ниже ${target} – ${below}, лучшее ${best}`,
  after: (duration) => `длилось ${duration}`,
  confirmed: {
    retests: (n) =>
      count(n, {
        one: '{n} повторное измерение',
        few: '{n} повторных измерения',
        many: '{n} повторных измерений',
        other: '{n} повторного измерения',
      }),
    servers: (n) =>
      count(n, {
        one: '{n} измерительный сервер',
        few: '{n} измерительных сервера',
        many: '{n} измерительных серверов',
        other: '{n} измерительного сервера',
      }),
    span: (duration) => `за ${duration}`,
    silence: 'с тех пор зонд не отвечает',
  },
  excluded: {
    othersCounted: (most) => `другой трафик на линии (не более ${most}, учтён)`,
    othersUnknown: 'другой трафик исключить нельзя: зонд его не видит',
    cpu: (percent) => `занятый зонд (процессор не более ${percent} %)`,
    inconclusive: (n) =>
      count(n, {
        one: '{n} неопределённое измерение',
        few: '{n} неопределённых измерения',
        many: '{n} неопределённых измерений',
        other: '{n} неопределённого измерения',
      }),
  },
  others: (n, provider) => `ещё ${count(n, points)} у провайдера ${provider}`,
  nobodyElse: (provider) => `больше никто у провайдера ${provider}`,
  causes: {
    unknown: 'пока неизвестна',
    power: 'нет электричества или оборудование выключено',
    lan: 'внутри библиотеки, до линии',
    access_line: 'линия доступа',
    provider: 'за линией доступа, в сети провайдера',
    server: 'этот сервер, а не библиотека',
    agent: 'сам зонд',
  },
  revised: 'уточнено',
  urgency: {
    page: 'Нужен человек сейчас.',
    ticket: 'Может подождать до рабочего времени.',
    digest: 'Для дневной сводки; ничего срочного.',
  },
  openUntil: (time) => `Библиотека открыта до ${time}.`,
  closedUntil: (at) => `Библиотека закрыта; откроется ${at}.`,
  closed: 'Библиотека закрыта.',
  test: {
    below: 'ниже нормы',
    passed: 'в норме',
    inconclusive: 'неопределённо',
    notMeasured: 'не измерено',
    download: 'загрузка',
    retest: 'повтор',
    others: (rate) => `другой трафик ${rate}`,
    othersUnknown: 'другой трафик неизвестен',
  },
  next: {
    nothing: 'Ничего делать не нужно.',
    power: 'Спросите библиотеку, есть ли электричество и включён ли маршрутизатор.',
    call: (provider) => `Если да, звоните провайдеру (${provider}).`,
    callWithTests: (provider) => `Позвоните провайдеру (${provider}) и назовите измерения`,
    othersCounted: 'трафик других пользователей уже учтён.',
    othersUnknown: 'зонд не видел, сколько занимали другие.',
    contractLow: (contract) => `По договору обещано меньше нормы (${contract}); провайдер может быть прав.`,
    group: (provider) => `Позвоните провайдеру (${provider}): многие места отказали сразу, вероятна одна причина.`,
    look: 'Откройте предупреждение: там данные и советы.',
    acknowledge: 'Отметьте, что взялись за это, – другие увидят.',
  },
  theProvider: 'провайдер',
  reminder: (minutes) =>
    `Уже ${count(minutes, { one: '{n} минуту', few: '{n} минуты', many: '{n} минут', other: '{n} минуты' })} никто не взялся.`,
  ackEnded: 'Срок, на который кто-то взялся, истёк, а сбой продолжается.',
  uncertain: 'Возможно, это повтор: неизвестно, дошла ли первая попытка.',
  member: (name, since) => `${name}, с ${since}`,
  moreMembers: (n) => `и ещё ${n}`,
  groupNow: (lasting, recovered) => `Сбой продолжается: ${lasting}. Восстановились: ${recovered}.`,
  links: { open: 'Открыть предупреждение', act: 'Взяться, заглушить или записать' },
  act: {
    title: 'Действия по предупреждению',
    what: 'Что вы хотите сделать?',
    howLong: 'На какое время',
    ack: 'Берусь',
    silence: 'Заглушить',
    closedToday: 'Библиотека сегодня закрыта',
    note: 'Оставить заметку',
    testNow: 'Измерить линию сейчас',
    hours: (n) => count(n, { one: '{n} час', few: '{n} часа', many: '{n} часов', other: '{n} часа' }),
    hoursUntil: (hours, until) => `${hours}, до ${until}`,
    untilOpens: (at) => `Пока не откроется, ${at}`,
    untilCloses: (at) => `Пока не закроется, ${at}`,
    acked: (until) => `Вы взялись до ${until}. Если сбой не закончится, вызовы начнутся снова.`,
    silenced: (until) => `Заглушено до ${until}. Если сбой не закончится, о нём сообщат тогда.`,
    closed: 'Заглушено до конца дня: библиотека закрыта.',
    closedReason: 'сегодня закрыто',
    silenceReason: (incident) => `инцидент ${incident}`,
    noted: 'Ваша заметка сохранена у инцидента.',
    tested: 'Зонд получил просьбу измерить. Результат появится на странице через несколько минут.',
    noTest: 'Здесь нет зонда, которого можно попросить.',
    over: 'Это уже закончилось; делать ничего не нужно.',
    expired: 'Срок ссылки истёк; ссылки действуют 24 часа. Войдите, чтобы действовать.',
    used: 'Эта ссылка уже использована. Ничего не изменено повторно.',
    wrong: 'Эта ссылка недействительна.',
    wrongForm: 'Не выбрано ничего, что можно сделать; ничего не изменено.',
    already: 'Это уже было получено. Ничего не изменено заново.',
  },
  digest: {
    title: (n) =>
      count(n, {
        one: 'Ожидало {n} предупреждение',
        few: 'Ожидало {n} предупреждения',
        many: 'Ожидало {n} предупреждений',
        other: 'Ожидало {n} предупреждения',
      }),
    open: 'продолжается',
    over: 'закончилось',
    more: (n) => `и ещё ${n}, все на странице`,
  },
  notices: {
    failing: (receiver) => `Предупреждения не доходят: ${receiver}`,
    failingText: (error, since) => `С ${since} ничего не отправлено: ${error}. То, что ждёт, не потеряно.`,
    works: (receiver) => `Предупреждения снова доходят: ${receiver}`,
    worksText: (duration) => `Не работало ${duration}. То, что ждало, отправляется.`,
    nobodyReacted: (title) => `Никто не отозвался: ${title}`,
    gap: (rotation, from, to) => `Никто не дежурит (${rotation}) с ${from} до ${to}`,
    certificate: (name, at) => `Сертификат ${name} истекает ${at}`,
    test: 'Проверочное сообщение Carrel',
    testText: 'Кто-то нажал кнопку проверки. Если вы это читаете, предупреждения сюда доходят.',
  },
};

const OTHER_RULES: Readonly<Record<string, string>> = {
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
};
