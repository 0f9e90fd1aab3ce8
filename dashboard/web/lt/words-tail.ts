/** Why: the Lithuanian of words-tail.ts. */
import { plural } from '../format.ts';
import type { TailWords } from '../words-tail.ts';

export const tailWords: TailWords = {
  title: 'Neapdoroti matavimai',
  text: 'Ką praneša matuokliai, tą akimirką, kai tai gauna serveris: naujausi viršuje, vienetai nurodyti pavadinimuose. Kas gauta prieš atveriant šį puslapį, yra diagramose ir išsaugomuose failuose.',
  times: (zone) => `Rodomas laikas: ${zone}.`,
  from: 'Neapdoroti matavimai',
  pause: 'Pristabdyti',
  goOn: 'Tęsti',
  space: 'Tarpas',
  clear: 'Išvalyti',
  copy: 'Kopijuoti kaip JSON',
  kinds: { sample: 'Matavimai', event: 'Įvykiai' },
  metric: 'Rodiklis',
  addMetric: 'Rodiklis…',
  list: 'Matavimai ir įvykiai, naujausi viršuje',
  count: (n) => plural(n, { one: '{n} eilutė', few: '{n} eilutės', other: '{n} eilučių' }),
  waits: (n) =>
    plural(n, {
      one: '{n} nauja eilutė laukia, kol išeisite iš sąrašo',
      few: '{n} naujos eilutės laukia, kol išeisite iš sąrašo',
      other: '{n} naujų eilučių laukia, kol išeisite iš sąrašo',
    }),
  leftOff: (n) =>
    `${plural(n, { one: 'Praleista dar {n} eilutė', few: 'Praleistos dar {n} eilutės', other: 'Praleista dar {n} eilučių' })}: per sekundę siunčiama ne daugiau kaip 200. Su filtru jų lieka mažiau.`,
  full: (n) => `Eilučių: ${n}. Daugiau šiame puslapyje netelpa, todėl jis nebesiklauso.`,
  state: {
    connecting: 'Jungiamasi',
    live: 'Klausomasi',
    paused: 'Pristabdyta',
    cut: 'Jungiamasi iš naujo',
    full: 'Sustabdyta',
  },
  none: 'Dar nieko negauta',
  noneText: 'Matuokliai siunčia kelių minučių duomenis kartu, todėl gali tekti tiek palaukti. Eilutės atsiras pačios.',
  noneFiltered: 'Dar nieko tinkamo filtrui negauta.',
  gap: {
    paused: (from, to) => `Pristabdyta nuo ${from} iki ${to}; kas tada gauta, šiame sąraše nėra.`,
    cut: (from, to) => `Ryšio nebuvo nuo ${from} iki ${to}; kas tada gauta, šiame sąraše nėra.`,
  },
  late: (age) => `gauta ${age} vėliau`,
  approx: 'laikas netikslus: laikrodis nebuvo nustatytas',
  event: {
    throughput: 'Bandymas',
    outage: 'Ryšio trūkis',
    boot: 'Paleidimas',
    lost: 'Praradimas',
    clock: 'Laikrodžio šuolis',
    inventory: 'Aprašas',
  },
  received: (at) => `gauta ${at}`,
};
