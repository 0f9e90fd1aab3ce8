/** Why: site, access point and probe ids are one kind of slug everywhere: topics, file names, URLs, database tags. */

/** `[a-z0-9-]{1,48}`: safe in topics, paths, URLs and tags without escaping. */
export const ID_PATTERN = /^[a-z0-9-]{1,48}$/;

export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID_PATTERN.test(value);
}

const LATIN: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', đ: 'd', ß: 'ss', æ: 'ae', œ: 'oe' };

/** A slug from a human name ("Anykščių r. Debeikių filialas" -> "anyksciu-r-debeikiu-filialas"); empty when nothing is left. */
export function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[łøđßæœ]/g, (letter) => LATIN[letter] ?? letter)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48)
    .replace(/-+$/, '');
}

/** Lower case without marks: "siauliu" finds "Šiaulių". */
export const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Whether every word of `q` occurs in one of the texts. */
export function finder(q: string): (...texts: string[]) => boolean {
  const wanted = folded(q)
    .split(/\s+/)
    .filter((word) => word !== '');
  return (...texts) => {
    if (wanted.length === 0) return true;
    const text = folded(texts.join(' '));
    return wanted.every((word) => text.includes(word));
  };
}
