/** Why: what the columns of a table of libraries are called, and what each says of a library; export and import agree on it. */
import type { Site } from '#contract';
import { CarrelError } from '#lib/errors';
import type { CsvRow } from './csv.ts';
import { formatOpening } from './opening.ts';

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
export type Column = keyof typeof COLUMNS;
export const COLUMN_NAMES = Object.keys(COLUMNS) as Column[]; // keyof of a constant of this file

/** What the table says of a library. `target`: Mb/s of the access point that has the library's id; null: there is none. */
export function cellsOf(site: Site, target: number | null): Record<Column, string | number | null> {
  return {
    id: site.id,
    name: site.name,
    region: site.region,
    isp: site.isp,
    zone: site.zone,
    opening: formatOpening(site.opening),
    contract_mbps: site.contract_mbps,
    target_mbps: target,
    metered: site.metered ? 'yes' : 'no',
    lat: site.lat,
    lon: site.lon,
    notes: site.notes,
  };
}

/** A cell without what spreadsheets and the export put around it: an export guards what looks like a formula with an apostrophe. */
export function plainCell(text: string): string {
  return text.trim().replace(/^'(?=[=+\-@])/, '');
}

export interface Columns {
  at: ReadonlyMap<Column, number>;
  count: number;
  unknown: string[];
}

/** @throws CarrelError IMPORT_INVALID when the first line does not name the columns */
export function columnsOf(header: CsvRow | undefined): Columns {
  if (!header) throw invalid('it is empty');
  const at = new Map<Column, number>();
  const unknown: string[] = [];
  for (const [index, title] of header.fields.entries()) {
    const column = COLUMN_NAMES.find((name) => COLUMNS[name].some((alias) => alias === plainName(title)));
    if (column !== undefined && at.has(column)) throw invalid(`two columns mean ${column}`);
    if (column !== undefined) at.set(column, index);
    else if (title.trim() !== '')
      unknown.push(`the column "${title.trim().slice(0, 40)}" is not known and was left out`);
  }
  if (!at.has('name') && !at.has('id'))
    throw invalid(
      `the first line must name the columns; "name" is missing, got ${header.fields
        .slice(0, 12)
        .map((field) => JSON.stringify(field.slice(0, 40)))
        .join(', ')}; known are ${COLUMN_NAMES.join(', ')}`,
    );
  return { at, count: header.fields.length, unknown };
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

/** The table as a whole cannot be used. */
export function invalid(why: string): CarrelError {
  return new CarrelError('IMPORT_INVALID', `The table cannot be used: ${why}.`, { file: why });
}
