/** Why: the Lithuanian of what the API refuses, by its code. */
import type { Facts, Refusals } from '../refusals.ts';

const of = (facts: Facts, name: string): string => {
  const value = facts[name];
  return value === undefined || value === null ? '' : ` ${value}`;
};
const FORBIDDEN: Readonly<Record<string, string>> = {
  scope: 'Tai ne tiems, kurie mato tik kai kurias bibliotekas.',
  origin: 'Šio pakeitimo prašė kita svetainė; jis atmestas. Ar CARREL_PUBLIC_URL yra adresas, kuriuo žmonės naudojasi?',
  old_page: 'Šis puslapis senas; įkelkite jį iš naujo.',
  password: 'Slaptažodį keičia pats prisijungęs žmogus, o ne raktas.',
  callee: 'Kaip žmogų pasiekti, nustato jis pats arba administratorius.',
  person: 'Tai prisijungusiam žmogui, o ne raktui.',
  note: 'Šį įrašą pašalina tik jo autorius arba administratorius.',
  others: 'Tai liečia kitų bibliotekas; kreipkitės į tą, kas rūpinasi visomis.',
};

const DATABASE =
  'Duomenų bazė dabar neatsako. Tiesioginis vaizdas ir pranešimai veikia; kas įrašyta, grįš kartu su ja.';
const STATE = 'Serveris dabar negali rašyti į savo duomenų bazę; nieko nepakeista. Jo žurnale parašyta, ką daryti.';

