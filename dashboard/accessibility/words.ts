/**
 * Why: a public body must say how far its pages can be used by everybody (Directive (EU) 2016/2102, Art. 7; model statement: Implementing
 * Decision (EU) 2018/1523). What stands here is what the tests of Carrel look at, and what is known not to work.
 */
import type { Language } from '../language.ts';

const en = {
  locale: 'en-GB',
  language: 'Language',
  title: 'Accessibility statement',
  lead: 'Carrel is made so that everybody can use it: with a keyboard, a screen reader, large text or a small screen.',
  scope: 'This statement is about all pages of this server, the public status of libraries and the reports.',
  status: 'How far it conforms',
  statusText: [
    'These pages partially conform to WCAG 2.2, level AA, and so to EN 301 549, because of what is listed below under “What does not work”.',
    'This is a self-assessment. No outside body has examined the pages.',
  ],
  tested: 'What is tested',
  testedText: [
    'Before each release every page is examined by axe-core (rules of WCAG 2.2 A and AA and of EN 301 549), in light and dark and on a wide and a narrow screen: nothing may be found.',
    'Signing in, finding a library and reading why it is said to be slow, acknowledging an alert, silencing a library until a chosen time, and saving and printing the month’s report are done with the keyboard alone, and so are reading charts and getting about.',
    'A state is always shape, word and colour. Charts can be walked with arrow keys and shown as tables; the map has a list with the same libraries; whatever is dragged also has buttons.',
    'Pages work at a width of 320 pixels, without motion where the system asks for none, and reports print as tagged PDF.',
    'Keys of one letter can be switched off. Nothing that is shown moves under the pointer or the focus.',
  ],
  broken: 'What does not work',
  brokenText: [
    'Automatic rules find only a part of all barriers. No tests with people who use screen readers, magnifiers or voice control are on record yet.',
    'The pages are tested in Chromium only, not in Firefox or Safari.',
    'The picture of the map cannot be read by a screen reader. Its list says the same.',
    'Pages other than reports, the page of an incident, the status and this one need JavaScript.',
    'The description of the interface for programs (/api/v1/openapi.json) is in English only.',
    'The wall view is for a screen that nobody operates; the pages it is made of can all be used otherwise.',
  ],
  feedback: 'Tell us',
  feedbackText: 'You cannot use something, or need it in another form? Tell us which page it was and what you use:',
  noContact: 'Please turn to the people who run this server; they have not given an address here.',
  enforcement:
    'If the answer does not help, turn to the body of your country that supervises the accessibility of public websites.',
  made: (date: string) => `Prepared on ${date}, by self-assessment with the tests that come with Carrel.`,
};
export type AccessibilityWords = typeof en;

const lt: AccessibilityWords = {
  locale: 'lt-LT',
  language: 'Kalba',
  title: 'Prieinamumo pareiškimas',
  lead: 'Carrel daroma taip, kad ja galėtų naudotis visi: klaviatūra, su ekrano skaitytuvu, dideliu tekstu ar mažame ekrane.',
  scope: 'Šis pareiškimas galioja visiems šio serverio puslapiams, viešai bibliotekų būklei ir ataskaitoms.',
  status: 'Atitiktis',
  statusText: [
    'Puslapiai iš dalies atitinka WCAG 2.2 AA lygį, taigi ir standartą EN 301 549, dėl to, kas toliau išvardyta skyriuje „Kas neveikia“.',
    'Tai savarankiškas vertinimas. Išorės vertintojai puslapių netikrino.',
  ],
  tested: 'Kas tikrinama',
  testedText: [
    'Prieš kiekvieną leidimą visus puslapius patikrina axe-core (WCAG 2.2 A ir AA bei EN 301 549 taisyklės): šviesius ir tamsius, plačiame ir siaurame ekrane. Neturi būti rasta nieko.',
    'Vien klaviatūra tikrinama, ar galima prisijungti, surasti biblioteką ir perskaityti, kodėl sakoma, kad ji lėta, patvirtinti įspėjimą, nutildyti biblioteką iki pasirinkto laiko, išsaugoti ir išspausdinti mėnesio ataskaitą, taip pat skaityti diagramas ir pereiti kitur.',
    'Būklė visada rodoma forma, žodžiu ir spalva. Diagramomis einama rodyklių klavišais, jas galima matyti kaip lenteles; prie žemėlapio yra tų pačių bibliotekų sąrašas; kas tempiama, tam yra ir mygtukai.',
    'Puslapiai veikia 320 taškų pločio ekrane, be judesio, jei to prašo sistema, o ataskaitos spausdinamos kaip žymėtasis PDF.',
    'Vienos raidės klavišus galima išjungti. Niekas nejuda po žymekliu ar fokusu.',
  ],
  broken: 'Kas neveikia',
  brokenText: [
    'Automatinės taisyklės randa tik dalį kliūčių. Bandymų su žmonėmis, kurie naudojasi ekrano skaitytuvais, didintuvais ar balso valdymu, dar neužfiksuota.',
    'Puslapiai tikrinami tik naršyklėje Chromium, ne Firefox ar Safari.',
    'Žemėlapio paveikslo ekrano skaitytuvas neperskaito. Tą patį sako jo sąrašas.',
    'Visiems puslapiams, išskyrus ataskaitas, įvykio puslapį, viešą būklę ir šį, reikia JavaScript.',
    'Sąsajos programoms aprašas (/api/v1/openapi.json) yra tik anglų kalba.',
    'Sienos vaizdas skirtas ekranui, kurio niekas nevaldo; visa, kas jame rodoma, yra ir kituose puslapiuose.',
  ],
  feedback: 'Parašykite mums',
  feedbackText:
    'Kuo nors negalite pasinaudoti arba reikia kitokio pavidalo? Parašykite, kuris tai puslapis ir ką naudojate:',
  noContact: 'Kreipkitės į šio serverio prižiūrėtojus; adreso jie čia nenurodė.',
  enforcement:
    'Jei atsakymas nepadeda, kreipkitės į savo šalies instituciją, kuri prižiūri viešųjų svetainių prieinamumą.',
  made: (date) => `Parengta ${date}, savarankiškai įvertinus testais, kurie yra kartu su Carrel.`,
};

