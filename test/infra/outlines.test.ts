/** The outlines in the repository are what the source makes of them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hashOf, makeOutlines, NOTE, noteOf, type OutlineNote, outlineFile, SOURCE } from '../../infra/outlines.ts';

test('the outlines are those that were made of the named source, and no others', () => {
  const { files }: OutlineNote = JSON.parse(readFileSync(NOTE, 'utf8'));
  const there = readdirSync(new URL('../../dashboard/web/map/', import.meta.url))
    .filter((name) => name.endsWith('.topojson'))
    .map((name) => name.replace('.topojson', ''));
  expect(Object.keys(files).sort()).toEqual(there.sort());
  for (const [name, hash] of Object.entries(files)) expect(hashOf(readFileSync(outlineFile(name), 'utf8'))).toBe(hash);
  // 285 MB that `npm run outlines` fetches: with them the files are made anew to the byte.
  if (!existsSync(SOURCE)) return;
  const source = readFileSync(SOURCE, 'utf8');
  expect(noteOf(source, makeOutlines(source))).toEqual(JSON.parse(readFileSync(NOTE, 'utf8')));
});
