/**
 * Why: Chromium has no names of months and no separators for Kazakh, Uzbek and Kyrgyz, and falls back to another language without a word.
 * Node's ICU has them: this writes what the page needs of each language into dashboard/web/locale/, one small file each.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../dashboard/web/locale', import.meta.url));
export const LOCALE_TAGS = { en: 'en-GB', lt: 'lt', ru: 'ru', kk: 'kk', uz: 'uz', ky: 'ky' } as const;
const MONDAY = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;

type Parts = Intl.DateTimeFormatPart[];

/** `{d} {M}` and the like: literals as they stand, parts as their names. */
function pattern(parts: Parts): string {
  const names: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {
    day: '{d}',
    month: '{M}',
    year: '{y}',
    weekday: '{w}',
  };
  return parts.map(({ type, value }) => (type === 'literal' ? value : (names[type] ?? ''))).join('');
}

function partOf(parts: Parts, type: Intl.DateTimeFormatPartTypes): string {
  return parts.find((part) => part.type === type)?.value ?? '';
}

export interface LocaleTable {
  tag: string;
  decimal: string;
  group: string;
  /** As they stand beside a day. */
  months: string[];
  /** Monday first. */
  weekdays: string[];
  /** Whether days below ten have a zero before them. */
  padDay: boolean;
  /** `{d} {M}` */
  day: string;
  /** `{w} {d} {M} {y}` */
  date: string;
}

export function localeTable(lang: keyof typeof LOCALE_TAGS): LocaleTable {
  const tag = LOCALE_TAGS[lang];
  const short = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const long = new Intl.DateTimeFormat(tag, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const weekday = new Intl.DateTimeFormat(tag, { weekday: 'short', timeZone: 'UTC' });
  const numbers = new Intl.NumberFormat(tag, { minimumFractionDigits: 1 }).formatToParts(12_345_678.5);
  const numeric = (type: Intl.NumberFormatPartTypes): string => numbers.find((part) => part.type === type)?.value ?? '';
  const months = Array.from({ length: 12 }, (_, i) => partOf(short.formatToParts(Date.UTC(2026, i, 15)), 'month'));
  const [fifth, whole] = [short.formatToParts(MONDAY), long.formatToParts(MONDAY)];
  return {
    tag,
    decimal: numeric('decimal'),
    group: numeric('group'),
    // All of three letters, so that columns stay even.
    months: lang === 'en' ? months.map((name) => name.slice(0, 3)) : months,
    weekdays: Array.from({ length: 7 }, (_, i) => weekday.format(MONDAY + i * DAY_MS)),
    padDay: partOf(fifth, 'day').length > 1,
    day: together(pattern(fifth)),
    date: together(lang === 'en' ? pattern(whole).replace(', ', ' ') : pattern(whole)),
  };
}

/** A day and its month never part at the end of a line. */
function together(text: string): string {
  return text.replace('{d} {M}', '{d}\u00a0{M}').replace('{M} {d}', '{M}\u00a0{d}');
}

export function localeFile(lang: keyof typeof LOCALE_TAGS): string {
  return `/** Made by infra/locale-tables.ts from the ICU of Node (Unicode CLDR); do not edit by hand. */\nexport const locale = ${JSON.stringify(localeTable(lang), null, 2)};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const lang of Object.keys(LOCALE_TAGS) as (keyof typeof LOCALE_TAGS)[])
    writeFileSync(`${FOLDER}/${lang}.ts`, localeFile(lang));
