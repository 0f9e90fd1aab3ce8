/**
 * Why: makes dist/web from dashboard/web: hashed files beside one index.html. Its only inline script is the small one that cannot wait; the
 * server names its hash in the content security policy (dashboard/routes/static.ts).
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { type AppFiles, buildApp } from './build-app.ts';
import { buildDrawn } from './build-drawn.ts';
import { type JoinedWeb, joinWeb, type WebFile } from './build-web-join.ts';
import { inLanguage } from './build-web-language.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const WEB = join(ROOT, 'dashboard/web');

/** Languages of the page, as dashboard/language.ts offers them. */
const LANGUAGES: readonly PageLanguage[] = ['en', 'lt', 'ru'].map((lang) => ({ lang, plugin: inLanguage(lang) }));
export interface PageLanguage {
  lang: string;
  /** Brings the words and figures of the language. */
  plugin: Plugin;
}

/**
 * Builds the page into `dist/web` (or `outDir`, absolute), once per language. Each text asset also lies there as `.br` and `.gz` for a
 * static server that serves precompressed files. Old assets go only after the new pages stand, so that one that is being loaded stays whole.
 */
export async function buildWeb(
  outDir = join(ROOT, 'dist/web'),
  languages: readonly PageLanguage[] = LANGUAGES,
): Promise<void> {
  const share = await buildThread('live-share', {});
  const reader = await buildThread('live-reader', { LIVE_SHARE: hrefOf(share) });
  const [drawn, app, sprite, ...pages] = await Promise.all([
    buildDrawn(),
    buildApp(),
    readFile(join(WEB, 'sprite.svg'), 'utf8'),
    ...languages.map((one) => buildPage(one, reader)),
  ]);
  // One name for all languages: a page that was built before any of them was changed is old.
  const build = createHash('sha256')
    .update(pages.map(({ hash }) => hash).join())
    .digest('hex')
    .slice(0, 10);
  const assets = new Map(
    [...pages.flatMap(({ files }) => files), ...drawn.files, ...app.assets, reader, share]
      .filter(({ name }) => !name.startsWith('head-'))
      .map(({ name, contents }) => [name, contents]),
  );
  await mkdir(join(outDir, 'assets'), { recursive: true });
  await Promise.all([...assets].map(([name, contents]) => writeWithPacked(join(outDir, 'assets', name), contents)));
  await writeFile(join(outDir, 'assets.json'), JSON.stringify({ ...drawn.hrefs, ...app.hrefs }));
  for (const { name, contents } of app.root) await writeWithPacked(join(outDir, name), contents);
  for (const page of pages)
    await writeWithPacked(
      join(outDir, `index${page.lang === 'en' ? '' : `.${page.lang}`}.html`),
      Buffer.from(indexHtml({ ...page, noScript: await noScriptIn(page.lang) }, build, app, sprite)),
    );
  await dropOld(join(outDir, 'assets'), new Set(assets.keys()));
}

/** A file of the thread that reads the live stream (dashboard/web/live-line.ts); it has no words, so that all languages share it. */
async function buildThread(name: string, define: Record<string, string>): Promise<WebFile> {
  const { outputFiles } = await build({
    entryPoints: { [name]: join(WEB, `${name}.ts`) },
    define,
    outdir: 'assets',
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    plugins: [pureContract],
    write: false,
    logLevel: 'warning',
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`esbuild made no ${name}`);
  return { name: basename(file.path), contents: Buffer.from(file.contents) };
}

const hrefOf = ({ name }: WebFile): string => JSON.stringify(`/assets/${name}`);

async function buildPage({ lang, plugin }: PageLanguage, reader: WebFile): Promise<JoinedWeb & { lang: string }> {
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: { main: join(WEB, 'main.tsx'), head: join(WEB, 'head.ts'), icon: join(WEB, 'icon.svg') },
    outdir: 'assets',
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    // Escaped, a Cyrillic letter would take six bytes instead of two.
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'copy', '.topojson': 'file' },
    assetNames: '[name]',
    define: { LIVE_READER: hrefOf(reader) },
    plugins: [plugin, pureContract],
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  const files = result.outputFiles.map(({ path, contents }) => ({
    name: basename(path),
    contents: Buffer.from(contents),
  }));
  return { lang, ...(await joinWeb(files, result.metafile, 'main.js')) };
}