export const ltRefusals = {
  ACCESS_POINT_EXISTS: (f: Facts) => `Identifikatorius${of(f, 'access_point')} jau užimtas.`,
  ACCESS_POINT_INVALID: () => 'Prieigos taškas neįrašytas: kai kurie laukai neteisingi.',
  ACCESS_POINT_UNKNOWN: (f: Facts) => `Prieigos taško${of(f, 'access_point')} nėra.`,
  ALERT_CLOSED: (f: Facts) => `Įvykis${of(f, 'id')} jau baigėsi; nebėra ką daryti.`,
  ALERT_UNKNOWN: (f: Facts) => `Įvykio${of(f, 'id')} nėra.`,
  BACKUP_UNKNOWN: () => 'Šio serverio atsarginės kopijos per HTTP daryti negalima.',
  BODY_INVALID: () => 'Kai kurie laukai neteisingi; nieko nepakeista.',
  BODY_TOO_LARGE: () => 'Tai per didelis kiekis vienam kartui.',
  CALENDAR_CHANGED: () =>
    'Kalendorių tuo metu pakeitė kitas žmogus. Jūsų pakeitimai neįrašyti; pažiūrėkite, kas ten dabar.',
  CALENDAR_CONFLICT: (f: Facts) =>
    `Kalendoriuje jau${of(f, 'entries')} įrašų, daugiau netelpa; pašalinkite senus nuostatose.`,
  CALENDAR_INVALID: () => 'Kalendorius nepriimtas: kai kurie įrašai neteisingi.',
  CALLEE_INVALID: () => 'Neįrašyta, kaip žmogų pasiekti: kai kurie laukai neteisingi.',
  CHANNEL_EXISTS: (f: Facts) => `Kanalas${of(f, 'name')} jau yra.`,
  CHANNEL_INVALID: () => 'Kanalas neįrašytas: kai kurie laukai neteisingi.',
  CHANNEL_UNKNOWN: () => 'Tokio kanalo nėra arba jis išjungtas.',
  CLOSED_DAY_UNKNOWN: () => 'Niekas nebuvo pažymėjęs, kad ši biblioteka šiandien uždaryta.',
  CURSOR_INVALID: () => 'Sąrašo tęsinys nerastas; atverkite sąrašą iš naujo.',
  FILE_NOT_FOUND: () => 'Tokio failo nėra.',
  FORBIDDEN: (f: Facts) => FORBIDDEN[String(f['why'])] ?? 'Jūsų vaidmuo to daryti neleidžia.',
  IMPORT_INVALID: () => 'Lentelės perskaityti nepavyko.',
  INTERNAL: () => 'Serveris to padaryti negalėjo. Kodėl, parašyta jo žurnale prie šios užklausos numerio.',
  LINK_CONFLICT: () => 'Ši nuoroda jau panaudota.',
  MAP_LAYER_CONFLICT: (f: Facts) => `Sluoksnių jau${of(f, 'layers')}; pirma vieną pašalinkite.`,
  MAP_LAYER_INVALID: () => 'Tai ne ribų sluoksnis: reikia GeoJSON failo su daugiakampiais, kurių pavadinimai skiriasi.',
  MAP_LAYER_UNKNOWN: () => 'Tokio žemėlapio sluoksnio nėra.',
  MEDIA_TYPE_UNSUPPORTED: () => 'Tokio formato čia neskaitoma.',
  LIVE_CHANNEL_INVALID: () => 'Tokios tiesioginio vaizdo dalies nėra; yra all, alerts, region:PAVADINIMAS ir site:ID.',
  REGION_UNKNOWN: () => 'Tokio regiono su bibliotekomis nėra.',
  METRIC_INVALID: (f: Facts) => `Rodiklio${of(f, 'metric')} nėra; tinka, pavyzdžiui, rtt_ms.`,
  MONTH_INVALID: () => 'Šis mėnuo dar neprasidėjo.',
  NOTE_INVALID: () => 'Įrašui reikia kelių žodžių.',
  NOTE_UNKNOWN: () => 'Tokio įrašo šioje bibliotekoje nėra.',
  OVERRIDE_INVALID: () => 'Pavadavimas neįrašytas: kai kurie laukai neteisingi.',
  OVERRIDE_UNKNOWN: () => 'Tokio pavadavimo nėra.',
  PAGE_NOT_BUILT: () => 'Puslapis nesukompiliuotas; sustabdykite serverį ir paleiskite jį su npm start.',
  PASSWORD_INVALID: () => 'Slaptažodis netinka: per trumpas arba per ilgas.',
  PATH_INVALID: () => 'Tokio adreso nėra.',
  POLICY_INVALID: () => 'Kvietimo tvarka neįrašyta: kai kurie laukai neteisingi.',
  POLICY_UNKNOWN: () => 'Tokios kvietimo tvarkos nėra.',
  PROBE_EXISTS: (f: Facts) =>
    `Matuoklis${of(f, 'probe')} jau yra; pasirinkite kitą identifikatorių arba atnaujinkite jo kredencialą.`,
  PROBE_INVALID: () => 'Matuoklio identifikatorius netinka.',
  PROBE_UNBOUND: () => 'Šio prieigos taško nestebi joks matuoklis; pirma jį pridėkite.',
  PROBE_UNKNOWN: (f: Facts) => `Matuoklio${of(f, 'probe')} nėra.`,
  PUBLIC_STATUS_OFF: () => 'Vieša būsena išjungta; ją rodo CARREL_PUBLIC_STATUS=on.',
  PUSH_CONFLICT: (f: Facts) => `Įrenginių gali būti ne daugiau kaip${of(f, 'devices')}; pirma vieną pašalinkite.`,
  PUSH_INVALID: () => 'Šios naršyklės pranešimų adresas nepriimtas.',
  PUSH_UNKNOWN: () => 'Tokio jūsų įrenginio nėra.',
  QUARANTINE_CONFLICT: () => 'Duomenys, kurie nėra kadrai, nepriklauso jokiai duomenų bazei.',
  QUERY_INVALID: () => 'Adrese yra neteisingų reikšmių.',
  RANGE_INVALID: () => 'Toks laikotarpis netinka; pasirinkite trumpesnį arba kitą.',
  REQUEST_REFUSED: () => 'Serveris šios užklausos nepriėmė.',
  REVISION_UNKNOWN: () => 'Tokios šio mėnesio redakcijos nėra.',
  ROTATION_CONFLICT: (f: Facts) => `Šį budėjimą kviečia tvarka${of(f, 'policy')}; pirma pakeiskite ją.`,
  ROTATION_INVALID: () => 'Budėjimas neįrašytas: kai kurie laukai neteisingi.',
  ROTATION_UNKNOWN: () => 'Tokio budėjimo nėra.',
  ROUTE_NOT_FOUND: () => 'Šiuo adresu nieko nėra.',
  RULES_INVALID: () => 'Kai kurios taisyklių reikšmės nepriimtos; nieko nepakeista.',
  SCREEN_CODE_UNKNOWN: () =>
    'Šis kodas nežinomas, jau panaudotas arba senesnis nei 15 minučių. Naują gausite nuostatose.',
  SCREEN_CONFLICT: (f: Facts) => `Ekranų jau${of(f, 'screens')}; pirma vieną pašalinkite.`,
  SCREEN_UNKNOWN: () => 'Tokio ekrano nėra.',
  SESSION_UNKNOWN: () => 'Tokios sesijos nėra; galbūt ji jau baigėsi.',
  SETUP_CLOSED: () =>
    'Ši pradinė nuoroda jau panaudota arba nėra naujausia. Kol niekas nenustatė slaptažodžio, serveris paleidžiamas išspausdina naują.',
  SILENCE_INVALID: () => 'Nutildymas nepriimtas.',
  SILENCE_UNKNOWN: () => 'Tokio galiojančio nutildymo nėra.',
  SITE_CONFLICT: (f: Facts) =>
    `Biblioteką${of(f, 'site')} stebėjo matuoklis${of(f, 'probe')}: praėjusių mėnesių duomenys lieka, todėl ištrinti negalima.`,
  SITE_EXISTS: (f: Facts) => `Biblioteka${of(f, 'site')} jau yra.`,
  SITE_INVALID: () => 'Biblioteka neįrašyta: kai kurie laukai neteisingi.',
  SITE_UNKNOWN: () => 'Tokios bibliotekos nėra.',
  STORE_UNKNOWN: (f: Facts) => `Duomenų bazės${of(f, 'store')} nėra.`,
  TOKEN_UNKNOWN: () => 'Tokio rakto nėra.',
  TOO_MANY_ATTEMPTS: (f: Facts) => `Per daug bandymų prisijungti šiuo vardu. Bandykite po${of(f, 'retry_after_s')} s.`,
  TOO_MANY_LOGINS: () => 'Šiuo metu jungiasi per daug žmonių; bandykite po kelių sekundžių.',
  TOO_MANY_REQUESTS: (f: Facts) => `Per daug bandymų iš šio adreso. Bandykite po${of(f, 'retry_after_s')} s.`,
  TOO_MANY_STREAMS: () =>
    'Šiuo vardu jau atverta tiek tiesioginių srautų, kiek vienam naudotojui leidžiama; užverkite vieną šiame ar kitame įrenginyje.',
  TOO_MANY_VIEWERS: () => 'Šis serveris tiesioginį vaizdą rodo tiek žmonių, kiek gali; bandykite vėliau.',
  UNAUTHENTICATED: (f: Facts) =>
    f['why'] === 'login' ? 'Neteisingas vardas arba slaptažodis.' : 'Pirma prisijunkite.',
  URL_INVALID: () => 'Tokio adreso nėra.',
  USER_CONFLICT: (f: Facts) => `${f['name'] ?? ''} – vienintelis administratorius; pirma paskirkite kitą.`,
  USER_EXISTS: (f: Facts) => `Žmogus${of(f, 'name')} jau yra.`,
  USER_INVALID: () => 'Žmogus neįrašytas: kai kurie laukai neteisingi.',
  USER_UNKNOWN: () => 'Tokio žmogaus nėra.',
  STORE_UNREACHABLE: () => DATABASE,
  STORE_OVERLOADED: () => DATABASE,
  STORE_REFUSED_CREDENTIALS: () => DATABASE,
  STORE_MISSING_DATABASE: () => DATABASE,
  STORE_BROKEN: () => DATABASE,
  STATE_BUSY: () => STATE,
  STATE_DAMAGED: () => STATE,
  STATE_NEWER: () => STATE,
  STATE_UNWRITABLE: () => STATE,
} satisfies Refusals;
export type RefusalCode = keyof typeof ltRefusals;
