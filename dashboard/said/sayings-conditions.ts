/** Why: what the conditions say of themselves, and why one is watched no more, as codes with their figures. Kept: fields are only added. */

/** Stretches in ms; `clear`: how long it must not be so until it ends. */
export interface ConditionSayings {
  'rule.silent': { ms: number };
  'rule.quality': { loss: number; rtt: number; hold: number; clear: number };
  'rule.device': { celsius: number; disk: number; memory: number; hold: number; clear: number };
  'rule.budget': object;
  'rule.clock': { skew: number; hold: number };
  'rule.weak': { n: number; mbps: number };
  'rule.cloned': object;
  'rule.server': { percent: number; sites: number; clear: number };
  'rule.outdated': { hold: number };
  'rule.database': { hold: number };
  'any.rule_off': object;
  'any.store_gone': object;
  'any.server_unused': object;
}
