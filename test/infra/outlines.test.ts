/** The outlines in the repository are what the source makes of them. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeOutlines, SOURCE } from '../../infra/outlines.ts';

test.skipIf(!existsSync(SOURCE))('the outlines are made anew to the byte (needs npm run outlines once)', () => {
  for (const { name, text } of makeOutlines(readFileSync(SOURCE, 'utf8')))
    expect(readFileSync(new URL(`../../dashboard/web/map/${name}.topojson`, import.meta.url), 'utf8')).toBe(text);
});
