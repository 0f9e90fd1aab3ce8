/** Why: what the conditions say of themselves in Lithuanian. */
import type { Catalogue } from '../say.ts';
import type { ConditionSayings } from '../sayings-conditions.ts';

export const ltConditions: Catalogue<ConditionSayings> = {
  'rule.silent': ({ ms }, s) =>
    `Pranešama, kai matuoklis prisijungęs, bet per ${s.duration(ms)} darbo laiko neatsiunčia tinkamo matavimo; baigiasi su kitu tinkamu matavimu.`,
  'rule.quality': ({ loss, rtt, hold, clear }, s) =>
    `Pranešama, kai darbo metu ${s.duration(hold)} prarandama ${s.number(loss)} % jungčių arba iki interneto yra ${rtt} ms; baigiasi, kai ${s.duration(clear)} to nėra.`,
  'rule.device': ({ celsius, disk, memory, hold, clear }, s) =>
    `Pranešama, kai ${s.duration(hold)} matuoklis įkaitęs iki ${celsius} °C, jo diskas užimtas ${disk} % ar atmintis ${memory} %, arba įtampa per žema; baigiasi, kai ${s.duration(clear)} to nėra.`,
  'rule.budget': () => 'Pranešama, kai išnaudojamas mėnesio duomenų limitas matavimams; baigiasi su kitu matavimu.',
  'rule.clock': ({ skew, hold }, s) =>
    `Pranešama, kai matuoklio laikrodis ${s.duration(hold)} klysta daugiau kaip ${s.duration(skew)}; baigiasi, kai vėl eina teisingai.`,
  'rule.weak': ({ n, mbps }, s) =>
    `Pranešama, kai paties matuoklio procesorius arba prievadas iš eilės apribojo tiek matavimų: ${n}, tad ${s.mbps(mbps)} jis išmatuoti negali; baigiasi su matavimu, kurio jie neapribojo.`,
  'rule.cloned': () =>
    'Pranešama, kai du įrenginiai ta pačia tapatybe vis atjungia vienas kitą; baigiasi, kai jie liaujasi.',
  'rule.server': ({ percent, sites, clear }, s) =>
    `Pranešama, kai per pusvalandį su juo matavo bent tiek bibliotekų: ${sites}, ir ${percent} % jų rezultatai maži, o su kitais serveriais beveik visi geri; baigiasi, kai ${s.duration(clear)} to nėra.`,
  'rule.outdated': ({ hold }, s) =>
    `Pranešama, kai agentas ${s.duration(hold)} senesnis už tą, kurį dalija šis serveris; baigiasi atnaujinus.`,
  'rule.database': ({ hold }, s) =>
    `Pranešama, kai duomenų bazė ${s.duration(hold)} nieko nepriima; baigiasi, kai vėl priima.`,
  'any.rule_off': () => 'Taisyklė išjungta.',
  'any.store_gone': () => 'Serveris į ją neberašo.',
  'any.server_unused': () => 'Jau parą su juo niekas nematavo.',
};
