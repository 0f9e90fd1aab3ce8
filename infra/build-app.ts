/** Why: what makes the page installable: its manifest, its icons, and the service worker, which lies at the root since it speaks for all pages. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const WEB = fileURLToPath(new URL('../dashboard/web', import.meta.url));

export interface AppFiles {
  /** Names carry a hash. */
  assets: { name: string; contents: Buffer }[];
  /** Beside the page. */
  root: { name: string; contents: Buffer }[];
  /** `/assets/icon-192-1A2B.png` by `icon-192.png`. */
  hrefs: Record<string, string>;
}

/** The night's surface: what stands around the page while it opens. */
const GROUND = '#0f1720';

export async function buildApp(): Promise<AppFiles> {
  const folder = join(WEB, 'icons');
  const icons = await Promise.all(
    (await readdir(folder))
      .sort()
      .map(async (name) => ({ source: name, contents: await readFile(join(folder, name)) })),
  );
  const assets = icons.map(({ source, contents }) => {
    const hash = createHash('sha256').update(contents).digest('hex').slice(0, 8);
    return { source, name: source.replace(/(\.\w+)$/, `-${hash}$1`), contents };
  });
  const hrefs = Object.fromEntries(assets.map(({ source, name }) => [source, `/assets/${name}`]));
  const worker = await build({
    entryPoints: { sw: join(WEB, 'worker/main.ts') },
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    define: { BADGE: JSON.stringify(hrefs['badge-96.png']), ICON: JSON.stringify(hrefs['icon-192.png']) },
    outdir: WEB,
    write: false,
    logLevel: 'warning',
  });
  const scripts = worker.outputFiles.map(({ path, contents }) => ({
    name: basename(path),
    contents: Buffer.from(contents),
  }));
  const manifest = { name: 'manifest.webmanifest', contents: Buffer.from(JSON.stringify(manifestOf(hrefs))) };
  return { assets, root: [...scripts, manifest], hrefs };
}

function manifestOf(hrefs: Readonly<Record<string, string>>): object {
  const icon = (name: string, size: number, purpose: string) => ({
    src: hrefs[`${name}.png`],
    sizes: `${size}x${size}`,
    type: 'image/png',
    purpose,
  });
  return {
    id: '/',
    name: 'Carrel',
    short_name: 'Carrel',
    start_url: '/',
    scope: '/',
    display: 'standalone',
    background_color: GROUND,
    theme_color: GROUND,
    icons: [icon('icon-192', 192, 'any'), icon('icon-512', 512, 'any'), icon('icon-maskable-512', 512, 'maskable')],
  };
}
