/** Why: incidents by what they need: open ones first, each with its reasons, evidence, who was told and who has it. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { type AlertCounts, type AlertPage, type AlertView, type Page, RULE_STATE, withoutPlace } from '#contract';
import { ApiError, get } from '../api.ts';
import { age, moment } from '../format.ts';
import { takeRowDeeds } from '../keys.ts';
import { useLoad } from '../load.ts';
import { narrow } from '../narrow.ts';
import { Empty, Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Head } from '../parts/head.tsx';
import { type IncidentProps, type RowAsked, zoneOf } from '../parts/incident-row.ts';
import { lazy } from '../parts/lazy.tsx';
import { Mark, whole } from '../parts/marks.tsx';
import { hrefOf, place } from '../router.ts';
import { lastAlert, ready, serverNow, totals } from '../store.ts';
import { words } from '../words.ts';
import { alertWords } from '../words-alerts.ts';

const w = alertWords;
const Silences = lazy<object>(() => import('./alerts-silences.tsx').then((module) => module.Silences));
/** Beside the list on a desk; a phone has a page for it that the server draws. */
const Incident = lazy<IncidentProps>(() => import('../parts/incident.tsx').then((module) => module.Incident));
const LISTS = ['open', 'acknowledged', 'silenced', 'closed'] as const;
type List = (typeof LISTS)[number];
const SILENCES = 'silences';
/** One cause, one row: what an incident of many at once covers stands in it. */
const QUERY: Record<List, string> = {
  open: 'acknowledged=false&silenced=false&order=worst&covered=false',
  acknowledged: 'acknowledged=true&silenced=false&order=worst&covered=false',
  silenced: 'silenced=true&order=worst&covered=false',
  closed: 'condition=resolved&covered=false',
};

export function Alerts() {
  const { query } = place.value;
  const asked = query.get('state');
  const chosen = Number(query.get('id'));
  const id = Number.isSafeInteger(chosen) && chosen > 0 ? chosen : null;
  const silences = asked === SILENCES;
  const list = LISTS.find((one) => one === asked) ?? 'open';
  // A change of any incident, or of what is silenced, may move it from one list to another.
  const [turn, setTurn] = useState(0);
  const [keyed, setKeyed] = useState<RowAsked | null>(null);
  useEffect(
    () =>
      takeRowDeeds((deed, row) => {
        row.click();
        setKeyed((before) => ({ deed, id: Number(row.dataset['row']), nth: (before?.nth ?? 0) + 1 }));
      }),
    [],
  );
  const refresh = `${lastAlert.value?.id} ${lastAlert.value?.condition} ${lastAlert.value?.acknowledged_at} ${lastAlert.value?.deliveries.length} ${totals.value.need_action} ${turn}`;
  const shown = useLoad<AlertPage>(`/alerts?${QUERY[list]}`, { refresh });
  // Of all, whichever list came last: they stay while another list is on its way.
  const counted = useRef<AlertCounts | null>(null);
  if (shown.value) counted.current = shown.value.counts;
  const counts = counted.current;
  const numbers: Partial<Record<List, number | undefined>> = {
    ...{ open: counts?.need_action, acknowledged: counts?.acknowledged, silenced: counts?.silenced },
  };
  const first = shown.value?.items[0];
  return (
    <>
      <Head
        title={counts ? w.title(counts.need_action) : words.frame.alerts}
        under={counts ? <p>{w.summary(counts.need_action, counts.acknowledged)}</p> : null}
      />
      <nav class="tabs" aria-label={w.lists}>
        {LISTS.map((one) => (
          <a
            key={one}
            href={hrefOf('/alerts', { state: one === 'open' ? null : one })}
            {...(one === list && !silences ? { 'aria-current': 'true' as const } : {})}
          >
            {w[one]}
            {numbers[one] === undefined ? null : <span class="n">{numbers[one]}</span>}
          </a>
        ))}
        <a href={hrefOf('/alerts', { state: SILENCES })} {...(silences ? { 'aria-current': 'true' as const } : {})}>
          {w.silences}
        </a>
      </nav>
      {silences ? (
        <Silences />
      ) : (
        <div class="grid triage tri-top">
          <section class="panel" aria-labelledby="h-list">
            <div class="group">
              <h2 id="h-list">{w.group[list]}</h2>
              {shown.value ? (
                <span class="end q">
                  {w.incidents(numbers[list] ?? shown.value.items.length)}
                  {list === 'closed' && shown.value.next ? '+' : ''}
                </span>
              ) : null}
            </div>
            {shown.value && shown.problem ? <NotNew again={shown.again} /> : null}
            {shown.value ? (
              <Incidents key={list} first={shown.value} list={list} selected={id} />
            ) : shown.problem ? (
              <Failed what={words.what.alerts} problem={shown.problem} again={shown.again} />
            ) : (
              <Waiting what={words.what.alerts} />
            )}
          </section>
          {id === null && !first ? null : (
            <Detail
              id={id ?? first?.id ?? null}
              chosen={id !== null}
              refresh={refresh}
              onChanged={() => setTurn((n) => n + 1)}
              asked={keyed}
            />
          )}
        </div>
      )}
    </>
  );
}

