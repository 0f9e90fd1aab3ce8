/** Why: one incident on a phone, at night: what, since when, can it wait, why, who was told; and two things to do, large enough for a thumb. */
import { useState } from 'preact/hooks';
import type { AlertView, Silence, TestView } from '#contract';
import { ApiError, post } from '../api.ts';
import { age, clock, cut, mbps, moment, NBSP } from '../format.ts';
import { nextChange } from '../hours.ts';
import { useLoad } from '../load.ts';
import { mayAct } from '../parts/ack.tsx';
import { Failed, Waiting } from '../parts/answers.tsx';
import { useTitle } from '../parts/head.tsx';
import { RULE_STATE, Trail, zoneOf } from '../parts/incident.tsx';
import { Icon, Mark, State } from '../parts/marks.tsx';
import { Calling } from '../parts/notes.tsx';
import { say } from '../parts/toast.tsx';
import { siteHref } from '../router.ts';
import { silenceEnds } from '../silence-ends.ts';
import { lastAlert, serverNow, siteOf } from '../store.ts';
import { words } from '../words.ts';
import { manage } from '../words-manage.ts';

const w = words.alerts;
const HOUR_MS = 3_600_000;
/** Until somebody looks again in the morning. */
const GOT_IT_HOURS = 8;

export function AlertPage({ id }: { id: number }) {
  const [turn, setTurn] = useState(0);
  const news = lastAlert.value?.id === id ? lastAlert.value : null;
  const loaded = useLoad<AlertView>(`/alerts/${id}`, {
    refresh: `${turn} ${news?.condition} ${news?.acknowledged_at} ${news?.deliveries.length}`,
  });
  useTitle(loaded.value?.title ?? words.site.incident(id));
  return (
    <div class="night">
      <nav class="night-top" aria-label={words.site.crumbs}>
        <a href="/alerts">{w.all}</a>
        <span>{words.site.incident(id)}</span>
      </nav>
      {loaded.value ? (
        <Told alert={loaded.value} again={() => setTurn((n) => n + 1)} />
      ) : (
        <>
          <h1 class="vh">{words.site.incident(id)}</h1>
          {loaded.problem ? (
            <Failed what={words.what.alerts} problem={loaded.problem} again={loaded.again} />
          ) : (
            <Waiting what={words.what.alerts} />
          )}
        </>
      )}
    </div>
  );
}

