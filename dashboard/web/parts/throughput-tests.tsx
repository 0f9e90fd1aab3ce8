/** Why: of a day each test is told by itself: when, how fast, whether it passed, and what one should know of it. */
import type { ComponentChildren } from 'preact';
import type { Span, TestView } from '#contract';
import { nearestTest } from '../charts/before.ts';
import type { PlotSpec } from '../charts/plot.ts';
import type { Frame } from '../charts/series.ts';
import { type TestMark, tallyOf } from '../charts/throughput-spec.ts';
import { clock, count, cut, day, percent, zoneName } from '../format.ts';
import { words } from '../words.ts';
import { siteWords } from '../words-site.ts';
import { testWords } from '../words-tests.ts';
import { VerdictMark } from './marks.tsx';
import { noteOf } from './tests-table.tsx';
import type { ThroughputBefore } from './throughput-before.ts';

const w = siteWords;

/** What a chart of throughput says, whatever it is made of. */
export interface ThroughputView {
  spec: PlotSpec;
  summary: string;
  /** Begins with a small letter: the chart's name and range stand before it. */
  sentence: string;
  readout(index: number | null, mark: number | null): ComponentChildren;
  spoken(index: number): string;
  /** The time that an index stands for. */
  spanOf(index: number): Span;
  spokenMark(mark: number): string;
  heads: ComponentChildren[];
  rows(): ComponentChildren[][];
}

export const stampOf = (at: number, { zone }: Frame) => `${day(at, zone)} ${clock(at, zone)}`;
export const unitAndZone = ({ zone }: Frame) => (
  <span class="q">
    {words.units.mbps}, {w.zoneTimes(zoneName(zone))}
  </span>
);

/** One test, in a chart's readout. */
export const OneTest = ({ test, rate }: Pick<TestMark, 'test' | 'rate'>) => (
  <>
    {rate === null ? null : (
      <span>
        {testWords.columns.down} <b>{cut(rate)}</b>
      </span>
    )}
    <VerdictMark verdict={test.verdict} />
    {noteOf(test) ? <span>{noteOf(test)}</span> : null}
  </>
);

export function spokenTest({ at, rate, test }: TestMark, frame: Frame): string {
  const figure = rate === null ? '' : `${cut(rate)} ${words.units.mbps}, `;
  return [`${stampOf(at, frame)}: ${figure}${words.verdict[test.verdict]}`, noteOf(test)].filter(Boolean).join(', ');
}

/** `tests` newest first; `marks` of them, oldest first. */
export function byTest(
  spec: PlotSpec,
  tests: readonly TestView[],
  marks: readonly TestMark[],
  frame: Frame,
  earlier: ThroughputBefore | null = null,
): ThroughputView {
  const then = (at: number) => earlierOf(earlier, at, frame);
  const { passed, failed, unclear } = tallyOf(marks);
  const share = percent(passed, passed + failed);
  const told = share === null ? w.throughputNone : w.throughputSummary(share, count(passed + failed), failed);
  const summary = unclear > 0 ? `${told}; ${w.couldNotTell(unclear)}` : told;
  const spoken = (i: number) => {
    const mark = marks[i];
    return mark ? [spokenTest(mark, frame), ...(earlier ? [`${earlier.was} ${then(mark.at)}`] : [])].join(', ') : '';
  };
  return {
    ...{ spec, summary, sentence: `${summary}.`, spoken, spokenMark: spoken },
    spanOf(i) {
      const [at, near] = [marks[i]?.at ?? 0, (frame.to - frame.from) / 50];
      return [at - near, at + near];
    },
    readout(i, mark) {
      const one = marks[mark ?? i ?? marks.length - 1];
      if (!one) return <span>{w.throughputNone}</span>;
      return (
        <>
          <b>{stampOf(one.at, frame)}</b>
          <OneTest {...one} />
          {earlier ? (
            <span>
              {earlier.was} <b>{then(one.at)}</b>
            </span>
          ) : null}
          {unitAndZone(frame)}
        </>
      );
    },
    heads: [
      w.time,
      unitHead(testWords.columns.down),
      testWords.columns.verdict,
      ...(earlier ? [unitHead(earlier.was)] : []),
    ],
    rows: () =>
      tests.map((test) => [
        stampOf(test.at, frame),
        test.rate_mbps === null ? words.unknown : cut(test.rate_mbps),
        words.verdict[test.verdict],
        ...(earlier ? [then(test.at)] : []),
      ]),
  };
}

export const unitHead = (head: string) => (
  <>
    {head} <span class="unit">{words.units.mbps}</span>
  </>
);

/** The test of then that was nearest to the same time, with its own: tests are drawn by lot. */
function earlierOf(earlier: ThroughputBefore | null, at: number, { zone }: Frame): string {
  const test = earlier ? nearestTest(earlier.tests, at) : undefined;
  return test ? `${cut(test.rate)} (${clock(test.at, zone)})` : words.unknown;
}
