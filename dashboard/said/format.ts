/** Why: figures, times and counts as each language writes them. One place, so that no message mixes them. */
import type { Language } from '#contract';
import type { Said } from './said.ts';

/** What a language knows besides its sentences. */
export interface Format {
  /** `30 Mb/s`; cut after one decimal, so that 29.96 never reads as the target. */
  mbps(value: number): string;
  /** Always with one decimal: `29.9 Mb/s`. */
  measured(value: number): string;
  /** As it is, with the language's decimal sign. */
  number(value: number): string;
  /** `14:05` on the wall clock of `zone`. */
  time(at: number, zone: string): string;
  dateTime(at: number, zone: string): string;
  duration(ms: number): string;
  /** The form that the count wants, with `{n}` filled in. */
  count(n: number, forms: Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>): string;
}

/** A language with the clock of one place. */
export interface Speech extends Omit<Format, 'time' | 'dateTime'> {
  time(at: number): string;
  dateTime(at: number): string;
  dateTimeIn(at: number, zone: string): string;
  /** Something said within a sentence. */
  told(said: Said): string;
}

interface Units {
  mbps: string;
  decimal: '.' | ',';
  day: string;
  hour: string;
  minute: string;
  second: string;
}

export function speechOf(format: Format, zone: string, told: Speech['told']): Speech {
  return {
    ...format,
    time: (at) => format.time(at, zone),
    dateTime: (at) => format.dateTime(at, zone),
    dateTimeIn: format.dateTime,
    told,
  };
}

function formatOf(lang: Language, units: Units): Format {
  const rules = new Intl.PluralRules(lang);
  const cut = (value: number): string => (Math.floor(value * 10 + 1e-9) / 10).toFixed(1).replace('.', units.decimal);
  return {
    mbps: (value) => `${Number.isInteger(value) ? String(value) : cut(value)} ${units.mbps}`,
    measured: (value) => `${cut(value)} ${units.mbps}`,
    number: (value) => String(value).replace('.', units.decimal),
    time: (at, zone) => clock(lang, zone, 'time').format(at),
    dateTime: (at, zone) => dateTimeOf(lang, zone, at),
    duration(ms) {
      const seconds = Math.max(0, Math.round(ms / 1000));
      if (seconds < 120) return `${seconds} ${units.second}`;
      const minutes = Math.floor(seconds / 60);
      if (minutes < 60) return `${minutes} ${units.minute}`;
      const hours = Math.floor(minutes / 60);
      return hours < 48
        ? `${hours} ${units.hour} ${minutes % 60} ${units.minute}`
        : `${Math.floor(hours / 24)} ${units.day} ${hours % 24} ${units.hour}`;
    },
    count: (n, forms) => (forms[rules.select(n)] ?? forms.other).replace('{n}', String(n)),
  };
}

/** `Thu 19 Nov 2026, 14:05`; `2026-11-19, ketvirtadienį, 14:05` has no such short form, so the parts are put together here. */
function dateTimeOf(lang: Language, zone: string, at: number): string {
  const parts = new Map(
    clock(lang, zone, 'full')
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const [weekday = '', day = '', month = '', year = ''] = (['weekday', 'day', 'month', 'year'] as const).map((type) =>
    parts.get(type),
  );
  const time = `${parts.get('hour')}:${parts.get('minute')}`;
  switch (lang) {
    case 'en':
      return `${weekday} ${day} ${month} ${year}, ${time}`;
    case 'lt':
      return `${year} m. ${month} ${day} d. (${weekday}) ${time}`;
    case 'ru':
      return `${weekday}, ${day} ${month} ${year} г., ${time}`;
  }
}

const LOCALES = { en: 'en-GB', lt: 'lt-LT', ru: 'ru-RU' } as const;
const clocks = new Map<string, Intl.DateTimeFormat>();
function clock(lang: Language, zone: string, kind: 'time' | 'full'): Intl.DateTimeFormat {
  const key = `${lang} ${kind} ${zone}`;
  const known = clocks.get(key);
  if (known) return known;
  const time = { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const month = lang === 'en' ? 'short' : 'long';
  const made = new Intl.DateTimeFormat(
    LOCALES[lang],
    kind === 'time' ? time : { ...time, weekday: 'short', day: 'numeric', month, year: 'numeric' },
  );
  clocks.set(key, made);
  return made;
}

export const FORMATS: Readonly<Record<Language, Format>> = {
  en: formatOf('en', { mbps: 'Mb/s', decimal: '.', day: 'd', hour: 'h', minute: 'min', second: 's' }),
  lt: formatOf('lt', { mbps: 'Mb/s', decimal: ',', day: 'd.', hour: 'val.', minute: 'min.', second: 's' }),
  ru: formatOf('ru', { mbps: 'Мбит/с', decimal: ',', day: 'д', hour: 'ч', minute: 'мин', second: 'с' }),
};
