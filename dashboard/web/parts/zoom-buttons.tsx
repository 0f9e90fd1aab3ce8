/** Why: whatever dragging does on a chart is done by buttons too (WCAG 2.5.7): closer, wider, earlier, later, and back. */
import type { Frame } from '../charts/series.ts';
import { MOVES, type Move, moved, parseStretch, zoomTo } from '../charts/zoom.ts';
import { place } from '../router.ts';
import { serverNow } from '../store.ts';
import { rangeWords as z } from '../words-range.ts';

const SIGNS: Record<Move, string> = { in: '+', out: '−', earlier: '‹', later: '›' };
const KEYS: Record<Move, string> = { in: 'Plus', out: '-', earlier: 'ArrowLeft', later: 'ArrowRight' };

export const ZoomButtons = ({ frame }: { frame: Frame }) => (
  <span class="zoom" role="group" aria-label={z.zoom}>
    {MOVES.map((move) => (
      <button
        key={move}
        class="btn"
        type="button"
        aria-label={z.moves[move]}
        title={z.moves[move]}
        aria-keyshortcuts={KEYS[move]}
        onClick={() => zoomTo(moved(frame, move, serverNow.value))}
      >
        {SIGNS[move]}
      </button>
    ))}
    {parseStretch(place.value.query) ? (
      <button class="btn" type="button" aria-keyshortcuts="l" onClick={() => zoomTo(null)}>
        {z.back}
      </button>
    ) : null}
  </span>
);
