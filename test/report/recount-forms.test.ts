/** Why: whoever reads the table, the spreadsheet or the paper reads the same figures as in the JSON. Here they are read back, and counted again. */
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { closeMonths } from '../../dashboard/report/keeper.ts';
import { closesAt } from '../../dashboard/report/report.ts';
import { tableWords } from '../../dashboard/report/table-words.ts';
import { registerReportRoutes } from '../../dashboard/routes/reports.ts';
import { PASSWORD, testDashboard } from '../support/dashboard.ts';
import { sheetOf } from '../support/sheet.ts';
import { type Figures, groupOf, type Recounted, rawOf, recount, rowOf } from './recount.ts';
import { CLOSED, fillState, fillStore, LATE, LIBRARIES, MONTH } from './recount-world.ts';

const CLOSES = closesAt(MONTH);
const GROUPS = [
  { by: 'region', name: 'north' },
  { by: 'region', name: 'south' },
  { by: 'network', name: '' },
] as const;

async function closedOctober() {
  const dashboard = await testDashboard({ routes: [registerReportRoutes] });
  const store = createMemoryStore();
  await fillStore(store);
  Object.assign(dashboard.broker.store, store);
  fillState(dashboard.state);
  dashboard.clock.nowMs = CLOSES;
  await closeMonths({ state: dashboard.state, store }, CLOSES);
  const asked = { month: MONTH, closed: CLOSED, late: LATE, until: CLOSES };
  const all = recount(LIBRARIES, await rawOf(store, LIBRARIES, CLOSES), asked);
  const get = (format: string) =>
    dashboard.as('viewer', 'GET', `/reports/compliance?month=${MONTH}&lang=en&format=${format}`);
  const { cookie } = await dashboard.signIn('viewer', PASSWORD);
  const paper = await dashboard.app.inject({ url: `/reports/${MONTH}?lang=en`, headers: { cookie } });
  return { all, csv: (await get('csv')).body, xlsx: (await get('xlsx')).rawPayload, paper: paper.body };
}

describe('the recount stands in every form', () => {
  it('of a table, a spreadsheet and the paper', async () => {
    const { all, csv, xlsx, paper } = await closedOctober();
    const rows = all.map(rowOf);
    const groups = GROUPS.map((group) => groupOf(group, all));

    const table = records(csvLines(csv));
    expect(table).toHaveLength(rows.length);
    for (const row of rows) expect(table.find(({ ap }) => ap === row.ap)).toMatchObject(inText(row));

    const libraries = records(named(sheetOf(xlsx, 1)));
    expect(libraries).toHaveLength(rows.length);
    for (const row of rows)
      expect(libraries.find(({ ap }) => ap === row.ap)).toMatchObject({
        ...inText(row),
        verdict: VERDICTS[row.verdict],
      });
    expect(libraries.filter(({ changes }) => changes).map(({ ap, changes }) => [ap, changes])).toEqual([
      ['epsilon', EDITED],
    ]);
    const regions = records(named(sheetOf(xlsx, 2)));
    expect(regions.map(({ region }) => region).sort()).toEqual(['All together', 'north', 'south']);
    for (const { by, name, ...figures } of groups)
      expect(regions.find(({ region }) => region === (name || 'All together'))).toMatchObject(inText(figures));

    const measured = tableOf(paper, 'By region: what was measured');
    expect(measured).toEqual(groups.map((one) => [one.name || 'All together', ...onPaper(one)]));
    for (const region of ['north', 'south'])
      expect(tableOf(paper, `Libraries, ${region}`)).toEqual(librariesOnPaper(all, region));
    expect(tableOf(paper, 'By provider: what was measured')).toEqual(
      (['one', 'two', ''] as const).map((name) => [
        name || 'All together',
        ...onPaper(groupOf({ by: name ? 'isp' : 'network', name }, all)),
      ]),
    );
    const counted = tableOf(paper, 'By region').map((cells) => cells.slice(0, 5));
    expect(counted).toEqual(
      groups.map(({ name, met, not_met, not_enough_data }) =>
        [name || 'All together', met + not_met + not_enough_data, met, not_met, not_enough_data].map(String),
      ),
    );
  }, 60_000);
});

const VERDICTS = { met: 'Met', not_met: 'Not met', not_enough_data: 'Not enough data' };

/** In the words of the paper and the spreadsheet. */
const EDITED = [
  'other opening hours from 12 October on',
  '2 tests a day, from 20 October on 6',
  'target 30\u00a0Mb/s, from 22 October on 60',
].join('; ');

function librariesOnPaper(all: readonly Recounted[], region: string): string[][] {
  return all
    .filter(({ library }) => library.region === region)
    .toSorted((a, b) => (a.ap < b.ap ? -1 : 1))
    .map((one) => {
      const row = rowOf(one);
      const several = one.library.aps.length > 1 ? ` ${row.ap}` : '';
      const name = `Library ${row.site}${several}${row.ap === 'epsilon' ? EDITED : ''}`;
      return [name, ...onPaper(row), VERDICTS[row.verdict]];
    });
}

/** What the columns of the paper say: figures are cut, an interval is widened to whole percents. */
function onPaper(of: Figures): string[] {
  const tenth = (value: number | null): string => (value === null ? 'unknown' : cutTo(value, 1).toFixed(1));
  const interval = `(${Math.floor(of.share_low_pct)} to ${Math.ceil(of.share_high_pct)})`;
  return [
    `${of.passed + of.failed} / ${of.planned}`,
    ...[tenth(of.coverage_pct), tenth(of.median_mbps), tenth(of.p10_mbps)],
    ...[`${tenth(of.share_pct)} ${interval}`, tenth(of.availability_pct)],
  ];
}

/** As tables hold them: numbers cut to three decimals. */
function inText(row: Record<string, string | number | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value === null ? '' : typeof value === 'number' ? String(cutTo(value, 3)) : value,
    ]),
  );
}

/** Without rounding up: 89.99 is not 90.0. */
function cutTo(value: number, decimals: number): number {
  const [whole = '', part = ''] = value.toFixed(9).split('.');
  return Number(`${whole}.${part.slice(0, decimals)}`);
}

/** No text of this month holds a comma. */
function csvLines(csv: string): string[][] {
  return csv
    .replace('\ufeff', '')
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
}

/** With the names of the API for the words of the spreadsheet's heads. */
function named([head = [], ...lines]: string[][]): string[][] {
  const names = Object.entries(tableWords('en').heads);
  return [head.map((word) => names.find(([, said]) => said === word)?.[0] ?? word), ...lines];
}

/** Lines by the names in the first. */
function records([head = [], ...lines]: string[][]): Record<string, string>[] {
  return lines.map((line) => Object.fromEntries(line.map((cell, i) => [head[i] ?? '', cell])));
}

/** The cells of the lines of the table with this caption, its foot too. */
function tableOf(paper: string, caption: string): string[][] {
  const [table = ''] = all(paper, /<table[^>]*>(.*?)<\/table>/gs).filter((one) =>
    one.includes(`>${caption}</caption>`),
  );
  const body = table.slice(table.indexOf('<tbody>'));
  return all(body, /<tr>(.*?)<\/tr>/gs).map((row) => all(row, /<t[hd][^>]*>(.*?)<\/t[hd]>/gs).map(textOf));
}

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found = '']) => found);
const textOf = (markup: string): string => markup.replace(/<[^>]+>/g, '').trim();
