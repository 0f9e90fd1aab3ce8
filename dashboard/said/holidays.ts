/** Why: the table of holidays has English names; people read of their holidays in their own language. test/said holds it to every name of the table. */
import type { Language } from '#contract';

const LIEU = ' (day off in lieu)';
const LIEU_WORDS: Readonly<Record<Language, string>> = {
  en: LIEU,
  lt: ' (perkelta poilsio diena)',
  ru: ' (перенесённый выходной)',
};
type Names = readonly [lt: string, ru: string];
const NAMES: Readonly<Record<string, Names>> = {
  'New Year': ['Naujieji metai', 'Новый год'],
  'New Year holidays': ['Naujųjų metų šventės', 'Новогодние праздники'],
  'New Year’s Eve': ['Naujųjų metų išvakarės', 'Канун Нового года'],
  'Orthodox Christmas': ['Stačiatikių Kalėdos', 'Православное Рождество'],
  'Christmas Eve': ['Kūčios', 'Сочельник'],
  Christmas: ['Kalėdos', 'Рождество'],
  'Second day of Christmas': ['Antroji Kalėdų diena', 'Второй день Рождества'],
  'Good Friday': ['Didysis penktadienis', 'Страстная пятница'],
  Easter: ['Velykos', 'Пасха'],
  'Easter Monday': ['Antroji Velykų diena', 'Пасхальный понедельник'],
  Pentecost: ['Sekminės', 'Троица'],
  'Whit Sunday': ['Sekminės', 'Троица'],
  'All Saints': ['Visų šventųjų diena', 'День всех святых'],
  Vėlinės: ['Vėlinės', 'День поминовения усопших (Велинес)'],
  Žolinė: ['Žolinė', 'Успение (Жолине)'],
  Joninės: ['Joninės', 'Йонинес'],
  Līgo: ['Līgo', 'Лиго'],
  Jāņi: ['Jāņi', 'Янов день'],
  Midsummer: ['Vasarvidis', 'Иванов день'],
  'Eid al-Fitr': ['Ramadano pabaigos šventė', 'Ураза-байрам'],
  'Eid al-Adha': ['Aukojimo šventė', 'Курбан-байрам'],
  Navruz: ['Navruzas', 'Навруз'],
  Nauryz: ['Nauryzas', 'Наурыз'],
  Nooruz: ['Nooruzas', 'Нооруз'],
  'Spring festival': ['Pavasario šventė', 'Праздник весны'],
  'Spring Day': ['Pavasario diena', 'День весны'],
  'May holidays': ['Gegužės šventės', 'Майские праздники'],
  'Labour Day': ['Darbo diena', 'День труда'],
  'Women’s Day': ['Moters diena', 'Женский день'],
  'Mother’s Day': ['Motinos diena', 'День матери'],
  'Mothers’ Day': ['Motinos diena', 'День матери'],
  'Father’s Day': ['Tėvo diena', 'День отца'],
  'Teachers’ Day': ['Mokytojo diena', 'День учителя'],
  'Victory Day': ['Pergalės diena', 'День Победы'],
  'Defender’s Day': ['Gynėjo diena', 'День защитника'],
  'Remembrance Day': ['Atminimo diena', 'День памяти'],
  'Day of Remembrance': ['Atminimo diena', 'День памяти'],
  'Unity Day': ['Vienybės diena', 'День единства'],
  'National Unity Day': ['Tautos vienybės diena', 'День национального единства'],
  'Constitution Day': ['Konstitucijos diena', 'День Конституции'],
  'Constitution and Flag Day': ['Konstitucijos ir vėliavos diena', 'День Конституции и флага'],
  'Republic Day': ['Respublikos diena', 'День Республики'],
  'Proclamation of the Republic': ['Respublikos paskelbimo diena', 'Провозглашение Республики'],
  'Independence Day': ['Nepriklausomybės diena', 'День независимости'],
  'Restoration of Independence': ['Nepriklausomybės atkūrimo diena', 'Восстановление независимости'],
  'Restoration of the State': ['Valstybės atkūrimo diena', 'Восстановление государства'],
  'Statehood Day': ['Valstybės diena', 'День государственности'],
  'Neutrality Day': ['Neutraliteto diena', 'День нейтралитета'],
  'Capital Day': ['Sostinės diena', 'День столицы'],
  'Announced day off': ['Paskelbta nedarbo diena', 'Объявленный выходной'],
};

/** The name as the table has it; one that is not known stays as it is. */
export function holidayName(name: string, lang: Language): string {
  if (lang === 'en') return name;
  const bare = name.endsWith(LIEU) ? name.slice(0, -LIEU.length) : name;
  const known = Object.hasOwn(NAMES, bare) ? NAMES[bare] : undefined;
  return `${known?.[lang === 'lt' ? 0 : 1] ?? bare}${bare === name ? '' : LIEU_WORDS[lang]}`;
}
