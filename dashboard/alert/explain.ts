/** Why: whoever asks "why is there (no) alert here" gets the chain of reasons of each rule, with the tests behind it. */
import { type AlertExplanation, hasHours } from '#contract';
import { emptyDarkMemory, explainDark, type Sight } from './dark.ts';
import type { FleetEntry } from './fleet.ts';
import type { Memories } from './memory.ts';
import { emptySlowMemory, explainSlow, slowCondition } from './slow.ts';
import { type DarkSettings, darkParams, slowParams } from './work.ts';

export function explainAll(
  ap: string,
  entry: FleetEntry | null,
  memories: Memories,
  sight: Sight | null,
  now: number,
  settings: DarkSettings,
): AlertExplanation {
  if (!entry) return { ap, rules: [] };
  const slow = memories.slow.get(ap) ?? emptySlowMemory;
  const dark = memories.dark.get(ap) ?? emptyDarkMemory;
  const noHours = hasHours(entry.site.opening)
    ? []
    : ['This site has no opening hours, so nothing is judged here; set them to be alerted.'];
  return {
    ap,
    rules: [
      { rule: 'slow', ...slowCondition(slow), reasons: [...noHours, ...explainSlow(slow, slowParams(entry))] },
      {
        rule: 'dark',
        condition: dark.phase,
        evidence: [],
        reasons: [...noHours, ...explainDark(dark, sight, now, darkParams(entry, settings))],
      },
    ],
  };
}
