/** Why: whether a line is slow or everybody's is shows at a glance beside others: small multiples of one height, one scale and one time. */
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Page, TestView } from '#contract';
import { type Frame, frameOf, parseRange, steadyEnd } from '../charts/series.ts';
import { highestOf, marksOf, tallyOf, throughputSpec } from '../charts/throughput-spec.ts';
import { parseStretch, scaleOf } from '../charts/zoom.ts';

import type { Line } from '../fleet.ts';
import { count, cut, full, percent } from '../format.ts';

import { useLoad } from '../load.ts';
import { Empty, Failed, Waiting } from '../parts/answers.tsx';
import { Chart, Twin } from '../parts/chart.tsx';
import { Head } from '../parts/head.tsx';
import { State } from '../parts/marks.tsx';
import { RangePick } from '../parts/range-pick.tsx';
import { OneTest, spokenTest, stampOf } from '../parts/throughput-tests.tsx';
import { place, siteHref } from '../router.ts';
import { lines, ready, serverNow } from '../store.ts';
import { words } from '../words.ts';
import { compareWords as w } from '../words-compare.ts';
import { siteWords } from '../words-site.ts';

const MOST = 6;
const HEIGHT = 170;
const TESTS = 1000;

export function Compare() {
  const { query } = place.value;
  const asked = (query.get('s') ?? '').split(',').filter((id) => id !== '');
  if (!ready.value)
    return (
      <>
        <Head title={w.title} />
        <div class="panel">
          <Waiting what={words.what.sites} />
        </div>
      </>
    );
  const known = new Map(lines.value.map((line) => [line.ap.id, line]));
  const chosen = asked.slice(0, MOST).flatMap((id) => known.get(id) ?? []);
  const [first] = chosen;
  if (!first)
    return (
      <>
        <Head title={w.title} />
        <div class="panel">
          <Empty title={w.none} text={w.noneText}>
            <a class="btn go" href="/sites">
              {w.toSites}
            </a>
          </Empty>
        </div>
      </>
    );
  return <Multiples chosen={chosen} first={first} more={asked.length > MOST} />;
}

function Multiples({ chosen, first, more }: { chosen: readonly Line[]; first: Line; more: boolean }) {
  const cursor = useSignal<number | null>(null);
  const heights = useSignal<Readonly<Record<string, number>>>({});
  const range = parseRange(place.value.query.get('range'));
  const own = parseStretch(place.value.query);
  const scale = own ? scaleOf(own) : range;
  const to = own?.to ?? steadyEnd(range, serverNow.value);
  const frame = frameOf(scale, to, first.site.zone, first.site.opening, own?.from);
  const highest = Math.max(...chosen.map(({ ap }) => heights.value[ap.id] ?? 2 * ap.target_mbps));
  return (
    <>
      <Head title={w.title} under={<p>{more ? w.most(count(MOST)) : w.text}</p>} />
      <div class="toolbar">
        <RangePick range={range} frame={frame} />
      </div>
      <div class="grid multiples">
        {chosen.map((line) => (
          <Multiple
            key={line.ap.id}
            line={line}
            scale={scale}
            to={to}
            from={own?.from}
            cursor={cursor}
            highest={highest}
            onHeight={(mbps) => {
              if (heights.value[line.ap.id] !== mbps) heights.value = { ...heights.value, [line.ap.id]: mbps };
            }}
          />
        ))}
      </div>
    </>
  );
}

interface MultipleProps {
  line: Line;
  scale: Frame['range'];
  to: number;
  from: number | undefined;
  cursor: Signal<number | null>;
  /** Of all, Mb/s. */
  highest: number;
  onHeight: (mbps: number) => void;
}

function Multiple({ line: { row, ap, site, name }, scale, to, from, cursor, highest, onHeight }: MultipleProps) {
  const frame = useMemo(
    () => frameOf(scale, to, site.zone, site.opening, from),
    [scale, to, from, site.zone, site.opening],
  );
  const tests = useLoad<Page<TestView>>(
    `/tests?ap=${encodeURIComponent(ap.id)}&from=${frame.from}&to=${frame.to}&limit=${TESTS}`,
    { about: `${ap.id} ${scale}`, refresh: row.down_at },
  );
  const marks = useMemo(() => marksOf(tests.value?.items ?? []), [tests.value]);
  useEffect(() => onHeight(highestOf(marks, ap.target_mbps)), [marks, ap.target_mbps]);
  const spec = useMemo(
    () => throughputSpec({ marks, target: ap.target_mbps, frame, missing: [], height: HEIGHT, highest }),
    [marks, ap.target_mbps, frame, highest],
  );
  if (tests.problem && !tests.value)
    return (
      <div class="panel">
        <Failed what={words.what.tests} problem={tests.problem} again={tests.again} />
      </div>
    );
  const { passed, failed } = tallyOf(marks);
  const share = percent(passed, passed + failed);
  const summary =
    share === null ? siteWords.throughputNone : siteWords.throughputSummary(share, count(passed + failed), failed);
  const stamp = (at: number) => stampOf(at, frame);
  return (
    <figure class="panel" aria-labelledby={`h-${ap.id}`}>
      <header>
        <h2 id={`h-${ap.id}`}>
          <a href={siteHref(site.id, ap.id)}>{name}</a>
        </h2>
        <State state={row.state} target={ap.target_mbps} />
        <figcaption>{summary}</figcaption>
      </header>
      <div class="pad chart-pad">
        <Chart
          spec={spec}
          sentence={`${name}. ${siteWords.throughput}, ${full(frame.from, frame.zone)} – ${full(frame.to, frame.zone)}. ${summary}.`}
          readout={(i) => {
            const one = marks[i ?? marks.length - 1];
            if (!one) return <span>{siteWords.throughputNone}</span>;
            return (
              <>
                <b>{stamp(one.at)}</b>
                <OneTest {...one} />
              </>
            );
          }}
          spoken={(i) => (marks[i] ? spokenTest(marks[i], frame) : '')}
          cursor={cursor}
          heading={null}
        />
      </div>
      <Twin
        caption={name}
        heads={[siteWords.time, siteWords.columns.down, siteWords.columns.verdict]}
        rows={() =>
          marks
            .toReversed()
            .map(({ at, rate, verdict }) => [
              stamp(at),
              rate === null ? words.unknown : cut(rate),
              words.verdict[verdict],
            ])
        }
      />
    </figure>
  );
}
