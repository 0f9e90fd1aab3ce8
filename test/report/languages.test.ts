/** Why: a month is read by people of three languages and checked by one sum: words are made when they are shown, what is summed never has any. */
import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { csvOf } from '../../dashboard/report/csv.ts';
import { closeMonths } from '../../dashboard/report/keeper.ts';
import { PAPER_WORDS } from '../../dashboard/report/paper-words.ts';
import { closesAt, type Issued, packed, reportOf, unpack } from '../../dashboard/report/report.ts';
import { xlsxOf } from '../../dashboard/report/xlsx.ts';
import { sheetNames, sheetOf } from '../support/sheet.ts';
import { memoryState } from '../support/state.ts';
import { fillState, fillStore, MONTH } from './recount-world.ts';

const CLOSES = closesAt(MONTH);
/** Names, ids, times, figures and units are the same everywhere. */
const SAME = /^(|[abc]|p10, Mb\/s|[\d.,:TZ-]+|[0-9a-f]{64})$/;

async function closedReport() {
  const world = { state: memoryState(), store: createMemoryStore() };
  await fillStore(world.store);
  fillState(world.state);
  await closeMonths(world, CLOSES);
  return { world, report: await reportOf(world, MONTH, CLOSES) };
}
const cellsOf = (xlsx: Buffer): string[] =>
  sheetNames(xlsx).flatMap((name, i) => [name, ...sheetOf(xlsx, i + 1).flat()]);

it.each(['lt', 'ru'] as const)('the workbook in %s has no word of the English one', async (lang) => {
  const { report } = await closedReport();
  const names = new Set(
    report.rows.flatMap(({ site, site_name, region, isp, ap }) => [site, site_name, region, isp, ap]),
  );
  const english = cellsOf(await xlsxOf(report, PAPER_WORDS.en)).filter((cell) => !SAME.test(cell) && !names.has(cell));
  expect(english).toEqual(expect.arrayContaining(['Libraries', 'Verdict', 'Why', 'Met', 'All together', 'Rule']));
  const own = new Set(cellsOf(await xlsxOf(report, PAPER_WORDS[lang])));
  expect(english.filter((cell) => own.has(cell))).toEqual([]);
});

it('the table is the same bytes for every reader, of names and codes only', async () => {
  const { report } = await closedReport();
  const cells = csvOf(report)
    .replace('\ufeff', '')
    .trimEnd()
    .split('\r\n')
    .flatMap((line) => line.split(','));
  const names = new Set(report.rows.flatMap(({ site_name }) => [site_name]));
  expect(cells.filter((cell) => / /.test(cell) && !names.has(cell))).toEqual([report.rule]);
  expect(report.rule).toBe('not_enough_data: coverage_pct < 80 or null; else met: share_pct >= 90; else not_met');
  expect(new Set(report.rows.map(({ why }) => why))).toEqual(new Set(['coverage', 'share']));
});

it('a month that was closed with English sentences keeps them and its sum, and is told in Lithuanian all the same', async () => {
  const { world } = await closedReport();
  const first = world.state.reports.issue(MONTH);
  if (!first) throw new Error('the month is closed');
  const issued = unpack(first);
  const old: Issued = {
    ...issued,
    rule: 'Met: at least 90 % of the planned tests.',
    rows: issued.rows.map((row) => ({ ...row, why: `${row.passed} of ${row.passed + row.failed} tests reached it` })),
  };
  const { sha256 } = packed(old);
  world.state.reports.add({ ...first, revision: 2, sha256, body: deflateRawSync(JSON.stringify(old)) });
  const report = await reportOf(world, MONTH, CLOSES);
  expect([report.revision, report.sha256]).toEqual([2, createHash('sha256').update(csvOf(report)).digest('hex')]);
  expect(csvOf(report)).toContain('tests reached it');
  const cells = cellsOf(await xlsxOf(report, PAPER_WORDS.lt)).join('\n');
  expect(cells).toMatch(/30\sMb\/s pasiekė \d+ iš \d+ matavimų/);
  expect(cells).not.toMatch(/tests|Met:/);
});
