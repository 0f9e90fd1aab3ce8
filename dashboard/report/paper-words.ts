/** Why: the report on paper speaks the language of those who must believe it. One catalogue, three languages, figures by each one's custom. */
import type { ComplianceCause, ComplianceGroup, ComplianceVerdict } from '#contract';
import type { Language } from '../language.ts';
import { COVERAGE_PCT, SHARE_PCT } from '../query/compliance.ts';

const NB = '\u00a0';

const en = {
  lang: 'en' as Language,
  locale: 'en-GB',
  title: (month: string) => `Access point compliance, ${month}`,
  scope: (points: string) => `${points} in public libraries. A month is counted by the clock of each library.`,
  points: { one: 'access point', other: 'access points' } as Partial<Record<Intl.LDMLPluralRule, string>>,
  lead: (met: string, share: string | null, known: string, notMet: string, unknown: string) =>
    `${met} met the target${share === null ? '' : `, ${share}${NB}% of the ${known} with enough data`}. ${notMet} did not. For ${unknown} there is not enough data to say.`,
  open: (at: string) => `The month is still open: everything counts up to ${at}.`,
  awaited: 'The month has ended and is not closed yet: data that waits on probes may still arrive.',
  estimated: `Until it is closed, each median and p10 is within 2${NB}% of the exact value.`,
  verdict: { met: 'Met', not_met: 'Not met', not_enough_data: 'Not enough data' } as Record<ComplianceVerdict, string>,
  ofAll: (share: string) => `${share}${NB}% of all`,
  byRegion: 'By region',
  byIsp: 'By provider',
  measured: (by: string) => `${by}: what was measured`,
  region: 'Region',
  isp: 'Provider',
  count: 'Access points',
  shareMet: 'Met, % of those with data',
  total: 'All together',
  noName: 'not given',
  trend: 'Met, % of those with enough data, last months',
  libraries: (region: string) => `Libraries, ${region}`,
  library: 'Library',
  tests: 'Tests, of planned',
  coverage: 'Coverage, %',
  median: 'Median, Mb/s',
  p10: 'p10, Mb/s',
  share: (target: string) => `At ${target} or more, % (95${NB}% interval)`,
  target: 'the target',
  available: 'Available, %',
  verdictHead: 'Verdict',
  to: 'to',
  unknown: 'unknown',
  note: `The 95${NB}% interval (Wilson) shows how far chance alone can move a share. Where it spans ${SHARE_PCT}${NB}%, the verdict is close.`,
  exceptions: 'Exceptions and their causes',
  noExceptions: 'None: every access point met the target.',
  retro: 'Slow, and over before it was known',
  retroText:
    'These results waited on the probe while its line was down. They are counted like all others; nobody was called, because it was over.',
  retroFrom: 'From',
  retroTo: 'To',
  retroCause: (from: string, to: string) => `slow from ${from} to ${to}, known only afterwards`,
  figure: 'Figure',
  cause: 'What the figures say of the cause',
  coverageOf: (share: string) => `Coverage ${share}${NB}%`,
  shareOf: (share: string) => `${share}${NB}% at the target`,
  causes: {
    no_probe: 'No probe judged this line',
    silent: (share: string) => `Nothing was heard of the probe in ${share}${NB}% of the opening time`,
    down: (share: string) => `No internet in ${share}${NB}% of the opening time`,
    inconclusive: (n: string) => `Tests that could not tell: ${n}`,
    contract: (mbps: string) => `The contract promises ${mbps}${NB}Mb/s only`,
    slow: (share: string) => `${share}${NB}% of the tests were below the target`,
    chronic: (n: string) => `Below the target again and again (cumulative sum over ${n} planned tests)`,
    close: 'Close: the interval spans the share that is asked for',
  },
  words: 'What the words mean',
  definitions: [
    [
      'Met',
      `At least ${SHARE_PCT}${NB}% of the planned tests in opening hours that gave a result reached the target of the access point, and coverage is at least ${COVERAGE_PCT}${NB}%.`,
    ],
    [
      'Coverage',
      'Tests that gave a result, of those planned in opening hours. Tests that could not tell lower it; retests are not counted, since they follow a bad test.',
    ],
    ['Not enough data', `Coverage under ${COVERAGE_PCT}${NB}%. Neither met nor failed, and counted in neither.`],
    [
      'Available',
      'Share of the known opening time with working internet. What nobody saw is unknown, and is not counted as working.',
    ],
    ['Rate', 'Download at the IP layer, counted at the line: the test’s own traffic and that of visitors together.'],
  ] as readonly (readonly [string, string])[],
  revisions: 'Revisions',
  revision: 'Revision',
  closed: 'Closed',
  change: 'Change',
  firstIssue: 'First issue',
  older: (shown: string, newest: string) => `This is revision ${shown}. Revision ${newest} has replaced it.`,
  changed: (points: string, verdicts: string) => `Late data: ${points} changed, of them by verdict ${verdicts}`,
  data: (sum: string) => `Data (CSV), SHA-256 ${sum}`,
  check:
    'Check this report: the CSV whose sum stands below holds every library; counts and shares of regions are its sums. A median of several libraries comes from their tests.',
  prepared: 'Prepared by: name, position, date',
  approved: 'Approved by: name, position, date',
  toolbar: {
    overview: 'Overview',
    print: 'Print',
    openMonth: 'open',
    report: 'Report',
    language: 'Language',
    months: 'Months',
    allMonths: 'All months',
  },
  sheets: { libraries: 'Libraries', regions: 'Regions', exceptions: 'Exceptions', method: 'Method' },
  skip: 'Skip to content',
};
export type PaperWords = typeof en;

