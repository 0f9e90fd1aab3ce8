/** What a phone on a thin line has to fetch: every page of the frame, gzipped, and no late part that is large. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { BUILT_WEB } from '../support/built.ts';

let sizes: Map<string, number>;
let html: string;

beforeAll(() => {
  html = readFileSync(join(BUILT_WEB, 'index.html'), 'utf8');
  const names = readdirSync(join(BUILT_WEB, 'assets')).filter((name) => /\.(js|css|topojson)$/.test(name));
  sizes = new Map(
    names.map((name) => [name, gzipSync(readFileSync(join(BUILT_WEB, 'assets', name)), { level: 9 }).length / 1000]),
  );
});

const named = (name: string): string =>
  [...html.matchAll(/\/assets\/([\w.-]+)/g)].map(([, file = '']) => file).find((file) => file.startsWith(name)) ?? '';

test('the first load is one script of at most 45 kB and one style sheet of at most 15 kB', () => {
  const scripts = [...html.matchAll(/<script type="module" src="\/assets\/([^"]+)"/g)].map(([, file = '']) => file);
  expect(scripts).toHaveLength(1);
  const code = readFileSync(join(BUILT_WEB, 'assets', scripts[0] ?? ''), 'utf8');
  expect(code).not.toMatch(/\bfrom"\.\/|import"\.\//); // nothing more to wait for
  expect(sizes.get(scripts[0] ?? '')).toBeLessThanOrEqual(45);
  expect(sizes.get(named('main-')?.replace(/js$/, 'css'))).toBeLessThanOrEqual(15);
});

test('no part that comes later is larger than 30 kB', () => {
  const late = [...sizes].filter(([name]) => !name.startsWith('main-'));
  expect(late.length).toBeGreaterThan(8);
  expect(late.filter(([, kb]) => kb > 30)).toEqual([]);
});

test('each name that one file has of another is there', () => {
  for (const name of sizes.keys()) {
    if (!name.endsWith('.js')) continue;
    const code = readFileSync(join(BUILT_WEB, 'assets', name), 'utf8');
    for (const [, other = ''] of code.matchAll(/["`](?:\.|\/assets)\/([\w.-]+\.(?:js|topojson))["`]/g))
      expect([...sizes.keys()], `${name} asks for ${other}`).toContain(other);
  }
});
