/** Why: lists page by cursor the same way everywhere: `next` is the last id of the page, null at the end. */
import type { Page } from '#contract';

export interface PageQuery {
  cursor?: string;
  limit?: number;
}
export const pageQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    cursor: { type: 'string', maxLength: 64 },
    limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
  },
} as const;

/** `items` ascend by `id`. */
export function pageOf<T extends { id: string }>(
  items: readonly T[],
  { cursor = '', limit = 100 }: PageQuery,
): Page<T> {
  const from = cursor === '' ? 0 : items.findIndex((item) => item.id > cursor);
  if (from < 0) return { items: [], next: null };
  const page = items.slice(from, from + limit);
  return { items: page, next: from + limit < items.length ? (page.at(-1)?.id ?? null) : null };
}
