/** Why: a page in another language has that language's words and figures, also where the browser knows neither. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isMetricName } from '#contract';
import { buildWeb } from '../../infra/build-web.ts';
import { inLanguage } from '../../infra/build-web-language.ts';
import { LOCALE_TAGS, localeTable } from '../../infra/locale-tables.ts';
import { chromiumPath, openBrowser, watchPage } from '../support/browser.ts';
import { ROOT } from '../support/server.ts';
import { ADDRESSES } from './every-page.ts';
import { startFixture, THURSDAY } from './fixture-server.ts';
import { inPseudo } from './pseudo.ts';

const TRANSLATIONS = ['lt', 'ru'] as const;
type Format = typeof import('../../dashboard/web/format.ts');
const LANGUAGES = Object.keys(LOCALE_TAGS) as (keyof typeof LOCALE_TAGS)[];

/** The page's own figures, as they are built for a language. */
async function formatIn(lang: string): Promise<Format> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'dashboard/web/format.ts')],
    bundle: true,
    format: 'esm',
    write: false,
    plugins: [inLanguage(lang)],
    alias: { '#contract': join(ROOT, 'broker/contract/index.ts') },
  });
  const code = Buffer.from(outputFiles[0]?.contents ?? '').toString('base64');
  return import(`data:text/javascript;base64,${code}`);
}

it.each(LANGUAGES)('the table of %s is what the ICU of this Node says', async (lang) => {
  const { locale } = await import(`../../dashboard/web/locale/${lang}.ts`);
  expect(locale).toEqual(localeTable(lang));
});

