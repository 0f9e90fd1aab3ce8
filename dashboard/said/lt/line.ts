/** Why: what is said of a line in Lithuanian. */
import type { LimitedBy } from '#contract';
import type { Speech } from '../format.ts';
import type { Catalogue } from '../say.ts';
import type { LineSayings, Needs, RateAt, Skip } from '../sayings-line.ts';

const LIMITS: Readonly<Record<LimitedBy, string>> = {
  cpu: 'ribojo matuoklio procesorius',
  nic: 'ribojo matuoklio prievadas',
  wifi: 'matuoklis prijungtas belaidžiu ryšiu',
  server: 'ribojo matavimo serveris',
  budget: 'išnaudotas duomenų limitas',
  cross_traffic: 'linija naudojosi kiti',
  route: 'šis kompiuteris pats yra matavimo serveris',
  aborted: 'matavimas nutrauktas',
  unreachable: 'matavimo serveris nepasiektas',
  time: 'matavimui baigiantis sparta dar augo',
};
/** After a figure: `3 matavimai iš ...`, `21 matavimas`, `10 matavimų`. */
const TESTS = { one: '{n} matavimas', few: '{n} matavimai', other: '{n} matavimų' };

export const ltLine: Catalogue<LineSayings> = {
  'slow.title': ({ target, place, value }, s) => `Mažiau nei ${s.mbps(target)}: ${place}, ${s.measured(value)}`,
  'slow.title_was': ({ target, place }, s) => `Buvo mažiau nei ${s.mbps(target)}: ${place}`,
  'slow.tests': ({ lows, tests, target, median, best }, s) =>
    `Darbo metu mažiau nei ${s.mbps(target)} parodė ${lows} iš ${tests.length} tinkamų matavimų: ${listed(tests, s)}. Mediana ${s.measured(median)}, geriausias ${s.measured(best)}.`,
  'slow.span': ({ ms, servers }, s) =>
    `Jie apima ${s.duration(ms)} darbo laiko${servers > 1 ? `; matuota su ${servers} serveriais` : ''}.`,
  'slow.blind': () =>
    'Matuoklis nemato, kiek tuo metu naudojo lankytojai, todėl matavimai turėjo likti maži ilgiau, nei trunka atsisiuntimai.',
  'slow.sighted': () => 'Ką tuo metu naudojo lankytojai, įskaičiuota: kalta linija, o ne lankytojai.',
  'slow.late': ({ at }, s) => `Naujausias matavimas atliktas ${s.time(at)}; mus jis pasiekė vėlai.`,
  'slow.ends_when': ({ lows, of, reach, span_min }, s) =>
    `Baigsis, kai ${lows} iš ${of} matavimų per ${span_min} min. pasieks ${s.mbps(reach)}.`,
  'slow.rule_changed': () => 'Pakeista taisyklė arba tikslas: pagal naują linija tikslą pasiekia.',
  'slow.revised': () => 'Pavėluotai gauti matavimai rodo, kad linija tikslą pasiekė.',
  'slow.cleared': ({ tests, reach }, s) =>
    `${s.mbps(reach)} pasiekė ${s.count(tests.length, TESTS)}: ${listed(tests, s)}.`,
  'slow.retro': ({ target, since, until }, s) =>
    `Pavėluotai gauti matavimai rodo, kad linija nesiekė ${s.mbps(target)} nuo ${s.dateTime(since)} iki ${s.dateTime(until)}. Baigėsi anksčiau, nei sužinojome, todėl nieko nekvietėme.`,
  'slow.unknown': () => 'Sprendimo dar nėra: reikia 3 tinkamų matavimų darbo metu.',
  'slow.ok': ({ target }, s) => `Ne mažiau nei ${s.mbps(target)}.`,
  'slow.near_misses': ({ n, ended }, s) =>
    `Anksčiau įtarta ${s.count(n, { one: '{n} kartą', few: '{n} kartus', other: '{n} kartų' })}${ended ? `; paskutinį kartą ${ENDED[ended]}` : ''}.`,
  'slow.suspect': ({ target, lows, of, ms, needs, passes }, s) =>
    `Galbūt mažiau nei ${s.mbps(target)}: per ${s.duration(ms)} darbo laiko maži buvo ${lows} iš paskutinių ${of} matavimų. Reikia, kad ${needed(needs)}; įtarimą panaikina ${s.count(passes, { one: '{n} geras matavimas', few: '{n} geri matavimai', other: '{n} gerų matavimų' })}.`,
  'slow.old': ({ target, ms }, s) =>
    `Mažiau nei ${s.mbps(target)}, bet naujausias matavimas atliktas prieš ${s.duration(ms)}: vien dėl to nieko nekviečiame; patvirtintų vienas naujas mažas matavimas.`,
  'slow.firing': ({ target }, s) => `Mažiau nei ${s.mbps(target)}, patvirtinta.`,
  'slow.recovering': ({ clear, of, reach }, s) =>
    `Rodos, taisosi: ${s.mbps(reach)} pasiekė ${clear} iš ${of} matavimų.`,
  'slow.no_valid': ({ since }, s) =>
    `Nuo ${s.dateTime(since)} nėra nė vieno tinkamo matavimo, nors matuoklis prisijungęs.`,
  'slow.behind': ({ tests }, s) => `Kuo tai pagrįsta (matavimai darbo metu): ${listed(tests, s)}.`,
  'slow.retest_now': () => 'Pakartotinio matavimo reikia dabar.',
  'slow.retest_at': ({ at, closed }, s) =>
    `Kito pakartotinio matavimo reikia ${s.time(at)}${closed ? ', kai biblioteka uždaryta: jis palauks, kol ji atsidarys' : ''}.`,
  'slow.skipped': ({ at, why }, s) => `Matavimas (${s.dateTime(at)}) neskaičiuojamas: ${skipped(why, s)}.`,
  'slow.rule': ({ sighted, blind, below, lows, span_min }, s) =>
    `Pranešama, kai ${needed(sighted)}; kai matuoklis nemato lankytojų srauto, – kai ${needed(blind)}; jei mažiau nei ${s.mbps(below)}, – jau po ${s.count(lows, { one: '{n} matavimo', few: '{n} matavimų', other: '{n} matavimų' })} per ${span_min} min.`,
};

const ENDED = {
  passed: 'pakartotiniai matavimai buvo geri',
  waited: 'per 6 val. darbo laiko nepaaiškėjo',
  gap: '26 val. nebuvo matavimų',
};

function needed({ lows, of, span_min }: Needs): string {
  return `per ${span_min} min. darbo laiko maži yra ${lows} iš ${of} matavimų`;
}

function skipped(why: Skip, s: Speech): string {
  switch (why.kind) {
    case 'nothing':
      return 'nieko neišmatuota';
    case 'cpu':
      return 'ribojo matuoklio procesorius';
    case 'local':
      return 'ribojo ryšys tarp matuoklio ir maršrutizatoriaus';
    case 'closed':
      return 'atliktas ne darbo metu';
    case 'other_target':
      return `vertintas pagal kitą tikslą (${s.mbps(why.target)})`;
    case 'server':
      return `matavimo serveris ${why.server} turėjo bėdų`;
    case 'inconclusive':
      return `jis neapibrėžtas${why.limit ? ` (${LIMITS[why.limit]})` : ''}`;
    case 'text':
      return why.text;
  }
}

function listed(tests: readonly RateAt[], s: Speech): string {
  return tests.map(({ mbps, at }) => `${s.time(at)} – ${s.measured(mbps)}`).join(', ');
}
