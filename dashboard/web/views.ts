/** Why: whoever looks at the same twenty sites each morning names that view once. A view is an address; the server keeps its name for each device. */
import { signal } from '@preact/signals';
import { isObject, type SavedView, VIEWS_MOST } from '#contract';
import { ask, get } from './api.ts';
import { remember, remembered } from './theme-choice.ts';

/** Where views were kept before the server did. */
const KEY = 'carrel.views';

/** What was kept in this browser, as far as it can be read. */
export function readViews(text: string | null): SavedView[] {
  try {
    const kept: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(kept) ? kept.filter(isView).slice(0, VIEWS_MOST) : [];
  } catch {
    return [];
  }
}

/** A view of the same name is replaced; the newest is last, and the oldest leave beyond 50. */
export const withView = (views: readonly SavedView[], view: SavedView): SavedView[] =>
  [...views.filter(({ name }) => name !== view.name), view].slice(-VIEWS_MOST);

/** Null until they were asked for. */
export const views = signal<readonly SavedView[] | null>(null);

/** Asks the server; what only this browser has is given to it once. @throws ApiError */
export async function loadViews(): Promise<void> {
  const { items } = await get<{ items: SavedView[] }>('/me/views');
  const here = readViews(remembered(KEY)).filter((one) => !items.some(({ name }) => name === one.name));
  views.value = items;
  if (here.length === 0) return;
  await keepViews(here.reduce<readonly SavedView[]>(withView, items));
  remember(KEY, '[]');
}

/** @throws ApiError; what is shown stays as it was */
export async function keepViews(next: readonly SavedView[]): Promise<void> {
  await ask('PUT', '/me/views', { body: { items: next } });
  views.value = next;
}

function isView(value: unknown): value is SavedView {
  return isObject(value) && typeof value['name'] === 'string' && typeof value['query'] === 'string';
}
