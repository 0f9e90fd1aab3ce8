/** Why: the Lithuanian of words-overview.ts. */
import { plural } from '../format.ts';
import type { OverviewWords } from '../words-overview.ts';

const points = { one: '{n} prieigos taškas', few: '{n} prieigos taškai', other: '{n} prieigos taškų' };
const ofPoints = { one: '{n} prieigos taško', other: '{n} prieigos taškų' };

export const overviewWords: OverviewWords = {
  title: (n, all, target) =>
    all === '1'
      ? `Prieigos taškas ${n === '1' ? 'pasiekia' : 'nepasiekia'} ${target}`
      : `${n} iš ${plural(all, ofPoints)} pasiekia ${target}`,
  unjudged: (all) => (all === '1' ? 'Prieigos taškas dar neįvertintas' : 'Dar neįvertintas nė vienas prieigos taškas'),
  unjudgedWhy: 'Išvada daroma iš matavimų darbo laiku.',
  next: {
    title: 'Kas toliau',
    note: 'atlikti punktai dingsta',
    steps: 'Žingsnis po žingsnio',
    library: 'Pridėti biblioteką',
    libraryText: 'ranka arba importavus turimą lentelę',
    probe: 'Pridėti matuoklį',
    probeText:
      '„OpenWrt“ maršrutizatorius arba „Raspberry Pi“, prijungtas prie bibliotekos linijos; įdiegiama viena komanda',
    alerts: 'Nustatyti įspėjimus',
    alertsText: 'kad kas nors sužinotų, kai linija lėta arba neveikia',
  },
  ownTarget: 'savo tikslą',
  noVerdict: 'Išvados dar neturi nė vienas.',
  verdicts: (percent, n) =>
    `${percent} iš ${plural(n, { one: '{n} dabar turinčio', other: '{n} dabar turinčių' })} išvadą.`,
  average: (mean, n) => `Paskutinių tinkamų matavimų vidurkis ${mean} (n = ${n}).`,
  noAverage: 'Tinkamų matavimų dar nėra, todėl nėra ir vidurkio.',
  states: 'Prieigos taškai pagal būseną',
  attention: 'Reikia dėmesio',
  attentionCount: (n) => plural(n, points),
  worstFirst: 'pirma blogiausi',
  allAlerts: 'Visi įspėjimai',
  hasIt: (who) => `${who} ėmėsi`,
  fine: 'Niekam dėmesio nereikia',
  fineUnjudged: 'Lėti ir neveikiantys prieigos taškai bus čia, pirma blogiausi.',
  fineText: 'Kiekvienas įvertintas prieigos taškas pasiekia savo tikslą.',
  more: (n) => `Dar ${n} bibliotekų sąraše`,
  changes: 'Pastarosios 60 minučių',
  changesN: (n) => plural(n, { one: '{n} pokytis', few: '{n} pokyčiai', other: '{n} pokyčių' }),
  noChanges: 'Nė vieno prieigos taško būsena nepasikeitė.',
  changed: {
    meets: 'pasiekia tikslą',
    below: 'nukrito žemiau tikslo',
    offline: 'neteko ryšio',
    nodata: 'neturi duomenų',
    maint: 'vyksta priežiūros darbai',
  },
  median: (rate) => `mediana ${rate}`,
  measured: 'Matuojama dabar',
  measuredBy: 'naujausi kiekvieno matuoklio rodmenys',
  where: 'Kur',
  byRegion: 'tikslą pasiekiančių dalis pagal regioną',
  regions: 'Regionai',
  openMap: 'Atverti žemėlapį',
  wall: 'Sieninis ekranas',
  day: 'Tikslo nepasiekiantys, pastarosios 24 h',
  dayNote: 'kiekviena eilutė savo mastelio',
  dayHourNote: 'blogiausia kiekvienos valandos būsena, kiekviena eilutė savo mastelio',
  dayNone: 'Skaičiuojamas pirmasis ketvirtis valandos.',
  dayLabel: (state, now, most) => `${state}: dabar ${now}, per 24 valandas daugiausia ${most}.`,
  now: 'dabar',
  region: 'Regionas',
  share: 'Pasiekia',
  noRegion: 'Be regiono',
  of: (n, all) => `${n} iš ${all}`,
  connect: 'Prijungti matuoklį',
  importTable: 'Importuoti lentelę',
  carrel: 'Apie patį Carrel',
};