/** The contract has no side effects; told so, esbuild leaves out the tables that the page does not use (6 kB of 42 kB gzip). */
const pureContract: Plugin = {
  name: 'pure-contract',
  setup({ onResolve }) {
    const contract = join(ROOT, 'broker/contract');
    onResolve({ filter: /^#contract$/ }, () => ({ path: join(contract, 'index.ts'), sideEffects: false }));
    onResolve({ filter: /^\.\// }, ({ path, resolveDir }) =>
      resolveDir === contract ? { path: join(contract, path), sideEffects: false } : undefined,
    );
  },
};

/** Pages whose files are asked for together with the script (dashboard/web/preload.ts). */
const PRELOADED = [
  ['/', 'overview'],
  ['/alerts', 'alerts'],
] as const;

function filesOf(pages: JoinedWeb['pages'], source: string): string[] {
  const names = pages.get(`dashboard/web/pages/${source}.tsx`);
  if (!names) throw new Error(`the page ${source} is no file of its own`);
  return names.map((name) => `/assets/${name}`);
}

/** The one line of a language that stands in the page itself; English where it has none. */
async function noScriptIn(lang: string): Promise<string> {
  const own = join(WEB, lang, 'words-noscript.ts');
  const words = existsSync(own) ? await import(own) : await import('../dashboard/web/words-noscript.ts');
  return words.noScript;
}

/**
 * The page's only HTML. Everything visible is drawn by the script; without it the noscript line says so. `sprite`: every mark and icon once, as
 * symbols that the whole page refers to; they are read while the script is on its way, where making them would hold up the first picture.
 */
function indexHtml(
  { files, hash, lang, pages, noScript }: JoinedWeb & { lang: string; noScript: string },
  build: string,
  { hrefs }: AppFiles,
  sprite: string,
): string {
  const head = files
    .find(({ name }) => name.startsWith('head-'))
    ?.contents.toString()
    .trim();
  const early = JSON.stringify(Object.fromEntries(PRELOADED.map(([path, source]) => [path, filesOf(pages, source)])));
  if (!head?.includes('PAGE_FILES') || head.includes('</'))
    throw new Error('the script of the head cannot stand in HTML');
  const href = (name: string, ending: string) => `/assets/${name}-${hash}.${ending}`;
  return `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Carrel</title>
<meta name="color-scheme" content="light dark">
<meta name="carrel-build" content="${build}">
<script>${head.replace('PAGE_FILES', () => early)}</script>
<link rel="stylesheet" href="${href('main', 'css')}">
<script type="module" src="${href('main', 'js')}"></script>
<link rel="icon" type="image/svg+xml" href="${href('icon', 'svg')}">
<link rel="manifest" href="/manifest.webmanifest">
<link rel="apple-touch-icon" href="${hrefs['icon-apple-180.png']}">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#ffffff">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0f1720">
</head>
<body>
${sprite.replaceAll('\n', '')}
<div id="root"></div>
<noscript>${noScript}</noscript>
</body>
</html>
`;
}

async function writeWithPacked(path: string, contents: Uint8Array): Promise<void> {
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(contents, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    promisify(gzip)(contents, { level: 9 }),
  ]);
  await mkdir(dirname(path), { recursive: true });
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
  await writeFile(path, contents);
}

async function dropOld(folder: string, keep: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!keep.has(name.replace(/\.(br|gz)$/, ''))) await rm(join(folder, name));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildWeb();
  process.stdout.write(`built ${relative(process.cwd(), join(ROOT, 'dist/web'))}\n`);
}
