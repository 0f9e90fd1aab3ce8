/** Why: one library: what state, why we say so, what was measured, and what one can do about it. */

import { type Signal, useSignal } from '@preact/signals';
import { useMemo, useState } from 'preact/hooks';
import type { Measurements, Page, SiteNote, TestView } from '#contract';
import { useAsked } from '../asked.ts';
import type { Before } from '../charts/before.ts';
import { type Frame, frameOf, missingSpans, parseRange, type Range, steadyEnd, withClosed } from '../charts/series.ts';
import { parseStretch, scaleOf } from '../charts/zoom.ts';
import { type Line, severity } from '../fleet.ts';
import { age, count, moment, yours } from '../format.ts';
import { type Loaded, useLoad, usePages } from '../load.ts';
import { namesText } from '../order.ts';
import { Acknowledge } from '../parts/ack.tsx';
import { Empty, Failed, Waiting } from '../parts/answers.tsx';
import { AskedNote, TestNow } from '../parts/asked-test.tsx';
import { Availability, useAvailability } from '../parts/availability.tsx';
import { BeforePick, useBefore } from '../parts/before.tsx';
import { Beginning } from '../parts/beginning.tsx';
import { CopyButton } from '../parts/copy.tsx';
import { DataUsed } from '../parts/data-used.tsx';
import { Delivered } from '../parts/delivered.tsx';
import { Devices } from '../parts/devices.tsx';
import { Facts } from '../parts/facts.tsx';
import { useTitle } from '../parts/head.tsx';
import { lazy } from '../parts/lazy.tsx';
import { Logbook } from '../parts/logbook.tsx';
import { Panel, State, stateWord } from '../parts/marks.tsx';
import { MetricChart, useMetric } from '../parts/metric-chart.tsx';
import { Outages } from '../parts/outages.tsx';
import { RangePick } from '../parts/range-pick.tsx';
import { SilenceForm, SilenceNotes } from '../parts/silence.tsx';
import { TestsTable } from '../parts/tests-table.tsx';
import { Throughput } from '../parts/throughput.tsx';
import { Why } from '../parts/why.tsx';
import { mayAct, mayAdminister } from '../rights.ts';
import { hrefOf, place, siteHref } from '../router.ts';
import { lines, probesOf, ready, serverNow, siteOf } from '../store.ts';
import { words } from '../words.ts';
import { manage } from '../words-manage.ts';
import { rangeWords } from '../words-range.ts';
import { siteWords } from '../words-site.ts';

const w = siteWords;
/** As many as the server gives at once: at six a day, five months. */
const TESTS = 1000;
const FIRST_TESTS = 8;
const EditSite = lazy<{ line: Line; onDone: () => void }>(() =>
  import('./site-edit.tsx').then((module) => module.EditSite),
);

export function SitePage({ id }: { id: string }) {
  const site = siteOf(id);
  useTitle(site?.name ?? words.frame.sites);
  if (!ready.value)
    return (
      <div class="panel">
        <h1 class="vh">{words.frame.sites}</h1>
        <Beginning what={words.what.page} />
      </div>
    );
  const here = lines.value
    .filter((line) => line.site.id === id)
    .sort((a, b) => severity(a) - severity(b) || (a.ap.id < b.ap.id ? -1 : 1));
  const line = here.find(({ ap }) => ap.id === place.value.query.get('ap')) ?? here[0];
  if (!site || !line)
    return (
      <div class="panel">
        <h1 class="vh">{w.gone}</h1>
        <Empty title={site?.name ?? w.gone} text={w.goneText}>
          <a class="btn go" href="/sites">
            {words.frame.sites}
          </a>
        </Empty>
      </div>
    );
  return <Standing line={line} all={here} key={line.ap.id} />;
}

type Open = 'edit' | 'silence' | null;

