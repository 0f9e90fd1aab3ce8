/** Why: what the conditions say of themselves in English. */
import type { Catalogue } from '../say.ts';
import type { ConditionSayings } from '../sayings-conditions.ts';

export const enConditions: Catalogue<ConditionSayings> = {
  'rule.silent': ({ ms }, s) =>
    `It fires when the probe is connected and brings no valid test in ${s.duration(ms)} of opening time, and ends with the next one.`,
  'rule.quality': ({ loss, rtt, hold, clear }, s) =>
    `It fires when ${s.number(loss)} % of connections are lost or the internet is ${rtt} ms away, in opening hours for ${s.duration(hold)}, and ends after ${s.duration(clear)} without.`,
  'rule.device': ({ celsius, disk, memory, hold, clear }, s) =>
    `It fires when the probe is ${celsius} °C hot, its disk ${disk} % or its memory ${memory} % full, or its voltage too low, for ${s.duration(hold)}, and ends after ${s.duration(clear)} without.`,
  'rule.budget': () => 'It fires when the month’s data for tests is spent, and ends with the next test.',
  'rule.clock': ({ skew, hold }, s) =>
    `It fires when the probe’s clock is wrong by more than ${s.duration(skew)} for ${s.duration(hold)}, and ends when it is right again.`,
  'rule.weak': ({ n, mbps }, s) =>
    `It fires when the probe’s own processor or port limited ${n} tests in a row, so that it cannot measure ${s.mbps(mbps)}, and ends with a test that they did not limit.`,
  'rule.cloned': () =>
    'It fires when two devices under one identity keep throwing each other out, and ends when they stop.',
  'rule.server': ({ percent, sites, clear }, s) =>
    `It fires when ${percent} % of at least ${sites} sites that tested against it in half an hour are low, and hardly any against others; it ends after ${s.duration(clear)} without.`,
  'rule.outdated': ({ hold }, s) =>
    `It fires when the agent is older than what this server hands out for ${s.duration(hold)}, and ends with the update.`,
  'rule.database': ({ hold }, s) =>
    `It fires when the database takes nothing for ${s.duration(hold)}, and ends when it does again.`,
  'any.rule_off': () => 'The rule was switched off.',
  'any.store_gone': () => 'The server does not write to it any more.',
  'any.server_unused': () => 'Nobody has tested against it for a day.',
};
