/** Why: the Lithuanian of words-device.ts. */
import type { device as en } from '../words-device.ts';

export const device: typeof en = {
  title: 'Pranešimai į jūsų įrenginius',
  text: 'Kai jus kviečia, pranešimas pažadina šį telefoną ar naršyklę, net jei puslapis užvertas ir esate atsijungę.',
  enable: 'Pranešti šiame įrenginyje',
  enabled: 'Šis įrenginys gauna pranešimus.',
  test: 'Siųsti bandomąjį',
  testing: 'Išsiųsta. Laukiama, kol įrenginys parodys…',
  arrived: (seconds) => `Parodyta per ${seconds} s.`,
  silent: 'Išsiųsta, bet per 15 s neparodyta. Gal telefonas netrikdomas arba taupo energiją?',
  gone: 'Naršyklės pranešimų tarnyba šio įrenginio nebepažįsta. Įjunkite pranešimus iš naujo.',
  remove: 'Pašalinti',
  removeOne: (label) => `Pašalinti: ${label}`,
  removeSure: (label) => `Pašalinti įrenginį (${label})? Pranešimų jis nebegaus, kol jame vėl nebus įjungta.`,
  none: 'Įrenginių dar nėra.',
  here: 'šis įrenginys',
  shown: (at) => `paskutinis parodytas ${at}`,
  sentOnly: (at) => `išsiųsta ${at}, nepatvirtinta`,
  never: 'dar nieko nesiųsta',
  failed: (error) => `Paskutinį kartą nepavyko: ${error}.`,
  denied: 'Naršyklė neleidžia Carrel pranešti. Leiskite šios svetainės pranešimus naršyklės nustatymuose.',
  insecure: 'Pranešimams reikia, kad puslapis būtų atvertas per https.',
  missing:
    'Ši naršyklė pranešimų nepriima. „iPhone“ ar „iPad“ pirmiausia įdėkite Carrel į pradžios ekraną („Share“, „Add to Home Screen“) ir atverkite iš ten.',
  unreachable: 'Šios naršyklės pranešimų tarnyba neatsiliepė. Bandykite dar kartą.',
  on: (browser, system) => `${browser}, ${system}`,
};
