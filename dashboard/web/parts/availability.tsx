/** Why: when there was internet in opening hours, when not, and when nobody saw: one bar on the time axis of the charts, with their cursor and keys. */
import type { Signal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { AvailabilityView } from '#contract';
import { followPull, type Pull, pulledAlong, pulledOpen } from '../charts/pull.ts';
import { type Frame, spanAt } from '../charts/series.ts';
import { zoomTo } from '../charts/zoom.ts';
import { age, clock, cut, day, NBSP } from '../format.ts';
import { type Loaded, useLoad } from '../load.ts';
import { serverNow } from '../store.ts';
import { words } from '../words.ts';
import { siteWords as w } from '../words-site.ts';
import { Failed, Waiting } from './answers.tsx';
import { Bar, Legend, Pulled } from './availability-bar.tsx';
import { Twin } from './chart.tsx';
import { ZoomButtons } from './zoom-buttons.tsx';

export const useAvailability = (ap: string, { range, from, to }: Frame): Loaded<AvailabilityView> =>
  useLoad<AvailabilityView>(`/availability?ap=${encodeURIComponent(ap)}&from=${from}&to=${to}`, {
    about: `${ap} ${range}`,
  });

interface Props {
  loaded: Loaded<AvailabilityView>;
  frame: Frame;
  /** Time under the cursor, shared by the charts of a page; ms. */
  cursor: Signal<number | null>;
}

export function Availability({ loaded: { value, problem, again }, frame, cursor }: Props) {
  const summary = value ? sentence(value) : '';
  return (
    <figure class="panel" aria-labelledby="h-avail">
      <header>
        <h2 id="h-avail">{w.availability}</h2>
        <figcaption>{summary}</figcaption>
        <span class="end">
          <ZoomButtons frame={frame} />
        </span>
      </header>
      {value ? (
        <>
          <Timeline view={value} frame={frame} cursor={cursor} summary={summary} />
          <Legend />
          <Twin
            caption={w.availability}
            heads={[w.time, w.lasted, w.what]}
            rows={() =>
              stretches(value)
                .reverse()
                .map(({ span: [from, to], what }) => [stampOf(from, frame), age(to - from), what])
            }
          />
        </>
      ) : problem ? (
        <Failed what={words.what.chart} problem={problem} again={again} />
      ) : (
        <Waiting what={words.what.chart} />
      )}
    </figure>
  );
}

function sentence({ percent, expected_s, down_s, unknown_s }: AvailabilityView): string {
  if (expected_s === 0) return w.availClosed;
  if (percent === null) return w.availUnknown;
  const parts = [
    w.availPercent(`${cut(percent)}${NBSP}%`),
    ...(down_s >= 1 ? [w.availDown(age(down_s * 1000))] : []),
    ...(unknown_s >= 60 ? [w.availNobody(age(unknown_s * 1000))] : []),
  ];
  return parts.join('; ');
}

interface Stretch {
  span: readonly [from: number, to: number];
  what: string;
}

/** What is worth stepping to: without internet, and unseen. Oldest first. */
function stretches({ down, unknown }: AvailabilityView): Stretch[] {
  return [
    ...down.map((span) => ({ span, what: w.down })),
    ...unknown.map((span) => ({ span, what: w.legend.unseen })),
  ].sort((a, b) => a.span[0] - b.span[0]);
}

const stampOf = (at: number, { zone }: Frame) => `${day(at, zone)} ${clock(at, zone)}`;
const told = ({ span: [from, to], what }: Stretch, frame: Frame) =>
  `${stampOf(from, frame)} – ${clock(to, frame.zone)}: ${what}, ${age(to - from)}`;

function Timeline({
  view,
  frame,
  cursor,
  summary,
}: Omit<Props, 'loaded'> & { view: AvailabilityView; summary: string }) {
  const bar = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState('');
  const { held, drag } = usePull(bar, frame);
  const steps = stretches(view);
  const press = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined || steps.length === 0) return;
    event.preventDefault();
    const at = cursor.peek();
    const here = at === null ? steps.length : steps.findLastIndex(({ span: [from] }) => from <= at);
    const next = steps[Math.max(0, Math.min(steps.length - 1, here + by))];
    if (!next) return;
    cursor.value = (next.span[0] + next.span[1]) / 2;
    setSaid(told(next, frame));
  };
  const point = ({ clientX }: PointerEvent) => {
    const box = bar.current?.getBoundingClientRect();
    if (!box) return;
    const share = Math.max(0, Math.min(1, (clientX - box.left) / box.width));
    cursor.value = frame.from + share * (frame.to - frame.from);
  };
  return (
    <>
      <p class="readout">
        <Readout view={view} frame={frame} cursor={cursor} newest={steps.at(-1)} />
      </p>
      <div class="avail">
        <div
          ref={bar}
          class={held?.along ? 'plot-box pulled' : 'plot-box'}
          role="img"
          tabIndex={0}
          aria-label={`${w.availability}. ${summary}. ${w.keysOutages}`}
          onKeyDown={press}
          onBlur={() => {
            cursor.value = null;
          }}
          onPointerMove={point}
          onMouseDown={drag}
          onDblClick={() => zoomTo(null)}
          onPointerLeave={() => {
            cursor.value = null;
          }}
        >
          <Bar view={view} frame={frame} cursor={cursor} />
          {held && !held.along ? <Pulled {...held} /> : null}
        </div>
      </div>
      <span class="vh" aria-live="polite">
        {said}
      </span>
    </>
  );
}

/** What a hand pulls there: open a stretch, or with Shift the time along. */
function usePull(bar: RefObject<HTMLElement>, frame: Frame) {
  const [held, setHeld] = useState<(Pull & { along: boolean }) | null>(null);
  const drag = (event: MouseEvent) => {
    const box = bar.current?.getBoundingClientRect();
    if (!box || event.button !== 0) return;
    const along = event.shiftKey;
    followPull(
      event,
      box,
      (pull) => setHeld(pull && { ...pull, along }),
      (pull) => {
        const stretch = along ? pulledAlong(frame, pull, serverNow.peek()) : pulledOpen(frame, pull);
        if (stretch) zoomTo(stretch);
      },
    );
  };
  return { held, drag };
}

function Readout({
  view,
  frame,
  cursor,
  newest,
}: Omit<Props, 'loaded'> & { view: AvailabilityView; newest?: Stretch | undefined }) {
  const at = cursor.value;
  if (at === null) return <span>{newest ? told(newest, frame) : w.availFine}</span>;
  const { what, span } = stateAt(view, frame, at);
  return (
    <>
      <b>{stampOf(at, frame)}</b>
      <span>{what}</span>
      {span ? (
        <span>
          {clock(span[0], frame.zone)} – {clock(span[1], frame.zone)}, {age(span[1] - span[0])}
        </span>
      ) : null}
    </>
  );
}

/** In words; with its stretch where something was wrong. */
function stateAt(view: AvailabilityView, frame: Frame, at: number): { what: string; span: Stretch['span'] | null } {
  const wrong = stretches(view).find(({ span }) => spanAt([span], at));
  if (wrong) return wrong;
  const what = at >= view.to ? w.noData : spanAt(frame.closed, at) ? w.legend.closed : w.legend.worked;
  return { what, span: null };
}