const lt: PaperWords = {
  lang: 'lt',
  locale: 'lt-LT',
  title: (month) => `Prieigos taškų atitiktis, ${month}`,
  scope: (points) => `${points} viešosiose bibliotekose. Mėnuo skaičiuojamas pagal kiekvienos bibliotekos laiką.`,
  points: { one: 'prieigos taškas', few: 'prieigos taškai', many: 'prieigos taško', other: 'prieigos taškų' },
  lead: (met, share, known, notMet, unknown) =>
    `Tikslą pasiekė ${met}${share === null ? '' : `, tai ${share}${NB}% iš ${known} su pakankamais duomenimis`}. Nepasiekė ${notMet}. Apie ${unknown} duomenų nepakanka.`,
  open: (at) => `Mėnuo dar nesibaigė: viskas suskaičiuota iki ${at}.`,
  awaited: 'Mėnuo baigėsi, bet dar neuždarytas: gali ateiti duomenų, laukiančių matuokliuose.',
  estimated: `Kol mėnuo neuždarytas, mediana ir p10 skiriasi nuo tikslios vertės ne daugiau kaip 2${NB}%.`,
  verdict: { met: 'Pasiekta', not_met: 'Nepasiekta', not_enough_data: 'Nepakanka duomenų' },
  ofAll: (share) => `${share}${NB}% visų`,
  byRegion: 'Pagal regioną',
  byIsp: 'Pagal tiekėją',
  measured: (by) => `${by}: kas išmatuota`,
  region: 'Regionas',
  isp: 'Tiekėjas',
  count: 'Prieigos taškai',
  shareMet: 'Pasiekta, % iš turinčių duomenų',
  total: 'Iš viso',
  noName: 'nenurodyta',
  trend: 'Pasiekta, % iš turinčių pakankamai duomenų, pastarieji mėnesiai',
  libraries: (region) => `Bibliotekos, ${region}`,
  library: 'Biblioteka',
  tests: 'Matavimai, iš planuotų',
  coverage: 'Aprėptis, %',
  median: 'Mediana, Mb/s',
  p10: 'p10, Mb/s',
  share: (target) => `${target} ir daugiau, % (95${NB}% intervalas)`,
  target: 'Tikslas',
  available: 'Veikė, %',
  verdictHead: 'Išvada',
  to: '–',
  unknown: 'nežinoma',
  note: `95${NB}% intervalas (Wilson) rodo, kiek dalį gali pakeisti vien atsitiktinumas. Kur jis apima ${SHARE_PCT}${NB}%, išvada yra ties riba.`,
  exceptions: 'Išimtys ir jų priežastys',
  noExceptions: 'Nėra: visi prieigos taškai pasiekė tikslą.',
  retro: 'Buvo lėta, bet sužinota tik praėjus',
  retroText:
    'Šie rezultatai laukė matuoklyje, kol neveikė ryšys. Jie suskaičiuoti kaip ir visi kiti; niekas nekviestas, nes viskas jau buvo praėję.',
  retroFrom: 'Nuo',
  retroTo: 'Iki',
  retroCause: (from, to) => `lėta nuo ${from} iki ${to}, sužinota tik praėjus`,
  figure: 'Rodiklis',
  cause: 'Ką rodikliai sako apie priežastį',
  coverageOf: (share) => `Aprėptis ${share}${NB}%`,
  shareOf: (share) => `${share}${NB}% pasiekė tikslą`,
  causes: {
    no_probe: 'Šios linijos nevertino joks matuoklis',
    silent: (share) => `Matuoklis tylėjo ${share}${NB}% darbo laiko`,
    down: (share) => `Interneto nebuvo ${share}${NB}% darbo laiko`,
    inconclusive: (n) => `Matavimų be išvados: ${n}`,
    contract: (mbps) => `Sutartis žada tik ${mbps}${NB}Mb/s`,
    slow: (share) => `${share}${NB}% matavimų buvo žemiau tikslo`,
    chronic: (n) => `Vis iš naujo žemiau tikslo (kaupiamoji suma per planuotus bandymus: ${n})`,
    close: 'Ties riba: intervalas apima reikalaujamą dalį',
  },
  words: 'Ką reiškia žodžiai',
  definitions: [
    [
      'Pasiekta',
      `Bent ${SHARE_PCT}${NB}% planuotų matavimų darbo metu, davusių rezultatą, pasiekė prieigos taško tikslą, o aprėptis ne mažesnė kaip ${COVERAGE_PCT}${NB}%.`,
    ],
    [
      'Aprėptis',
      'Matavimai, davę rezultatą, iš planuotų darbo metu. Matavimai be išvados ją mažina; pakartotiniai neskaičiuojami, nes jie seka po blogo matavimo.',
    ],
    [
      'Nepakanka duomenų',
      `Aprėptis mažesnė kaip ${COVERAGE_PCT}${NB}%. Nei pasiekta, nei nepasiekta, ir niekur neskaičiuojama.`,
    ],
    [
      'Veikė',
      'Žinomo darbo laiko dalis su veikiančiu internetu. Ko niekas nematė, yra nežinoma ir nelaikoma veikusiu.',
    ],
    ['Sparta', 'Atsisiuntimas IP lygyje, skaičiuotas linijoje: matavimo ir lankytojų srautas kartu.'],
  ],
  revisions: 'Redakcijos',
  revision: 'Redakcija',
  closed: 'Uždaryta',
  change: 'Pakeitimas',
  firstIssue: 'Pirmasis leidimas',
  older: (shown, newest) => `Tai redakcija nr. ${shown}. Ją pakeitė redakcija nr. ${newest}.`,
  changed: (points, verdicts) => `Vėlyvi duomenys: pasikeitė ${points}, iš jų išvada – ${verdicts}`,
  data: (sum) => `Duomenys (CSV), SHA-256 ${sum}`,
  check:
    'Patikrinkite šią ataskaitą: CSV, kurio suma nurodyta apačioje, turi kiekvieną biblioteką; regionų skaičiai ir dalys yra jo sumos. Kelių bibliotekų mediana imama iš jų matavimų.',
  prepared: 'Parengė: vardas, pareigos, data',
  approved: 'Patvirtino: vardas, pareigos, data',
  toolbar: {
    overview: 'Apžvalga',
    print: 'Spausdinti',
    openMonth: 'atviras',
    report: 'Ataskaita',
    language: 'Kalba',
    months: 'Mėnesiai',
    allMonths: 'Visi mėnesiai',
  },
  sheets: { libraries: 'Bibliotekos', regions: 'Regionai', exceptions: 'Išimtys', method: 'Metodas' },
  skip: 'Pereiti prie turinio',
};