function Told({ alert, again }: { alert: AlertView; again: () => void }) {
  const now = serverNow.value;
  const zone = zoneOf(alert);
  const site = siteOf(alert.site);
  const resolved = alert.resolved_at !== null;
  return (
    <>
      <section>
        {resolved ? (
          <State state="meets" word={w.resolved} big />
        ) : (
          <State state={RULE_STATE[alert.rule]} word={w.rule[alert.rule]} big />
        )}
        <h1>{alert.site_name}</h1>
        <p>{alert.title}</p>
        <p class="q">
          {alert.resolved_at === null
            ? w.since(moment(alert.since, now, zone), age(now - alert.since))
            : w.lasted(
                moment(alert.since, now, zone),
                moment(alert.resolved_at, now, zone),
                age(alert.resolved_at - alert.since),
              )}
        </p>
        {resolved ? null : <Wait alert={alert} />}
      </section>
      <section aria-labelledby="n-why">
        <h2 id="n-why">{w.reasons}</h2>
        <ul class="reasons">
          {alert.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
        {alert.evidence.length > 0 ? <Evidence tests={alert.evidence} zone={zone} now={now} /> : null}
      </section>
      {site ? (
        <section aria-labelledby="n-line">
          <h2 id="n-line">{w.provider}</h2>
          <dl class="facts">
            <dt>{site.isp || words.unknown}</dt>
            <dd>
              <a href={siteHref(alert.site, alert.ap)}>{w.toSite}</a>
            </dd>
            {site.contract_mbps === null ? null : (
              <>
                <dt>{w.contract}</dt>
                <dd>{mbps(site.contract_mbps)}</dd>
              </>
            )}
          </dl>
          {site.notes ? <p>{site.notes}</p> : null}
        </section>
      ) : null}
      <section aria-labelledby="n-told">
        <h2 id="n-told">{w.told}</h2>
        <Trail alert={alert} zone={zone} now={now} />
        {resolved ? null : <Calling alert={alert} zone={zone} now={now} />}
      </section>
      {mayAct() && !resolved ? <Dock alert={alert} again={again} /> : null}
    </>
  );
}

/** The first question at night. */
function Wait({ alert }: { alert: AlertView }) {
  const site = siteOf(alert.site);
  const now = serverNow.value;
  if (!site) return null;
  const { open, at } = nextChange(site, now);
  const hours =
    at === null
      ? open
        ? w.openAlways
        : w.closedNow
      : open
        ? w.openNow(age(at - now))
        : w.closedUntil(moment(at, now, site.zone), age(at - now));
  return (
    <div class="wait">
      <Icon id="i-clock" />
      <p>
        <b>{alert.severity === 'ticket' || !open ? w.canWait : w.cannotWait}</b>
        <br />
        {hours}
      </p>
    </div>
  );
}

const Evidence = ({ tests, zone, now }: { tests: readonly TestView[]; zone: string; now: number }) => (
  <ul class="night-tests" aria-label={w.saw}>
    {tests.map(({ id, at, verdict, rate_mbps }) => (
      <li key={id}>
        <time dateTime={new Date(at).toISOString()}>{moment(at, now, zone)}</time>
        <Mark state={verdict === 'pass' ? 'meets' : verdict === 'fail' ? 'below' : 'nodata'} />
        <span>
          {rate_mbps === null
            ? words.verdict[verdict]
            : w.test(words.verdict[verdict], `${cut(rate_mbps)}${NBSP}${words.units.mbps}`)}
        </span>
      </li>
    ))}
  </ul>
);

/** Two things to do. What needs more thought is on the desk's pages. */
function Dock({ alert, again }: { alert: AlertView; again: () => void }) {
  const [busy, setBusy] = useState(false);
  const now = serverNow.value;
  const zone = zoneOf(alert);
  const site = siteOf(alert.site);
  const act = async (work: () => Promise<string>) => {
    setBusy(true);
    try {
      say(await work());
      again();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      say(error.problem.detail);
    }
    setBusy(false);
  };
  const take = () =>
    act(async () => {
      const taken = await post<AlertView>(`/alerts/${alert.id}/ack`, { hours: GOT_IT_HOURS });
      return w.ackBy(taken.acknowledged_by ?? '', moment(taken.acknowledged_until ?? now, now, zone));
    });
  const silence = (until: number) =>
    act(async () => {
      await post<Silence>('/silences', { ap: alert.ap, until, reason: manage.silence.fromIncident(alert.id) });
      return manage.silence.done(alert.site_name, moment(until, now, zone));
    });
  const ends = site ? silenceEnds(site, now) : [];
  const held = alert.acknowledged_by !== null && (alert.acknowledged_until ?? 0) > now;
  return (
    <section class="dock" aria-label={w.gotIt}>
      {held ? (
        <p class="held">
          <b>{w.ackBy(alert.acknowledged_by ?? '', moment(alert.acknowledged_until ?? now, now, zone))}</b>
        </p>
      ) : (
        <button class="btn go" type="button" disabled={busy} onClick={() => void take()}>
          {w.gotIt}
          <span class="vh">, {w.gotItFor(clock(now + GOT_IT_HOURS * HOUR_MS, zone))}</span>
        </button>
      )}
      <span class="or">{w.orSilence}</span>
      {ends.slice(0, 3).map(({ label, until, at }) => (
        <button key={label} class="btn" type="button" disabled={busy} onClick={() => void silence(until)}>
          {label === manage.silence.opening || label === manage.silence.closing ? w.untilAt(at) : label}
        </button>
      ))}
    </section>
  );
}
