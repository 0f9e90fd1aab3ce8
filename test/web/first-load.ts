/** Why: what a page loads before it stands, read from the built files: its script, the files that are asked for with it, and the reader. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BUILT_WEB } from '../support/built.ts';

/** Pages that may weigh 45 kB, by path. */
export const LIGHT_PAGES = { '/': 'overview', '/sites': 'sites', '/alerts': 'alerts' } as const;
export type LightPath = keyof typeof LIGHT_PAGES;

const ASSETS = join(BUILT_WEB, 'assets');
export const codeOf = (name: string): string => readFileSync(join(ASSETS, name), 'utf8');
/** kB, as a server sends it. */
export const gzipped = (name: string): number => gzipSync(readFileSync(join(ASSETS, name)), { level: 9 }).length / 1000;

export function htmlIn(lang: string): string {
  return readFileSync(join(BUILT_WEB, lang === 'en' ? 'index.html' : `index.${lang}.html`), 'utf8');
}

export function mainIn(lang: string): string {
  const scripts = [...htmlIn(lang).matchAll(/<script type="module" src="\/assets\/([^"]+)"/g)];
  if (scripts.length !== 1) throw new Error(`the page has ${scripts.length} scripts`);
  return scripts[0]?.[1] ?? '';
}

/** Files that the page of a path asks for together with its script. */
export function preloadedIn(lang: string, path: string): string[] {
  const [table] = /\{"\/":\[[^}]*\}/.exec(htmlIn(lang)) ?? [];
  const files: Record<string, string[]> = JSON.parse(table ?? 'null');
  return (files[path] ?? []).map((href) => href.replace('/assets/', ''));
}

/** Scripts that must be there before the page stands. The map of the overview and the bar of a selection come after (page-stands.test.ts). */
export function firstLoad(lang: string, path: LightPath): string[] {
  const main = mainIn(lang);
  const hash = /-(\w+)\.js$/.exec(main)?.[1];
  const ofPage = new RegExp(`^${LIGHT_PAGES[path]}-[A-Z0-9]{8}-${hash}\\.js$`);
  // The table of sites is part of the script: it has no file of its own.
  const page = readdirSync(ASSETS).filter((name) => ofPage.test(name));
  const reader = /\/assets\/(live-reader-\w+\.js)/.exec(codeOf(main))?.[1];
  if (reader === undefined) throw new Error('the script names no reader');
  return [...withImports([main, ...page]), reader];
}

/** And what they import, and so on; not what they load later. */
function withImports(names: readonly string[]): Set<string> {
  const found = new Set(names);
  for (const name of found)
    for (const [, next = ''] of codeOf(name).matchAll(/(?:from|import)"\.\/([\w.-]+\.js)"/g)) found.add(next);
  return found;
}
