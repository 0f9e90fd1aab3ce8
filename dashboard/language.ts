/** Why: the server draws pages and sends the page in the language that the reader chose, or that the browser asks for. */

export const LANGUAGES = ['en', 'lt', 'ru'] as const;
export type Language = (typeof LANGUAGES)[number];
/** Set by the page where somebody chooses; holds nothing but the language. */
export const LANGUAGE_COOKIE = 'carrel-lang';

interface Asking {
  headers: { 'accept-language'?: string | undefined };
  /** None where a request was refused before they were read. */
  cookies?: Readonly<Record<string, string | undefined>>;
}

/** The choice, else the first language of Accept-Language (RFC 9110, 12.5.4; in the order of its list) that we have; English otherwise. */
export function languageOf({ headers, cookies }: Asking): Language {
  const chosen = LANGUAGES.find((one) => one === cookies?.[LANGUAGE_COOKIE]);
  if (chosen) return chosen;
  for (const part of (headers['accept-language'] ?? '').split(',')) {
    const tag = part.trim().slice(0, 2).toLowerCase();
    const known = LANGUAGES.find((one) => one === tag);
    if (known) return known;
  }
  return 'en';
}