/** On a phone an incident is a page of its own, drawn by the server; on a desk it stands beside its list. */
const incidentHref = (id: number, list: List) =>
  narrow.value ? `/alerts/${id}` : hrefOf('/alerts', { state: list === 'open' ? null : list, id });

/** What changed since could not be read. */
const NotNew = ({ again }: { again: () => void }) => (
  <p class="pad" role="alert">
    {words.load.notNew}{' '}
    <button class="link" type="button" onClick={again}>
      {words.load.again}
    </button>
  </p>
);

function Incidents({ first, list, selected }: { first: Page<AlertView>; list: List; selected: number | null }) {
  const [more, setMore] = useState<Page<AlertView> | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  useEffect(() => setMore(null), [first]);
  const items = [...first.items, ...(more?.items ?? [])];
  const next = more ? more.next : first.next;
  if (items.length === 0) return <Empty title={w.none[list]} text={w.noneText[list]} />;
  const load = () => {
    setProblem(null);
    get<Page<AlertView>>(`/alerts?${QUERY[list]}&cursor=${encodeURIComponent(next ?? '')}`).then(
      (page) => setMore({ items: [...(more?.items ?? []), ...page.items], next: page.next }),
      (error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        setProblem(error);
      },
    );
  };
  return (
    <>
      {items.map((alert) => {
        const end = alert.resolved_at ?? serverNow.value;
        const on = alert.id === (selected ?? items[0]?.id);
        return (
          <article key={alert.id} class={`inc${on ? ' sel' : ''}`}>
            <Mark state={alert.condition === 'resolved' ? 'meets' : RULE_STATE[alert.rule]} />
            <h3>
              <span class="vh">{w.rule[alert.rule]}: </span>
              <a
                href={incidentHref(alert.id, list)}
                data-row={alert.id}
                {...(on ? { 'aria-current': 'true' as const } : {})}
              >
                {alert.site_name}
              </a>
            </h3>
            <span class="r strong">{age(end - alert.since)}</span>
            <p>
              {whole(withoutPlace(alert.title, alert.site_name))}
              {alert.members.length > 0 ? <span class="tag">{w.members(alert.members.length)}</span> : null}
            </p>
            <span class="r2">
              {list === 'silenced' && alert.silenced_until
                ? w.ack.until(moment(alert.silenced_until, serverNow.value, zoneOf(alert)))
                : (alert.acknowledged_by ??
                  (list === 'closed'
                    ? moment(alert.resolved_at ?? end, serverNow.value, zoneOf(alert))
                    : words.nobody))}
            </span>
          </article>
        );
      })}
      <Refusal error={problem} />
      {next ? (
        <p class="tfoot more">
          <button class="btn" type="button" onClick={load}>
            {w.more}
          </button>
        </p>
      ) : null}
    </>
  );
}

interface DetailProps {
  id: number | null /** Somebody chose it: on a phone it then comes first. */;
  chosen: boolean;
  refresh: string;
  onChanged: () => void;
  asked: RowAsked | null;
}

function Detail({ id, chosen, refresh, ...rest }: DetailProps) {
  const loaded = useLoad<AlertView>(id === null ? null : `/alerts/${id}`, { refresh });
  if (id === null)
    return (
      <section class="panel stick narrow-hide">
        <p class="pad q">{w.select}</p>
      </section>
    );
  if (loaded.problem && !loaded.value)
    return (
      <section class="panel stick">
        <Failed what={words.what.alerts} problem={loaded.problem} again={loaded.again} />
      </section>
    );
  // Its times are those of its library's zone, which comes with the details of the sites.
  if (!loaded.value || !ready.value)
    return (
      <section class="panel stick">
        <Waiting what={words.what.alerts} />
      </section>
    );
  return <Incident alert={loaded.value} chosen={chosen} {...rest} />;
}