it.each(['lt', 'ru', 'kk', 'uz', 'ky'] as const)(
  'figures and dates in %s are those of Intl, for 500 moments',
  async (lang) => {
    const format = await formatIn(lang);
    const [tag, spaces] = [LOCALE_TAGS[lang], /[\s\u00a0\u202f]+/g];
    const date = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', timeZone: 'UTC' });
    const whole = new Intl.NumberFormat(tag);
    const tenth = new Intl.NumberFormat(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    // CLDR groups no number of four digits in some languages; in a column that would look like another number.
    const same = (ours: string, theirs: string): void =>
      expect(ours.replace(spaces, ' ')).toBe(theirs.replace(spaces, ' '));
    for (let i = 0; i < 500; i++) {
      const at = Date.UTC(2026, 0, 1) + i * 67_891_234;
      same(format.day(at, 'UTC'), date.format(at));
      same(format.count(12_345 + i * 7919), whole.format(12_345 + i * 7919));
      same(format.cut(i + 0.5), tenth.format(i + 0.5));
    }
  },
);

it.each(TRANSLATIONS)('%s has every catalogue that English has, and left no sentence in English', async (lang) => {
  const web = join(ROOT, 'dashboard/web');
  const english = readdirSync(web).filter((name) => /^words(-[\w-]+)?\.ts$/.test(name));
  expect(readdirSync(join(web, lang)).sort()).toEqual(english.sort());
  for (const name of english) {
    const [known, own] = [await import(join(web, name)), await import(join(web, lang, name))];
    const said = new Set(sentences(known));
    const left = sentences(own).filter((text) => said.has(text));
    expect(left, name).toEqual([]);
  }
});

/** Texts of a catalogue with two words of small letters in a row. What functions say is left out. */
function sentences(value: unknown): string[] {
  if (typeof value === 'string') return /\p{Ll}{3,} \p{Ll}{2,}/u.test(value) ? [value] : [];
  return value && typeof value === 'object' ? Object.values(value).flatMap(sentences) : [];
}

it('counts take the forms that Russian asks for', async () => {
  const { plural } = await formatIn('ru');
  const forms = { one: '{n} библиотека', few: '{n} библиотеки', many: '{n} библиотек', other: '{n} библиотеки' };
  expect([1, 3, 11, 1021].map((n) => plural(n, forms).replace(/\s/g, ' '))).toEqual([
    '1 библиотека',
    '3 библиотеки',
    '11 библиотек',
    '1 021 библиотека',
  ]);
});

it('counts take the form that Lithuanian asks for', async () => {
  const { plural } = await formatIn('lt');
  const forms = { one: '{n} taškas', few: '{n} taškai', other: '{n} taškų' };
  expect([1, 2, 10, 21].map((n) => plural(n, forms))).toEqual(['1 taškas', '2 taškai', '10 taškų', '21 taškas']);
});

describe.skipIf(!chromiumPath())('in the browser (needs Chromium)', () => {
  it('no word stands outside the catalogues: in a language of marks every text is marked or is data', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'carrel-pseudo-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    await buildWeb(dir, [{ lang: 'en', plugin: inPseudo() }]);
    const fixture = await startFixture(dir, { sites: 40 });
    const browser = await openBrowser();
    onTestFinished(async () => {
      await browser.close();
      await fixture.close();
    });
    const { page } = await watchPage(browser, fixture.origin, {
      timezoneId: 'Europe/Vilnius',
      reducedMotion: 'reduce',
    });
    await page.clock.install({ time: THURSDAY });
    // What the server said is data: names, and sentences of rules, which have catalogues of their own.
    const said: string[] = [];
    page.on('response', (response) => {
      if (response.url().includes('/api/'))
        void response.text().then(
          (text) => said.push(text),
          () => undefined,
        );
    });
    const isData = (text: string): boolean =>
      /^[A-Z]{2}$/.test(text) || // initials of whoever is signed in
      isMetricName(text) || // as on the wire, in exports and in the API
      said.some((body) => body.includes(JSON.stringify(text).slice(1, -1)));
    fixture.servesAnyPath = true;
    for (const { path, stranger } of ADDRESSES) {
      const data = { name: 'rasa', password: 'right password' };
      await page.request.post(`${fixture.origin}/api/v1/${stranger ? 'logout' : 'login'}`, { data });
      await page.goto(fixture.origin + path);
      await page.locator('main :text("⟦")').first().waitFor();
      await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
      await expect
        .poll(async () => (await page.evaluate(unmarked)).filter((text) => !isData(text)), { message: path })
        .toEqual([]);
    }
  }, 120_000);

  it('Kazakh months are shown where Chromium has none', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'carrel-kk-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    await buildWeb(dir, [{ lang: 'en', plugin: inLanguage('kk') }]);
    const fixture = await startFixture(dir, { sites: 10 });
    const browser = await openBrowser();
    onTestFinished(async () => {
      await browser.close();
      await fixture.close();
    });
    const { page } = await watchPage(browser, fixture.origin, { timezoneId: 'Asia/Almaty', reducedMotion: 'reduce' });
    await page.clock.install({ time: THURSDAY });
    await page.goto(fixture.origin);
    await page.getByText('қар.').first().waitFor();
    expect(await page.locator('body').innerText()).not.toMatch(/M\d\d/);
  });
});

/** Runs in the page: texts with a letter that are neither marked nor within something marked. */
function unmarked(): string[] {
  const found = new Set<string>();
  // The name of the product is the same in every language.
  if (document.title !== 'Carrel' && !/[⟦⟧]/.test(document.title)) found.add(document.title);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    const text = (node.textContent ?? '').trim();
    if (
      !parent ||
      /^(SCRIPT|STYLE|NOSCRIPT|KBD|CODE)$/.test(parent.tagName) ||
      parent.closest('.mono, code, kbd, body [lang]')
    )
      continue;
    if (/\p{L}/u.test(text) && !/[⟦⟧]/.test(text)) found.add(text);
  }
  for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]'))
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
      const text = element.getAttribute(name) ?? '';
      if (/\p{L}/u.test(text) && !/[⟦⟧]/.test(text)) found.add(text);
    }
  return [...found];
}
