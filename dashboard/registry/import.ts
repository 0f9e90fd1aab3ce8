/** Why: a table of libraries becomes sites line by line: what is wrong is told with its line, what is right is taken. Pure. */
import { type ImportReport, isId, type Site } from '#contract';
import { CarrelError } from '#lib/errors';
import { siteProblems } from '#state';
import { judgePlace } from './coordinates.ts';
import { type CsvRow, readCsv } from './csv.ts';
import { ASSUMED_OPENING, parseOpening } from './opening.ts';
import { newSite } from './site-input.ts';

export interface ImportedSite {
  /** Its line in the report. */
  entry: ImportReport['lines'][number];
  site: Site;
  /** Null: the server's own target. */
  target_mbps: number | null;
}
export interface ImportPlan {
  report: ImportReport;
  sites: ImportedSite[];
}

/** Lines that one file may have. */
const IMPORT_LINES_MAX = 20_000;

/** Column -> names under which it is found, after `plainName`. */
const COLUMNS = {
  id: ['id', 'site', 'site_id', 'code', 'kodas'],
  name: ['name', 'library', 'title', 'pavadinimas', 'biblioteka'],
  region: ['region', 'municipality', 'county', 'savivaldybe', 'apskritis'],
  isp: ['isp', 'provider', 'operator', 'tiekejas'],
  zone: ['zone', 'time_zone', 'timezone', 'tz', 'laiko_juosta'],
  opening: ['opening', 'opening_hours', 'hours', 'open', 'darbo_laikas'],
  contract_mbps: ['contract_mbps', 'contract', 'contract_mb_s', 'sutartis', 'sutarties_greitis'],
  target_mbps: ['target_mbps', 'target', 'target_mb_s', 'tikslas'],
  metered: ['metered', 'metered_link', 'ribotas'],
  lat: ['lat', 'latitude', 'platuma'],
  lon: ['lon', 'lng', 'long', 'longitude', 'ilguma'],
  notes: ['notes', 'note', 'comment', 'pastabos'],
} as const;
type Column = keyof typeof COLUMNS;
const NAMES = Object.keys(COLUMNS) as Column[]; // keyof of a constant of this file

export interface ImportContext {
  isKnown(id: string): boolean;
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
    refused: 0,
    lines: [],
  };
  const sites: ImportedSite[] = [];
  for (const [index, row] of rows.entries()) {
    const read = readLine(row, columns, context, seen);
    const messages = [...read.refusals, ...read.remarks, ...(index === 0 ? columns.unknown : [])];
    const outcome = read.refusals.length > 0 ? 'refused' : context.isKnown(read.site.id) ? 'updated' : 'created';
    report[outcome]++;
    const entry: ImportedSite['entry'] = { line: row.line, id: read.site.id || null, outcome, messages };
    report.lines.push(entry);
    if (outcome !== 'refused') sites.push({ entry, site: read.site, target_mbps: read.target_mbps });
  }
  return { report, sites };
}

interface Columns {
  at: ReadonlyMap<Column, number>;
  count: number;
  unknown: string[];
}

function columnsOf(header: CsvRow | undefined): Columns {
  if (!header) throw invalid('it is empty');
  const at = new Map<Column, number>();
  const unknown: string[] = [];
  for (const [index, title] of header.fields.entries()) {
    const column = NAMES.find((name) => COLUMNS[name].some((alias) => alias === plainName(title)));
    if (column !== undefined && at.has(column)) throw invalid(`two columns mean ${column}`);
    if (column !== undefined) at.set(column, index);
    else if (title.trim() !== '')
      unknown.push(`the column "${title.trim().slice(0, 40)}" is not known and was left out`);
  }
  if (!at.has('name'))
    throw invalid(
      `the first line must name the columns; "name" is missing, got ${header.fields
        .slice(0, 12)
        .map((field) => JSON.stringify(field.slice(0, 40)))
        .join(', ')}; known are ${NAMES.join(', ')}`,
    );
  return { at, count: header.fields.length, unknown };
}

interface ReadLine {
  site: Site;
  target_mbps: number | null;
  refusals: string[];
  remarks: string[];
}

function readLine(row: CsvRow, columns: Columns, context: ImportContext, seen: Map<string, number>): ReadLine {
  const refusals: string[] = [];
  const remarks: string[] = [];
  // An export guards cells that look like formulas with an apostrophe; here it goes again.
  const cell = (column: Column): string =>
    (row.fields[columns.at.get(column) ?? -1] ?? '').trim().replace(/^'(?=[=+\-@])/, '');
  const amount = (column: Column): number | null => readNumber(cell(column), column, refusals);
  if (row.fields.length > columns.count)
    refusals.push(
      `the line has ${row.fields.length} cells, the head has ${columns.count}; is a name with the separator in it not quoted?`,
    );
  const id = idOf(cell('id'), cell('name'), remarks);
  const site: Site = {
    ...newSite(id, cell('zone') || context.zone),
    name: cell('name'),
    region: cell('region'),
    isp: cell('isp'),
    notes: cell('notes'),
    contract_mbps: amount('contract_mbps'),
    lat: amount('lat'),
    lon: amount('lon'),
    metered: readFlag(cell('metered'), refusals),
    opening: readOpening(cell('opening'), refusals, remarks),
  };
  if (cell('zone') === '') remarks.push(`no time zone given, ${context.zone} assumed`);
  const target = amount('target_mbps');
  if (target !== null && !(target >= 0.1 && target <= 100_000))
    refusals.push('target_mbps: a number from 0.1 to 100000');
  checkPlace(site, refusals, remarks);
  for (const [field, message] of Object.entries(siteProblems(site))) refusals.push(`${field}: ${message}`);
  const before = seen.get(id);
  if (before !== undefined) refusals.push(`the id ${id} stands in line ${before} already`);
  else if (isId(id)) seen.set(id, row.line);
  return { site, target_mbps: target, refusals, remarks };
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

function readOpening(text: string, refusals: string[], remarks: string[]): Site['opening'] {
  if (text === '') remarks.push(`no opening hours given, ${ASSUMED_OPENING} assumed`);
  const hours = parseOpening(text || ASSUMED_OPENING);
  if (!('problem' in hours)) return hours;
  refusals.push(`opening: ${hours.problem}`, 'write opening hours as Mo-Fr 10:00-18:00; Sa 10:00-14:00');
  return [[], [], [], [], [], [], []];
}

function checkPlace({ lat, lon, zone }: Site, refusals: string[], remarks: string[]): void {
  if (lat === null || lon === null) return;
  const place = judgePlace(lat, lon, zone);
  if (place === 'swapped') refusals.push(`lat and lon seem swapped: ${lon}, ${lat} would be in ${zone}`);
  if (place === 'far') remarks.push(`lat and lon are far from ${zone}`);
}

function plainName(title: string): string {
  return title
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

function invalid(why: string): CarrelError {
  return new CarrelError('IMPORT_INVALID', `The table cannot be used: ${why}.`, { file: why });
}
