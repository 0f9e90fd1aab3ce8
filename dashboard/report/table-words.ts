/** Why: a spreadsheet is read by people: its heads and reasons are words of their language, where the CSV has the names of the API. */
import type { ComplianceGroup, ComplianceRow } from '#contract';
import type { Language } from '../language.ts';
import { COVERAGE_PCT, SHARE_PCT } from '../query/compliance.ts';
import { hadOtherTarget } from './change-words.ts';
import type { COLUMNS } from './csv.ts';

const NB = '\u00a0';

/** Columns of the libraries, and those that only groups and exceptions have. */
export type Head = (typeof COLUMNS)[number] | 'month' | 'changes' | 'met' | 'not_met' | 'not_enough_data' | 'cause';

export interface TableWords {
  heads: Record<Head, string>;
  method: Record<'month' | 'made_at' | 'revision' | 'closed_at' | 'sha256' | 'rule', string>;
  rule: string;
  /** Why there is not enough data. */
  coverage(told: number, planned: number): string;
  share(passed: number, told: number, target: string): string;
  /** Where it had another target earlier in the month. */
  ownShare(passed: number, told: number): string;
}

const en: TableWords = {
  heads: {
    month: 'Month',
    site: 'Library id',
    site_name: 'Library',
    ap: 'Access point id',
    region: 'Region',
    isp: 'Provider',
    target_mbps: 'Target, Mb/s',
    verdict: 'Verdict',
    why: 'Why',
    planned: 'Planned tests',
    passed: 'Reached the target',
    failed: 'Below the target',
    inconclusive: 'Could not tell',
    coverage_pct: 'Coverage, %',
    share_pct: 'At the target, %',
    share_low_pct: 'Interval from, %',
    share_high_pct: 'Interval to, %',
    median_mbps: 'Median, Mb/s',
    p10_mbps: 'p10, Mb/s',
    expected_s: 'Opening time, s',
    up_s: 'With internet, s',
    down_s: 'Without internet, s',
    unknown_s: 'Not known, s',
    availability_pct: 'Available, %',
    changes: 'Edited in the month',
    met: 'Met',
    not_met: 'Not met',
    not_enough_data: 'Not enough data',
    cause: 'Cause',
  },
  method: {
    month: 'Month',
    made_at: 'Counted at',
    revision: 'Revision',
    closed_at: 'Closed at',
    sha256: 'SHA-256 of the CSV',
    rule: 'Rule',
  },
  rule: `Met: at least ${SHARE_PCT}${NB}% of the planned tests in opening hours that gave a result reached the target of the access point. Not enough data: fewer than ${COVERAGE_PCT}${NB}% of the planned tests gave a result. Retests and tests that could not tell are not counted.`,
  coverage: (told, planned) => `${told} of ${planned} planned tests gave a result`,
  share: (passed, told, target) => `${passed} of ${told} tests reached ${target}${NB}Mb/s`,
  ownShare: (passed, told) => `${passed} of ${told} tests reached the target that they had`,
};

const lt: TableWords = {
  heads: {
    month: 'Mėnuo',
    site: 'Bibliotekos kodas',
    site_name: 'Biblioteka',
    ap: 'Prieigos taško kodas',
    region: 'Regionas',
    isp: 'Tiekėjas',
    target_mbps: 'Tikslas, Mb/s',
    verdict: 'Išvada',
    why: 'Kodėl',
    planned: 'Planuoti matavimai',
    passed: 'Pasiekė tikslą',
    failed: 'Žemiau tikslo',
    inconclusive: 'Be išvados',
    coverage_pct: 'Aprėptis, %',
    share_pct: 'Pasiekė tikslą, %',
    share_low_pct: 'Intervalas nuo, %',
    share_high_pct: 'Intervalas iki, %',
    median_mbps: 'Mediana, Mb/s',
    p10_mbps: 'p10, Mb/s',
    expected_s: 'Darbo laikas, s',
    up_s: 'Su internetu, s',
    down_s: 'Be interneto, s',
    unknown_s: 'Nežinoma, s',
    availability_pct: 'Veikė, %',
    changes: 'Keista per mėnesį',
    met: 'Pasiekta',
    not_met: 'Nepasiekta',
    not_enough_data: 'Nepakanka duomenų',
    cause: 'Priežastis',
  },
  method: {
    month: 'Mėnuo',
    made_at: 'Suskaičiuota',
    revision: 'Redakcija',
    closed_at: 'Uždaryta',
    sha256: 'CSV suma SHA-256',
    rule: 'Taisyklė',
  },
  rule: `Pasiekta: bent ${SHARE_PCT}${NB}% planuotų matavimų darbo metu, davusių rezultatą, pasiekė prieigos taško tikslą. Nepakanka duomenų: rezultatą davė mažiau kaip ${COVERAGE_PCT}${NB}% planuotų matavimų. Pakartotiniai matavimai ir matavimai be išvados neskaičiuojami.`,
  coverage: (told, planned) => `rezultatą davė ${told} iš ${planned} planuotų matavimų`,
  share: (passed, told, target) => `${target}${NB}Mb/s pasiekė ${passed} iš ${told} matavimų`,
  ownShare: (passed, told) => `savo tikslą pasiekė ${passed} iš ${told} matavimų`,
};

