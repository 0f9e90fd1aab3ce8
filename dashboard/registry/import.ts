/**
 * Why: a table of libraries becomes changes line by line: what is wrong is told with its line, what is right is taken, and what the table
 * leaves out stays as it is. Pure.
 */
import { type ImportReport, isId, type Site } from '#contract';
import { siteProblems } from '#state';
import { judgePlace } from './coordinates.ts';
import { type CsvRow, readCsv } from './csv.ts';
import { type Column, type Columns, cellsOf, columnsOf, invalid, plainCell } from './import-columns.ts';
import { ASSUMED_OPENING, parseOpening } from './opening.ts';
import { newSite } from './site-input.ts';

export interface ImportedSite {
  /** Its line in the report. */
  entry: ImportReport['lines'][number];
  /** What is put over the library as it then is; all of it for a new one. */
  change: Partial<Site>;
  /** Mb/s of the access point that has the library's id; null: as it is, or the server's own for a new one. */
  target_mbps: number | null;
}
export interface ImportPlan {
  report: ImportReport;
  /** Lines that change something. */
  sites: ImportedSite[];
}

/** Lines that one file may have. */
const IMPORT_LINES_MAX = 20_000;

export interface KnownSite {
  site: Site;
  /** Of the access point that has the library's id; null: there is none. */
  target_mbps: number | null;
}
export interface ImportContext {
  known(id: string): KnownSite | null;
  /** The library whose access point has this id; null: the id is free. */
  takenBy(id: string): string | null;
  /** Where the file names none. */
  zone: string;
}

/**
 * Reads the file and plans it; nothing is stored.
 * @throws CarrelError IMPORT_INVALID when the file as a whole cannot be used
 */
export function planImport(bytes: Uint8Array, context: ImportContext): ImportPlan {
  const table = readCsv(bytes);
  const [header, ...rows] = table.rows;
  const columns = columnsOf(header);
  if (rows.length > IMPORT_LINES_MAX)
    throw invalid(`the file has ${rows.length} lines; at most ${IMPORT_LINES_MAX} are taken at once`);
  const seen = new Map<string, number>();
  const report: ImportReport = {
    encoding: table.encoding,
    separator: table.separator,
    created: 0,
    updated: 0,
    unchanged: 0,
    refused: 0,
    lines: [],
  };
  const sites: ImportedSite[] = [];
  for (const [index, row] of rows.entries()) {
    const read = readLine(row, columns, context, seen);
    const messages = [...read.refusals, ...read.remarks, ...(index === 0 ? columns.unknown : [])];
    const outcome = outcomeOf(read);
    report[outcome]++;
    const fields = outcome === 'updated' ? read.fields : [];
    const entry: ImportedSite['entry'] = { line: row.line, id: read.id || null, outcome, fields, messages };
    report.lines.push(entry);
    if (outcome === 'created' || outcome === 'updated')
      sites.push({ entry, change: read.change, target_mbps: read.target_mbps });
  }
  return { report, sites };
}

interface ReadLine {
  id: string;
  isNew: boolean;
  change: Partial<Site>;
  target_mbps: number | null;
  /** What differs from what is known. */
  fields: Column[];
  refusals: string[];
  remarks: string[];
}

function outcomeOf({ refusals, isNew, fields }: ReadLine): ImportedSite['entry']['outcome'] {
  if (refusals.length > 0) return 'refused';
  if (isNew) return 'created';
  return fields.length > 0 ? 'updated' : 'unchanged';
}

function readLine(row: CsvRow, columns: Columns, context: ImportContext, seen: Map<string, number>): ReadLine {
  const refusals: string[] = [];
  const remarks: string[] = [];
  if (row.fields.length > columns.count)
    refusals.push(
      `the line has ${row.fields.length} cells, the head has ${columns.count}; is a name with the separator in it not quoted?`,
    );
  const cells = cellsOfRow(row, columns);
  const id = idOf(cells.get('id') ?? '', cells.get('name') ?? '', remarks);
  const known = context.known(id);
  const said = { refusals, remarks };
  const read = known ? readKnown(known, cells, said) : readNew(id, cells, context, said);
  const before = seen.get(id);
  if (before !== undefined) refusals.push(`the id ${id} stands in line ${before} already`);
  else if (isId(id)) seen.set(id, row.line);
  return { id, isNew: known === null, ...read, refusals, remarks };
}

/** A row may end before its head does: what is not there says nothing. */
function cellsOfRow(row: CsvRow, columns: Columns): Cells {
  const cells = new Map<Column, string>();
  for (const [column, at] of columns.at) {
    const text = row.fields[at];
    if (text !== undefined) cells.set(column, plainCell(text));
  }
  return cells;
}
type Cells = ReadonlyMap<Column, string>;
type Said = Pick<ReadLine, 'refusals' | 'remarks'>;
type Read = Pick<ReadLine, 'change' | 'target_mbps' | 'fields'>;

