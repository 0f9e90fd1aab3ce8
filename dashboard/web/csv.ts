/** Why: a table goes on into a spreadsheet: exact values, times in UTC, and no cell that a spreadsheet would run. */

export type Cell = string | number | null;

/** UTF-8 with a mark at its beginning (spreadsheets need it), comma, CRLF (RFC 4180); unknown is empty. */
export const csvOf = (rows: readonly (readonly Cell[])[]): string =>
  `\ufeff${rows.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')}`;

export const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

function cell(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  // A leading = + - @ would be run as a formula.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Hands the text to the browser as a file. */
export function saveCsv(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Chromium reads the file after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
