/** Why: one incident whole: what state, since when, the reasons, the tests behind them, who was told and who has it. */
import { useEffect, useState } from 'preact/hooks';
import { type AlertView, RULE_STATE, withoutPlace } from '#contract';
import { age, moment, yours } from '../format.ts';
import { mayAct } from '../rights.ts';
import { siteHref } from '../router.ts';
import { serverNow } from '../store.ts';
import { alertWords } from '../words-alerts.ts';
import { Acknowledge } from './ack.tsx';
import { type IncidentProps, zoneOf } from './incident-row.ts';
import { lazy } from './lazy.tsx';
import { Mark, State, stateWord, whole } from './marks.tsx';
import { Calling, Notes } from './notes.tsx';
import { TestsTable } from './tests-table.tsx';

const w = alertWords;
/** Loaded when somebody silences. */
const SilenceAlert = lazy<{ alert: AlertView; onDone: () => void }>(() =>
  import('./silence-alert.tsx').then((module) => module.SilenceAlert),
);
export function Incident({ alert, chosen, onChanged, asked }: IncidentProps) {
  const [silencing, setSilencing] = useState(false);
  const [deed, nth] = asked?.id === alert.id ? [asked.deed, asked.nth] : [null, 0];
  useEffect(() => setSilencing(deed === 's'), [alert.id, deed, nth]);
  const now = serverNow.value;
  const zone = zoneOf(alert);
  const resolved = alert.resolved_at !== null;
  const held = alert.overlays ?? [];
  const times =
    alert.resolved_at === null
      ? w.since(moment(alert.since, now, zone) + yours(alert.since, zone), age(now - alert.since))
      : w.lasted(
          moment(alert.since, now, zone),
          moment(alert.resolved_at, now, zone),
          age(alert.resolved_at - alert.since),
        );
  return (
    <section class={`panel stick ${chosen ? 'first-narrow' : 'narrow-hide'}`} aria-labelledby="h-inc">
      <div class="pad">
        {resolved ? (
          <State state="meets" word={w.resolved} big />
        ) : (
          <State
            state={RULE_STATE[alert.rule]}
            word={
              alert.rule === 'slow' || alert.rule === 'dark' ? stateWord(RULE_STATE[alert.rule]) : w.rule[alert.rule]
            }
            big
          />
        )}
        <h2 class="inc-title" id="h-inc">
          {alert.site_name}
        </h2>
        <p>{whole(withoutPlace(alert.title, alert.site_name))}</p>
        <p class="q">
          {w.id(alert.id)} {times} {resolved ? '' : `${w.severity[alert.severity]}.`}
        </p>
        {resolved || held.length === 0 ? null : <p>{alertWords.held(held.join(', '))}</p>}
        {alert.acknowledged_by && alert.acknowledged_until && !resolved ? (
          <p>
            <b>
              {w.ackBy(
                alert.acknowledged_by,
                moment(alert.acknowledged_until, now, zone) + yours(alert.acknowledged_until, zone),
              )}
            </b>
          </p>
        ) : null}
        <div class="acts acts-top">
          {alert.site === '' ? null : (
            <a class="btn" href={siteHref(alert.site, alert.ap)}>
              {w.toSite}
            </a>
          )}
          {resolved ? null : (
            <Acknowledge id={alert.id} zone={zone} onDone={onChanged} asked={deed === 'a' ? nth : 0} />
          )}
          {resolved || !mayAct() ? null : (
            <button class="btn" type="button" aria-expanded={silencing} onClick={() => setSilencing(!silencing)}>
              {w.silence}
            </button>
          )}
        </div>
        {silencing && !resolved ? (
          <SilenceAlert
            key={alert.id}
            alert={alert}
            onDone={() => {
              setSilencing(false);
              onChanged();
            }}
          />
        ) : null}
      </div>
      <div class="sec">
        <h3>{w.reasons}</h3>
        <ul class="reasons">
          {alert.reasons.map((reason) => (
            <li key={reason}>{whole(reason)}</li>
          ))}
        </ul>
      </div>
      {alert.members.length > 0 ? <Members alert={alert} now={now} /> : null}
      {alert.evidence.length > 0 ? (
        <div class="sec">
          <h3>{w.saw}</h3>
          <TestsTable tests={alert.evidence} zone={zone} now={now} label={w.saw} mini />
        </div>
      ) : null}
      <div class="sec">
        <h3>{w.told}</h3>
        <Trail alert={alert} zone={zone} now={now} />
        {resolved ? null : <Calling alert={alert} zone={zone} now={now} />}
      </div>
      <Notes alert={alert} zone={zone} now={now} />
    </section>
  );
}

/** The access points behind one cause: those where it lasts first. */
function Members({ alert, now }: { alert: AlertView; now: number }) {
  const members = [...alert.members].sort(
    (a, b) => Number(a.until !== null) - Number(b.until !== null) || a.since - b.since,
  );
  return (
    <div class="sec">
      <h3>{w.members(members.length)}</h3>
      <ul class="members">
        {members.map(({ ap, site, site_name, since, until }) => (
          <li key={ap}>
            <Mark state={until === null ? 'offline' : 'meets'} />
            <a href={siteHref(site, ap)}>{site_name}</a>
            <span class="q nw">{until === null ? age(now - since) : w.memberOver(age(until - since))}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function Trail({ alert, zone, now }: { alert: AlertView; zone: string; now: number }) {
  const events = [
    { at: alert.fired_at, text: w.fired },
    ...alert.deliveries.map((one) => ({
      at: one.at,
      text: `${w.channel[one.channel]} ${w.to} ${one.target}${w.kind[one.kind]}: ${w.delivery[one.state]}${w.attempts(one.attempts)}${one.error ? `. ${one.error}` : ''}`,
    })),
    ...(alert.acknowledged_at !== null && alert.acknowledged_by !== null
      ? [{ at: alert.acknowledged_at, text: w.acked(alert.acknowledged_by) }]
      : []),
    ...(alert.resolved_at !== null ? [{ at: alert.resolved_at, text: w.resolved }] : []),
  ].sort((a, b) => a.at - b.at);
  return (
    <>
      <ol class="trail">
        {events.map(({ at, text }) => (
          <li key={`${at} ${text}`}>
            <time dateTime={new Date(at).toISOString()}>{moment(at, now, zone)}</time>
            <span>{text}</span>
          </li>
        ))}
      </ol>
      {alert.deliveries.length === 0 ? <p class="q">{w.toldNobody}</p> : null}
    </>
  );
}
