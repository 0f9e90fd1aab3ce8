/** Why: the bar of outages itself: what worked is low and pale, what did not is tall, what nobody saw is hatched. */
import type { Signal } from '@preact/signals';
import type { AvailabilityView } from '#contract';
import type { Pull } from '../charts/pull.ts';
import type { Frame } from '../charts/series.ts';
import { siteWords as w } from '../words-site.ts';

const HEIGHT = 24;

interface BarProps {
  view: AvailabilityView;
  frame: Frame;
  /** Time under the cursor, shared by the charts of a page; ms. */
  cursor: Signal<number | null>;
}

export function Bar({ view, frame, cursor }: BarProps) {
  const whole = frame.to - frame.from;
  const x = (at: number) => `${((100 * (at - frame.from)) / whole).toFixed(3)}%`;
  const wide = (from: number, to: number) => `${Math.max(0.2, (100 * (to - from)) / whole).toFixed(3)}%`;
  const at = cursor.value;
  return (
    <svg class="box avail-bar" width="100%" height={HEIGHT} aria-hidden="true">
      <rect class="f-meets" x="0" width={wide(frame.from, view.to)} y="12" height="12" />
      {frame.sunken.map(([a, b]) => (
        <rect key={`c${a}`} class="f-sunken" x={x(a)} width={wide(a, b)} height={HEIGHT} />
      ))}
      {view.unknown.map(([a, b]) => [
        <rect key={`g${a}`} class="f-surface" x={x(a)} width={wide(a, b)} height={HEIGHT} />,
        <rect key={`u${a}`} class="hatch" x={x(a)} width={wide(a, b)} height={HEIGHT} />,
      ])}
      {view.down.map(([a, b]) => (
        <rect key={`d${a}`} class="f-offline" x={x(a)} width={wide(a, b)} height={HEIGHT} />
      ))}
      {at === null ? null : <line class="cursor" x1={x(at)} x2={x(at)} y1="0" y2={HEIGHT} />}
    </svg>
  );
}

/** What is pulled open, while the hand holds it. */
export const Pulled = ({ start, end, width }: Pull) => {
  const within = (px: number) => Math.max(0, Math.min(width, px));
  const left = within(Math.min(start, end));
  return (
    <svg class="u-select avail-pull" width="100%" height={HEIGHT} aria-hidden="true">
      <rect class="f-band" x={left} width={within(Math.max(start, end)) - left} height={HEIGHT} />
    </svg>
  );
};

const KEYS = [
  { cls: 'f-meets', y: 6, height: 6, word: 'worked' },
  { cls: 'f-offline', y: 0, height: 12, word: 'down' },
  { cls: 'hatch', y: 0, height: 12, word: 'unseen' },
  { cls: 'f-sunken edge', y: 0, height: 12, word: 'closed' },
] as const;

export const Legend = () => (
  <div class="legend" aria-hidden="true">
    {KEYS.map(({ cls, y, height, word }) => (
      <span key={word} class="key">
        <svg width="22" height="12" class="avail-key">
          <rect class={cls} y={y} width="22" height={height} />
        </svg>
        {w.legend[word]}
      </span>
    ))}
  </div>
);
