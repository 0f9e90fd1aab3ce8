import { describe, expect, test } from 'vitest';
import { isObject, LANGUAGES, parseJson } from '#contract';
import { HOLIDAY_COUNTRIES, holidaysOf } from '../../dashboard/alert/holidays.ts';
import { openRules } from '../../dashboard/alert/rule-store.ts';
import { holidayName } from '../../dashboard/said/holidays.ts';
import { wordRules } from '../../dashboard/said/rules.ts';
import { toldList } from '../../dashboard/said/said.ts';
import { say, sayAll, wordNotice } from '../../dashboard/said/say.ts';
import { NOON } from '../alert/tests.ts';
import { memoryState } from '../support/state.ts';
import { foreignWords } from './foreign-words.ts';
import { SAID } from './samples.ts';

const ZONE = 'Europe/Vilnius';
/** What people, programs and places in the samples are called. */
const NAMES = [
  'Antazavė',
  'Ryšys Plius',
  'influx1',
  'duckdb',
  'vilnius',
  'Rasa',
  'Jonas',
  'p-1',
  'p-2',
  'p-3',
  'a@b.lt',
];

describe('what the server says', () => {
  test.each(SAID.map((said) => [said.code, said] as const))('%s is said in every language, wholly', (_code, said) => {
    const texts = LANGUAGES.map((lang) => say(said, lang, ZONE));
    for (const text of texts) expect(text).not.toMatch(/undefined|NaN|null|\[object|\{|\}|^$|\.\.$/);
    expect(new Set(texts).size).toBe(texts.length);
    expect(foreignWords(texts[1] ?? '', NAMES)).toEqual([]);
    expect(foreignWords(texts[2] ?? '', NAMES)).toEqual([]);
  });
  test('is found to be English where it is', () => {
    const sentences = SAID.map((said) => say(said, 'en', ZONE)).filter((text) => text.endsWith('.'));
    expect(sentences.filter((text) => foreignWords(text, NAMES).length === 0)).toEqual([]);
  });
  test('is told by the clock of the place, with the figures of the language', () => {
    const said = { code: 'slow.late', at: NOON } as const;
    expect([say(said, 'en', ZONE), say(said, 'lt', 'Asia/Almaty')]).toEqual([
      'The newest test ran at 14:00; it reached us late.',
      'Naujausias matavimas atliktas 17:00; mus jis pasiekė vėlai.',
    ]);
  });
  test('outlives the database, and a sentence of an older version stays readable and says that it is English', () => {
    const stored = parseJson(JSON.stringify(['3 of 4 below', SAID[0]]));
    expect(sayAll(toldList(stored), 'lt', ZONE)).toEqual([
      'Angliškai: 3 of 4 below',
      'Mažiau nei 30 Mb/s: Antazavė, 11,2 Mb/s',
    ]);
    expect(sayAll(toldList(stored), 'en', ZONE)[0]).toBe('3 of 4 below');
  });
  test('of a later version is shown as it is stored', () => {
    const [told = ''] = toldList([{ code: 'slow.unheard_of', n: 3 }]);
    expect(isObject(parseJson(say(told, 'lt', ZONE)))).toBe(true);
  });
});

test('a notice about Carrel itself is worded for its reader', () => {
  const notice = { code: 'NO_HOURS', severity: 'info', since: null, said: { code: 'notice.no_hours', n: 2 } } as const;
  expect(LANGUAGES.map((lang) => wordNotice(notice, lang).text)).toEqual([
    '2 sites have no opening hours: nothing is judged there and nobody is alerted.',
    '2 bibliotekų darbo laikas nenurodytas: ten niekas nevertinama ir niekas neįspėjamas.',
    'У 2 библиотек не указаны часы работы: там ничего не оценивается и никого не предупреждают.',
  ]);
});

test.each(['lt', 'ru'] as const)('whoever edits the rules reads in %s what each parameter means', (lang) => {
  const { parameters } = wordRules(openRules({ CARREL_DARK_AFTER_S: 300 }, memoryState()).view(), lang);
  // Names of profiles are the same in every language.
  const names = ['auto', 'metered', 'default', 'fast', 'demo'];
  expect(parameters.filter(({ description }) => foreignWords(description, names).length > 0)).toEqual([]);
  expect(parameters.find(({ name }) => name === 'dark.after_s')).toMatchObject({
    description: {
      lt: 'Kiek tylos darbo metu laikoma ryšio nebuvimu',
      ru: 'Сколько молчания в часы работы считается отсутствием связи',
    }[lang],
    unit: { lt: 's', ru: 'с' }[lang],
  });
});

test.each(['lt', 'ru'] as const)('every holiday of the table has its name in %s', (lang) => {
  const years = Array.from({ length: 12 }, (_, n) => 2025 + n);
  const names = new Set(
    HOLIDAY_COUNTRIES.flatMap((country) => years.flatMap((year) => holidaysOf(country, year).map(({ name }) => name))),
  );
  expect(names.size).toBeGreaterThan(50);
  const said = [...names].map((name) => holidayName(name, lang));
  expect(said.filter((name) => /day|holiday|christmas|easter|new year|in lieu|festival|spring/i.test(name))).toEqual(
    [],
  );
  if (lang === 'ru') expect(said.filter((name) => !/\p{Script=Cyrillic}/u.test(name))).toEqual([]);
});
