/** Why: a visitor of a library is told in plain words, in the language of the place. No figure that needs an engineer. */
import type { ApState } from '#contract';
import type { Language } from '../language.ts';

const NB = '\u00a0';

const en = {
  locale: 'en-GB',
  title: 'Internet in public libraries',
  answer: (meets: string, all: string, form: Intl.LDMLPluralRule) =>
    `${meets} of ${all} ${form === 'one' ? 'library has the internet that it was' : 'libraries have the internet that they were'} promised`,
  none: 'No library is shown here yet.',
  asOf: (at: string) =>
    `As of ${at}. Measured by a small device in each library; nothing about visitors is known or kept.`,
  region: 'Region',
  library: 'Library',
  now: 'Now',
  noName: 'elsewhere',
  state: {
    meets: 'As promised',
    below: 'Slower than promised',
    offline: 'No internet',
    nodata: 'Not known',
    maint: 'Maintenance',
  } satisfies Record<ApState, string>,
  day: {
    meets: 'as promised',
    below: 'slower than promised',
    offline: 'without internet for an hour or more while open',
    nodata: 'not known',
  },
  days: 'The last ninety days',
  oldest: '90 days ago',
  today: 'Today',
  share: (percent: string, tests: string, form: Intl.LDMLPluralRule) =>
    `${percent}${NB}% of ${tests} ${form === 'one' ? 'test' : 'tests'} reached the target.`,
  noTests: 'No test told anything yet.',
  table: 'Days that were not as promised',
  date: 'Day (UTC)',
  what: 'What was known',
  all: 'All libraries',
  badge: 'internet',
  language: 'Language',
  accessibility: 'Accessibility',
};
export type StatusWords = typeof en;

const lt: StatusWords = {
  locale: 'lt-LT',
  title: 'Internetas viešosiose bibliotekose',
  answer: (meets, all, form) =>
    `Žadėtą internetą turi ${meets} iš ${all} ${form === 'one' ? 'bibliotekos' : 'bibliotekų'}`,
  none: 'Čia dar nerodoma jokia biblioteka.',
  asOf: (at) =>
    `Būklė ${at}. Matuoja mažas prietaisas kiekvienoje bibliotekoje; apie lankytojus nieko nežinoma ir nesaugoma.`,
  region: 'Regionas',
  library: 'Biblioteka',
  now: 'Dabar',
  noName: 'kitur',
  state: {
    meets: 'Kaip žadėta',
    below: 'Lėčiau nei žadėta',
    offline: 'Interneto nėra',
    nodata: 'Nežinoma',
    maint: 'Priežiūros darbai',
  },
  day: {
    meets: 'kaip žadėta',
    below: 'lėčiau nei žadėta',
    offline: 'darbo metu be interneto valandą ar ilgiau',
    nodata: 'nežinoma',
  },
  days: 'Pastarosios devyniasdešimt dienų',
  oldest: 'Prieš 90 dienų',
  today: 'Šiandien',
  share: (percent, tests, form) =>
    `Tikslą pasiekė ${percent}${NB}% iš ${tests} ${form === 'one' ? 'matavimo' : 'matavimų'}.`,
  noTests: 'Dar nė vienas matavimas nedavė rezultato.',
  table: 'Dienos, kai buvo ne kaip žadėta',
  date: 'Diena (UTC)',
  what: 'Kas žinoma',
  all: 'Visos bibliotekos',
  badge: 'internetas',
  language: 'Kalba',
  accessibility: 'Prieinamumas',
};

const ru: StatusWords = {
  locale: 'ru-RU',
  title: 'Интернет в публичных библиотеках',
  answer: (meets, all, form) =>
    `Обещанный интернет есть в ${meets} из ${all} ${form === 'one' ? 'библиотеки' : 'библиотек'}`,
  none: 'Здесь пока не показана ни одна библиотека.',
  asOf: (at) =>
    `По состоянию на ${at}. Измеряет небольшое устройство в каждой библиотеке; о посетителях ничего не известно и не хранится.`,
  region: 'Регион',
  library: 'Библиотека',
  now: 'Сейчас',
  noName: 'в другом месте',
  state: {
    meets: 'Как обещано',
    below: 'Медленнее обещанного',
    offline: 'Нет интернета',
    nodata: 'Неизвестно',
    maint: 'Обслуживание',
  },
  day: {
    meets: 'как обещано',
    below: 'медленнее обещанного',
    offline: 'в часы работы без интернета час или дольше',
    nodata: 'неизвестно',
  },
  days: 'Последние девяносто дней',
  oldest: '90 дней назад',
  today: 'Сегодня',
  share: (percent, tests, form) => `Цели достигли ${percent}${NB}% из ${tests} ${form === 'one' ? 'теста' : 'тестов'}.`,
  noTests: 'Пока ни один тест не дал результата.',
  table: 'Дни, когда было не как обещано',
  date: 'День (UTC)',
  what: 'Что известно',
  all: 'Все библиотеки',
  badge: 'интернет',
  language: 'Язык',
  accessibility: 'Доступность',
};

export const STATUS_WORDS: Readonly<Record<Language, StatusWords>> = { en, lt, ru };
