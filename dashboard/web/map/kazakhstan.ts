/**
 * Why: Kazakhstan has twenty regions since 2022, and no source that may be given on has their borders (docs/decisions/map.md). Outlines are
 * those of before: a site that says it is of a newer region is counted there, although its place lies in the outline of an older one.
 */

/** Regions without an outline by ISO 3166-2: the outline that they lie in, and how tables spell them in Latin and Cyrillic letters. */
const NEWER: Readonly<Record<string, { within: string; spelled: RegExp }>> = {
  'KZ-10': { within: 'KZ-VOS', spelled: /^(aba[iy]|абай)/iu },
  'KZ-33': { within: 'KZ-ALA', spelled: /^(jet[iı]su|zhet[iy]s[uū]|жет[іы]су)/iu },
  'KZ-62': { within: 'KZ-KAR', spelled: /^(ulyta[uū]|ұлытау|улытау)/iu },
  'KZ-79': { within: 'KZ-YUZ', spelled: /^(shymkent|шымкент)/iu },
};
/** Other regions by the code of today: the one that their outline and name have. */
const TODAY: Readonly<Record<string, string>> = {
  ...{
    'KZ-11': 'KZ-AKM',
    'KZ-15': 'KZ-AKT',
    'KZ-19': 'KZ-ALA',
    'KZ-23': 'KZ-ATY',
    'KZ-27': 'KZ-ZAP',
    'KZ-31': 'KZ-ZHA',
  },
  ...{
    'KZ-35': 'KZ-KAR',
    'KZ-39': 'KZ-KUS',
    'KZ-43': 'KZ-KZY',
    'KZ-47': 'KZ-MAN',
    'KZ-55': 'KZ-PAV',
    'KZ-59': 'KZ-SEV',
  },
  ...{ 'KZ-61': 'KZ-YUZ', 'KZ-63': 'KZ-VOS', 'KZ-71': 'KZ-AST', 'KZ-75': 'KZ-ALM' },
};

/** The region of a site whose place lies in the outline `inside`, and of which a table says `words`. */
export function regionToday(inside: string, words: string): string {
  const code = words.trim().toUpperCase();
  for (const [id, { within, spelled }] of Object.entries(NEWER))
    if (inside === within && (code === id || spelled.test(words.trim()))) return id;
  return inside;
}

/** Whether it has no outline of its own. */
export const hasNoOutline = (id: string): boolean => Object.hasOwn(NEWER, id);

/** The id under which the region of an ISO code is known here. */
export const knownAs = (code: string): string => TODAY[code] ?? code;
/** ISO 3166-2:KZ. */
export const KAZAKH_CODES: readonly string[] = [...Object.keys(NEWER), ...Object.keys(TODAY)];