function Standing({ line, all }: { line: Line; all: readonly Line[] }) {
  const [open, setOpen] = useState<Open>(null);
  const [silenced, setSilenced] = useState(0);
  const { asked, look } = useAsked(line.ap.id);
  const close = () => setOpen(null);
  const range = parseRange(place.value.query.get('range'));
  return (
    <>
      <SiteHead line={line} all={all} open={open} setOpen={setOpen} onAsked={look} />
      <AskedNote asked={asked} line={line} />
      <SilenceNotes line={line} refresh={silenced} />
      <div class="grid">
        {open === 'silence' ? (
          <Panel title={manage.silence.title(line.name)} id="h-silence">
            <SilenceForm
              line={line}
              onCancel={close}
              onDone={() => {
                close();
                setSilenced((n) => n + 1);
              }}
            />
          </Panel>
        ) : null}
        {open === 'edit' ? <EditSite line={line} onDone={close} /> : null}
        <div class="grid why">
          <Why ap={line.ap.id} target={line.ap.target_mbps} zone={line.site.zone} refresh={line.row.down_at} />
          <Facts line={line} onEdit={mayAdminister() ? () => setOpen(open === 'edit' ? null : 'edit') : null} />
        </div>
        <Measured line={line} range={range} newest={asked?.test?.id ?? ''} />
      </div>
    </>
  );
}

interface HeadProps {
  line: Line;
  all: readonly Line[];
  open: Open;
  setOpen: (open: Open) => void;
  onAsked: () => void;
}

function SiteHead({ line: { row, ap, site, name }, all, open, setOpen, onAsked }: HeadProps) {
  return (
    <>
      <nav aria-label={w.crumbs}>
        <ol class="crumbs">
          <li>
            <a href="/sites">{words.frame.sites}</a>
          </li>
          {site.region ? (
            <li>
              <a href={hrefOf('/sites', { region: namesText([site.region]) })}>{site.region}</a>
            </li>
          ) : null}
        </ol>
      </nav>
      <div class="head">
        <div>
          <h1>{name}</h1>
          <div class="since">
            <State state={row.state} target={ap.target_mbps} big />
            {row.since === null ? null : (
              <span>
                {w.since(
                  moment(row.since, serverNow.value, site.zone) + yours(row.since, site.zone),
                  age(serverNow.value - row.since),
                )}
              </span>
            )}
            {row.alert === null ? null : <a href={`/alerts/${row.alert}`}>{w.incident(row.alert)}</a>}
          </div>
        </div>
        <div class="acts">
          <CopyButton text={location.href} label={w.copyLink} />
          <TestNow ap={ap.id} onAsked={onAsked} />
          {mayAct() ? (
            <button
              class="btn"
              type="button"
              aria-expanded={open === 'silence'}
              onClick={() => setOpen(open === 'silence' ? null : 'silence')}
            >
              {manage.silence.open}
            </button>
          ) : null}
          {row.alert === null ? null : <Acknowledge id={row.alert} zone={site.zone} />}
        </div>
      </div>
      {all.length > 1 ? (
        <nav class="tabs ap-tabs" aria-label={w.accessPoints}>
          {all.map((one) => (
            <a
              key={one.ap.id}
              href={siteHref(site.id, one.ap.id)}
              {...(one.ap.id === ap.id ? { 'aria-current': 'true' as const } : {})}
            >
              <span class="vh">{stateWord(one.row.state)}: </span>
              {one.ap.name}
            </a>
          ))}
        </nav>
      ) : null}
    </>
  );
}

interface MeasuredProps {
  line: Line;
  range: Range;
  /** Changes with the result of an asked test. */
  newest: string;
}

