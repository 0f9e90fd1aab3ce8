/** Why: the Lithuanian of words-wall.ts. */
import { NBSP as NB, plural } from '../format.ts';
import type { wallWords as en } from '../words-wall.ts';

export const wallWords: typeof en = {
  title: 'Sieninis ekranas',
  starting: 'Paleidžiama',
  live: (age) => `Gyvai, duomenims ${age}`,
  late: (age) => `Jungiamasi iš naujo, duomenims ${age}`,
  old: (age) => `Duomenims jau ${age}`,
  oldText: 'Toliau matote tai, kas buvo tada. Ekranas pats bando prisijungti iš naujo.',
  oldSince: (at) => `Serveris neatsiliepia nuo ${at}.`,
  incidents: (n, open) =>
    `Veiksmų laukia ${n} iš ${plural(open, { one: '{n} neatlikto įvykio', other: '{n} neatliktų įvykių' })}`,
  noIncidents: 'Neatliktų įvykių nėra',
  noIncidentsText: 'Nieko laukti nereikia.',
  moreIncidents: (n) => `ir dar ${n}`,
  sites: (n) => plural(n, { one: '{n} biblioteka', few: '{n} bibliotekos', other: '{n} bibliotekų' }),
  nobody: 'Niekas nesiėmė',
  hasIt: (who) => `${who} ėmėsi`,
  pause: 'Sustabdyti kaitą',
  go: 'Tęsti kaitą',
  panel: (n, of) => `Dalis ${n} iš ${of}`,
  withVerdict: (percent, n) =>
    `${percent} iš ${plural(n, { one: '{n} dabar turinčio', other: '{n} dabar turinčių' })} išvadą.`,
  pair: {
    title: 'Šis ekranas nesusietas',
    text: 'Administratorius prideda jį skiltyje „Nuostatos“, „Žemėlapis ir ekranai“, ir čia įveda kodą arba šiame ekrane atveria ten nurodytą nuorodą.',
    code: 'Šio ekrano kodas',
    act: 'Susieti šį ekraną',
    waiting: 'Susiejama',
  },
  screens: {
    title: 'Sieniniai ekranai',
    text: 'Ekranas rodo sienos vaizdą niekam neprisijungus, tik skaityti, kol čia panaikinamas. Veikia ir po paleidimo iš naujo.',
    name: 'Ekrano pavadinimas',
    add: 'Pridėti ekraną',
    none: 'Ekranų dar nėra.',
    open: 'Atverti sienos vaizdą čia',
    code: (code) => `Kodas: ${code}`,
    codeText: `Atverkite šią nuorodą ekrane arba atverkite ten /wall ir įveskite kodą. Ji susieja vieną ekraną per 15${NB}min.`,
    copy: 'Kopijuoti nuorodą',
    revoke: 'Panaikinti',
    revoked: (name) => `Ekranas daugiau nieko neberodo: ${name}.`,
    revokeSure: (name) => `Atšaukti ekraną „${name}“? Jis iš karto nieko neberodys ir turės būti susietas nauju kodu.`,
    state: { waiting: 'laukia kodo', paired: 'susietas', expired: 'kodas laiku nepanaudotas' },
    seen: (at) => `atsiliepė ${at}`,
  },
};
