/** Why: the answer first: how many access points meet the target, then who needs help, what changed, and where. */

import { useMemo } from 'preact/hooks';
import type { AlertView, Page, Totals } from '#contract';
import { because } from '../because.ts';
import type { Line } from '../fleet.ts';
import { count, cut, moment, NBSP, percent } from '../format.ts';
import { createOrder, type Key, type Ranks } from '../kept-order.ts';
import { useLoad } from '../load.ts';
import { WORST_FIRST } from '../order.ts';
import { Age } from '../parts/age.tsx';
import { answer, unjudged } from '../parts/answer.ts';
import { Empty } from '../parts/answers.tsx';
import { Beginning } from '../parts/beginning.tsx';
import { DayStrip } from '../parts/day-strip.tsx';
import { Head } from '../parts/head.tsx';
import { MapPanel } from '../parts/map-panel.tsx';
import { Mark, Panel, State, stateWord, TALLY, whole } from '../parts/marks.tsx';
import { MeasuredNow } from '../parts/measured-now.tsx';
import { Next } from '../parts/next.tsx';
import { NothingYet } from '../parts/nothing-yet.tsx';
import { Where } from '../parts/regions.tsx';
import { hrefOf, siteHref } from '../router.ts';
import {
  commonTarget,
  fleet,
  health,
  lastAlert,
  lineCount,
  lines,
  listed,
  serverMinute,
  serverNow,
  totals,
} from '../store.ts';
import { useFleet, useLine } from '../use-fleet.ts';
import { words } from '../words.ts';
import { overviewWords } from '../words-overview.ts';

const w = overviewWords;
const WORST = 8;
const CHANGES = 8;
const HOUR_MS = 3_600_000;
/** Up to so many access points the overview shows their newest samples too. */
const FEW = 8;

export function Overview() {
  if (!listed.value)
    return (
      <>
        <Head title={words.frame.overview} />
        <div class="panel">
          <Beginning what={words.what.page} />
        </div>
      </>
    );
  if (lineCount.value === 0) {
    return (
      <>
        <Head title={words.sites.empty} />
        <div class="grid">
          <Health />
          <div class="panel">
            <NothingYet>
              <a class="btn" href="/settings#import">
                {w.importTable}
              </a>
              <a class="btn go" href="/start?step=2">
                {w.connect}
              </a>
            </NothingYet>
          </div>
        </div>
      </>
    );
  }
  return (
    <>
      <Head
        title={answer(totals.value)}
        under={<p>{evidence(totals.value)}</p>}
        acts={
          <a class="btn" href="/wall?rotate=overview,map,alerts">
            {w.wall}
          </a>
        }
      />
      <div class="grid">
        <Health />
        <Next />
        <Tally />
        <div class="grid wide">
          <MapPanel />
          <Attention />
        </div>
        <div class="grid wide">
          <DayStrip />
          <Changes />
        </div>
        <Where />
        {lineCount.value <= FEW ? <MeasuredNow all={lines.value} /> : null}
      </div>
    </>
  );
}

function evidence(totals: Totals): string {
  if (unjudged(totals)) return w.unjudgedWhy;
  const judged = totals.meets + totals.below;
  const share = percent(totals.meets, judged);
  const average = totals.mean_mbps === null ? w.noAverage : w.average(mbpsCut(totals.mean_mbps), count(totals.mean_n));
  return `${share === null ? w.noVerdict : w.verdicts(share, count(judged))} ${average}`;
}

const mbpsCut = (value: number) => `${cut(value)}${NBSP}${words.units.mbps}`;

function Health() {
  const notices = health.value;
  if (notices.length === 0) return null;
  return (
    <div class="grid notices" role="region" aria-label={w.carrel}>
      {notices.map(({ code, severity, text }) => (
        <div key={code} class={`note ${severity}`}>
          <Mark state={severity === 'info' ? 'nodata' : severity === 'warning' ? 'below' : 'offline'} />
          <NoticeText text={text} />
        </div>
      ))}
    </div>
  );
}

/** The first sentence says what is wrong, the rest what it means. */
function NoticeText({ text }: { text: string }) {
  const [first = '', ...rest] = text.split(/(?<=\.)\s+(?=\p{Lu})/u);
  return (
    <span>
      <b>{first}</b> {rest.join(' ')}
    </span>
  );
}

function Tally() {
  const counts = totals.value;
  const shares = TALLY.map((state) => ({ state, n: counts[state] })).filter(({ n }) => n > 0);
  let x = 0;
  return (
    <section class="tally" aria-label={w.states}>
      <svg class="share" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
        {shares.map(({ state, n }) => {
          const width = (1000 * n) / Math.max(1, counts.total);
          const bar = (
            <rect
              key={state}
              class={state === 'meets' ? 'f-meets-full' : `f-${state}`}
              x={x}
              width={Math.max(1, width - (shares.length > 1 ? 2 : 0))}
              height="10"
            />
          );
          x += width;
          return bar;
        })}
      </svg>
      {TALLY.map((state) => (
        <a key={state} href={hrefOf('/sites', { state })}>
          <State state={state} target={commonTarget.value} />
          <span class="v">
            <b>{count(counts[state])}</b>
            {percent(counts[state], counts.total)}
          </span>
        </a>
      ))}
    </section>
  );
}