function readNew(id: string, cells: Cells, context: ImportContext, said: Said): Read {
  const site: Site = { ...newSite(id, context.zone), name: '' };
  for (const [column, text] of cells) Object.assign(site, cellValue(column, text, said.refusals));
  if (!cells.get('opening')) said.remarks.push(`no opening hours given, ${ASSUMED_OPENING} assumed`);
  if (!cells.get('zone')) said.remarks.push(`no time zone given, ${context.zone} assumed`);
  const taken = context.takenBy(id);
  if (taken !== null) said.refusals.push(`the id ${id} is taken by an access point of ${taken}`);
  checkSite(site, said, true);
  return { change: site, target_mbps: readTarget(cells.get('target_mbps') ?? '', said), fields: [] };
}

/** Only what a cell says otherwise than the export of the library would is read; so an exported table changes nothing. */
function readKnown({ site, target_mbps }: KnownSite, cells: Cells, said: Said): Read {
  const exported = cellsOf(site, target_mbps);
  const change: Partial<Site> = {};
  const fields: Column[] = [];
  let target: number | null = null;
  for (const [column, text] of cells) {
    if (text === plainCell(String(exported[column] ?? ''))) continue;
    if (column === 'target_mbps') {
      target = readTarget(text, said);
      if (target === target_mbps) target = null;
    } else if (differs(site, cellValue(column, text, said.refusals), change)) fields.push(column);
  }
  if (target !== null && target_mbps === null) {
    said.remarks.push('target_mbps: left out; none of its access points has the id of the library');
    target = null;
  }
  if (target !== null) fields.push('target_mbps');
  checkSite({ ...site, ...change }, said, 'lat' in change || 'lon' in change || 'zone' in change);
  return { change, target_mbps: target, fields };
}

/** Adds to `change` what is another value than the library has. */
function differs(site: Site, value: Partial<Site>, change: Partial<Site>): boolean {
  const other = Object.entries(value).some(
    ([field, one]) =>
      JSON.stringify(one) !== JSON.stringify(Object.entries(site).find(([name]) => name === field)?.[1]),
  );
  if (other) Object.assign(change, value);
  return other;
}

/** What one cell says. Empty: nothing is known of it; where that cannot be, what is there stays. */
function cellValue(column: Column, text: string, refusals: string[]): Partial<Site> {
  switch (column) {
    case 'name':
    case 'region':
    case 'isp':
    case 'notes':
      return { [column]: text };
    case 'zone':
      return text === '' ? {} : { zone: text };
    case 'opening':
      return text === '' ? {} : readOpening(text, refusals);
    case 'contract_mbps':
    case 'lat':
    case 'lon':
      return { [column]: readNumber(text, column, refusals) };
    case 'metered':
      return { metered: readFlag(text, refusals) };
    case 'id':
    case 'target_mbps':
      return {};
  }
}

function readTarget(text: string, { refusals }: Said): number | null {
  const target = readNumber(text, 'target_mbps', refusals);
  if (target !== null && !(target >= 0.1 && target <= 100_000))
    refusals.push('target_mbps: a number from 0.1 to 100000');
  return target;
}

function checkSite(site: Site, { refusals, remarks }: Said, moved: boolean): void {
  if (moved) checkPlace(site, refusals, remarks);
  for (const [field, message] of Object.entries(siteProblems(site))) refusals.push(`${field}: ${message}`);
}

function idOf(given: string, name: string, remarks: string[]): string {
  if (given !== '') return given.toLowerCase();
  const made = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48);
  if (made !== '') remarks.push(`no id given, ${made} made from the name`);
  return made;
}

/** `1 234,5` and `1234.5` are the same; a lone separator is a decimal one. */
function readNumber(text: string, column: Column, refusals: string[]): number | null {
  const compact = text.replace(/[\s\u00a0\u202f]/g, '').replace(/,/g, '.');
  if (compact === '') return null;
  const value = /^[+-]?\d+(\.\d+)?$/.test(compact) ? Number(compact) : Number.NaN;
  if (Number.isNaN(value)) refusals.push(`${column}: "${text.slice(0, 30)}" is not a number`);
  return Number.isNaN(value) ? null : value;
}

function readFlag(text: string, refusals: string[]): boolean {
  if (['', 'no', 'n', 'false', '0', 'ne'].includes(text.toLowerCase())) return false;
  if (['yes', 'y', 'true', '1', 'taip', 'x'].includes(text.toLowerCase())) return true;
  refusals.push(`metered: "${text.slice(0, 30)}" is neither yes nor no`);
  return false;
}

function readOpening(text: string, refusals: string[]): Partial<Site> {
  const opening = parseOpening(text);
  if (!('problem' in opening)) return { opening };
  refusals.push(`opening: ${opening.problem}`, 'write opening hours as Mo-Fr 10:00-18:00; Sa 10:00-14:00');
  return {};
}

function checkPlace({ lat, lon, zone }: Site, refusals: string[], remarks: string[]): void {
  if (lat === null || lon === null) return;
  const place = judgePlace(lat, lon, zone);
  if (place === 'swapped') refusals.push(`lat and lon seem swapped: ${lon}, ${lat} would be in ${zone}`);
  if (place === 'far') remarks.push(`lat and lon are far from ${zone}`);
}
