/** Why: the Lithuanian of words.ts. Units of time are the symbols of the SI (d, h, min), which take no full stop and so may end a sentence. */
import { plural } from '../format.ts';
import type { Words } from '../words.ts';

const NB = '\u00a0';
const ofTests = { one: '{n} matavimo', other: '{n} matavimų' };
const _points = { one: '{n} prieigos taškas', few: '{n} prieigos taškai', other: '{n} prieigos taškų' };
const ofPoints = { one: '{n} prieigos taško', other: '{n} prieigos taškų' };
const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

export const words: Words = {
  product: 'Carrel',
  units: {
    d: 'd',
    h: 'h',
    min: 'min',
    s: 's',
    mbps: 'Mb/s',
    ms: 'ms',
    percent: '%',
    bytes: ['B', 'kB', 'MB', 'GB', 'TB'],
  },
  ago: (age) => `prieš ${age}`,
  samples: (n) => `n = ${n}`,
  yourTime: (clock) => `pas jus ${clock}`,
  unknown: 'nežinoma',
  unknownFigure: 'nežinoma',
  noConnection: 'nėra ryšio',
  never: 'niekada',
  nobody: 'Dar niekas',

  frame: {
    skip: 'Pereiti prie turinio',
    main: 'Pagrindinis meniu',
    find: 'Rasti biblioteką, vietą ar matuoklį',
    overview: 'Apžvalga',
    map: 'Žemėlapis',
    sites: 'Bibliotekos',
    alerts: 'Įspėjimai',
    reports: 'Ataskaitos',
    fleet: 'Matuokliai',
    settings: 'Nuostatos',
    needAction: ', laukia veiksmų: ',
    scope: 'Visos bibliotekos',
    account: (name) => `${name}, prisijungta: slaptažodis, tema, atsijungti`,
    signOut: 'Atsijungti',
    theme: { system: 'Tema: kaip sistemos', light: 'Tema: šviesi', dark: 'Tema: tamsi' },
    words: 'Ką reiškia žodžiai',
    keys: 'Spartieji klavišai',
    accessibility: 'Prieinamumas',
  },
  pill: {
    loading: 'Jungiamasi',
    live: 'Gyvai',
    late: 'Jungiamasi iš naujo',
    old: 'Pasenę',
    every: (s) => `Kas ${s} s`,
    age: (age) => `duomenims ${age}`,
  },
  stale: {
    title: (age) => `Duomenims jau ${age}.`,
    text: (clock) =>
      `Serveris nuo ${clock} neatsiliepia. Matote paskutinę žinomą būseną, papilkintą ir užbrūkšniuotą; naujesnių duomenų čia nėra.`,
  },
  state: {
    meets: 'Pasiekia tikslą',
    below: 'Žemiau tikslo',
    offline: 'Be ryšio',
    nodata: 'Nėra duomenų',
    maint: 'Priežiūros darbai',
    belowTarget: (target) => `Mažiau nei ${target}`,
  },
  verdict: { pass: 'Pakanka', fail: 'Per mažai', inconclusive: 'Neaišku' },

  load: {
    what: (what) => `Įkeliama: ${lower(what)}`,
    failed: (what) => `Nepavyko perskaityti: ${lower(what)}`,
    again: 'Bandyti dar kartą',
    notNew: 'Nepavyko perskaityti, kas nuo tada pasikeitė.',
    offline: 'Serveris neatsakė. Nieko nepakeista; bandykite dar kartą.',
    noReason: (status) => `Serveris atsakė ${status} be paaiškinimo.`,
    request: 'Užklausa',
    chunk: 'Nepavyko įkelti puslapio dalies: nėra ryšio arba Carrel ką tik atnaujintas.',
  },
  what: {
    page: 'puslapis',
    sites: 'bibliotekos',
    tests: 'Matavimai',
    alerts: 'Įspėjimai',
    chart: 'Diagrama',
    why: 'Priežastys',
    delivery: 'Gautų duomenų apžvalga',
  },

  login: {
    title: 'Prisijunkite',
    text: 'ir matysite, kaip veikia bibliotekų internetas.',
    name: 'Vardas',
    password: 'Slaptažodis',
    show: 'Rodyti slaptažodį',
    go: 'Prisijungti',
  },
  unknownPage: {
    title: 'Tokio puslapio nėra',
    text: 'Galbūt adrese yra klaida arba tai, ko ieškote, pašalinta.',
    back: 'Į apžvalgą',
  },

  sites: {
    empty: 'Bibliotekų dar nėra',
    emptyText: 'Prijunkite pirmą matuoklį arba importuokite savo bibliotekų sąrašą.',
    emptyAsk: 'Nėra tokių, kurias galite matyti. Kreipkitės į administratorių.',
    title: 'Bibliotekos',
    titleIn: (region) => `Bibliotekos: ${region}`,
    summary: (shown, all, states) => `${shown} iš ${plural(all, ofPoints)}. ${states}`,
    counts: {
      meets: (n) => `${n} pasiekia tikslą`,
      below: (n) => `${n} žemiau tikslo`,
      offline: (n) => `${n} be ryšio`,
      nodata: (n) => `${n} be duomenų`,
      maint: (n) => `${n} tvarkoma`,
    },
    add: 'Pridėti bibliotekų',
    filters: 'Filtrai',
    clear: ', pašalinti filtrą',
    region: 'Regionas',
    allRegions: 'Visi regionai',
    searched: (q) => `Paieška: ${q}`,
    moved: (n) => `Eilučių, kurių vieta pasikeitė: ${n}`,
    sortAgain: 'Rikiuoti iš naujo',
    caption: (sorted, n) =>
      `Prieigos taškai, rikiuojama pagal: ${sorted}. Eilučių: ${n}; vertės kinta, kai išmatuojamos, o eilutė, kurioje yra žymeklis ar židinys, nejuda.`,
    descending: 'pirma didžiausios',
    ascending: 'pirma mažiausios',
    columns: {
      state: 'Būsena',
      name: 'Biblioteka',
      down: 'Sparta',
      rx: 'Gauta',
      tx: 'Siųsta',
      rtt: 'Delsa',
      cpu: 'CPU',
      clients: 'Įrenginiai',
      seen: 'Atsiliepė',
      isp: 'Tiekėjas',
    },
    tested: 'Išmatuota',
    metered: 'ribojama',
    none: 'Tokių bibliotekų nėra',
    noneText: 'Pašalinkite filtrą arba ieškokite kito žodžio.',
    removeFilters: 'Pašalinti filtrus',
    foot: [
      'Sparta: atsisiuntimas pagal paskutinį tinkamą matavimą, laikas nurodytas greta',
      'Gauta, siųsta, delsa, CPU, įrenginiai: naujausi rodmenys',
    ],
  },
  because: {
    dark: (at) => (at === null ? 'Jokio gyvybės ženklo.' : `Jokio gyvybės ženklo nuo ${at}.`),
    slow: (target, at) => `Mažiau nei ${target}, patvirtinta pakartotiniu matavimu${at === null ? '' : `, nuo ${at}`}.`,
    median: (n, rate, at) =>
      n === 1
        ? `Paskutinis tinkamas matavimas: ${rate}, ${at}.`
        : `Paskutinių ${plural(n, ofTests)} mediana: ${rate}, naujausias ${at}.`,
    no_probe: 'Jo nestebi joks priimtas matuoklis.',
    never_seen: 'Jo matuoklis dar nė karto neatsiliepė.',
    no_test: `Per pastarąsias 48${NB}h nebuvo tinkamo spartos matavimo.`,
    maint: 'Vyksta priežiūros darbai.',
  },
  hours: { notSet: 'laikas nenurodytas', always: 'visą parą', and: 'ir', span: (a, b) => `${a}–${b}` },
};
