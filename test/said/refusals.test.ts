/** What is refused is said in the reader's language: every code that an answer can carry, and what is wrong with each field. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import type { ImportReport, Language } from '#contract';
import { CarrelError } from '#lib/errors';
import { accessPointProblems, siteProblems } from '../../broker/state/site-rules.ts';
import { createMapLayers } from '../../dashboard/map/layers.ts';
import { channelKinds, channelProblems, SETUP_KINDS } from '../../dashboard/notify/channels.ts';
import { refusalOf } from '../../dashboard/problem.ts';
import { readCsv } from '../../dashboard/registry/csv.ts';
import { planImport } from '../../dashboard/registry/import.ts';
import { parseOpening } from '../../dashboard/registry/opening.ts';
import { wordFault, wordRemark } from '../../dashboard/said/faults.ts';
import { ltRefusals } from '../../dashboard/said/lt/refusals.ts';
import { hasWords, wordRefusal } from '../../dashboard/said/refusals.ts';
import { testDashboard } from '../support/dashboard.ts';
import { ROOT } from '../support/server.ts';
import { accessPoint, site } from '../support/state.ts';
import { foreignWords } from './foreign-words.ts';

const TRANSLATED: readonly Language[] = ['lt', 'ru'];

/** Every code in the sources that becomes an answer: told from other words in capitals by the status that it gets. */
function codes(): Set<string> {
  const files = globSync(['dashboard/**/*.ts', 'broker/state/*.ts'], { cwd: ROOT }).filter(
    (file) => !/dashboard\/(web|said|problem)\b/.test(file),
  );
  const found = new Set<string>();
  for (const file of files) {
    const source = readFileSync(join(ROOT, file), 'utf8');
    for (const [, code = ''] of source.matchAll(/'([A-Z]+(?:_[A-Z]+)*)'/g))
      if (refusalOf(new CarrelError(code, ''), 'en') !== null) found.add(code);
    for (const [, code = ''] of source.matchAll(/problem\(\s*\w+,\s*'([A-Z_]+)'/g)) found.add(code);
  }
  const problems = readFileSync(join(ROOT, 'dashboard/problem.ts'), 'utf8');
  for (const [, code = ''] of problems.matchAll(/(?:FST_\w+:|\?|:) '([A-Z]+_[A-Z_]+)'/g)) found.add(code);
  for (const [, code = ''] of problems.matchAll(/problem\(\s*\w+,\s*'([A-Z_]+)'/g)) found.add(code);
  const failures =
    /type StoreFailure =([^;]+);/.exec(readFileSync(join(ROOT, 'broker/store/store.ts'), 'utf8'))?.[1] ?? '';
  for (const [, failure = ''] of failures.matchAll(/'(\w+)'/g)) found.add(`STORE_${failure.toUpperCase()}`);
  return found;
}

/** The phrase with which a whole file is refused. */
function faultOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof CarrelError) return String(error.detail['what'] ?? error.detail['file']);
    throw error;
  }
  return 'nothing was wrong';
}

test('every code that the API can answer with has a sentence in each language, and no sentence is without a code', () => {
  const sent = codes();
  expect(sent.size).toBeGreaterThan(70);
  expect([...sent].filter((code) => !hasWords(code))).toEqual([]);
  expect(Object.keys(ltRefusals).filter((code) => !sent.has(code))).toEqual([]);
});

test('a code that nobody has words for stays as it was thrown', () => {
  const unheard = { type: 'about:blank', title: '', status: 409, detail: 'As thrown.', code: 'UNHEARD_OF' };
  expect([hasWords('UNHEARD_OF'), wordRefusal(unheard, {}, 'lt')]).toEqual([false, unheard]);
});

describe.each(TRANSLATED)('in %s', (lang) => {
  const said = (messages: readonly string[]): string[] =>
    messages.filter((message) => wordFault(message, lang) === message);

  it('what the registry finds wrong with a library and an access point has words', () => {
    const wrong = site('A B', {
      name: '',
      region: 'x'.repeat(99),
      isp: '\u0007',
      zone: '+02',
      lat: 99,
      contract_mbps: 0,
    });
    const half = site('a', { lat: 1, lon: null });
    const point = accessPoint('A B', 'C D', { target_mbps: 1e9 });
    const messages = [siteProblems(wrong), siteProblems(half), accessPointProblems(point)].flatMap(Object.values);
    expect(messages.length).toBeGreaterThan(8);
    expect(said(messages)).toEqual([]);
  });

  it('what cannot be read in opening hours has words', () => {
    const texts = [
      '!',
      'Mo-',
      'Xx 10:00-18:00',
      'Mo 30:00-31:00',
      'Mo 10',
      'Mo 18:00-10:00',
      'Mo 09:00-12:00,11:00-13:00',
    ];
    const messages = texts.flatMap((text) => {
      const hours = parseOpening(text);
      return 'problem' in hours ? [hours.problem] : [];
    });
    expect(messages).toHaveLength(texts.length);
    expect(said(messages)).toEqual([]);
  });

  it('what is wrong with a layer of borders, and with a table that is no CSV, has words', async () => {
    const layers = createMapLayers((await testDashboard()).state);
    const add = (geojson: unknown) => () => layers.add({ name: 'x', geojson, by: 'a', now: 0 });
    const square = (ring: unknown) => ({ type: 'Feature', geometry: { type: 'Polygon', coordinates: ring } });
    const files: unknown[] = [
      {},
      { type: 'FeatureCollection', features: [] },
      ...[
        null,
        square([]),
        square([[]]),
        square([[[1, 2]]]),
        square([
          [
            [500, 2],
            [1, 2],
            [1, 3],
            [500, 2],
          ],
        ]),
      ].map((one) => ({
        type: 'FeatureCollection',
        features: [one],
      })),
      { type: 'FeatureCollection', features: [{ geometry: { type: 'Point' } }] },
    ];
    const wrong = [...files.map((file) => faultOf(add(file))), faultOf(() => readCsv(Buffer.from('PK\u0003\u0004')))];
    expect(wrong).toHaveLength(9);
    expect(said(wrong)).toEqual([]);
  });

  it('what is missing from a channel of any kind has words', () => {
    const messages = SETUP_KINDS.flatMap((kind) => Object.values(channelProblems(kind, { unheard: 'x' })));
    expect(messages.length).toBeGreaterThan(8);
    expect(said(messages)).toEqual([]);
  });
});

