/** Why: a fleet that looks like a country. Lithuania's counties and their seats; branch names and providers are invented. */

export interface County {
  name: string;
  lat: number;
  lon: number;
  /** Municipalities, in the genitive as library names use them, with the slug of the town. */
  municipalities: readonly [string, ...string[]];
}
export const COUNTIES: readonly [County, ...County[]] = [
  { name: 'Alytus', lat: 54.3, lon: 24.05, municipalities: ['Alytaus r.', 'Druskininkų', 'Lazdijų r.', 'Varėnos r.'] },
  {
    name: 'Kaunas',
    lat: 54.95,
    lon: 23.9,
    municipalities: ['Kauno r.', 'Jonavos r.', 'Kaišiadorių r.', 'Kėdainių r.', 'Prienų r.', 'Raseinių r.'],
  },
  {
    name: 'Klaipėda',
    lat: 55.75,
    lon: 21.5,
    municipalities: ['Klaipėdos r.', 'Kretingos r.', 'Skuodo r.', 'Šilutės r.', 'Palangos'],
  },
  {
    name: 'Marijampolė',
    lat: 54.6,
    lon: 23.25,
    municipalities: ['Kalvarijos', 'Kazlų Rūdos', 'Šakių r.', 'Vilkaviškio r.'],
  },
  {
    name: 'Panevėžys',
    lat: 55.85,
    lon: 24.6,
    municipalities: ['Biržų r.', 'Kupiškio r.', 'Panevėžio r.', 'Pasvalio r.', 'Rokiškio r.'],
  },
  {
    name: 'Šiauliai',
    lat: 56.0,
    lon: 23.3,
    municipalities: ['Akmenės r.', 'Joniškio r.', 'Kelmės r.', 'Pakruojo r.', 'Radviliškio r.', 'Šiaulių r.'],
  },
  { name: 'Tauragė', lat: 55.32, lon: 22.35, municipalities: ['Jurbarko r.', 'Pagėgių', 'Šilalės r.', 'Tauragės r.'] },
  { name: 'Telšiai', lat: 55.98, lon: 22.2, municipalities: ['Mažeikių r.', 'Plungės r.', 'Rietavo', 'Telšių r.'] },
  {
    name: 'Utena',
    lat: 55.5,
    lon: 25.6,
    municipalities: ['Anykščių r.', 'Ignalinos r.', 'Molėtų r.', 'Utenos r.', 'Zarasų r.'],
  },
  {
    name: 'Vilnius',
    lat: 54.75,
    lon: 25.2,
    municipalities: [
      'Elektrėnų',
      'Šalčininkų r.',
      'Širvintų r.',
      'Švenčionių r.',
      'Trakų r.',
      'Ukmergės r.',
      'Vilniaus r.',
    ],
  },
];

const STEMS = [
  'Ąžuol',
  'Berž',
  'Debeik',
  'Eglyn',
  'Gir',
  'Jūrel',
  'Kaln',
  'Lank',
  'Liep',
  'Mišk',
  'Naujam',
  'Paež',
  'Pušal',
  'Rud',
  'Sal',
  'Svirn',
  'Šil',
  'Tilž',
  'Upyn',
  'Užup',
  'Vaiv',
  'Vydž',
  'Žaliak',
  'Žem',
] as const;
const ENDINGS = ['ynės', 'ėnų', 'ių', 'iškių', 'upių', 'avos', 'elių', 'iškės'] as const;

/** 192 invented villages in the genitive: "Debeikių", "Beržynės". */
export function villageOf(index: number): string {
  const stem = STEMS[index % STEMS.length] ?? STEMS[0];
  return `${stem}${ENDINGS[Math.floor(index / STEMS.length) % ENDINGS.length] ?? ENDINGS[0]}`;
}

export interface Provider {
  name: string;
  /** Share of the sites. */
  share: number;
  kind: 'fibre' | 'dsl' | 'lte' | 'satellite';
  /** Round trip to the server without load, ms. */
  rttMs: number;
  /** Middle of the lines that it sells, Mb/s. */
  mbps: number;
}
export const PROVIDERS: readonly [Provider, ...Provider[]] = [
  { name: 'Šviesolaidis LT', share: 0.46, kind: 'fibre', rttMs: 7, mbps: 180 },
  { name: 'Regiono tinklai', share: 0.24, kind: 'fibre', rttMs: 11, mbps: 95 },
  { name: 'Vario linijos', share: 0.14, kind: 'dsl', rttMs: 24, mbps: 44 },
  { name: 'Mobilus ryšys', share: 0.12, kind: 'lte', rttMs: 38, mbps: 62 },
  { name: 'Palydovas', share: 0.04, kind: 'satellite', rttMs: 590, mbps: 48 },
];
