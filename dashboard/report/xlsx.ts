/** Why: administrators work on in a spreadsheet, in their language. Numbers stay numbers, heads stay in sight, and no text can be run as a formula. */
import writeExcelFile, { type Row } from 'write-excel-file/node';
import type { ComplianceReport } from '#contract';
import { changesText } from './change-words.ts';
import { COLUMNS, cut, harmless } from './csv.ts';
import { causeText, localMoment, type PaperWords } from './paper-words.ts';
import { GROUP_HEADS, type Head, type TableWords, tableWords, whyText } from './table-words.ts';

type Plain = string | number | null;
type Line = readonly Plain[];

export function xlsxOf(report: ComplianceReport, words: PaperWords): Promise<Buffer> {
  const own = tableWords(words.lang);
  return writeExcelFile([
    libraries(report, words, own),
    regions(report, words, own),
    exceptions(report, words, own),
    method(report, words, own),
  ]).toBuffer();
}

function libraries({ rows, month }: ComplianceReport, words: PaperWords, own: TableWords) {
  const format = new Intl.NumberFormat(words.locale);
  const says = { words: own, number: (value: number) => format.format(value) };
  return sheet(
    words.sheets.libraries,
    headsOf(own, ['month', ...COLUMNS, 'changes']),
    rows.map((row) => {
      const said = { ...row, verdict: words.verdict[row.verdict], why: whyText(row, says) };
      return [month, ...COLUMNS.map((name) => said[name]), changesText(row, words) || null];
    }),
    [9, 20, 40],
  );
}

function regions({ groups }: ComplianceReport, words: PaperWords, own: TableWords) {
  const named = groups.filter(({ by }) => by === 'region' || by === 'network');
  return sheet(
    words.sheets.regions,
    headsOf(own, ['region', ...GROUP_HEADS]),
    named.map((group) => [
      group.by === 'network' ? words.total : group.name || words.noName,
      ...GROUP_HEADS.map((name) => group[name]),
    ]),
    [28],
  );
}

function exceptions({ exceptions: found, retro }: ComplianceReport, words: PaperWords, own: TableWords) {
  return sheet(
    words.sheets.exceptions,
    headsOf(own, ['site', 'site_name', 'ap', 'region', 'verdict', 'coverage_pct', 'share_pct', 'cause']),
    [
      ...found.map(({ site, site_name, ap, region, verdict, coverage_pct, share_pct, causes }) => [
        ...[site, site_name, ap, region, words.verdict[verdict], coverage_pct, share_pct],
        causes.map((cause) => causeText(cause, words)).join('; '),
      ]),
      ...retro.map(({ site, site_name, ap, region, zone, since, until }) => [
        ...[site, site_name, ap, region, null, null, null],
        words.retroCause(localMoment(since, zone, words), localMoment(until, zone, words)),
      ]),
    ],
    [20, 40, 20, 20, 18, 14, 14, 70],
  );
}

function method({ month, made_at, revision, closed_at, sha256 }: ComplianceReport, words: PaperWords, own: TableWords) {
  const when = (at: number | null): string => (at === null ? '' : new Date(at).toISOString());
  const { method: names, rule } = own;
  const lines: Line[] = [
    [names.month, month],
    [names.made_at, when(made_at)],
    [names.revision, revision],
    [names.closed_at, when(closed_at)],
    [names.sha256, sha256],
    [names.rule, rule],
  ];
  return sheet(words.sheets.method, ['', ''], lines, [22, 110]);
}

const headsOf = ({ heads }: TableWords, names: readonly Head[]): string[] => names.map((name) => heads[name]);

function sheet(name: string, head: readonly string[], lines: readonly Line[], widths: readonly number[]) {
  const data: Row[] = [
    head.map((value) => ({ value, fontWeight: 'bold' as const })),
    ...lines.map((line) => line.map(cellOf)),
  ];
  return { sheet: name, data, columns: head.map((_, i) => ({ width: widths[i] ?? 14 })), stickyRowsCount: 1 };
}

function cellOf(value: Plain): Plain {
  return typeof value === 'number' ? cut(value) : value === null ? null : harmless(value);
}