function Measured({ line: { row, ap, site }, range, newest }: MeasuredProps) {
  const own = parseStretch(place.value.query);
  const scale = own ? scaleOf(own) : range;
  const to = own?.to ?? steadyEnd(range, serverNow.value);
  const usual = useMemo(
    () => frameOf(scale, to, site.zone, site.opening, own?.from),
    [scale, to, own?.from, site.zone, site.opening],
  );
  const seen = useAvailability(ap.id, usual);
  const closed = seen.value?.closed;
  const frame = useMemo(() => (closed ? withClosed(usual, closed) : usual), [usual, closed]);
  const before = useBefore(frame);
  const cursor = useSignal<number | null>(null);
  const probe = row.probe ?? probesOf(ap.id)[0]?.id ?? null;
  const about = `${ap.id} ${frame.range}`;
  const tests = useLoad<Page<TestView>>(
    `/tests?ap=${encodeURIComponent(ap.id)}&from=${frame.from}&to=${frame.to}&limit=${TESTS}`,
    { about, refresh: `${row.down_at} ${newest}` },
  );
  const notes = usePages<SiteNote>(
    `/sites/${encodeURIComponent(site.id)}/notes?from=${frame.from}&to=${Math.max(frame.to, to)}`,
    { about },
  );
  // Where the probe was silent is known from the metric that every probe has.
  const pulse = useMetric(probe, 'rtt_ms', frame);
  const missing = useMemo(() => (pulse.value ? missingSpans(pulse.value, frame, to) : []), [pulse.value, frame]);
  const items = tests.value?.items ?? [];
  if (tests.problem && !tests.value)
    return (
      <div class="panel">
        <Failed what={words.what.tests} problem={tests.problem} again={tests.again} />
      </div>
    );
  return (
    <>
      <Throughput
        ap={ap.id}
        tests={items}
        target={ap.target_mbps}
        frame={frame}
        missing={missing}
        notes={notes.value?.items ?? []}
        cursor={cursor}
        ranges={
          <>
            <RangePick range={range} frame={frame} />
            <BeforePick frame={frame} />
          </>
        }
        before={before}
        refresh={`${row.down_at} ${newest}`}
        now={serverNow.peek()}
      />
      {tests.value?.next ? <p class="q">{rangeWords.newestTests(count(items.length))}</p> : null}
      <Availability loaded={seen} frame={frame} cursor={cursor} />
      <div class="grid test-row">
        <div class="grid">
          <Tests items={items} zone={site.zone} busy={!tests.value} />
          <Logbook site={site.id} zone={site.zone} notes={notes} />
        </div>
        <div class="grid">
          <DataUsed ap={ap.id} tests={tests.value} probe={probe} frame={frame} own={own !== null} />
          <Outages ap={ap.id} frame={frame} />
        </div>
      </div>
      {probe === null ? null : <Metrics probe={probe} frame={frame} cursor={cursor} rtt={pulse} before={before} />}
      <Devices ap={ap.id} frame={frame} cursor={cursor} now={serverNow.peek()} />
      {probe === null ? null : <Delivered probe={probe} zone={site.zone} refresh={to} />}
    </>
  );
}

interface MetricsProps {
  probe: string;
  frame: Frame;
  cursor: Signal<number | null>;
  rtt: Loaded<Measurements>;
  before: Before | null;
}

function Metrics({ probe, frame, cursor, rtt, before }: MetricsProps) {
  const shared = { probe, frame, cursor, before, now: frame.to };
  return (
    <div class="grid two charts">
      <MetricChart {...shared} metric="rtt_ms" given={rtt} floor={4} title={w.rtt} unit={words.units.ms} />
      <MetricChart
        {...shared}
        metric="wan_rx_mbps"
        floor={0.2}
        second={{ metric: 'wan_tx_mbps', name: w.wanOut }}
        name={w.wanIn}
        title={w.wan}
        unit={words.units.mbps}
        digits="rate"
      />
      <MetricChart {...shared} metric="cpu_pct" floor={10} title={w.cpu} unit={words.units.percent} />
      <MetricChart {...shared} metric="clients" floor={4} title={w.use} unit="" note={w.useNote} />
    </div>
  );
}

function Tests({ items, zone, busy }: { items: readonly TestView[]; zone: string; busy: boolean }) {
  const [all, setAll] = useState(false);
  const more =
    items.length > FIRST_TESTS && !all ? (
      <button class="link" type="button" onClick={() => setAll(true)}>{`${w.all(count(items.length))}`}</button>
    ) : undefined;
  return (
    <Panel title={w.tests} id="h-tests" note={w.each} end={more}>
      {busy ? (
        <Waiting what={words.what.tests} />
      ) : items.length === 0 ? (
        <Empty title={w.noTests} text={w.noTestsText} />
      ) : (
        <TestsTable
          tests={all ? items : items.slice(0, FIRST_TESTS)}
          zone={zone}
          now={serverNow.value}
          label={w.tests}
        />
      )}
    </Panel>
  );
}
