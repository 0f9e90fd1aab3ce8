/** Why: who reads Lithuanian chooses it once. The choice lies in a cookie, since the server sends another page for each language. */
export const LANGUAGES = [
  ['en', 'English'],
  ['lt', 'Lietuvių'],
  ['ru', 'Русский'],
] as const;
const YEAR_S = 31_536_000;

export const language = (): string => document.documentElement.lang;

/** Loads the page again in the language. */
export function chooseLanguage(lang: string): void {
  // The Cookie Store API is not on plain http, where small installations are.
  // biome-ignore lint/suspicious/noDocumentCookie: the only way that works everywhere
  document.cookie = `carrel-lang=${lang}; path=/; max-age=${YEAR_S}; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
  location.reload();
}
