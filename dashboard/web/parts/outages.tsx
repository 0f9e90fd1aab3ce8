/** Why: each outage by itself: when, how long, and what failed first. */
import type { OutageView, Page } from '#contract';
import type { Frame } from '../charts/series.ts';
import { age, clock, day } from '../format.ts';
import { useLoad } from '../load.ts';
import { siteWords } from '../words-site.ts';
import { Failed, Waiting } from './answers.tsx';
import { Mark, Panel } from './marks.tsx';

const w = siteWords;
const SHOWN = 6;

interface RangeProps {
  ap: string;
  frame: Frame;
}
const queryOf = (ap: string, { from, to }: Frame) => `ap=${encodeURIComponent(ap)}&from=${from}&to=${to}`;

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
