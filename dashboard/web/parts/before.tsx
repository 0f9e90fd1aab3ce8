/** Why: the same stretch a week earlier is chosen once for all charts of a page, stands in the address, and is told in words. */
import { useMemo } from 'preact/hooks';
import { type Before, beforeOf } from '../charts/before.ts';
import type { Frame } from '../charts/series.ts';
import { full } from '../format.ts';
import { go, place, withQuery } from '../router.ts';
import { beforeWords as w } from '../words-before.ts';

/** What the charts are compared with; null where nobody asked, or where nothing can be. */
export function useBefore(frame: Frame): Before | null {
  const wanted = place.value.query.has('before');
  return useMemo(() => (wanted ? beforeOf(frame) : null), [wanted, frame]);
}

export function BeforePick({ frame }: { frame: Frame }) {
  const before = beforeOf(frame);
  const on = place.value.query.has('before') && before !== null;
  return (
    <>
      <label class="tick">
        <input
          type="checkbox"
          checked={on}
          disabled={before === null}
          onChange={({ currentTarget: { checked } }) => go(withQuery(place.value, { before: checked ? '1' : null }))}
        />
        {before === null ? w.tooLong : before.days === 7 ? w.week : w.stretch}
      </label>
      {on ? (
        <span class="q">
          {full(before.from, frame.zone)} – {full(before.to, frame.zone)}
        </span>
      ) : null}
    </>
  );
}

/** Its dash, and the word for it. */
export const BeforeKey = ({ before }: { before: Before }) => (
  <span class="key">
    <svg width="30" height="12">
      <path class="before" d="M0 6h30" />
    </svg>
    {w.was(before.days)}
  </span>
);

interface Change {
  now: string | null;
  past: string | null;
  before: Before;
  /** Of medians, or of means. */
  of: 'median' | 'mean';
}

/** How the middle changed; null of nothing now, since then there is nothing to compare. */
export function changeOf({ now, past, before, of }: Change): string | null {
  if (now === null) return null;
  return past === null ? w.nothing(w.was(before.days)) : w[of](now, w.was(before.days), past);
}
