/** Why: the table of parameters explains itself in English; whoever edits rules reads it in the own language. */
import type { Language, RulesView } from '#contract';
import type { PARAMETERS, ParameterName } from '../alert/rules.ts';
import { ltRules } from './lt/rules.ts';
import { ruRules } from './ru/rules.ts';

type Unit = NonNullable<(typeof PARAMETERS)[ParameterName]['unit']>;
export interface ParameterWords {
  descriptions: Readonly<Record<ParameterName, string>>;
  units: Readonly<Record<Unit, string>>;
}

const WORDS: Readonly<Record<Language, ParameterWords | null>> = { en: null, lt: ltRules, ru: ruRules };

export function wordRules(view: RulesView, lang: Language): RulesView {
  const words = WORDS[lang];
  if (!words) return view;
  const parameters = view.parameters.map((one) => ({
    ...one,
    description: words.descriptions[one.name as ParameterName] ?? one.description,
    unit: one.unit && (words.units[one.unit as Unit] ?? one.unit),
  }));
  return { ...view, parameters };
}
