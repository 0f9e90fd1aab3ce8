/** Why: what is said in Lithuanian of a site, its probe and those around it. */
import type { Speech } from '../format.ts';
import { holidayName } from '../holidays.ts';
import type { Catalogue } from '../say.ts';
import type { Fault, GroupKey, SiteSayings } from '../sayings-site.ts';
import { RULE_NAMES } from './rule-names.ts';

export const ltSite: Catalogue<SiteSayings> = {
  'dark.title': ({ place }) => `Nėra ryšio: ${place}`,
  'dark.no_probe': () => 'Šios prieigos nevertina joks priimtas matuoklis.',
  'dark.probe_gone': () => 'Šios prieigos nebevertina joks priimtas matuoklis.',
  'dark.never': () => 'Jos matuoklis dar nė karto neatsiliepė: nežinoma, o ne be ryšio.',
  'dark.last_sign': ({ at, ms, connection }, s) =>
    `Paskutinį kartą atsiliepė ${s.dateTime(at)}, prieš ${s.duration(ms)}; ${CONNECTION[connection]}.`,
  'dark.so_far': ({ limit, silence }, s) =>
    `Be ryšio laikoma po ${s.duration(limit)} tylos darbo metu; kol kas ${s.duration(silence)}.`,
  'dark.closed': () => 'Dabar uždaryta: tyla skaičiuojama tik darbo metu.',
  'dark.grace': ({ at }, s) => `Serveris stebi per trumpai, kad galėtų sakyti, jog ryšio nėra; paaiškės ${s.time(at)}.`,
  'dark.silent': ({ silence, limit }, s) =>
    `Darbo metu neatsiliepia jau ${s.duration(silence)}; riba – ${s.duration(limit)}.`,
  'dark.ends_when': () => 'Baigsis, kai matuoklio duomenys vėl ateis.',
  'dark.ended': ({ at, silent }, s) =>
    `Matuoklio duomenys vėl ateina nuo ${s.time(at)}${silent === null ? '' : `, po ${s.duration(silent)} tylos`}.`,
  'dark.rule': ({ after }, s) =>
    `Pranešama, kai matuoklis darbo metu neatsiliepia ${s.duration(after)}; baigiasi, kai duomenys vėl ateina.`,

  'cause.power': ({ samples, expected }) =>
    `Neveikė pats matuoklis: jis pasileido iš naujo, o to laiko įrašų išsaugojo ${samples} iš maždaug ${expected}. Dingo elektra arba kažkas jį išjungė.`,
  'cause.agent': () => 'Įrenginys veikė, bet mūsų agentas jame – ne; jis paleistas iš naujo.',
  'cause.waiting': () => 'Ką matuoklis tuo metu išsaugojo, dar neatėjo.',
  'cause.worked': ({ working, samples }) =>
    `Matuoklis visą laiką turėjo veikiantį internetą (${working} iš ${samples} įrašų): nepasiekiamas buvo mūsų serveris arba kelias iki jo.`,
  'cause.lan': (share, s) => `Matuoklis neturėjo jungties: kabelis, prievadas arba komutatorius (${part(share, s)}).`,
  'cause.access_line': (share, s) =>
    `Jungtis buvo, bet tinklų sietuvas neatsakė: maršrutizatorius arba prieigos linija (${part(share, s)}).`,
  'cause.names': (share, s) =>
    `Tinklų sietuvas atsakė, bet vardai nebuvo randami: už prieigos linijos, pas tiekėją (${part(share, s)}).`,
  'cause.internet': (share, s) =>
    `Tinklų sietuvas atsakė, bet internetas – ne: už prieigos linijos, pas tiekėją (${part(share, s)}).`,
  'cause.server': (share, s) => `Internetas atsakė, bet mūsų serveris – ne (${part(share, s)}).`,

  'group.title': ({ trouble, n, of, key }) =>
    `${trouble === 'dark' ? 'Nėra ryšio' : 'Maži matavimai'}: ${n} iš ${of} interneto prieigų${whose(key)}`,
  'group.begun': ({ n, of, key, since }, s) =>
    `Nuo ${s.dateTime(since)} sutriko ${n} iš ${of} interneto prieigų${whose(key)}, o kitos beveik visos veikia: ${cause(key)}.`,
  'group.covers': () =>
    'Kiekviena vis tiek vertinama; kol tai tęsiasi, apie atskiras nepranešama. Kas bus sutrikę ir šiam įvykiui pasibaigus, taps atskiru įvykiu.',
  'group.recovered': ({ n, of }) => `Atsigavo ${n} iš ${of}.`,
  'group.ends_when': () => 'Baigsis, kai sutrikusių liks ne daugiau kaip dešimtadalis.',

  'device.title': ({ place, faults }, s) => `Matuoklio bėda: ${place}, ${all(faults, s)}`,
  'device.lasts': ({ faults, ms }, s) => `Jau ${s.duration(ms)} arba ilgiau: ${all(faults, s)}.`,
  'device.effect': () => 'Jis gali nustoti matuoti arba matuoti neteisingai.',
  'quality.title': ({ place, faults }, s) => `Prasta ryšio kokybė: ${place}, ${all(faults, s)}`,
  'quality.lasts': ({ faults, ms }, s) => `Darbo metu jau ${s.duration(ms)} arba ilgiau: ${all(faults, s)}.`,
  'quality.effect': () => 'Puslapiai atsiveria lėtai, o pokalbiai trūkinėja, kad ir kokia būtų sparta.',
  'budget.title': ({ place }) => `Išnaudotas duomenų limitas: ${place}`,
  'budget.spent': ({ at }, s) =>
    `Mėnesio duomenų limitas matavimams išnaudotas (pranešta ${s.dateTime(at)}): iki kito mėnesio nieko nematuojama, tad lėta linija liktų nepastebėta.`,
  'budget.advice': () => 'Padidinkite bibliotekos limitą arba matuokite rečiau.',
  'weak.title': ({ place }) => `Per silpnas matuoklis: ${place}`,
  'weak.limited': ({ faults }, s) =>
    `${all(faults, s)} ribojo paties matuoklio procesorius arba prievadas, o ne linija: tikslo jis išmatuoti negali. Geras jo matavimas vis tiek galioja.`,
  'silent.title': ({ place }) => `Nėra matavimų: ${place}`,
  'silent.no_valid': ({ since }, s) =>
    `Matuoklis prisijungęs, bet darbo metu ${since === null ? 'ilgai' : `nuo ${s.dateTime(since)}`} neatsiuntė nė vieno tinkamo matavimo.`,
  'cloned.title': ({ place }) => `Dvigubas matuoklis: ${place}`,
  'cloned.both': ({ probe }) =>
    `Tapatybę ${probe} naudoja du įrenginiai. Jų rezultatai susimaišo, ir jie vienas kitą atjungia. Išduokite vienam iš jų savą prieigos raktą.`,
  'outdated.title': ({ place }) => `Pasenęs agentas: ${place}`,
  'outdated.agent': ({ faults, current }, s) =>
    `Agento versija ${all(faults, s)}, o šis serveris dalija ${current}. Paleiskite diegimo komandą dar kartą.`,
  'clock.title': ({ place, faults }, s) => `Neteisingas laikrodis: ${place}, ${all(faults, s)}`,
  'clock.skew': ({ faults }, s) =>
    `Matuoklio laikrodis ${all(faults, s)}. Kur įmanoma, rezultatams įrašomas pataisytas laikas; sertifikatai gali būti nepriimti.`,
  'database.title': ({ name }) => `Duomenų bazė nepriima: ${name}`,
  'database.refuses': ({ name, ms, faults }, s) =>
    `${name} jau ${s.duration(ms)} arba ilgiau nieko nepriima: ${all(faults, s)}.`,
  'database.effect': () =>
    'Kol žurnale yra vietos, nieko neprarandama; įspėjimai veikia. Ataskaitos ir diagramos nesikeičia.',
  'server.title': ({ server }) => `Matavimo serverio bėda: ${server}`,
  'server.low': ({ faults }, s) =>
    `Per pusvalandį matuojant su juo ${all(faults, s)}, o su kitais viskas gerai. Maži jo rezultatai linijoms neskaičiuojami.`,
  'any.title': ({ rule, place }) => `${RULE_NAMES[rule]}: ${place}`,
  'any.over': () => 'To nebėra.',
  'any.well': () => 'Viskas gerai.',
  'any.so': ({ faults, since }, s) =>
    `${faults.length === 0 ? 'Taip yra' : all(faults, s)}${since === null ? '' : ` nuo ${s.dateTime(since)}`}.`,
  'any.unregistered': () => 'Registre to nebėra.',
  'any.declared_over': ({ who }) => `${who} pažymėjo, kad baigėsi.`,

  'site.closed_today': ({ why }) =>
    `Šiandien uždaryta${why ? `: ${why}` : ''}. Niekas nevertinama ir niekas nekviečiamas.`,
  'site.holiday': ({ name, provisional }) =>
    `Šiandien uždaryta: ${holidayName(name, 'lt')}${provisional ? ' (apskaičiuota; gali būti paskelbta diena anksčiau ar vėliau)' : ''}. Niekas nevertinama ir niekas nekviečiamas.`,
  'site.no_hours': () =>
    'Bibliotekos darbo laikas nenurodytas, todėl čia niekas nevertinama; nurodykite jį, kad gautumėte įspėjimus.',
  'held.silenced': () => 'Nutildyta: kol nutildymas nesibaigs, niekam nepranešama; vertinama vis tiek.',
  'held.maintenance': () => 'Šiuo metu numatyti darbai: kol jie nesibaigs, niekam nepranešama.',
  'held.inhibited': ({ incident }) =>
    `Tai didesnio įvykio${incident === null ? '' : ` (${incident})`} dalis: pranešama apie jį.`,
  'held.gathering': () => 'Sutriko ir kiti: aiškinamasi, ar priežastis viena.',
  'held.settling': ({ at }, s) => `Didesnis įvykis baigėsi ${s.dateTime(at)}: bus pranešta, jei tęsis dar pusvalandį.`,
  'held.told': () => 'Pranešta.',
  'held.flapping': () =>
    'Per dieną prasidėjo ir baigėsi keturis kartus: kol diena nebus rami, rašoma tik į dienos santrauką.',
  'held.chronic': () => 'Tęsiasi ilgiau nei 14 dienų: rašoma tik į dienos santrauką.',
  'overlay.silenced': () => 'nutildyta',
  'overlay.maintenance': () => 'numatyti darbai',
  'overlay.inhibited': () => 'didesnio įvykio dalis',
  'overlay.closed': () => 'ne darbo laikas',
  'overlay.acknowledged': () => 'kažkas ėmėsi',
  'overlay.flapping': () => 'tai prasideda, tai baigiasi',
  'overlay.chronic': () => 'trunka ilgai',
  'timer.retest': () => 'pakartotinis matavimas',
  'timer.too_old': () => 'įrodymai per seni, kad būtų kviečiama',
  'timer.settling': () => 'nusistovėjimas po didesnio įvykio',
  'timer.grace': () => 'laikas po paleidimo',
};

