/** Why: what is said of Carrel itself in Lithuanian. */
import type { ChannelKind } from '#contract';
import type { Catalogue } from '../say.ts';
import type { GapWhy, ServerSayings } from '../sayings-server.ts';

export const ltServer: Catalogue<ServerSayings> = {
  'notice.no_hours': ({ n }, s) =>
    `${s.count(n, { one: '{n} bibliotekos', few: '{n} bibliotekų', other: '{n} bibliotekų' })} darbo laikas nenurodytas: ten niekas nevertinama ir niekas neįspėjamas.`,
  'notice.wal_unwritable': ({ error }) =>
    `Nepavyksta rašyti priimtų duomenų žurnalo${because(error)}. Iki tol matuokliai duomenis saugo patys.`,
  'notice.wal_80': () =>
    'Priimtų duomenų žurnalas užpildytas daugiau nei 80 %: duomenų bazė greitai turi perimti, ko dar nepriėmė, kitaip matuokliams teks laukti.',
  'notice.wal_50': () => 'Priimtų duomenų žurnalas užpildytas daugiau nei pusiau: duomenų bazė nespėja.',
  'notice.store_down': ({ name, error, primary }) =>
    `Duomenų bazė ${name} neveikia${because(error)}. ${primary ? 'Diagramos ir ataskaitos laukia; dabartinės reikšmės ir įspėjimai veikia' : 'Diagramos imamos iš pirmosios duomenų bazės'}; duomenys laukia žurnale, nieko neprarandama.`,
  'notice.store_refused': ({ name, error }) =>
    `Duomenų bazė ${name} nepriima to, ką Carrel rašo${because(error)}; kažkas turi ją sutvarkyti. Duomenys laukia žurnale, nieko neprarandama.`,
  'notice.store_filling': ({ name, from, percent }) =>
    `Duomenų bazė ${name} nauja ir pildoma iš ${from}: joje jau ${percent} % laiko.`,
  'notice.store_quarantine': ({ name }) =>
    `Duomenų bazė ${name} kai kurių eilučių nepriėmė; jos guli karantine, nustatymuose.`,
  'notice.live_incomplete': () =>
    'Nuo paleidimo duomenų bazė dar neatsakė: senesnės reikšmės kol kas nerodomos, naujos – rodomos.',
  'notice.no_channel': ({ nobody }) =>
    `Įspėjimai rodomi tik čia: ${nobody ? 'pašto serveris nustatytas, bet nėra kam rašyti (CARREL_ONCALL)' : 'nesukurtas joks kanalas, nenustatytas nei pašto serveris (CARREL_SMTP), nei webhook (CARREL_WEBHOOKS)'}.`,
  'notice.channel_failing': ({ kind, label, final, error }, s) =>
    `${nameOf(kind, label)}: ${final ? 'įspėjimai nepriimami' : 'įspėjimai dar nepasiekia'}: ${error ? s.told(error) : 'priežastis nenurodyta'}.`,
  'notice.outbox_stuck': ({ error }) => `Įspėjimų nepavyksta išsiųsti: ${error}.`,
  'notice.alerts_stuck': ({ error }) => `Įspėjimų nepavyksta įvertinti arba įrašyti: ${error}.`,
  'notice.rules_file': ({ error }) => `Taisyklių failas toks, koks yra dabar, nenaudojamas: ${error}`,
  'notice.gap': ({ rotation, from, to, zone, why }, s) =>
    `Niekas nebudi (${rotation}) nuo ${s.dateTimeIn(from, zone)} iki ${s.dateTimeIn(to, zone)}: ${gapWhy(why)}.`,
  'notice.certificate': ({ name, at }, s) => `Sertifikatas ${name} baigiasi ${s.dateTimeIn(at, 'UTC')} UTC.`,
  'notice.canary_dead': ({ error }) => `Carrel neveikia nuo pradžios iki galo: ${error}.`,
  'notice.deadman_unreachable': ({ error }, s) => `Signalas, kurį stebi kiti, nepasiekia: ${s.told(error)}.`,
  'notice.cloned': ({ names, n }) =>
    `${n === 1 ? 'Matuoklio' : 'Kiekvieno iš šių matuoklių'} prieigos raktą naudoja du įrenginiai: ${names.join(', ')}${n > names.length ? ` ir dar ${n - names.length}` : ''}. Jų reikšmės susimaišo; išduokite kiekvienam įrenginiui savą raktą.`,
  'gap.why': ({ why }) => gapWhy(why),
};

function nameOf(kind: ChannelKind, label: string): string {
  return kind === 'email' ? `Paštas ${label}` : kind === 'webhook' ? `Webhook ${label}` : label;
}

function because(error: string | null): string {
  return error === null ? '' : ` (${error})`;
}

function gapWhy(why: GapWhy): string {
  switch (why.kind) {
    case 'nobody':
      return 'niekas nebudi';
    case 'no_user':
      return `nėra naudotojo ${why.user}`;
    case 'unreachable':
      return `su ${why.user} nėra kaip susisiekti`;
  }
}