const ru: PaperWords = {
  lang: 'ru',
  locale: 'ru-RU',
  title: (month) => `Соответствие точек доступа, ${month}`,
  scope: (points) => `${points} в публичных библиотеках. Месяц считается по часам каждой библиотеки.`,
  points: { one: 'точка доступа', few: 'точки доступа', many: 'точек доступа', other: 'точки доступа' },
  lead: (met, share, known, notMet, unknown) =>
    `Цели достигли: ${met}${share === null ? '' : `, это ${share}${NB}% из ${known} с достаточными данными`}. Не достигли: ${notMet}. Недостаточно данных: ${unknown}.`,
  open: (at) => `Месяц ещё не закончился: всё посчитано до ${at}.`,
  awaited: 'Месяц закончился, но ещё не закрыт: могут прийти данные, ожидающие на зондах.',
  estimated: `Пока месяц не закрыт, медиана и p10 отличаются от точного значения не более чем на 2${NB}%.`,
  verdict: { met: 'Достигнуто', not_met: 'Не достигнуто', not_enough_data: 'Недостаточно данных' },
  ofAll: (share) => `${share}${NB}% от всех`,
  byRegion: 'По регионам',
  byIsp: 'По провайдерам',
  measured: (by) => `${by}: что измерено`,
  region: 'Регион',
  isp: 'Провайдер',
  count: 'Точки доступа',
  shareMet: 'Достигнуто, % от имеющих данные',
  total: 'Всего',
  noName: 'не указано',
  trend: 'Достигнуто, % от имеющих достаточно данных, последние месяцы',
  libraries: (region) => `Библиотеки, ${region}`,
  library: 'Библиотека',
  tests: 'Тесты, из плановых',
  coverage: 'Охват, %',
  median: 'Медиана, Мбит/с',
  p10: 'p10, Мбит/с',
  share: (target) => `${target} и выше, % (интервал 95${NB}%)`,
  target: 'Цель',
  available: 'Работал, %',
  verdictHead: 'Вывод',
  to: '–',
  unknown: 'неизвестно',
  note: `Интервал 95${NB}% (Уилсон) показывает, насколько долю может сдвинуть одна случайность. Где он захватывает ${SHARE_PCT}${NB}%, вывод близок к границе.`,
  exceptions: 'Исключения и их причины',
  noExceptions: 'Нет: все точки доступа достигли цели.',
  retro: 'Было медленно, но стало известно, когда уже прошло',
  retroText:
    'Эти результаты ждали на зонде, пока не было связи. Они посчитаны как все остальные; никого не вызывали, потому что всё уже прошло.',
  retroFrom: 'С',
  retroTo: 'По',
  retroCause: (from, to) => `медленно с ${from} по ${to}, стало известно позже`,
  figure: 'Показатель',
  cause: 'Что показатели говорят о причине',
  coverageOf: (share) => `Охват ${share}${NB}%`,
  shareOf: (share) => `${share}${NB}% достигли цели`,
  causes: {
    no_probe: 'Эту линию не оценивал ни один зонд',
    silent: (share) => `Зонд молчал ${share}${NB}% времени работы`,
    down: (share) => `Интернета не было ${share}${NB}% времени работы`,
    inconclusive: (n) => `Тестов без вывода: ${n}`,
    contract: (mbps) => `Договор обещает только ${mbps}${NB}Мбит/с`,
    slow: (share) => `${share}${NB}% тестов были ниже цели`,
    chronic: (n) => `Снова и снова ниже цели (накопленная сумма по плановым тестам: ${n})`,
    close: 'Близко к границе: интервал захватывает требуемую долю',
  },
  words: 'Что означают слова',
  definitions: [
    [
      'Достигнуто',
      `Не менее ${SHARE_PCT}${NB}% плановых тестов в часы работы, давших результат, достигли цели точки доступа, и охват не менее ${COVERAGE_PCT}${NB}%.`,
    ],
    [
      'Охват',
      'Тесты, давшие результат, из запланированных в часы работы. Тесты без вывода его снижают; повторные не считаются, так как следуют за плохим тестом.',
    ],
    [
      'Недостаточно данных',
      `Охват менее ${COVERAGE_PCT}${NB}%. Ни достигнуто, ни не достигнуто; нигде не учитывается.`,
    ],
    [
      'Работал',
      'Доля известного времени работы с действующим интернетом. Чего никто не видел, неизвестно и не считается работой.',
    ],
    ['Скорость', 'Загрузка на уровне IP, посчитанная на линии: трафик теста и посетителей вместе.'],
  ],
  revisions: 'Редакции',
  revision: 'Редакция',
  closed: 'Закрыта',
  change: 'Изменение',
  firstIssue: 'Первый выпуск',
  older: (shown, newest) => `Это редакция № ${shown}. Её заменила редакция № ${newest}.`,
  changed: (points, verdicts) => `Поздние данные: изменилось ${points}, из них вывод – ${verdicts}`,
  data: (sum) => `Данные (CSV), SHA-256 ${sum}`,
  check:
    'Проверьте отчёт: CSV, сумма которого указана внизу, содержит каждую библиотеку; числа и доли регионов – его суммы. Медиана нескольких библиотек берётся из их тестов.',
  prepared: 'Подготовил: имя, должность, дата',
  approved: 'Утвердил: имя, должность, дата',
  toolbar: {
    overview: 'Обзор',
    print: 'Печать',
    openMonth: 'открыт',
    report: 'Отчёт',
    language: 'Язык',
    months: 'Месяцы',
    allMonths: 'Все месяцы',
  },
  sheets: { libraries: 'Библиотеки', regions: 'Регионы', exceptions: 'Исключения', method: 'Метод' },
  skip: 'К содержанию',
};

