/** Why: the promise in one picture: every test of the range against the target line. Tests that could not tell are counted, never drawn as 0. */

import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { SiteNote, Span, TestView } from '#contract';
import type { Frame } from '../charts/series.ts';
import { ratedOf, throughputSpec } from '../charts/throughput-spec.ts';
import { clock, count, cut, day, full, percent, zoneName } from '../format.ts';
import { words } from '../words.ts';
import { siteWords } from '../words-site.ts';
import { Chart, Twin } from './chart.tsx';
import { Mark, VerdictMark } from './marks.tsx';
import { noteOf } from './tests-table.tsx';

const w = siteWords;
const HEIGHT = 262;

interface ThroughputProps {
  tests: readonly TestView[];
  target: number;
  frame: Frame;
  missing: readonly Span[];
  notes: readonly SiteNote[];
  cursor: Signal<number | null>;
  ranges: ComponentChildren;
}

/** `tests` newest first, as the API gives them. */
export function Throughput({ tests, target, frame, missing, notes, cursor, ranges }: ThroughputProps) {
  const rated = useMemo(() => ratedOf(tests), [tests]);
  const failed = rated.filter((one) => one.failed).length;
  const unclear = tests.filter((test) => test.verdict === 'inconclusive').length;
  const spec = useMemo(
    () => ({
      ...throughputSpec({ rated, target, frame, missing, height: HEIGHT }),
      notes: notes.map(({ at }) => at),
    }),
    [rated, target, frame, missing, notes],
  );
  const share = percent(rated.length - failed, rated.length);
  const summary = `${share === null ? w.throughputNone : w.throughputSummary(share, count(rated.length), failed)}${unclear > 0 ? `; ${w.couldNotTell(unclear)}` : ''}`;
  const stamp = (at: number) => `${day(at, frame.zone)} ${clock(at, frame.zone)}`;
  const readout = (i: number | null) => {
    const one = rated[i ?? rated.length - 1];
    if (!one) return <span>{w.throughputNone}</span>;
    return (
      <>
        <b>{stamp(one.at)}</b>
        <span>
          {w.columns.down} <b>{cut(one.rate)}</b>
        </span>
        <VerdictMark verdict={one.test.verdict} />
        {noteOf(one.test) ? <span>{noteOf(one.test)}</span> : null}
        <span class="q">
          {words.units.mbps}, {w.zoneTimes(zoneName(frame.zone))}
        </span>
      </>
    );
  };
  return (
    <figure class="panel" aria-labelledby="h-thr">
      <header>
        <h2 id="h-thr">{w.throughput}</h2>
        <figcaption>{summary}</figcaption>
        <span class="end">{ranges}</span>
      </header>
      <div class="pad chart-pad">
        <Chart
          spec={spec}
          sentence={`${w.throughput}, ${full(frame.from, frame.zone)} – ${full(frame.to, frame.zone)}. ${summary}.`}
          readout={readout}
          spoken={(i) => `${stamp(rated[i]?.at ?? 0)}: ${cut(rated[i]?.rate ?? 0)} ${words.units.mbps}`}
          cursor={cursor}
          heading={null}
        />
      </div>
      <Legend notes={notes.length > 0} />
      <Twin
        caption={w.throughput}
        heads={[
          w.time,
          <>
            {w.columns.down} <span class="unit">{words.units.mbps}</span>
          </>,
          w.columns.verdict,
        ]}
        rows={() =>
          tests.map((test) => [
            stamp(test.at),
            test.rate_mbps === null ? words.unknown : cut(test.rate_mbps),
            words.verdict[test.verdict],
          ])
        }
      />
    </figure>
  );
}

const Legend = ({ notes }: { notes: boolean }) => (
  <div class="legend" aria-hidden="true">
    <span class="key">
      <svg width="8" height="8">
        <circle class="f-lamp" cx="4" cy="4" r="2.6" />
      </svg>
      {w.legend.passed}
    </span>
    <span class="key">
      <Mark state="below" />
      {w.legend.failed}
    </span>
    <span class="key">
      <svg width="22" height="12">
        <rect class="f-sunken edge" width="22" height="12" />
      </svg>
      {w.legend.closed}
    </span>
    <span class="key">
      <svg width="22" height="12">
        <rect class="hatch" width="22" height="12" />
      </svg>
      {w.legend.missing}
    </span>
    {notes ? (
      <span class="key">
        <svg width="12" height="12">
          <path class="f-ink" d="M3 12V1h7L7 4h-3v8z" />
        </svg>
        {w.logbook.mark}
      </span>
    ) : null}
  </div>
);