const ru: AccessibilityWords = {
  locale: 'ru-RU',
  language: 'Язык',
  title: 'Заявление о доступности',
  lead: 'Carrel делается так, чтобы им мог пользоваться каждый: с клавиатуры, с программой экранного доступа, с крупным текстом или на маленьком экране.',
  scope: 'Заявление относится ко всем страницам этого сервера, к открытому состоянию библиотек и к отчётам.',
  status: 'Соответствие',
  statusText: [
    'Страницы частично соответствуют WCAG 2.2 уровня AA, а значит и EN 301 549, из-за того, что перечислено ниже в разделе «Что не работает».',
    'Это самостоятельная оценка. Внешние эксперты страницы не проверяли.',
  ],
  tested: 'Что проверяется',
  testedText: [
    'Перед каждым выпуском все страницы проверяет axe-core (правила WCAG 2.2 A и AA и EN 301 549): светлые и тёмные, на широком и узком экране. Не должно быть найдено ничего.',
    'Одной клавиатурой проверяется, можно ли войти, найти библиотеку и прочитать, почему она названа медленной, подтвердить тревогу, заглушить библиотеку до выбранного времени, сохранить и напечатать отчёт за месяц, а также читать графики и переходить по страницам.',
    'Состояние — всегда форма, слово и цвет. По графикам ходят стрелками, их можно увидеть таблицей; рядом с картой есть список тех же библиотек; для всего, что перетаскивают, есть и кнопки.',
    'Страницы работают при ширине 320 точек и без движения, если об этом просит система; отчёты печатаются как размеченный PDF.',
    'Клавиши из одной буквы можно отключить. Ничто не сдвигается под указателем или фокусом.',
  ],
  broken: 'Что не работает',
  brokenText: [
    'Автоматические правила находят лишь часть препятствий. Проверок с людьми, которые пользуются экранным доступом, увеличением или голосовым управлением, пока не записано.',
    'Страницы проверяются только в Chromium, не в Firefox и не в Safari.',
    'Изображение карты программа экранного доступа не прочитает. То же самое сказано в списке рядом.',
    'Всем страницам, кроме отчётов, страницы инцидента, открытого состояния и этой, нужен JavaScript.',
    'Описание интерфейса для программ (/api/v1/openapi.json) есть только на английском.',
    'Вид для стены — для экрана, которым никто не управляет; всё, что на нём есть, есть и на других страницах.',
  ],
  feedback: 'Напишите нам',
  feedbackText:
    'Чем-то не удаётся воспользоваться или нужен другой вид? Напишите, какая это страница и чем вы пользуетесь:',
  noContact: 'Обратитесь к тем, кто ведёт этот сервер; адреса они здесь не указали.',
  enforcement: 'Если ответ не поможет, обратитесь в орган вашей страны, который следит за доступностью сайтов.',
  made: (date) => `Подготовлено ${date}, по самостоятельной оценке тестами, которые идут вместе с Carrel.`,
};

export const ACCESSIBILITY_WORDS: Record<Language, AccessibilityWords> = { en, lt, ru };