describe.each(TRANSLATED)('what is wrong with what was typed, in %s,', (lang) => {
  it('leaves no English where a field of a channel takes something else', () => {
    const wrong = ['', '!', 'x'.repeat(5000), 'a\u0000b'];
    const messages = SETUP_KINDS.flatMap((kind) =>
      wrong.flatMap((text) => {
        const given = Object.fromEntries(
          channelKinds()
            .find((one) => one.kind === kind)
            ?.fields.map(({ name }) => [name, text]) ?? [],
        );
        return Object.values(channelProblems(kind, given));
      }),
    ).filter((message) => message.startsWith('must be'));
    expect(new Set(messages).size).toBeGreaterThan(10);
    for (const message of new Set(messages)) {
      const worded = wordFault(message, lang);
      expect([worded, foreignWords(worded)]).toEqual([worded, []]);
      expect(worded).not.toMatch(/such as|letters|signs|address/);
    }
  });
  it('leaves no English in what the lines of a table are told', () => {
    const table = Buffer.from(
      [
        'id,name,zone,lat,lon,opening,contract_mbps,metered,target_mbps,colour',
        ',A,,25.6,55.5,sometimes,much,perhaps,0,red',
        'b,B,Europe/Vilnius,48.8,2.3,Mo 18:00-10:00,-5,,,',
        'b,,Nowhere,99,,Mo 10,1,,,,,,',
      ].join('\n'),
    );
    const plan = planImport(table, { known: () => null, takenBy: () => null, zone: 'Europe/Vilnius' });
    const messages = plan.report.lines.flatMap((line) => line.messages);
    expect(messages.length).toBeGreaterThan(12);
    for (const message of messages) {
      const worded = wordRemark(message, lang).replace(/^[a-z_]+: /, '');
      expect([message, foreignWords(worded, ['lat', 'lon'])]).toEqual([message, []]);
      expect(worded).not.toBe(message);
    }
  });
});

it('a line of an imported table keeps the name of its column and the figures', () => {
  expect(wordRemark('lat: a number from -90 to 90', 'lt')).toBe('lat: skaičius nuo -90 iki 90');
  expect(wordRemark('the id a stands in line 7 already', 'ru')).toBe('идентификатор a уже есть в строке 7');
});

it('a line whose id is taken meanwhile is refused in the language of who brought the table, and names are in that of the network', async () => {
  const { as, state } = await testDashboard({ empty: true, env: { CARREL_LANGUAGE: 'lt' } });
  state.registry.putSite(site('old'));
  state.registry.putAccessPoint(accessPoint('hall', 'old'));
  const headers = { 'content-type': 'text/csv', cookie: 'carrel-lang=ru' };
  const table = 'id,name\nhall,Hall\nnew,New\n';
  const { lines } = (await as('administrator', 'POST', '/sites/import?dry=0', table, headers)).json<ImportReport>();
  expect(lines[0]).toMatchObject({
    outcome: 'refused',
    messages: expect.arrayContaining(['идентификатор hall уже занят точкой доступа библиотеки old']),
  });
  expect(state.registry.accessPoint('new')?.name).toBe('Interneto prieiga');
});

it('a form that is refused is answered in the language of the page, by the same code and the same fields', async () => {
  const dashboard = await testDashboard();
  const send = async (lang: Language) =>
    (
      await dashboard.as(
        'administrator',
        'POST',
        '/sites',
        { id: 'a', name: 5, more: 1 },
        { cookie: `carrel-lang=${lang}` },
      )
    ).json();
  const [en, lt, ru] = [await send('en'), await send('lt'), await send('ru')];
  expect([lt.code, ru.code]).toEqual([en.code, en.code]);
  expect(lt.detail).toBe('Kai kurie laukai neteisingi; nieko nepakeista.');
  expect(ru.errors).toEqual(
    expect.arrayContaining([
      { field: 'name', message: 'должно быть текстом' },
      { field: 'more', message: 'здесь неизвестно' },
    ]),
  );
});

it('a wrong password is said in the language of the door', async () => {
  const { app } = await testDashboard();
  const payload = { name: 'viewer', password: 'not this one' };
  const headers = { 'accept-language': 'ru' };
  const answer = await app.inject({ method: 'POST', url: '/api/v1/login', payload, headers });
  expect([answer.statusCode, answer.json().detail]).toEqual([401, 'Неверное имя или пароль.']);
});
