/** Why: fault row 25 and real tables: every way a spreadsheet writes the same libraries gives the same sites, and each wrong line says why. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Site } from '#contract';
import { isCarrelError } from '#lib/errors';
import { csvLine, readCsv } from '../../dashboard/registry/csv.ts';
import { type KnownSite, planImport } from '../../dashboard/registry/import.ts';
import { COLUMN_NAMES, cellsOf } from '../../dashboard/registry/import-columns.ts';
import { site, weekdays } from '../support/state.ts';

const plan = (input: string | Uint8Array, known: KnownSite[] = []) =>
  planImport(typeof input === 'string' ? Buffer.from(input) : input, {
    known: (id) => known.find(({ site }) => site.id === id) ?? null,
    takenBy: (id) => (id === 'hall' ? 'zarasai' : null),
    zone: 'Europe/Vilnius',
  });
const knownSite = (id: string, with_: Partial<Site> = {}, target_mbps: number | null = 30): KnownSite => ({
  site: site(id, with_),
  target_mbps,
});
const only = ({ report, sites }: ReturnType<typeof plan>) => ({ ...report.lines[0], ...sites[0] });
const messages = (text: string): string =>
  plan(text)
    .report.lines.flatMap((line) => line.messages)
    .join('\n');

const NAME = 'Zarasų „Šaltinio“ biblioteka';
const TABLE = `id;name;region;zone;opening;contract_mbps;lat;lon\nzarasai;${NAME};Utena;Europe/Vilnius;Mo-Fr 10:00-18:00;100,5;55,73;26,25\n`;
/** windows-1257 bytes of the letters in NAME that are not ASCII. */
const BALTIC: Readonly<Record<string, number>> = { ų: 0xf8, '„': 0x84, Š: 0xd0, '“': 0x93 };
const baltic = (text: string): Uint8Array =>
  Uint8Array.from([...text].map((letter) => BALTIC[letter] ?? letter.charCodeAt(0)));

