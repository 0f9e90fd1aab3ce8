/** Why: the Lithuanian of words-glossary.ts. */
import type { GlossaryWords } from '../words-glossary.ts';

export const glossaryWords: GlossaryWords = {
  title: 'Ką reiškia žodžiai',
  text: 'Vienas žodis – viena reikšmė visuose puslapiuose, pranešimuose ir ataskaitose.',
  api: 'Programos tuos pačius skaičius gauna čia:',
  list: [
    ['Prieigos taškas', 'Interneto ryšys, kurį biblioteka teikia lankytojams. Tikslas vertinamas kiekvienam atskirai.'],
    [
      'Matuoklis',
      'Nedidelis įrenginys arba programa bibliotekoje, kuri matuoja. Ji skaičiuoja, bet nieko neatpažįsta.',
    ],
    [
      'Mb/s',
      'Megabitai per sekundę: kiek perneša linija. Aštuoni bitai – vienas baitas, tad 30 Mb/s per sekundę atsiunčia 3,75 MB.',
    ],
    ['Tikslas', 'Kiek turėtų gauti lankytojai: 30 Mb/s atsisiunčiant, jei bibliotekai nenustatyta kitaip.'],
    [
      'Matavimas',
      'Trumpas atsisiuntimas, parodantis, ar linija perneša tikslą. Pakanka, per mažai arba neaišku, su priežastimi.',
    ],
    ['Pasiekia tikslą', 'Paskutinių tinkamų matavimų mediana siekia tikslą.'],
    ['Žemiau tikslo', 'Nesiekia. Įspėjimui reikia daugiau: kelių matavimų darbo metu ir patvirtinimo.'],
    ['Be ryšio', 'Biblioteka atidaryta, bet iš jos nėra jokių gyvybės ženklų.'],
    ['Nėra duomenų', 'Niekas nežino: nėra matuoklio arba dar nematuota. Nelaikoma nei veikimu, nei gedimu.'],
    ['Priežiūros darbai', 'Darbai, kurie buvo suplanuoti; dėl jų niekas nekviečiamas.'],
    [
      'Mediana',
      'Vidurinė reikšmė: pusė matavimų buvo greitesni, pusė lėtesni. Vienas blogas matavimas jos nepakeičia.',
    ],
    ['p10', 'Devyni iš dešimties matavimų buvo greitesni: kiek sulėtėja blogomis dienomis.'],
    ['Intervalas', 'Kur su 95 % tikimybe yra tikroji dalis. Kai matavimų mažai, jis platus.'],
    ['Aprėptis', 'Matavimai, davę rezultatą, iš planuotų. Jei mažiau nei 80 %, išvadai duomenų nepakanka.'],
    ['Veikė', 'Žinomo darbo laiko dalis su veikiančiu internetu.'],
    ['Incidentas', 'Viena priežastis – vienas incidentas, kad ir kiek bibliotekų jis paliestų.'],
    ['Perimti', '„Aš tuo rūpinuosi“: kelias valandas kitų nebekviečia.'],
    ['Nutildyti', 'Niekas nekviečiamas, kol tai baigsis. Visada baigiasi savaime.'],
    ['Ribojama linija', 'Kiekvienas baitas kainuoja: ten matuojama rečiau ir mažesniais kiekiais.'],
    ['Delsa', 'Per kiek laiko užklausa nueina į internetą ir grįžta. Virš 300 ms strigdo skambučiai ir puslapiai.'],
  ],
};
