/** Why: what every command of npm run carrel is made of. */
import type { ApiClient } from './api-client.ts';

export interface Words {
  /** What stands after the command. */
  args: string[];
  options: Readonly<Record<string, string | boolean | undefined>>;
}
export interface Command {
  usage: string;
  help: string;
  /** Asks the server; answers with what is to be printed. */
  run?(api: ApiClient, words: Words): Promise<string>;
  /** Needs no server. */
  runAlone?(words: Words): Promise<string>;
}

/** Undefined where it was not given. */
export function textOption({ options }: Words, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** Columns as wide as their longest cell; the last one as it is. */
export function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd((widths[column] ?? 0) + 2))).join(''),
    )
    .join('\n');
}
