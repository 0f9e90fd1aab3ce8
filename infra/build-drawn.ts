/**
 * Why: pages that the server draws (dashboard/document.ts) have styles and small scripts of their own, apart from the page's one script.
 * Which file a name stands for is written down for the server, since names carry a hash.
 */
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const WEB = join(ROOT, 'dashboard/web');

export interface DrawnAssets {
  files: { name: string; contents: Buffer }[];
  /** `/assets/paper-1A2B.css` by `paper.css`. */
  hrefs: Record<string, string>;
}

export async function buildDrawn(): Promise<DrawnAssets> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [
      join(WEB, 'styles/paper.css'),
      join(WEB, 'styles/status.css'),
      join(WEB, 'styles/incident.css'),
      join(WEB, 'print.ts'),
      join(WEB, 'incident.ts'),
      join(WEB, 'icon.svg'),
    ],
    outdir: 'assets',
    entryNames: '[name]-[hash]',
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    charset: 'utf8',
    loader: { '.svg': 'copy' },
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  return {
    files: outputFiles.map(({ path, contents }) => ({ name: basename(path), contents: Buffer.from(contents) })),
    hrefs: Object.fromEntries(
      Object.entries(metafile.outputs).flatMap(([path, { entryPoint, inputs }]) => {
        const source = entryPoint ?? Object.keys(inputs)[0];
        return source === undefined ? [] : [[basename(source), `/assets/${basename(path)}`]];
      }),
    ),
  };
}