describe('one table', () => {
  it.each([
    ['UTF-8', Buffer.from(TABLE), 'utf-8', ';'],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${TABLE}`), 'utf-8', ';'],
    ['UTF-16LE', Buffer.from(`\ufeff${TABLE}`, 'utf16le'), 'utf-16le', ';'],
    ['UTF-16LE without a mark', Buffer.from(TABLE, 'utf16le'), 'utf-16le', ';'],
    ['windows-1257', baltic(TABLE), 'windows-1257', ';'],
    ['CRLF line ends', Buffer.from(TABLE.replaceAll('\n', '\r\n')), 'utf-8', ';'],
    ['CR line ends', Buffer.from(TABLE.replaceAll('\n', '\r')), 'utf-8', ';'],
    ['tabs', Buffer.from(TABLE.replaceAll(';', '\t')), 'utf-8', '\t'],
    [
      'commas, quoted where needed',
      Buffer.from(
        TABLE.replaceAll(';', ',').replace('100,5', '"100,5"').replace('55,73', '55.73').replace('26,25', '26.25'),
      ),
      'utf-8',
      ',',
    ],
    ['a "sep=" line', Buffer.from(`sep=;\r\n${TABLE}`), 'utf-8', ';'],
    [
      'everything quoted',
      Buffer.from(
        TABLE.split('\n')
          .map((line) =>
            line === ''
              ? ''
              : line
                  .split(';')
                  .map((cell) => `"${cell}"`)
                  .join(';'),
          )
          .join('\n'),
      ),
      'utf-8',
      ';',
    ],
  ] as const)('in %s gives the same site', (_name, bytes, encoding, separator) => {
    const { report, sites } = plan(bytes);
    expect(report).toMatchObject({ encoding, separator, created: 1, updated: 0, refused: 0 });
    expect(sites[0]?.change).toEqual({
      id: 'zarasai',
      name: NAME,
      region: 'Utena',
      isp: '',
      zone: 'Europe/Vilnius',
      opening: weekdays,
      contract_mbps: 100.5,
      metered: false,
      lat: 55.73,
      lon: 26.25,
      notes: '',
    });
  });
});

describe('a line', () => {
  it('is told with its number in the file, also after cells of several lines', () => {
    const { report } = plan('id,name,notes\na,A,"one\ntwo\nthree"\n\nb,,\nc,C,\n', [knownSite('c')]);
    expect(report.lines.map(({ line, id, outcome }) => [line, id, outcome])).toEqual([
      [2, 'a', 'created'],
      [6, 'b', 'refused'],
      [7, 'c', 'updated'],
    ]);
    expect(report).toMatchObject({ created: 1, updated: 1, refused: 1 });
  });

  it.each([
    ['id,name\na,A\na,B\n', 'the id a stands in line 2 already'],
    ['id,name,lat,lon\na,A,25.6,55.5\n', 'seem swapped'],
    ['id,name,lat,lon\na,A,125.6,55.5\n', 'seem swapped'],
    ['id,name,lat,lon\na,A,55.5,\n', 'lon: latitude and longitude go together'],
    ['id,name,lat,lon\na,A,north,25\n', 'lat: "north" is not a number'],
    ['id,name,zone\na,A,Europe/Vilniuss\n', 'zone: an IANA time zone'],
    ['id,name,zone\na,A,+02:00\n', 'zone: an IANA time zone'],
    ['id,name,opening\na,A,sometimes\n', 'opening: "sometimes" is no day'],
    ['id,name,metered\na,A,perhaps\n', 'metered: "perhaps" is neither yes nor no'],
    ['id,name,contract_mbps\na,A,-5\n', 'contract_mbps: a number from 0.1'],
    ['id,name,contract_mbps\na,A,1e3\n', 'contract_mbps: "1e3" is not a number'],
    ['id,name,target_mbps\na,A,0\n', 'target_mbps: a number from 0.1'],
    ['id,name\n../../etc,A\n', 'id: 1 to 48 of a-z'],
    ['id,name\na,\n', 'name: must not be empty'],
    ['id,name\na,Library, Utena\n', 'not quoted?'],
    ['id,name\nhall,Hall\n', 'the id hall is taken by an access point of zarasai'],
    ['id,region\na,Utena\n', 'name: must not be empty'],
    [`id,name\na,${'x'.repeat(121)}\n`, 'name: at most 120'],
  ])('%j is refused: %s', (text, why) => {
    const { report, sites } = plan(text);
    expect(report.refused).toBe(1);
    expect(report.lines.flatMap((line) => line.messages).join('\n')).toContain(why);
    expect(sites).toHaveLength(report.lines.length - 1);
  });

  it.each([
    ['Excel', [0x50, 0x4b, 0x03, 0x04, 0x14, 0x00]],
    ['Excel of before 2007', [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]],
  ])('is not read from a file of %s, and says what to save it as', (_, bytes) => {
    expect(() => plan(new Uint8Array(bytes))).toThrow(/Save as, CSV UTF-8/);
  });

  it('may leave out what can be assumed, and says what was', () => {
    const { sites } = plan('name\nŽemaičių biblioteka Nr. 5\n');
    expect(sites[0]?.change).toMatchObject({ id: 'zemaiciu-biblioteka-nr-5', zone: 'Europe/Vilnius' });
    expect(messages('name\nŽemaičių biblioteka Nr. 5\n')).toMatch(
      /no id given[\s\S]*no opening hours given[\s\S]*no time zone given/,
    );
  });

  it('far from its zone is taken with a remark', () => {
    expect(plan('id,name,lat,lon\na,A,48.8,2.3\n').report.lines[0]).toMatchObject({
      outcome: 'created',
      messages: expect.arrayContaining([expect.stringContaining('far from Europe/Vilnius')]),
    });
  });

  it('knows Lithuanian heads and amounts', () => {
    const { sites } = plan(
      'Kodas;Pavadinimas;Savivaldybė;Platuma;Ilguma;Sutartis;Tikslas;Ribotas\nutena;Utena;Utenos r.;55,49;25,60;1 000,5;50;taip\n',
    );
    expect(sites[0]).toMatchObject({
      target_mbps: 50,
      change: { id: 'utena', region: 'Utenos r.', lat: 55.49, lon: 25.6, contract_mbps: 1000.5, metered: true },
    });
  });

  it('names columns that were left out', () => {
    expect(messages('id,name,phone\na,A,112\n')).toContain('"phone" is not known');
  });
});

describe('a line about a library that is there already', () => {
  const full: Partial<Site> = {
    region: 'Utena',
    isp: 'Telia',
    zone: 'Europe/Riga',
    opening: [[], [], [], [], [], [[600, 840]], []],
    contract_mbps: 100,
    metered: true,
    lat: 56.9,
    lon: 24.1,
    notes: 'by the stairs',
  };

  it('changes what its columns name and nothing else', () => {
    const line = only(plan('id,contract_mbps\na,200\n', [knownSite('a', full)]));
    expect(line).toMatchObject({ outcome: 'updated', fields: ['contract_mbps'], messages: [] });
    expect([line.change, line.target_mbps]).toEqual([{ contract_mbps: 200 }, null]);
  });

  it('empties by an empty cell what may be empty, and keeps what may not', () => {
    const line = only(
      plan('id,region,isp,zone,opening,contract_mbps,target_mbps,metered,lat,lon,notes\na,,,,,,,,,,\n', [
        knownSite('a', full),
      ]),
    );
    expect(line.change).toEqual({
      region: '',
      isp: '',
      contract_mbps: null,
      metered: false,
      lat: null,
      lon: null,
      notes: '',
    });
    expect(line.target_mbps).toBeNull();
    expect(plan('id,name\na,\n', [knownSite('a', full)]).report.refused).toBe(1);
  });

  it('that ends before its head does leaves the rest as it is', () => {
    expect(only(plan('id,name,isp,notes\na,New\n', [knownSite('a', full)])).change).toEqual({ name: 'New' });
  });

  it('that says the same in other words is unchanged, and is not judged anew', () => {
    const known = knownSite('a', { ...full, name: ' Library ', lat: 25.6, lon: 55.5 });
    const { report, sites } = plan('id,name,opening,contract_mbps,metered\nA,Library,VI 10-14,"100,0",taip\n', [known]);
    expect(report).toMatchObject({ unchanged: 1, updated: 0, lines: [{ outcome: 'unchanged', messages: [] }] });
    expect(sites).toEqual([]);
    expect(messages('id,name,lat,lon\nb,B,25.6,55.5\n')).toContain('seem swapped');
  });

  it('sets the target of the access point that has its id, and says so where none has', () => {
    expect(only(plan('id,target_mbps\na,50\n', [knownSite('a', full)]))).toMatchObject({
      ...{ fields: ['target_mbps'], change: {}, target_mbps: 50 },
    });
    expect(plan('id,target_mbps\na,50\n', [knownSite('a', full, null)]).report.lines[0]).toMatchObject({
      outcome: 'unchanged',
      messages: [expect.stringContaining('none of its access points')],
    });
  });

  it('of an export changes nothing, whatever the library is called', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map((value) => `x${value.replace(/\p{Cc}/gu, '')}`);
    const odd = fc.oneof(text, fc.constantFrom("'=1", '=1+1', ' x ', '-', '"', 'a;b\nc'));
    fc.assert(
      fc.property(odd, odd, fc.double({ min: -90, max: 90, noNaN: true }), (name, notes, lat) => {
        const known = knownSite('a', { ...full, name, notes, lat, lon: lat });
        const cells = cellsOf(known.site, known.target_mbps);
        const table = csvLine(COLUMN_NAMES) + csvLine(COLUMN_NAMES.map((column) => cells[column]));
        expect(plan(table, [known]).report.lines[0]).toMatchObject({ outcome: 'unchanged', messages: [] });
      }),
    );
  });
});

describe('a file', () => {
  it.each([
    ['that is empty', ''],
    ['without a head', 'zarasai;Zarasai\n'],
    ['with two heads of one meaning', 'id,name,library\na,A,B\n'],
    ['with a quote that never closes', 'id,name\na,"A\n'],
    ['that is no text', '\u0000\u0001\u0002PK\u0000'],
    ['in UTF-16 big endian', Buffer.from([0xfe, 0xff, 0, 0x61])],
  ])('%s is refused as a whole', (_name, input) => {
    expect(() => plan(input)).toThrow(expect.objectContaining({ code: 'IMPORT_INVALID' }));
  });

  it('of any bytes either gives a report or a coded refusal', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.string().map((text) => Buffer.from(`id;name\n${text}`)),
        ),
        (bytes) => {
          try {
            const { report } = plan(bytes);
            expect(report.created + report.updated + report.unchanged + report.refused).toBe(report.lines.length);
          } catch (error) {
            expect(isCarrelError(error, 'IMPORT_INVALID')).toBe(true);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('an export', () => {
  it.each(["=cmd|'/c calc'!A0", '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1'])(
    'never lets a spreadsheet run %j',
    (evil) => {
      const { rows } = readCsv(Buffer.from(`a;b\r\n${csvLine([evil, 'x'])}`));
      expect(rows[1]?.fields[0]).toBe(`'${evil}`);
    },
  );

  it('is read back as it was', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: 'grapheme' }).map((text) => `x${text.replaceAll('\u0000', '')}`),
          { minLength: 1, maxLength: 5 },
        ),
        (fields) => {
          expect(readCsv(Buffer.from(`h;h;h;h;h;h\r\n${csvLine(fields)}`)).rows[1]?.fields).toEqual(fields);
        },
      ),
    );
  });
});
