/** Why: which access point a new probe watches, and what the probe is called, is asked the same way wherever one is made. */
import { useState } from 'preact/hooks';
import type { ApiError } from '../api.ts';
import type { Line } from '../fleet.ts';
import { lines, roster } from '../store.ts';
import { watchedIds } from '../unwatched.ts';
import { settingsWords } from '../words-settings.ts';
import { Field } from './field.tsx';
import { Pick } from './pick.tsx';

const w = settingsWords;

/** Access points in the order in which they are offered: those without a probe first, as they are what one came for. */
function unwatchedFirst(): Line[] {
  const watched = watchedIds();
  // They come by name.
  const [without, others] = [false, true].map((is) => lines.value.filter(({ ap }) => watched.has(ap.id) === is));
  return [...(without ?? []), ...(others ?? [])];
}

/** `first`: the access point that is chosen to begin with. */
export function ProbeFields({ scope, error, first }: { scope: string; error: ApiError | null; first?: string }) {
  const sorted = unwatchedFirst();
  const [picked, setPicked] = useState<string | null>(null);
  const chosen = picked ?? sorted.find(({ ap }) => ap.id === first)?.ap.id ?? sorted[0]?.ap.id ?? '';
  const taken = new Set(roster.value?.probes.map(({ id }) => id));
  return (
    <>
      <Pick
        {...{ scope, name: 'access_point', label: w.probeFor, value: chosen, onPick: setPicked }}
        choices={sorted.map(({ ap, name }) => [ap.id, name])}
      />
      <Field
        key={chosen}
        scope={scope}
        name="id"
        label={w.probeId}
        error={error}
        required
        pattern="[a-z0-9\-]{1,48}"
        defaultValue={freeId(chosen, taken)}
      />
    </>
  );
}

/** The access point's own id where it is free, else with a number. */
function freeId(ap: string, taken: ReadonlySet<string>): string {
  if (!taken.has(ap)) return ap;
  for (let n = 2; ; n++) if (!taken.has(`${ap.slice(0, 44)}-${n}`)) return `${ap.slice(0, 44)}-${n}`;
}
