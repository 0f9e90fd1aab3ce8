/** Why: which larger incident covers an access point now: a group that it belongs to, or that it is dark when the question is whether it is slow. */
import type { AlertRule } from '#contract';
import { membersOf } from './group.ts';
import type { Memories } from './memory.ts';

export interface Covers {
  of(rule: AlertRule, ap: string): { by: string | null; gathering: boolean };
  /** After groups changed. */
  read(memories: Pick<Memories, 'group' | 'dark'>): void;
}

/** A dark line is not measured; that it was slow is no second incident. */
export function createCovers(): Covers {
  const firing = new Map<string, string>();
  const gathering = new Set<string>();
  let dark: Pick<Memories, 'dark'>['dark'] = new Map();
  return {
    of(rule, ap) {
      if (rule !== 'slow' && rule !== 'dark' && rule !== 'quality') return { by: null, gathering: false };
      const group = firing.get(ap);
      if (group !== undefined) return { by: group, gathering: false };
      if (rule !== 'dark' && dark.get(ap)?.episode.open) return { by: `dark ${ap}`, gathering: false };
      return { by: null, gathering: gathering.has(ap) };
    },
    read(memories) {
      firing.clear();
      gathering.clear();
      dark = memories.dark;
      for (const [key, { rule }] of memories.group)
        for (const ap of membersOf(rule)) {
          if (rule.condition === 'firing') firing.set(ap, `group ${key}`);
          else gathering.add(ap);
        }
    },
  };
}
