/** Why: whoever looks at the same twenty sites each morning names that view once. A view is an address; its name stays in this browser. */
import { signal } from '@preact/signals';
import { isObject } from '#contract';
import { remember, remembered } from './theme-choice.ts';

export interface SavedView {
  name: string;
  /** The query of the list of sites, without `?`. */
  query: string;
}

const KEY = 'carrel.views';
const MOST = 50;

/** What was kept, as far as it can be read. */
export function readViews(text: string | null): SavedView[] {
  try {
    const kept: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(kept) ? kept.filter(isView).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** A view of the same name is replaced; the newest is last, and the oldest leave beyond 50. */
export const withView = (views: readonly SavedView[], view: SavedView): SavedView[] =>
  [...views.filter(({ name }) => name !== view.name), view].slice(-MOST);

export const views = signal<readonly SavedView[]>(
  typeof localStorage === 'undefined' ? [] : readViews(remembered(KEY)),
);

export function keepViews(next: readonly SavedView[]): void {
  views.value = next;
  remember(KEY, JSON.stringify(next));
}

function isView(value: unknown): value is SavedView {
  return isObject(value) && typeof value['name'] === 'string' && typeof value['query'] === 'string';
}
