/**
 * Why: Kazakhstan has twenty regions since 2022, and no source that may be given on has their borders (docs/decisions/map.md). The outlines
 * are those of before: a site that says which region it is of is counted there, also where its region has no outline yet.
 */

/** ISO 3166-2:KZ of today, and the outline of the same region; null: it lies within the older outline of another one. */
const OUTLINES: Readonly<Record<string, string | null>> = {
  ...{ 'KZ-10': null, 'KZ-11': 'KZ-AKM', 'KZ-15': 'KZ-AKT', 'KZ-19': 'KZ-ALA', 'KZ-23': 'KZ-ATY', 'KZ-27': 'KZ-ZAP' },
  ...{ 'KZ-31': 'KZ-ZHA', 'KZ-33': null, 'KZ-35': 'KZ-KAR', 'KZ-39': 'KZ-KUS', 'KZ-43': 'KZ-KZY', 'KZ-47': 'KZ-MAN' },
  ...{ 'KZ-55': 'KZ-PAV', 'KZ-59': 'KZ-SEV', 'KZ-61': 'KZ-YUZ', 'KZ-62': null, 'KZ-63': 'KZ-VOS', 'KZ-71': 'KZ-AST' },
  ...{ 'KZ-75': 'KZ-ALM', 'KZ-79': null },
};
export const CODES: readonly string[] = Object.keys(OUTLINES);

/** How tables spell those that have no outline. */
const SPELLED: readonly [code: string, how: RegExp][] = [
  ['KZ-10', /^(aba[iy]|абай)/iu],
  ['KZ-33', /^(jetisu|zhet[iy]su|жет[іы]су)/iu],
  ['KZ-62', /^(ulyt?au|ұлытау|улытау)/iu],
  ['KZ-79', /^(shymkent|шымкент)/iu],
];

/** The region that the words of a table name, as the map has it; null: none of Kazakhstan, or its place tells. */
export function kazakhRegion(words: string): string | null {
  const text = words.trim();
  const code = text.toUpperCase();
  if (Object.hasOwn(OUTLINES, code)) return OUTLINES[code] ?? code;
  return SPELLED.find(([, how]) => how.test(text))?.[0] ?? null;
}

/** Whether the map has no outline of it. */
export const hasNoOutline = (id: string): boolean => OUTLINES[id] === null;
