/** Why: a line that was judged otherwise within the month says so beside its figures, in the words of who reads it. */
import type { ComplianceChange, ComplianceRow } from '#contract';
import type { Language } from '../language.ts';
import { amount, type PaperWords } from './paper-words.ts';

interface ChangeWords {
  target(day: string, before: string, after: string): string;
  hours(day: string): string;
  plan(day: string, before: string, after: string): string;
}

const NB = '\u00a0';

const WORDS: Readonly<Record<Language, ChangeWords>> = {
  en: {
    target: (day, before, after) => `target ${before}${NB}Mb/s, from ${day} on ${after}`,
    hours: (day) => `other opening hours from ${day} on`,
    plan: (day, before, after) => `${before} tests a day, from ${day} on ${after}`,
  },
  lt: {
    target: (day, before, after) => `tikslas ${before}${NB}Mb/s, nuo ${day} ${after}`,
    hours: (day) => `nuo ${day} kitas darbo laikas`,
    plan: (day, before, after) => `matavimų per dieną ${before}, nuo ${day} ${after}`,
  },
  ru: {
    target: (day, before, after) => `цель ${before}${NB}Мбит/с, с ${day} ${after}`,
    hours: (day) => `с ${day} другие часы работы`,
    plan: (day, before, after) => `тестов в день ${before}, с ${day} ${after}`,
  },
};

/** Empty where nothing was edited within the month. */
export function changesText({ changes = [] }: Pick<ComplianceRow, 'changes'>, words: PaperWords): string {
  return changes.map((change) => changeText(change, words)).join('; ');
}

function changeText(change: ComplianceChange, words: PaperWords): string {
  const says = WORDS[words.lang];
  const day = dayText(change.day, words);
  switch (change.code) {
    case 'target':
      return says.target(day, amount(change.from_mbps, words), amount(change.to_mbps, words));
    case 'hours':
      return says.hours(day);
    case 'plan':
      return says.plan(day, amount(change.from, words), amount(change.to, words));
  }
}

function dayText(day: string, { locale }: PaperWords): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(at);
}

/** No one target can be named for all of its tests. */
export function hadOtherTarget({ changes = [] }: Pick<ComplianceRow, 'changes'>): boolean {
  return changes.some(({ code }) => code === 'target');
}
