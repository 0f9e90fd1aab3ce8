/** Why: the answer first: how many access points meet the target, then who needs help, what changed, and where. */

import type { AlertView, HealthNotice, Page, Totals } from '#contract';
import { because } from '../because.ts';
import { age, count, cut, mbps, moment, NBSP, percent } from '../format.ts';
import { useLoad } from '../load.ts';
import { firstOf, worstOf } from '../order.ts';
import { Empty, Waiting } from '../parts/answers.tsx';
import { DayStrip } from '../parts/day-strip.tsx';
import { Head } from '../parts/head.tsx';
import { MapPanel } from '../parts/map-panel.tsx';
import { Mark, Panel, State, stateWord, TALLY } from '../parts/marks.tsx';
import { MeasuredNow } from '../parts/measured-now.tsx';
import { Next } from '../parts/next.tsx';
import { Where } from '../parts/regions.tsx';
import { whole } from '../parts/whole.tsx';
import { hrefOf, siteHref } from '../router.ts';
import { commonTarget, type Line, lastAlert, lines, live, ready, serverNow } from '../store.ts';
import { words } from '../words.ts';

const w = words.overview;
const WORST = 8;
const CHANGES = 8;
const HOUR_MS = 3_600_000;
/** Up to so many access points the overview shows their newest samples too. */
const FEW = 8;

export function Overview() {
  if (!ready.value)
    return (
      <>
        <Head title={words.frame.overview} />
        <div class="panel">
          <Waiting what={words.what.page} />
        </div>
      </>
    );
  const totals = live.value.totals;
  const all = lines.value;
  if (all.length === 0) {
    return (
      <>
        <Head title={w.empty} />
        <Health notices={live.value.health} />
        <div class="panel">
          <Empty title={w.empty} text={w.emptyText}>
            <a class="btn" href="/settings#import">
              {w.importTable}
            </a>
            <a class="btn go" href="/settings">
              {w.connect}
            </a>
          </Empty>
        </div>
      </>
    );
  }
  return (
    <>
      <Head
        title={answer(totals)}
        under={<p>{evidence(totals)}</p>}
        acts={
          <a class="btn" href="/wall?rotate=overview,map,alerts">
            {w.wall}
          </a>
        }
      />
      <div class="grid">
        <Health notices={live.value.health} />
        <Next />
        <Tally totals={totals} />
        <div class="grid wide">
          <MapPanel all={all} />
          <Attention all={all} />
        </div>
        <div class="grid wide">
          <DayStrip />
          <Changes all={all} />
        </div>
        <Where all={all} />
        {all.length <= FEW ? <MeasuredNow all={all} /> : null}
      </div>
    </>
  );
}

export function answer(totals: Totals): string {
  if (unjudged(totals)) return w.unjudged(count(totals.total));
  const target = commonTarget.value;
  return w.title(count(totals.meets), count(totals.total), target === null ? w.ownTarget : mbps(target));
}

/** Nothing is known yet: "0 of 1" would sound like a verdict. */
const unjudged = ({ meets, below, offline }: Totals) => meets + below + offline === 0;

function evidence(totals: Totals): string {
  if (unjudged(totals)) return w.unjudgedWhy;
  const judged = totals.meets + totals.below;
  const share = percent(totals.meets, judged);
  const average = totals.mean_mbps === null ? w.noAverage : w.average(mbpsCut(totals.mean_mbps), count(totals.mean_n));
  return `${share === null ? w.noVerdict : w.verdicts(share, count(judged))} ${average}`;
}

const mbpsCut = (value: number) => `${cut(value)}${NBSP}${words.units.mbps}`;

function Health({ notices }: { notices: readonly HealthNotice[] }) {
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

function Tally({ totals }: { totals: Totals }) {
  const shares = TALLY.map((state) => ({ state, n: totals[state] })).filter(({ n }) => n > 0);
  let x = 0;
  return (
    <section class="tally" aria-label={w.states}>
      <svg class="share" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
        {shares.map(({ state, n }) => {
          const width = (1000 * n) / Math.max(1, totals.total);
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
            <b>{count(totals[state])}</b>
            {percent(totals[state], totals.total)}
          </span>
        </a>
      ))}
    </section>
  );
}

/** Worst first, named, with the reason and who has it. */
function Attention({ all }: { all: readonly Line[] }) {
  const alerts = useLoad<Page<AlertView>>('/alerts?condition=firing', { refresh: lastAlert.value });
  const bad = all.filter(({ row }) => row.state === 'offline' || row.state === 'below');
  const worst = worstOf(bad, WORST);
  const holders = new Map(alerts.value?.items.map((alert) => [alert.id, alert.acknowledged_by]));
  return (
    <Panel
      title={w.attention}
      id="h-worst"
      note={bad.length > 0 ? `${w.attentionCount(bad.length)}, ${w.worstFirst}` : undefined}
      end={<a href="/alerts">{w.allAlerts}</a>}
    >
      {worst.length === 0 ? (
        <Empty title={w.fine} text={unjudged(live.value.totals) ? w.fineUnjudged : w.fineText} />
      ) : (
        <ol class="worst">
          {worst.map(({ row, ap, site, name }) => (
            <li key={ap.id}>
              <Mark state={row.state} />
              <span>
                <span class="vh">{stateWord(row.state, ap.target_mbps)}: </span>
                <a href={siteHref(site.id, ap.id)} data-row>
                  {name}
                </a>
              </span>
              <span class="r nw">{row.since === null ? words.unknown : age(serverNow.value - row.since)}</span>
              <span class="sub">{whole(because({ row, ap, site }, serverNow.value))}</span>
              <span class="r2 nw">
                {row.alert === null ? (
                  ''
                ) : holders.get(row.alert) ? (
                  w.hasIt(holders.get(row.alert) ?? '')
                ) : (
                  <b class="strong">{w.nobody}</b>
                )}
              </span>
            </li>
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

const newestFirst = (a: Line, b: Line): number => (b.row.since ?? 0) - (a.row.since ?? 0);

function Changes({ all }: { all: readonly Line[] }) {
  const edge = serverNow.value - HOUR_MS;
  const recent = all.filter(({ row }) => row.since !== null && row.since > edge);
  return (
    <Panel title={w.changes} id="h-feed" end={<span class="q">{w.changesN(recent.length)}</span>}>
      {recent.length === 0 ? (
        <p class="pad q">{w.noChanges}</p>
      ) : (
        <ol class="feed moments">
          {firstOf(recent, CHANGES, newestFirst).map(({ row, ap, site, name }) => (
            <li key={ap.id}>
              <time dateTime={new Date(row.since ?? 0).toISOString()}>
                {moment(row.since ?? 0, serverNow.value, site.zone)}
              </time>
              <Mark state={row.state} />
              <span>
                <a class="strong" href={siteHref(site.id, ap.id)}>
                  {name}
                </a>{' '}
                {w.changed[row.state]}
                {row.down_mbps !== null && (row.state === 'meets' || row.state === 'below')
                  ? `, ${mbpsCut(row.down_mbps)}`
                  : ''}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
