/** Why: what a page fetches for itself has four states, and each is shown: waiting, there, refused, and there but being fetched again. */
import { useEffect, useState } from 'preact/hooks';
import type { Page } from '#contract';
import { ApiError, get } from './api.ts';

export interface Loaded<T> {
  value: T | null;
  problem: ApiError | null;
  again(): void;
}
interface Known<T> {
  about: string | null;
  value: T | null;
  problem: ApiError | null;
}

/**
 * Fetches `path` (null: nothing) and again when it or `refresh` changes; an older answer never replaces a newer one.
 * The old value stays while the new one is fetched as long as `about` is the same: a chart that moves on does not blink.
 */
export function useLoad<T>(
  path: string | null,
  { about = path, refresh = 0 }: { about?: string | null; refresh?: unknown } = {},
): Loaded<T> {
  const [known, setKnown] = useState<Known<T>>({ about: null, value: null, problem: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (path === null) return undefined;
    const mine = new AbortController();
    get<T>(path, mine.signal).then(
      (value) => {
        if (!mine.signal.aborted) setKnown({ about, value, problem: null });
      },
      (error: unknown) => {
        if (mine.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        setKnown((old) => ({ about, value: old.about === about ? old.value : null, problem: error }));
      },
    );
    return () => mine.abort();
  }, [path, about, refresh, turn]);
  const current = known.about === about && path !== null;
  return {
    value: current ? known.value : null,
    problem: current ? known.problem : null,
    again: () => setTurn((n) => n + 1),
  };
}

export interface LoadedPages<T> extends Loaded<Page<T>> {
  /** Fetches what follows the last one. @throws ApiError */
  more(): Promise<void>;
}

/** A list that is fetched page by page; `path` has a query already. A first page that is fetched anew begins again. */
export function usePages<T>(path: string, how: { about?: string | null; refresh?: unknown } = {}): LoadedPages<T> {
  const first = useLoad<Page<T>>(path, how);
  const [rest, setRest] = useState<{ of: Page<T> | null; items: T[]; next: string | null }>({
    of: null,
    items: [],
    next: null,
  });
  const known = first.value !== null && rest.of === first.value ? rest : null;
  const next = known ? known.next : (first.value?.next ?? null);
  return {
    ...first,
    value: first.value && { items: [...first.value.items, ...(known?.items ?? [])], next },
    async more() {
      if (next === null) return;
      const page = await get<Page<T>>(`${path}&cursor=${encodeURIComponent(next)}`);
      setRest({ of: first.value, items: [...(known?.items ?? []), ...page.items], next: page.next });
    },
  };
}
