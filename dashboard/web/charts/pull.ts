/** Why: what a hand does on a time axis is the same on every chart: it pulls a stretch open, or with Shift the time itself along. */
import type { Stretch } from './zoom.ts';

/** Shorter ones are clicks of a hand that is not steady. */
const LEAST_PX = 6;

/** Of an axis `width` wide, in one unit: where the hand went down and where it is. */
export interface Pull {
  start: number;
  end: number;
  width: number;
}

/** What was pulled open, never beyond the axis; null for a click. */
export function pulledOpen({ from, to }: Stretch, { start, end, width }: Pull): Stretch | null {
  if (Math.abs(end - start) < LEAST_PX) return null;
  const at = (px: number) => from + ((to - from) * Math.max(0, Math.min(width, px))) / width;
  return { from: at(Math.min(start, end)), to: at(Math.max(start, end)) };
}

/** Time pulled along with the hand: to the right shows what was before, to the left what came after, but never the future. Null where nothing moves. */
export function pulledAlong({ from, to }: Stretch, { start, end, width }: Pull, now: number): Stretch | null {
  if (Math.abs(end - start) < LEAST_PX) return null;
  const span = to - from;
  const until = Math.max(span, Math.min(to - (span * (end - start)) / width, Math.max(now, to)));
  return Math.round(until) === Math.round(to) ? null : { from: until - span, to: until };
}

/**
 * Follows the hand from its press on `axis` until it lets go. `onMove` hears of each step, and null when it is over; `onEnd` of where it ended,
 * unless Escape was pressed.
 */
export function followPull(
  press: MouseEvent,
  axis: Pick<DOMRect, 'left' | 'width'>,
  onMove: (pull: Pull | null) => void,
  onEnd: (pull: Pull) => void,
): void {
  const over = new AbortController();
  const at = ({ clientX }: MouseEvent): Pull => ({
    start: press.clientX - axis.left,
    end: clientX - axis.left,
    width: axis.width,
  });
  const stop = () => {
    over.abort();
    onMove(null);
  };
  const listen = { signal: over.signal };
  document.addEventListener('mousemove', (event) => onMove(at(event)), listen);
  document.addEventListener(
    'mouseup',
    (event) => {
      stop();
      onEnd(at(event));
    },
    listen,
  );
  document.addEventListener(
    'keydown',
    ({ key }) => {
      if (key === 'Escape') stop();
    },
    listen,
  );
}
