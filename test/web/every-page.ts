/** Why: every page that the router knows and every part of the settings, with the words by which one sees that it stands. What has no line does not compile. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Route } from '../../dashboard/web/router.ts';
import type { settingsWords } from '../../dashboard/web/words-settings.ts';
import { openBrowser, type WatchedPage, watchPage } from '../support/browser.ts';
import { BUILT_WEB } from '../support/built.ts';
import { type Fixture, startFixture, THURSDAY } from './fixture-server.ts';

type Lang = 'en' | 'lt' | 'ru';
type Line = [path: string, en: string, lt: string, ru: string, more?: Partial<Pick<Address, 'charts' | 'stranger'>>];
export interface Address {
  path: string;
  says: Record<Lang, string>;
  /** Drawn when it stands. */
  charts: number;
  /** Asked for by somebody who is not signed in. */
  stranger: boolean;
}

/** Pages that the server draws are examined where it draws them: incidents, reports, the public status, the accessibility statement. */
const PAGES: Record<Exclude<Route['page'], 'incident' | 'reports' | 'settings'>, Line[]> = {
  overview: [['/', 'Last 60 minutes', 'Pastarosios 60 minučių', 'Последние 60\u00a0минут']],
  map: [['/map', 'All sites on the map', 'Grupuoti', 'Группировать']],
  wall: [
    ['/wall?rotate=overview,map,alerts', 'Pause rotation', 'Sustabdyti kaitą', 'Остановить смену'],
    ['/wall?rotate=map', 'Live', 'Gyvai', 'На связи', { charts: 1 }],
    ['/wall?rotate=alerts', 'incidents need action', 'Veiksmų laukia', 'инцидент'],
    ['/wall', 'This screen is not paired', 'Šis ekranas nesusietas', 'Этот экран не подключён', { stranger: true }],
  ],
  sites: [['/sites', 'Last heard', 'Atsiliepė', 'Добавить библиотеки']],
  site: [
    [
      '/sites/site-0',
      'Data used by monitoring',
      'Stebėjimui sunaudoti duomenys',
      'Расход данных на измерения',
      { charts: 5 },
    ],
  ],
  alerts: [
    ['/alerts', 'Told', 'Kam pranešta', 'Кому сообщено'],
    ['/alerts?id=1000', 'What we saw', 'Ką matėme', 'Что мы видели'],
    ['/alerts?state=silenced', 'No incident is silenced', 'Nutildytų įvykių nėra', 'Заглушённых инцидентов нет'],
    ['/alerts?state=silences', 'Silence a library', 'Nutildyti biblioteką', 'Заглушить библиотеку'],
  ],
  compare: [
    ['/compare?s=site-0,site-1&range=30d', 'Show as table', 'Rodyti lentelę', 'Показать таблицей', { charts: 2 }],
    ['/compare', 'Nothing to compare', 'Nėra ko palyginti', 'Сравнивать нечего'],
  ],
  fleet: [['/fleet', 'Agents by version', 'Agentai pagal versiją', 'Агенты по версиям']],
  live: [['/live', 'Listening', 'Klausomasi', 'Слушает']],
  help: [['/help/keys', 'next, previous row', 'kita, ankstesnė eilutė', 'следующая, предыдущая строка']],
  glossary: [['/help/words', 'One word, one meaning', 'Vienas žodis', 'Одно слово']],
  login: [['/login', 'Show password', 'Rodyti slaptažodį', 'Показать пароль', { stranger: true }]],
  setup: [['/setup?token=abc', 'Set the password', 'Nustatyti slaptažodį', 'Задать пароль', { stranger: true }]],
  start: [
    ['/start', 'How this server is reached', 'Kaip pasiekiamas šis serveris', 'Как доступен этот сервер'],
    ['/start?step=2', 'Make the command', 'Sukurti komandą', 'Создать команду'],
    ['/start?step=2&probe=probe-0', 'First test is running', 'Vyksta pirmas matavimas', 'Идёт первый тест'],
    ['/start?step=3', 'Pushes to your devices', 'Pranešimai į jūsų įrenginius', 'Уведомления на ваши устройства'],
  ],
  unknown: [['/nowhere', 'There is no such page', 'Tokio puslapio nėra', 'Такой страницы нет']],
};
const SETTINGS: Record<keyof (typeof settingsWords)['parts'], Line> = {
  sites: ['/settings', 'Import a table', 'Importuoti lentelę', 'Загрузить таблицу'],
  people: ['/settings?part=people', 'Make a token', 'Sukurti prieigos raktą', 'Токены для программ'],
  telling: ['/settings?part=telling', 'How people are reached', 'Kas kviečiamas ir kada', 'Как связаться с людьми'],
  rules: ['/settings?part=rules', 'Save the rules', 'Išsaugoti taisykles', 'Сохранить правила'],
  calendar: [
    '/settings?part=calendar',
    'No days of your own are entered',
    'Savų dienų neįrašyta',
    'Своих дней не внесено',
  ],
  screens: ['/settings?part=screens', 'No screen yet', 'Ekranų dar nėra', 'Экранов пока нет'],
  server: ['/settings?part=server', 'Give again', 'Pateikti dar kartą', 'Передать снова'],
  you: ['/settings?part=you', 'Change the password', 'Dabartinis slaptažodis', 'Текущий пароль'],
};
export const ADDRESSES: Address[] = [...Object.values(PAGES).flat(), ...Object.values(SETTINGS)].map(
  ([path, en, lt, ru, more]) => ({ path, says: { en, lt, ru }, charts: 0, stranger: false, ...more }),
);

export interface EveryPage {
  /** Opens it in the tab, wide and light, and waits until nothing is waited for any more. */
  open(address: Address): Promise<Page>;
  /** Since it was opened, nothing was complained of and nothing was asked of another host. */
  fine(): void;
}

/** Called inside `describe`: one server and one tab for all addresses in this language. */
export function everyPage(lang: Lang): EveryPage {
  let fixture: Fixture;
  let watched: WatchedPage;
  let close = async (): Promise<void> => undefined;
  beforeAll(async () => {
    const browser = await openBrowser();
    fixture = await startFixture(BUILT_WEB, { sites: 40, lang });
    close = async () => {
      await browser.close();
      await fixture.close();
    };
    fixture.servesAnyPath = true;
    watched = await watchPage(browser, fixture.origin, { timezoneId: 'Europe/Vilnius', reducedMotion: 'reduce' });
    await watched.page.clock.install({ time: THURSDAY });
  });
  afterAll(() => close());
  return {
    async open({ path, says, charts, stranger }) {
      const { page } = watched;
      await page.setViewportSize({ width: 1440, height: 1000 });
      await page.emulateMedia({ colorScheme: 'light' });
      const data = { name: 'rasa', password: 'right password' };
      await page.request.post(`${fixture.origin}/api/v1/${stranger ? 'logout' : 'login'}`, { data });
      await page.goto(fixture.origin + path);
      await page.getByText(says[lang]).first().waitFor();
      if (charts > 0)
        await page
          .locator('canvas')
          .nth(charts - 1)
          .waitFor();
      await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
      return page;
    },
    fine() {
      const { complaints, foreign } = watched;
      expect({ complaints: complaints.splice(0), foreign: foreign.splice(0) }).toEqual({ complaints: [], foreign: [] });
    },
  };
}
