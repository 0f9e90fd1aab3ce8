/** Why: what can go wrong on the way to a receiver, in Lithuanian. No full stop: it stands within sentences. */
import type { Catalogue } from '../say.ts';
import type { TroubleSayings } from '../sayings-trouble.ts';

export const ltTrouble: Catalogue<TroubleSayings> = {
  'trouble.words': ({ text }) => `„${text}“`,
  'trouble.no_url': () => 'jo adresas nėra URL',
  'trouble.private': ({ address }) =>
    `${address} yra privatus adresas; jei to norėta, įrašykite jį į CARREL_WEBHOOK_ALLOW`,
  'trouble.no_address': ({ name }) => `${name} neturi adreso`,
  'trouble.redirects': ({ status }) => `gavėjas nukreipia kitur (${status}); nurodykite galutinį adresą`,
  'trouble.answered': ({ status, words }) => `gavėjas atsakė ${status}${words === null ? '' : `: „${words}“`}`,
  'trouble.no_answer': ({ s }) => `per ${s} s neatsakyta`,
  'trouble.hung_up': () => 'gavėjas nutraukė ryšį (ECONNRESET)',
  'trouble.nobody': () => 'nėra kam rašyti',
  'trouble.no_alert': () => 'tokio įspėjimo nebėra',
  'trouble.no_receiver': () => 'tokio gavėjo nebėra',
  'trouble.too_much': () => 'šiam gavėjui laukė per daug',
  'trouble.too_late': ({ error }, s) => `per 24 val. nepavyko pristatyti${error === null ? '' : ` (${s.told(error)})`}`,
  'trouble.over': () => 'jau baigėsi',
  'trouble.never_told': () => 'šiam gavėjui nebuvo pranešta, kad prasidėjo, todėl nėra ko atšaukti',
  'trouble.over_long': () => 'buvo pasibaigę prieš daugiau nei 24 val., kol nepavyko pranešti',
  'trouble.over_long_perhaps_told': () => 'pasibaigė prieš daugiau nei 24 val.; vienas bandymas galėjo pasiekti',
  'trouble.told_together': () => 'baigėsi anksčiau, nei pavyko pranešti; viena žinutė praneša abu',
  'trouble.no_device': () => 'nebėra įrenginio, į kurį galima pranešti',
  'trouble.unsubscribed': () => 'šis įrenginys atsisakė pranešimų',
  'trouble.push_address': () => 'pranešimų tarnybos adresas nėra adresas',
  'trouble.push_plain': () => 'pranešimų tarnyba pasiekiama ne per https',
  'trouble.push_host': ({ host }) => `${host} nėra žinoma pranešimų tarnyba; ją galima įrašyti į CARREL_PUSH_HOSTS`,
  'trouble.teams': () => 'priimta; „Teams“ nepasako, ar jos srautas įvykdytas',
};
