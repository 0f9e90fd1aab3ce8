/** Why: an age grows by itself. Only its own text is drawn again, and only when another one is said. */
import { computed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { age } from '../format.ts';
import { serverNow } from '../store.ts';

/** How long ago `since` was by the server's clock, ms; cut to steps of `stepMs`. */
export function Age({ since, stepMs = 1000 }: { since: number; stepMs?: number }) {
  const text = useMemo(
    () => computed(() => age(Math.floor((serverNow.value - since) / stepMs) * stepMs)),
    [since, stepMs],
  );
  return <>{text}</>;
}
