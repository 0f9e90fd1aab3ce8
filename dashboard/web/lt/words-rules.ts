/** Why: the Lithuanian of words-rules.ts. */
import type { ruleWords as en } from '../words-rules.ts';

export const ruleWords: typeof en = {
  title: 'Kada pranešti',
  text: 'Kas palikta tuščia, veikia kaip įprasta. Bibliotekos vertė svarbesnė už ribojamų linijų vertę, o ši – už visoms bendrą.',
  fileToo: 'Dalį verčių nustato failas (CARREL_RULES); jo vertės svarbesnės už nustatytas čia.',
  scope: 'Kam',
  all: 'Visoms bibliotekoms',
  metered: 'Ribojamoms linijoms',
  usual: (value, unit) =>
    `įprastai: ${value === 'true' ? 'įjungta' : value === 'false' ? 'išjungta' : value}${unit ? ` ${unit}` : ''}`,
  onOff: { on: 'įjungta', off: 'išjungta' },
  save: 'Išsaugoti taisykles',
  saved: 'Išsaugota. Galioja nuo šiol.',
};