const CONNECTION = {
  stands: 'ryšys su juo tebėra',
  broke: 'ryšys su juo nutrūko',
  closed: 'ryšys su juo užbaigtas',
};

function all(faults: readonly Fault[], s: Speech): string {
  return faults.map((one) => fault(one, s)).join(', ');
}

function fault(one: Fault, s: Speech): string {
  switch (one.kind) {
    case 'hot':
      return `įkaitęs iki ${one.celsius} °C`;
    case 'disk':
      return `diskas užimtas ${one.percent} %`;
    case 'memory':
      return `atmintis užimta ${one.percent} %`;
    case 'voltage':
      return 'per žema įtampa';
    case 'loss':
      return `prarandama ${s.number(one.percent)} % jungčių`;
    case 'rtt':
      return `iki interneto ${one.ms} ms`;
    case 'skew':
      return `${one.ms > 0 ? 'skuba' : 'vėluoja'} ${s.duration(Math.abs(one.ms))}`;
    case 'weak_tests':
      return s.count(one.n, {
        one: '{n} matavimą iš eilės',
        few: '{n} matavimus iš eilės',
        other: '{n} matavimų iš eilės',
      });
    case 'agent':
      return one.version;
    case 'low_sites':
      return `maži ${one.low} iš ${one.sites} bibliotekų rezultatai`;
    case 'refused':
      return one.error;
    case 'text':
      return one.text;
  }
}

function part({ seen, samples, ms }: { seen: number; samples: number; ms: number }, s: Speech): string {
  return `${seen} iš ${samples} įrašų per ${s.duration(ms)}`;
}

function whose({ kind, name }: GroupKey): string {
  return {
    isp: ` pas tiekėją „${name}“`,
    region: ` regione „${name}“`,
    server: `, matuojančių su serveriu „${name}“`,
    uplink: '',
  }[kind];
}

function cause({ kind, name }: GroupKey): string {
  return {
    isp: `bendra priežastis pas tiekėją „${name}“`,
    region: `bendra priežastis regione „${name}“`,
    server: `matavimo serveris „${name}“`,
    uplink: 'viskas dingo per dvi minutes, taigi kalta mūsų pačių linija arba serveris',
  }[kind];
}
