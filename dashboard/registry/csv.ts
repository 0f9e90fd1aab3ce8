/** Why: tables come from Excel, LibreOffice and hand: any usual encoding, separator and quoting becomes rows with their line numbers. */

import type { ImportReport } from '#contract';
import { CarrelError } from '#lib/errors';

export type Separator = ImportReport['separator'];
export interface CsvRow {
  /** 1-based line of the file where the row begins. */ line: number;
  fields: string[];
}
export interface CsvTable {
  encoding: ImportReport['encoding'];
  separator: Separator;
  rows: CsvRow[];
}

/** Rows without content are left out. @throws CarrelError IMPORT_INVALID when the bytes are no text or a quote never ends */
export function readCsv(bytes: Uint8Array): CsvTable {
  const { encoding, text } = decode(bytes);
  const named = /^sep=([,;\t])\r?\n/i.exec(text);
  const separator = named ? separatorOf(named[1] ?? '') : mostUsed(text);
  const body = named ? text.slice(named[0].length) : text;
  const rows = rowsOf(body, separator, named ? 2 : 1);
  return { encoding, separator, rows: rows.filter((row) => row.fields.some((field) => field.trim() !== '')) };
}

/** How a workbook of Excel begins: a ZIP archive, or an OLE compound file of before 2007. */
const WORKBOOKS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
] as const;

function decode(bytes: Uint8Array): { encoding: ImportReport['encoding']; text: string } {
  if (WORKBOOKS.some((begin) => begin.every((byte, i) => bytes[i] === byte)))
    throw unreadable('the file is a spreadsheet; in its program choose Save as, CSV UTF-8');
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return { encoding: 'utf-16le', text: new TextDecoder('utf-16le').decode(bytes) };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) throw unreadable('the file is UTF-16 big endian; save it as "CSV UTF-8"');
  // Latin text in UTF-16 without a mark: every second byte is 0.
  if (bytes.length >= 4 && bytes[1] === 0 && bytes[3] === 0)
    return { encoding: 'utf-16le', text: new TextDecoder('utf-16le').decode(bytes) };
  if (bytes.includes(0)) throw unreadable('the file is not text; save the table as CSV');
  try {
    return { encoding: 'utf-8', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    // Excel in the Baltic states saves "CSV" in the system's code page.
    return { encoding: 'windows-1257', text: new TextDecoder('windows-1257').decode(bytes) };
  }
}

function mostUsed(text: string): Separator {
  const header = text.slice(0, text.search(/[\r\n]|$/)).replace(/"[^"]*"/g, '');
  const counts = ([';', ',', '\t'] as const).map((separator) => ({ separator, count: header.split(separator).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).separator;
}

function separatorOf(text: string): Separator {
  return text === ',' || text === '\t' ? text : ';';
}

/** RFC 4180, with bare CR and LF as line ends too. */
function rowsOf(text: string, separator: Separator, firstLine: number): CsvRow[] {
  const rows: CsvRow[] = [];
  let line = firstLine;
  for (let at = 0; at < text.length; ) {
    const row: CsvRow = { line, fields: [] };
    for (let more = true; more; ) {
      const field = text[at] === '"' ? quoted(text, at, line) : plain(text, at, separator);
      row.fields.push(field.value);
      line += field.value.split('\n').length - 1;
      at = field.end;
      more = text[at] === separator;
      if (more) at++;
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    line++;
    rows.push(row);
  }
  return rows;
}

interface Field {
  value: string;
  /** Where the separator or line end stands. */
  end: number;
}

function plain(text: string, from: number, separator: Separator): Field {
  let end = from;
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++;
  return { value: text.slice(from, end), end };
}

function quoted(text: string, from: number, line: number): Field {
  let value = '';
  for (let at = from + 1; at < text.length; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) break;
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') {
      // Text after the closing quote is kept as it stands, as spreadsheets do.
      const rest = /^[^,;\t\r\n]*/.exec(text.slice(quote + 1, quote + 1000))?.[0] ?? '';
      return { value: value + rest, end: quote + 1 + rest.length };
    }
    value += '"';
    at = quote + 2;
  }
  throw unreadable(`the quote that opens in line ${line} never closes`);
}

function unreadable(why: string): CarrelError {
  return new CarrelError('IMPORT_INVALID', `The table cannot be read: ${why}.`, { file: why });
}

/** One line of CSV. A leading = + - @ tab or return gets an apostrophe, so that no spreadsheet runs it (OWASP, CSV injection). */
export function csvLine(fields: readonly (string | number | boolean | null)[], separator: Separator = ';'): string {
  return `${fields.map((field) => csvField(field, separator)).join(separator)}\r\n`;
}

function csvField(value: string | number | boolean | null, separator: Separator): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /["\r\n\t]/.test(safe) || safe.includes(separator) || safe !== safe.trim()
    ? `"${safe.replaceAll('"', '""')}"`
    : safe;
}