export const PAPER_WORDS: Readonly<Record<Language, PaperWords>> = { en, lt, ru };

interface Figures {
  whole: Intl.NumberFormat;
  tenth: Intl.NumberFormat;
  plural: Intl.PluralRules;
}
const figures = new Map<string, Figures>();

/** Making one takes longer than a hundred uses, and a report has ten thousand figures. */
function figuresOf(locale: string): Figures {
  const known = figures.get(locale);
  if (known) return known;
  const made = {
    whole: new Intl.NumberFormat(locale),
    tenth: new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    plural: new Intl.PluralRules(locale),
  };
  figures.set(locale, made);
  return made;
}

/** `1,200`; `1 200` */
export function whole(n: number, { locale }: PaperWords): string {
  return figuresOf(locale).whole.format(n);
}
/** `27.5`; `27,5`. Up to three decimals. */
export function amount(value: number, words: PaperWords): string {
  return whole(value, words);
}
/** One decimal, cut and not rounded: 29.96 never reads as 30.0. */
export function tenth(value: number, { locale }: PaperWords): string {
  return figuresOf(locale).tenth.format(Math.floor(value * 10 + 1e-9) / 10);
}
/** `1,018 access points`, by the plural rules of the language. */
export function points(n: number, words: PaperWords): string {
  const form = figuresOf(words.locale).plural.select(n);
  return `${whole(n, words)}${NB}${words.points[form] ?? words.points.other ?? ''}`;
}

