/** What a phone on a thin line has to fetch: every page of the frame, gzipped, and no late part that is large. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildWeb } from '../../infra/build-web.ts';

let dir: string;
let sizes: Map<string, number>;
let html: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'carrel-size-'));
  await buildWeb(dir);
  html = readFileSync(join(dir, 'index.html'), 'utf8');
  const names = readdirSync(join(dir, 'assets')).filter((name) => /\.(js|css|topojson)$/.test(name));
  sizes = new Map(
    names.map((name) => [name, gzipSync(readFileSync(join(dir, 'assets', name)), { level: 9 }).length / 1000]),
  );
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const named = (name: string): string =>
  [...html.matchAll(/\/assets\/([\w.-]+)/g)].map(([, file = '']) => file).find((file) => file.startsWith(name)) ?? '';

test('the first load is one script of at most 45 kB and one style sheet of at most 15 kB', () => {
  const scripts = [...html.matchAll(/<script type="module" src="\/assets\/([^"]+)"/g)].map(([, file = '']) => file);
  expect(scripts).toHaveLength(1);
  const code = readFileSync(join(dir, 'assets', scripts[0] ?? ''), 'utf8');
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
    const code = readFileSync(join(dir, 'assets', name), 'utf8');
    for (const [, other = ''] of code.matchAll(/"\.\/([\w.-]+\.(?:js|topojson))"/g))
      expect([...sizes.keys()], `${name} asks for ${other}`).toContain(other);
  }
});
