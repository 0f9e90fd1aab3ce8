/** Why: what people read in Lithuanian. */
import { formatOf } from './format.ts';
import type { Words } from './words.ts';

const format = formatOf('lt', { mbps: 'Mb/s', decimal: ',', day: 'd.', hour: 'val.', minute: 'min.', second: 's' });
const { count } = format;
const lines = { one: '{n} interneto prieiga', few: '{n} interneto prieigos', other: '{n} interneto prieigų' };

export const lt: Words = {
  format,
  title({ rule, place, target, value, members }) {
    switch (rule) {
      case 'slow':
        return `Mažiau nei ${target}: ${place}${value === null ? '' : `, ${value}`}`;
      case 'dark':
        return `Nėra ryšio: ${place}`;
      case 'group':
        return `Bendras sutrikimas (${count(members, lines)}): ${place}`;
      default:
        return `${OTHER_RULES[rule] ?? 'Įspėjimas'}: ${place}`;
    }
  },
  prefix: {
    resolved: 'Baigėsi: ',
    closed: 'Uždaryta: ',
    update: 'Naujiena: ',
    reminder: 'Vis dar: ',
    test: 'Bandymas: ',
  },
  past: (title, from, to) => `Jau baigėsi, ${from}–${to}: ${title}`,
  labels: {
    site: 'Biblioteka',
    provider: 'Tiekėjas',
    measured: 'Išmatuota',
    contract: 'Sutartis',
    since: 'Nuo',
    until: 'Iki',
    confirmed: 'Patvirtino',
    excluded: 'Atmesta',
    others: 'Kas dar paveikta',
    cause: 'Priežastis',
    urgency: 'Skubumas',
  },
  headings: { why: 'Kodėl taip manome', tests: 'Matavimai', next: 'Ką daryti' },
  reasonsNote: 'Smulkiau (angliškai)',
  measured: ({ median, tests, below, target, best }) =>
    `mediana ${median} iš ${count(tests, { one: '{n} matavimo', few: '{n} matavimų', other: '{n} matavimų' })}, mažiau nei ${target} – ${below}, geriausias ${best}`,
  after: (duration) => `truko ${duration}`,
  confirmed: {
    retests: (n) =>
      count(n, {
        one: '{n} pakartotinis matavimas',
        few: '{n} pakartotiniai matavimai',
        other: '{n} pakartotinių matavimų',
      }),
    servers: (n) =>
      count(n, { one: '{n} matavimo serveris', few: '{n} matavimo serveriai', other: '{n} matavimo serverių' }),
    span: (duration) => `per ${duration}`,
    silence: 'nuo to laiko matuoklis neatsiliepia',
  },
  excluded: {
    othersCounted: (most) => `kitas srautas linijoje (daugiausia ${most}, įskaičiuotas)`,
    othersUnknown: 'kito srauto atmesti negalima: matuoklis jo nemato',
    cpu: (percent) => `užimtas matuoklis (procesorius daugiausia ${percent} %)`,
    inconclusive: (n) =>
      count(n, {
        one: '{n} neaiškus matavimas',
        few: '{n} neaiškūs matavimai',
        other: '{n} neaiškių matavimų',
      }),
  },
  others: (n, provider) => `dar ${count(n, lines)} pas tiekėją ${provider}`,
  nobodyElse: (provider) => `daugiau niekas pas tiekėją ${provider}`,
  causes: {
    unknown: 'dar nežinoma',
    power: 'nėra elektros arba įranga išjungta',
    lan: 'bibliotekos viduje, iki linijos',
    access_line: 'prieigos linija',
    provider: 'už prieigos linijos, tiekėjo tinkle',
    server: 'šis serveris, ne biblioteka',
    agent: 'pats matuoklis',
  },
  revised: 'patikslinta',
  urgency: {
    page: 'Reikia žmogaus dabar.',
    ticket: 'Gali palaukti darbo valandų.',
    digest: 'Dienos santraukai; skubėti nereikia.',
  },
  openUntil: (time) => `Biblioteka dirba iki ${time}.`,
  closedUntil: (at) => `Biblioteka uždaryta; atsidarys ${at}.`,
  closed: 'Biblioteka uždaryta.',
  test: {
    below: 'per mažai',
    passed: 'pakanka',
    inconclusive: 'neaišku',
    notMeasured: 'neišmatuota',
    download: 'atsiuntimas',
    retest: 'pakartotinis',
    others: (rate) => `kitas srautas ${rate}`,
    othersUnknown: 'kitas srautas nežinomas',
  },
  next: {
    nothing: 'Nieko daryti nereikia.',
    power: 'Paklauskite bibliotekos, ar yra elektra ir ar įjungtas maršrutizatorius.',
    call: (provider) => `Jei taip, skambinkite tiekėjui (${provider}).`,
    callWithTests: (provider) => `Skambinkite tiekėjui (${provider}) ir perskaitykite matavimus`,
    othersCounted: 'tai, ką tuo metu naudojo kiti, jau įskaičiuota.',
    othersUnknown: 'matuoklis nematė, kiek tuo metu naudojo kiti.',
    contractLow: (contract) => `Sutartyje žadama mažiau nei reikia (${contract}); tiekėjas gali būti teisus.`,
    group: (provider) => `Skambinkite tiekėjui (${provider}): daug vietų sutriko kartu, tikėtina viena priežastis.`,
    look: 'Atverkite įspėjimą: ten įrodymai ir patarimai.',
    acknowledge: 'Pažymėkite, kad ėmėtės, – kiti tai matys.',
  },
  theProvider: 'tiekėjas',
  reminder: (minutes) =>
    `Jau ${count(minutes, { one: '{n} minutę', few: '{n} minutes', other: '{n} minučių' })} niekas nesiėmė.`,
  ackEnded: 'Laikas, kuriam kažkas ėmėsi, baigėsi, o sutrikimas tęsiasi.',
  uncertain: 'Gali būti pakartojimas: nežinome, ar pirmas bandymas pasiekė.',
  member: (name, since) => `${name}, nuo ${since}`,
  moreMembers: (n) => `ir dar ${n}`,
  groupNow: (lasting, recovered) => `Sutrikimas tebesitęsia: ${lasting}. Atsistatė: ${recovered}.`,
  links: { open: 'Atverti įspėjimą', act: 'Imtis, nutildyti arba pažymėti' },
  act: {
    title: 'Įspėjimo veiksmai',
    what: 'Ką norite daryti?',
    howLong: 'Kiek laiko',
    ack: 'Imuosi',
    silence: 'Nutildyti',
    closedToday: 'Biblioteka šiandien uždaryta',
    note: 'Palikti pastabą',
    testNow: 'Matuoti liniją dabar',
    hours: (n) => count(n, { one: '{n} valandą', few: '{n} valandas', other: '{n} valandų' }),
    hoursUntil: (hours, until) => `${hours}, iki ${until}`,
    untilOpens: (at) => `Kol atsidarys, ${at}`,
    untilCloses: (at) => `Kol užsidarys, ${at}`,
    acked: (until) => `Jūs ėmėtės iki ${until}. Jei tada dar tęsis, vėl bus kviečiama.`,
    silenced: (until) => `Nutildyta iki ${until}. Jei tada dar tęsis, bus pranešta.`,
    closed: 'Nutildyta iki dienos pabaigos: biblioteka uždaryta.',
    closedReason: 'šiandien uždaryta',
    silenceReason: (incident) => `įvykis ${incident}`,
    noted: 'Jūsų pastaba išsaugota prie įvykio.',
    tested: 'Matuoklio paprašyta matuoti. Rezultatas puslapyje bus po kelių minučių.',
    noTest: 'Čia nėra matuoklio, kurio galima paprašyti.',
    over: 'Tai jau baigėsi; nieko daryti nereikia.',
    expired: 'Nuoroda nebegalioja; nuorodos veikia 24 valandas. Prisijunkite.',
    used: 'Ši nuoroda jau panaudota. Niekas nepakeista iš naujo.',
    wrong: 'Ši nuoroda negalioja.',
    wrongForm: 'Nepasirinkta nieko, ką būtų galima padaryti; niekas nepakeista.',
    already: 'Tai jau buvo gauta. Niekas nepakeista iš naujo.',
  },
  digest: {
    title: (n) => count(n, { one: 'Laukė {n} įspėjimas', few: 'Laukė {n} įspėjimai', other: 'Laukė {n} įspėjimų' }),
    open: 'tęsiasi',
    over: 'baigėsi',
    more: (n) => `ir dar ${n}, visi puslapyje`,
  },
  notices: {
    failing: (receiver) => `Įspėjimai nepasiekia: ${receiver}`,
    failingText: (error, since) => `Nuo ${since} niekas neišsiųsta: ${error}. Kas laukia, nebus prarasta.`,
    works: (receiver) => `Įspėjimai vėl pasiekia: ${receiver}`,
    worksText: (duration) => `Neveikė ${duration}. Kas laukė, dabar siunčiama.`,
    nobodyReacted: (title) => `Niekas nesureagavo: ${title}`,
    gap: (rotation, from, to) => `Niekas nebudi (${rotation}) nuo ${from} iki ${to}`,
    certificate: (name, at) => `Sertifikatas ${name} baigiasi ${at}`,
    test: 'Carrel bandomoji žinutė',
    testText: 'Kažkas paspaudė bandymo mygtuką. Jei tai skaitote, įspėjimai jus čia pasiekia.',
  },
};

const OTHER_RULES: Readonly<Record<string, string>> = {
  silent: 'Nėra matavimų',
  quality: 'Prasta ryšio kokybė',
  device: 'Matuoklio bėda',
  budget: 'Išnaudotas duomenų limitas',
  clock: 'Neteisingas laikrodis',
  weak: 'Per silpnas matuoklis',
  cloned: 'Dvigubas matuoklis',
  server: 'Matavimo serverio bėda',
  outdated: 'Pasenęs agentas',
  database: 'Duomenų bazė nepriima',
};
