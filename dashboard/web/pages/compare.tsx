/** Why: whether a line is slow or everybody's is shows at a glance beside others: small multiples of one height, one scale and one time. */
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { CalendarBucket, Page, SiteNote, Span, TestView } from '#contract';
import { type Frame, frameOf, parseRange, steadyEnd, withClosed } from '../charts/series.ts';
import { hasBand, hasMarks } from '../charts/usual.ts';
import { parseStretch, scaleOf } from '../charts/zoom.ts';
import type { Line } from '../fleet.ts';
import { count, full } from '../format.ts';
import { useLoad } from '../load.ts';
import { Empty, Failed } from '../parts/answers.tsx';
import { useAvailability } from '../parts/availability.tsx';
import { Beginning } from '../parts/beginning.tsx';
import { Chart, Twin } from '../parts/chart.tsx';
import { Head } from '../parts/head.tsx';
import { State } from '../parts/marks.tsx';
import { RangePick } from '../parts/range-pick.tsx';
import { ThroughputLegend } from '../parts/throughput-legend.tsx';
import { useThroughput } from '../parts/throughput-view.ts';
import { place, siteHref } from '../router.ts';
import { lines, ready, serverNow } from '../store.ts';
import { words } from '../words.ts';
import { compareWords as w } from '../words-compare.ts';
import { siteWords } from '../words-site.ts';

const MOST = 6;
const HEIGHT = 170;
const TESTS = 1000;
/** The same each time, so that nothing is drawn again because of them. */
const NO_TESTS: readonly TestView[] = [];
const NO_SPANS: readonly Span[] = [];
const NO_NOTES: readonly SiteNote[] = [];

/** What one of them has that concerns all. */
interface Own {
  /** How high its values reach, Mb/s. */
  highest: number;
  /** Something of it is drawn as closed. */
  closed: boolean;
}

export function Compare() {
  const { query } = place.value;
  const asked = (query.get('s') ?? '').split(',').filter((id) => id !== '');
  if (!ready.value)
    return (
      <>
        <Head title={w.title} />
        <div class="panel">
          <Beginning what={words.what.sites} />
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
  const bucket = useSignal<CalendarBucket | null>(null);
  const owns = useSignal<Readonly<Record<string, Own>>>({});
  const range = parseRange(place.value.query.get('range'));
  const own = parseStretch(place.value.query);
  const scale = own ? scaleOf(own) : range;
  const to = own?.to ?? steadyEnd(range, serverNow.value);
  const frame = frameOf(scale, to, first.site.zone, first.site.opening, own?.from);
  const highest = Math.max(...chosen.map(({ ap }) => owns.value[ap.id]?.highest ?? 2 * ap.target_mbps));
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
            from={frame.from}
            cursor={cursor}
            bucket={bucket}
            highest={highest}
            onOwn={(own) => {
              owns.value = { ...owns.value, [line.ap.id]: own };
            }}
          />
        ))}
      </div>
      <ThroughputLegend
        bucket={hasBand(frame) ? bucket.value : null}
        marks={hasMarks(frame)}
        unclear={false}
        closed={chosen.some(({ ap }) => owns.value[ap.id]?.closed)}
        missing={false}
        notes={false}
      />
    </>
  );
}

interface MultipleProps {
  line: Line;
  scale: Frame['range'];
  to: number;
  from: number;
  cursor: Signal<number | null>;
  /** What the bands are of, for the legend of all. */
  bucket: Signal<CalendarBucket | null>;
  /** Of all, Mb/s. */
  highest: number;
  onOwn: (own: Own) => void;
}

function Multiple({ line: { row, ap, site, name }, scale, to, from, cursor, bucket, highest, onOwn }: MultipleProps) {
  const usual = useMemo(
    () => frameOf(scale, to, site.zone, site.opening, from),
    [scale, to, from, site.zone, site.opening],
  );
  // Holidays and closed days are known to the server; without its answer the usual hours are drawn.
  const shut = useAvailability(ap.id, usual).value?.closed;
  const frame = useMemo(() => (shut ? withClosed(usual, shut) : usual), [usual, shut]);
  const tests = useLoad<Page<TestView>>(
    `/tests?ap=${encodeURIComponent(ap.id)}&from=${frame.from}&to=${frame.to}&limit=${TESTS}`,
    { about: `${ap.id} ${scale}`, refresh: row.down_at },
  );
  const {
    series,
    view,
    keys,
    settled,
    highest: reach,
  } = useThroughput({
    ...{ ap: ap.id, target: ap.target_mbps, frame, missing: NO_SPANS, notes: NO_NOTES, refresh: row.down_at },
    ...{ tests: tests.value?.items ?? NO_TESTS, now: serverNow.peek(), height: HEIGHT, highest },
  });
  const closed = frame.sunken.length > 0;
  useEffect(() => onOwn({ highest: reach, closed }), [reach, closed]);
  const counted = series.value?.bucket;
  useEffect(() => {
    if (counted) bucket.value = counted;
  }, [counted]);
  if (tests.problem && !tests.value)
    return (
      <div class="panel">
        <Failed what={words.what.tests} problem={tests.problem} again={tests.again} />
      </div>
    );
  return (
    <figure class="panel" aria-labelledby={`h-${ap.id}`}>
      <header>
        <h2 id={`h-${ap.id}`}>
          <a href={siteHref(site.id, ap.id)}>{name}</a>
        </h2>
        <State state={row.state} target={ap.target_mbps} />
        <figcaption>{settled ? view.summary : ''}</figcaption>
      </header>
      {series.problem ? <Failed what={words.what.chart} problem={series.problem} again={series.again} /> : null}
      <div class="pad chart-pad">
        <Chart
          spec={view.spec}
          sentence={`${name}. ${siteWords.throughput}, ${full(frame.from, frame.zone)} – ${full(frame.to, frame.zone)}, ${view.sentence}`}
          keys={keys}
          readout={view.readout}
          spoken={view.spoken}
          spokenMark={view.spokenMark}
          cursor={cursor}
          heading={null}
        />
      </div>
      <Twin caption={name} heads={view.heads} rows={view.rows} />
    </figure>
  );
}