const ru: TableWords = {
  heads: {
    month: 'Месяц',
    site: 'Код библиотеки',
    site_name: 'Библиотека',
    ap: 'Код точки доступа',
    region: 'Регион',
    isp: 'Провайдер',
    target_mbps: 'Цель, Мбит/с',
    verdict: 'Вывод',
    why: 'Почему',
    planned: 'Плановые тесты',
    passed: 'Достигли цели',
    failed: 'Ниже цели',
    inconclusive: 'Без вывода',
    coverage_pct: 'Охват, %',
    share_pct: 'Достигли цели, %',
    share_low_pct: 'Интервал от, %',
    share_high_pct: 'Интервал до, %',
    median_mbps: 'Медиана, Мбит/с',
    p10_mbps: 'p10, Мбит/с',
    expected_s: 'Время работы, с',
    up_s: 'С интернетом, с',
    down_s: 'Без интернета, с',
    unknown_s: 'Неизвестно, с',
    availability_pct: 'Работал, %',
    changes: 'Изменено за месяц',
    met: 'Достигнуто',
    not_met: 'Не достигнуто',
    not_enough_data: 'Недостаточно данных',
    cause: 'Причина',
  },
  method: {
    month: 'Месяц',
    made_at: 'Посчитано',
    revision: 'Редакция',
    closed_at: 'Закрыт',
    sha256: 'Сумма CSV, SHA-256',
    rule: 'Правило',
  },
  rule: `Достигнуто: не менее ${SHARE_PCT}${NB}% плановых тестов в часы работы, давших результат, достигли цели точки доступа. Недостаточно данных: результат дали менее ${COVERAGE_PCT}${NB}% плановых тестов. Повторные тесты и тесты без вывода не считаются.`,
  coverage: (told, planned) => `результат дали ${told} из ${planned} плановых тестов`,
  share: (passed, told, target) => `${target}${NB}Мбит/с достигли ${passed} из ${told} тестов`,
  ownShare: (passed, told) => `своей цели достигли ${passed} из ${told} тестов`,
};

const TABLE_WORDS: Readonly<Record<Language, TableWords>> = { en, lt, ru };

export const tableWords = (lang: Language): TableWords => TABLE_WORDS[lang];

/** From the figures, so that a month that was closed when sentences were stored is told in every language, too. Pure. */
export function whyText(
  row: ComplianceRow,
  { words, number }: { words: TableWords; number(value: number): string },
): string {
  const { verdict, planned, passed, failed, target_mbps } = row;
  const told = passed + failed;
  if (verdict === 'not_enough_data') return words.coverage(told, planned);
  return hadOtherTarget(row) ? words.ownShare(passed, told) : words.share(passed, told, number(target_mbps));
}

/** Heads of a region's or the network's figures. */
export const GROUP_HEADS = [
  'met',
  'not_met',
  'not_enough_data',
  'planned',
  'passed',
  'failed',
  'inconclusive',
  'coverage_pct',
  'share_pct',
  'share_low_pct',
  'share_high_pct',
  'median_mbps',
  'p10_mbps',
  'expected_s',
  'up_s',
  'down_s',
  'unknown_s',
  'availability_pct',
] as const satisfies (keyof ComplianceGroup & Head)[];
