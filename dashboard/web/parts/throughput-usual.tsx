/** Why: beyond a day the question is what is usual: median and spread by the calendar of the site, with the tests over it where they fit. */
import type { ThroughputSeries } from '#contract';
import type { PlotSpec } from '../charts/plot.ts';
import type { Frame } from '../charts/series.ts';
import type { TestMark } from '../charts/throughput-spec.ts';
import { nameOf, sumOfUsual, type Usual } from '../charts/usual.ts';
import { count, cut, NBSP, percent } from '../format.ts';
import { words } from '../words.ts';
import { siteWords } from '../words-site.ts';
import { throughputWords as w } from '../words-throughput.ts';
import type { ThroughputBefore } from './throughput-before.ts';
import { OneTest, spokenTest, stampOf, type ThroughputView, unitAndZone, unitHead } from './throughput-tests.tsx';

interface UsualProps {
  spec: PlotSpec;
  series: ThroughputSeries;
  usual: readonly Usual[];
  /** Those that are drawn. */
  marks: readonly TestMark[];
  frame: Frame;
  now: number;
  earlier?: ThroughputBefore | null;
}

export function byCalendar(props: UsualProps): ThroughputView {
  const { spec, usual, marks, frame, now, earlier = null } = props;
  const { bucket, zone } = props.series;
  const then = (i: number) => {
    const value = earlier?.medians[i] ?? null;
    return value === null ? siteWords.noData : cut(value);
  };
  const name = (one: Usual) => nameOf(one, bucket, zone, now);
  const newest = usual.findLastIndex(({ values }) => values !== null);
  const { summary, sentence } = told(usual, bucket);
  return {
    ...{ summary, sentence },
    spec: { ...spec, x: usual.map(({ x }) => x), starts: usual.map(({ from }) => from), series: [unseen(usual)] },
    readout(i, mark) {
      const test = mark === null ? undefined : marks[mark];
      const one = usual[i ?? newest];
      return (
        <>
          {test ? (
            <>
              <b>{stampOf(test.at, frame)}</b>
              <OneTest {...test} />
            </>
          ) : one ? (
            <>
              <OneBucket one={one} name={name(one)} />
              {earlier ? (
                <span>
                  {earlier.was} <b>{then(i ?? newest)}</b>
                </span>
              ) : null}
            </>
          ) : (
            <span>{siteWords.throughputNone}</span>
          )}
          {unitAndZone(frame)}
        </>
      );
    },
    spanOf: (i) => [usual[i]?.from ?? 0, usual[i]?.to ?? 0],
    spoken(i) {
      const one = usual[i];
      const phrases = one ? [...phrasesOf(one), ...(earlier ? [`${earlier.was} ${then(i)}`] : [])] : [];
      return one ? `${name(one)}: ${phrases.join(', ')}` : '';
    },
    spokenMark(mark) {
      const test = marks[mark];
      return test ? spokenTest(test, frame) : '';
    },
    heads: [
      w.head[bucket],
      ...[w.columns.tests, w.columns.passed, w.columns.unclear],
      ...['p10', w.median, 'p90', ...(earlier ? [earlier.was] : [])].map(unitHead),
    ],
    rows: () => usual.map((one, i) => [...rowOf(one, name(one)), ...(earlier ? [then(i)] : [])]).reverse(),
  };
}

/** What the chart's cursor needs: a value, or a gap, for each x. */
const unseen = (usual: readonly Usual[]): PlotSpec['series'][number] => ({
  values: usual.map(({ values }) => values?.mid ?? null),
  stroke: 'none',
  dots: [],
});

function told(usual: readonly Usual[], bucket: ThroughputSeries['bucket']) {
  const sum = sumOfUsual(usual);
  const share = percent(sum.passed, sum.passed + sum.failed);
  const parts = [
    share === null ? siteWords.throughputNone : w.summary(share, count(sum.passed + sum.failed)),
    ...(sum.fell > 0 ? [w.fell[bucket](count(sum.fell), count(sum.told))] : []),
    ...(sum.inconclusive > 0 ? [siteWords.couldNotTell(sum.inconclusive)] : []),
  ];
  const summary = parts.join('; ');
  const gaps = usual.filter(({ values, closed }) => values === null && !closed).length;
  const sentence = [
    `${w.by[bucket]}. ${summary}.`,
    ...(sum.medians ? [w.medians(cut(sum.medians[0]), cut(sum.medians[1]))] : []),
    ...(gaps > 0 ? [w.gaps(count(gaps))] : []),
  ].join(' ');
  return { summary, sentence };
}

const OneBucket = ({ one, name }: { one: Usual; name: string }) => {
  const { values, passed, failed, inconclusive, closed } = one;
  return (
    <>
      <b>{name}</b>
      {values ? (
        <>
          <span>
            {w.median} <b>{cut(values.mid)}</b>
          </span>
          <span>
            {w.band} <b>{siteWords.range_(cut(values.low), cut(values.high))}</b>
          </span>
          <span>{w.reached(count(passed), count(passed + failed))}</span>
        </>
      ) : (
        <span>{closed ? w.closed : w.none}</span>
      )}
      {inconclusive > 0 ? <span>{w.unclear(count(inconclusive))}</span> : null}
    </>
  );
};

function phrasesOf({ values, passed, failed, inconclusive, closed }: Usual): string[] {
  const unclear = inconclusive > 0 ? [w.unclear(count(inconclusive))] : [];
  if (!values) return [closed ? w.closed : w.none, ...unclear];
  return [
    `${w.median} ${cut(values.mid)}${NBSP}${words.units.mbps}`,
    `${w.band} ${siteWords.range_(cut(values.low), cut(values.high))}`,
    w.reached(count(passed), count(passed + failed)),
    ...unclear,
  ];
}

function rowOf({ values, passed, failed, inconclusive, closed }: Usual, name: string): string[] {
  const gap = closed ? w.closed : siteWords.noData;
  return [
    ...[name, count(passed + failed), count(passed), count(inconclusive)],
    ...(values ? [values.low, values.mid, values.high].map((value) => cut(value)) : [gap, gap, gap]),
  ];
}