/** `October 2026` of `2026-10`. */
export function monthName(month: string, { locale }: PaperWords, width: 'long' | 'short' = 'long'): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Intl.DateTimeFormat(locale, { month: width, year: 'numeric', timeZone: 'UTC' }).format(
    Date.UTC(year, number - 1, 15),
  );
}

/** How many met it, did not, and are not known: the first sentence of a report. */
export function leadText(
  { met, not_met, not_enough_data }: Pick<ComplianceGroup, ComplianceVerdict>,
  words: PaperWords,
): string {
  const known = met + not_met;
  const share = known === 0 ? null : tenth((100 * met) / known, words);
  return words.lead(
    points(met, words),
    share,
    whole(known, words),
    whole(not_met, words),
    whole(not_enough_data, words),
  );
}

/** A moment on the wall clock of `zone`. */
export function localMoment(at: number, zone: string, { locale }: PaperWords): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone }).format(at);
}

export function causeText(cause: ComplianceCause, words: PaperWords): string {
  switch (cause.code) {
    case 'no_probe':
    case 'close':
      return words.causes[cause.code];
    case 'silent':
    case 'down':
    case 'slow':
      return words.causes[cause.code](tenth(cause.percent, words));
    case 'inconclusive':
    case 'chronic':
      return words.causes[cause.code](whole(cause.count, words));
    case 'contract':
      return words.causes.contract(tenth(cause.mbps, words));
  }
}