/** Worst first, named, with the reason and who has it. */
function Attention() {
  const bad = useFleet(() => createOrder(needsHelp, WORST_FIRST), []);
  const worst = [...bad.subarray(0, WORST)];
  const ids = useFleet(
    () =>
      ({ byRank }) =>
        worst.flatMap((rank) => byRank[rank]?.row.alert ?? []).join(),
    [`${worst}`],
  );
  const path = ids === '' ? null : `/alerts?ids=${ids}`;
  const alerts = useLoad<Page<AlertView>>(path, { about: path && 'holders', refresh: lastAlert.value });
  const holders = new Map(alerts.value?.items.map((alert) => [alert.id, alert.taken_by ?? null]));
  return (
    <Panel
      title={w.attention}
      id="h-worst"
      note={bad.length > 0 ? `${w.attentionCount(bad.length)}, ${w.worstFirst}` : undefined}
      end={<a href="/alerts">{w.allAlerts}</a>}
    >
      {worst.length === 0 ? (
        <Empty title={w.fine} text={unjudged(totals.value) ? w.fineUnjudged : w.fineText} />
      ) : (
        <ol class="worst">
          {worst.map((rank) => (
            <Worst key={rank} rank={rank} holders={holders} />
          ))}
        </ol>
      )}
      {bad.length > WORST ? (
        <p class="tfoot">
          <a href={hrefOf('/sites', { state: 'offline,below' })}>{w.more(bad.length - WORST)}</a>
        </p>
      ) : null}
    </Panel>
  );
}

const needsHelp = ({ row }: Line): boolean => row.state === 'offline' || row.state === 'below';

/** `holders`: who has the alert of this id; not of one of which this is not known. */
function Worst({ rank, holders }: { rank: number; holders: ReadonlyMap<number, string | null> }) {
  const line = useLine(rank);
  if (!line) return null;
  const { row, ap, site, name } = line;
  const holder = row.alert === null ? undefined : holders.get(row.alert);
  return (
    <li>
      <Mark state={row.state} />
      <span>
        <span class="vh">{stateWord(row.state, ap.target_mbps)}: </span>
        <a href={siteHref(site.id, ap.id)} data-row title={name}>
          {name}
        </a>
      </span>
      <span class="r nw">{row.since === null ? words.unknown : <Age since={row.since} />}</span>
      <span class="sub">{whole(because(line, serverMinute.value))}</span>
      <span class="r2 nw">
        {holder === undefined ? '' : holder ? w.hasIt(holder) : <b class="strong">{words.nobody}</b>}
      </span>
    </li>
  );
}

const newestFirst = (): Key[] => [({ row }) => -(row.since ?? 0)];

/** How many stand before the first that does not pass. */
function countWhile(ranks: Ranks, passes: (rank: number) => boolean): number {
  let [low, high] = [0, ranks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(ranks[middle] ?? -1)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function Changes() {
  const begun = useMemo(() => serverNow.peek() - HOUR_MS, []);
  const recent = useFleet(() => createOrder(({ row }) => row.since !== null && row.since > begun, newestFirst), []);
  const edge = serverMinute.value - HOUR_MS;
  // The oldest are the last: the hour moves on and leaves them.
  const isIn = (rank: number) => (fleet.peek().byRank[rank]?.row.since ?? 0) > edge;
  const n = countWhile(recent, isIn);
  return (
    <Panel title={w.changes} id="h-feed" end={<span class="q">{w.changesN(n)}</span>}>
      {n === 0 ? (
        <p class="pad q">{w.noChanges}</p>
      ) : (
        <ol class="feed moments">
          {[...recent.subarray(0, Math.min(n, CHANGES))].map((rank) => (
            <Changed key={rank} rank={rank} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

function Changed({ rank }: { rank: number }) {
  const line = useLine(rank);
  if (!line) return null;
  const { row, ap, site, name } = line;
  const since = row.since ?? 0;
  return (
    <li>
      <time dateTime={new Date(since).toISOString()}>
        {moment(since, Math.max(since, serverMinute.value), site.zone)}
      </time>
      <Mark state={row.state} />
      <span>
        <a class="strong" href={siteHref(site.id, ap.id)}>
          {name}
        </a>{' '}
        {w.changed[row.state]}
        {row.median_mbps !== null && (row.state === 'meets' || row.state === 'below')
          ? `, ${w.median(mbpsCut(row.median_mbps))}`
          : ''}
      </span>
    </li>
  );
}
