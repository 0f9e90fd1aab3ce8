/** Why: how much of the opening hours there was internet, where it was not, and what failed first. */
import type { AvailabilityView, OutageView, Page } from '#contract';
import type { Frame } from '../charts/series.ts';
import { age, clock, cut, day, NBSP } from '../format.ts';
import { useLoad } from '../load.ts';
import { words } from '../words.ts';
import { siteWords } from '../words-site.ts';
import { Failed, Waiting } from './answers.tsx';
import { Twin } from './chart.tsx';
import { Mark, Panel } from './marks.tsx';

const w = siteWords;
const SHOWN = 6;

interface RangeProps {
  ap: string;
  frame: Frame;
}
const queryOf = (ap: string, { from, to }: Frame) => `ap=${encodeURIComponent(ap)}&from=${from}&to=${to}`;

/** The range as one bar: up low and pale, down tall, unknown hatched, closed sunken. */
export function Availability({ ap, frame }: RangeProps) {
  const { value, problem, again } = useLoad<AvailabilityView>(`/availability?${queryOf(ap, frame)}`, {
    about: `${ap} ${frame.range}`,
  });
  const summary = value ? sentence(value) : '';
  return (
    <figure class="panel" aria-labelledby="h-avail">
      <header>
        <h2 id="h-avail">{w.availability}</h2>
        <figcaption>{summary}</figcaption>
      </header>
      {value ? (
        <>
          <div class="pad avail">
            <Bar view={value} frame={frame} label={`${w.availability}. ${summary}`} />
          </div>
          <Twin
            caption={w.availability}
            heads={[w.time, w.lasted, w.what]}
            rows={() =>
              stretches(value).map(({ span: [from, to], what }) => [stampOf(from, frame), age(to - from), what])
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

function stretches({ down, unknown }: AvailabilityView) {
  return [...down.map((span) => ({ span, what: w.down })), ...unknown.map((span) => ({ span, what: w.noData }))].sort(
    (a, b) => b.span[0] - a.span[0],
  );
}

const HEIGHT = 24;
function Bar({ view, frame, label }: { view: AvailabilityView; frame: Frame; label: string }) {
  const whole = frame.to - frame.from;
  const x = (at: number) => `${((100 * (at - frame.from)) / whole).toFixed(3)}%`;
  const wide = (from: number, to: number) => `${Math.max(0.15, (100 * (to - from)) / whole).toFixed(3)}%`;
  return (
    <svg class="box avail-bar" width="100%" height={HEIGHT} role="img" aria-label={label}>
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
    </svg>
  );
}

const stampOf = (at: number, { zone }: Frame) => `${day(at, zone)} ${clock(at, zone)}`;

/** Outages of the range, newest first, in words. */
export function Outages({ ap, frame }: RangeProps) {
  const { value, problem, again } = useLoad<Page<OutageView>>(`/outages?${queryOf(ap, frame)}`, {
    about: `${ap} ${frame.range}`,
  });
  const items = value?.items ?? [];
  const total = items.reduce((sum, { from, to }) => sum + to - from, 0);
  return (
    <Panel title={w.outages} id="h-out" end={items.length > 0 ? w.outageCount(items.length, age(total)) : undefined}>
      {value ? (
        items.length === 0 ? (
          <p class="pad q">{w.noOutages}</p>
        ) : (
          <ul class="feed moments">
            {items.slice(0, SHOWN).map(({ id, from, to, first_failure }) => (
              <li key={id}>
                <time dateTime={new Date(from).toISOString()}>{day(from, frame.zone)}</time>
                <Mark state="offline" />
                <span>
                  {w.outageTimes(clock(from, frame.zone), clock(to, frame.zone), age(to - from))}{' '}
                  <span class="q">{w.failure[first_failure] ?? ''}</span>
                </span>
              </li>
            ))}
          </ul>
        )
      ) : problem ? (
        <Failed what={w.outages} problem={problem} again={again} />
      ) : (
        <Waiting what={w.outages} />
      )}
      {items.length > SHOWN ? <p class="tfoot">{w.outagesMore(items.length - SHOWN)}</p> : null}
    </Panel>
  );
}
