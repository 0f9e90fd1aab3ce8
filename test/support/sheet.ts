/** Why: a workbook is read back from its bytes, not from what it was made of. */
import { unzip } from './unzip.ts';

/** The cells of a sheet, from 1, as text (ECMA-376: a cell of type s is the how-manieth shared string). */
export function sheetOf(xlsx: Buffer, nth: number): string[][] {
  const files = unzip(xlsx);
  const shared = all(files.get('xl/sharedStrings.xml') ?? '', /<si>(.*?)<\/si>/gs).map(textOf);
  return all(files.get(`xl/worksheets/sheet${nth}.xml`) ?? '', /<row [^>]*>(.*?)<\/row>/gs).map((row) =>
    [...row.matchAll(/<c ([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)].map(([, head = '', body = '']) => {
      const value = textOf(body);
      return head.includes('t="s"') ? (shared[Number(value)] ?? '') : value;
    }),
  );
}

/** Names of the sheets, in their order. */
export function sheetNames(xlsx: Buffer): string[] {
  return all(unzip(xlsx).get('xl/workbook.xml') ?? '', /<sheet [^>]*?name="([^"]*)"/g);
}

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found = '']) => found);
const textOf = (markup: string): string => markup.replace(/<[^>]+>/g, '').trim();
