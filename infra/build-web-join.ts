/**
 * Why: esbuild cuts what the first page and the others share into many small files, and on a slow line each file beyond six costs a round
 * trip. What the page always loads becomes one file, and the others take it from there. All names then carry one hash of the whole build:
 * it is also what a page compares to know that there is a new one.
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { build, type Metafile } from 'esbuild';

export interface WebFile {
  name: string;
  contents: Buffer;
}
export interface JoinedWeb {
  files: WebFile[];
  /** Of the whole build. */
  hash: string;
  /** What a page loads at once besides `main`, by the path of its source from the root. */
  pages: Map<string, string[]>;
}

/** `files`: esbuild's outputs by name without hashes. `main`: name of the output that the page starts with. */
export async function joinWeb(files: readonly WebFile[], metafile: Metafile, main: string): Promise<JoinedWeb> {
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const text = new Map(files.map(({ name, contents }) => [name, contents.toString()]));
  const early = staticImports(outputs, main);
  const joined = await bundle(text, early, outputs, main);
  const hash = hashOf(files);
  const rest = files.filter(({ name }) => name !== main && !early.has(name));
  const renamed = (name: string): string => name.replace(/(\.[a-z]+)$/, `-${hash}$1`);
  const names = [main, ...rest.map(({ name }) => name)];
  const finish = (name: string, code: string): WebFile => {
    const pointed = names.reduce((so, one) => so.replaceAll(`"./${one}"`, `"./${renamed(one)}"`), code);
    return { name: renamed(name), contents: Buffer.from(pointed) };
  };
  const others = rest.map(({ name, contents }) =>
    name.endsWith('.js') ? finish(name, fromMain(contents.toString(), early, main)) : { name: renamed(name), contents },
  );
  const pages = new Map<string, string[]>();
  for (const [name, { entryPoint }] of outputs) {
    if (!entryPoint || name === main) continue;
    const parts = [name, ...staticImports(outputs, name)].filter((part) => part !== main && !early.has(part));
    pages.set(entryPoint, parts.map(renamed));
  }
  return { files: [finish(main, joined), ...others], hash, pages };
}

type Outputs = ReadonlyMap<string, Metafile['outputs'][string]>;

/** The chunks that `main` imports, and what these import. */
function staticImports(outputs: Outputs, main: string): Set<string> {
  const found = new Set<string>();
  const visit = (name: string): void => {
    for (const { path, kind } of outputs.get(name)?.imports ?? []) {
      const next = basename(path);
      if (kind !== 'import-statement' || found.has(next)) continue;
      found.add(next);
      visit(next);
    }
  };
  visit(main);
  return found;
}

/** Exports of a chunk under names that no other chunk has. */
const aliasOf = (chunk: string, name: string): string => `${chunk.replace(/\W/g, '_')}_${name}`;

async function bundle(
  text: ReadonlyMap<string, string>,
  early: ReadonlySet<string>,
  outputs: Outputs,
  main: string,
): Promise<string> {
  const exports = [...early].map((chunk) => {
    const names = outputs.get(chunk)?.exports ?? [];
    return `export{${names.map((name) => `${name} as ${aliasOf(chunk, name)}`).join(',')}}from"./${chunk}";`;
  });
  const result = await build({
    stdin: { contents: `import"./${main}";${exports.join('')}`, loader: 'js' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'warning',
    plugins: [
      {
        name: 'outputs',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^\.\// }, ({ path, kind }) =>
            kind === 'dynamic-import' ? { path, external: true } : { path: basename(path), namespace: 'output' },
          );
          onLoad({ filter: /.*/, namespace: 'output' }, ({ path }) => {
            const contents = text.get(path);
            return contents === undefined ? { errors: [{ text: `no output ${path}` }] } : { contents, loader: 'js' };
          });
        },
      },
    ],
  });
  const [file] = result.outputFiles;
  if (!file) throw new Error('esbuild made no joined file');
  return file.text;
}

/** Imports from a joined chunk become imports from the joined file. */
function fromMain(code: string, early: ReadonlySet<string>, main: string): string {
  return code.replace(
    /import(?:\{([^}]*)\}from)?"\.\/([\w-]+\.js)"/g,
    (whole, names: string | undefined, chunk: string) => {
      if (!early.has(chunk)) return whole;
      const renamed = (names ?? '').split(',').map((one) => {
        const [name = '', as = name] = one.trim().split(/\s+as\s+/);
        return name === '' ? '' : `${aliasOf(chunk, name)} as ${as}`;
      });
      return `import{${renamed.filter((one) => one !== '').join(',')}}from"./${main}"`;
    },
  );
}

function hashOf(files: readonly WebFile[]): string {
  const hash = createHash('sha256');
  for (const { name, contents } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1)))
    hash.update(name).update(contents);
  return hash.digest('hex').slice(0, 10);
}
