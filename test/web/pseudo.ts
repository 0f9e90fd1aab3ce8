/** Why: a language in which every word is marked and longer shows what stands outside the catalogues, and what breaks when words grow. */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';
import { localeTable } from '../../infra/locale-tables.ts';

const LOCALE = /dashboard\/web\/locale\/en\.ts$/;
const CATALOGUE = /dashboard\/web\/words(-[\w-]+)?\.ts$/;

/** Marks every text of the catalogues, and of what their functions answer: `Sites` becomes `⟦Sites··⟧`. */
export function inPseudo(): Plugin {
  return {
    name: 'pseudo',
    setup({ onLoad }) {
      onLoad({ filter: LOCALE }, () => {
        const table = localeTable('en');
        const marked = (names: string[]): string[] => names.map((name) => `⟦${name}⟧`);
        const locale = { ...table, months: marked(table.months), weekdays: marked(table.weekdays) };
        return { contents: `export const locale = ${JSON.stringify(locale)};`, loader: 'ts' };
      });
      onLoad({ filter: CATALOGUE }, ({ path }) => {
        const names: string[] = [];
        const source = readFileSync(path, 'utf8').replace(/^export const (\w+)/gm, (_, name: string) => {
          names.push(name);
          return `const __${name}`;
        });
        const marked = names.map((name) => `export const ${name} = __marked(__${name});`);
        return { contents: [source, MARK, ...marked].join('\n'), loader: 'ts' };
      });
    },
  };
}

/** A third longer, as Lithuanian and Russian are. A text that was put together from marked ones is marked once. */
const MARK = `
function __marked(value) {
  if (typeof value === 'string') {
    if (!/\\p{L}/u.test(value)) return value;
    const bare = value.replace(/[⟦⟧·]/g, '');
    return '⟦' + bare + '·'.repeat(Math.ceil(bare.length * 0.3)) + '⟧';
  }
  if (typeof value === 'function') return (...args) => __marked(value(...args));
  if (Array.isArray(value)) return value.map(__marked);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, __marked(one)]));
  return value;
}
`;
