/**
 * Why: a page in one language needs the words and figures of no other. The page is built once per language; in each build the catalogues
 * `words*.ts` and the table `locale/en.ts` are those of the language, so that no word costs a look-up and no byte is loaded twice.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const WEB = fileURLToPath(new URL('../dashboard/web', import.meta.url));
const CATALOGUE = /\/(words(-[\w-]+)?|locale\/en)\.ts$/;

/** `lang`: a folder of catalogues under dashboard/web and a table in dashboard/web/locale. English needs neither. */
export function inLanguage(lang: string): Plugin {
  return {
    name: `language ${lang}`,
    setup({ onResolve }) {
      if (lang === 'en') return;
      onResolve({ filter: CATALOGUE }, ({ path, resolveDir }) => {
        const wanted = join(resolveDir, path);
        if (dirname(wanted) === join(WEB, 'locale')) return { path: join(WEB, 'locale', `${lang}.ts`) };
        const own = join(WEB, lang, basename(wanted));
        return dirname(wanted) === WEB && existsSync(own) ? { path: own } : undefined;
      });
    },
  };
}
