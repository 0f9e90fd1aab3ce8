/** Why: who asks for a test waits for its result: the page looks again until there is one, also when somebody else asked. */
import { useEffect, useState } from 'preact/hooks';
import type { AskedTest } from '#contract';
import { ApiError, get } from './api.ts';

const LOOK_MS = 2000;
/** A finished test's result is stored a moment after the probe's word that it is finished. */
const RESULT_MS = 60_000;

/** The newest asked test, or null; `look` begins to look again at once. */
export function useAsked(ap: string): { asked: AskedTest | null; look(): void } {
  const [asked, setAsked] = useState<AskedTest | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const over = new AbortController();
    let timer = 0;
    let finishedAt: number | null = null;
    const look = async () => {
      let found: AskedTest | null = null;
      try {
        found = await get<AskedTest | null>(`/access-points/${encodeURIComponent(ap)}/test`, over.signal);
        if (over.signal.aborted) return;
        setAsked(found);
      } catch (error) {
        // No answer just now: the next look tells.
        if (over.signal.aborted || !(error instanceof ApiError)) return;
        timer = window.setTimeout(() => void look(), 5 * LOOK_MS);
        return;
      }
      if (found?.state === 'finished' && !found.test) finishedAt ??= Date.now();
      const done = !found || isOver(found) || (finishedAt !== null && Date.now() - finishedAt > RESULT_MS);
      if (!done) timer = window.setTimeout(() => void look(), LOOK_MS);
    };
    void look();
    return () => {
      over.abort();
      clearTimeout(timer);
    };
  }, [ap, turn]);
  return { asked: asked, look: () => setTurn((n) => n + 1) };
}

function isOver({ state, test }: AskedTest): boolean {
  return state === 'failed' || state === 'expired' || test !== null;
}
