/** Why: works of the provider are known weeks ahead, and the router restarts each Sunday night: planned here once, for everything that they touch. */
import { useState } from 'preact/hooks';
import { momentOf, type Silence, type Site } from '#contract';
import { ApiError, post } from '../api.ts';
import { momentOfField } from '../charts/zoom.ts';
import { weekdayName, zoneName } from '../format.ts';
import { minuteOf } from '../hours.ts';
import { Refusal } from '../parts/answers.tsx';
import { Field, Select, textsOf } from '../parts/field.tsx';
import { Panel } from '../parts/marks.tsx';
import { Pick } from '../parts/pick.tsx';
import { say } from '../parts/toast.tsx';
import { silenceName } from '../silence-words.ts';
import { commonZone, roster, siteOf } from '../store.ts';
import { manage } from '../words-manage.ts';
import { worksWords as w } from '../words-works.ts';

const OF = ['site', 'region', 'isp', 'all'] as const;
type Of = (typeof OF)[number];
type When = 'once' | 'weekly';
const WEEK = [0, 1, 2, 3, 4, 5, 6] as const;
const DAY_MS = 86_400_000;

export function PlanWorks({ onDone }: { onDone: () => void }) {
  const [of, setOf] = useState<Of>('site');
  const [chosen, setChosen] = useState('');
  const [when, setWhen] = useState<When>('once');
  const [error, setError] = useState<ApiError | null>(null);
  const [wrong, setWrong] = useState('');
  const all = of === 'all' ? [] : choices(roster.value?.sites ?? [], of);
  const which = all.some(([value]) => value === chosen) ? chosen : (all[0]?.[0] ?? '');
  const zone = (of === 'site' ? siteOf(which)?.zone : undefined) ?? commonZone.value;
  const submit = async (form: HTMLFormElement) => {
    const texts = textsOf(form);
    const time = when === 'once' ? onceOf(texts, zone) : weeklyOf(texts, zone);
    setWrong(time ? '' : w.noDay);
    if (!time) return;
    const what = of === 'all' ? { all: true } : { [of]: which };
    try {
      const made = await post<Silence>('/silences', {
        kind: 'maintenance',
        reason: texts['reason'] ?? '',
        ...what,
        ...time,
      });
      say(w.done(silenceName(made, undefined)));
      setError(null);
      form.reset();
      onDone();
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
    }
  };
  return (
    <Panel title={w.plan} id="h-works">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(event.currentTarget);
        }}
      >
        <div class="pad fields">
          <p class="all q">{w.text}</p>
          <div class="all">
            {wrong ? <p role="alert">{wrong}</p> : null}
            <Refusal error={error} known={['reason', 'until']} />
          </div>
          <Select
            scope="works"
            name="of"
            label={w.of}
            value={of}
            onPick={(value) => setOf(OF.find((one) => one === value) ?? 'site')}
          >
            {OF.map((one) => (
              <option key={one} value={one}>
                {w.ofWhat[one]}
              </option>
            ))}
          </Select>
          {of === 'all' ? null : (
            <Pick
              key={of}
              {...{ scope: 'works', name: 'which', label: w.which[of], value: which, onPick: setChosen }}
              choices={all}
            />
          )}
          <Field
            scope="works"
            name="reason"
            label={manage.silence.reason}
            hint={w.reasonHint}
            error={error}
            wide
            required
            minLength={3}
            maxLength={300}
          />
          <Select
            scope="works"
            name="when"
            label={w.when}
            value={when}
            onPick={(value) => setWhen(value === 'weekly' ? 'weekly' : 'once')}
          >
            <option value="once">{w.once}</option>
            <option value="weekly">{w.weekly}</option>
          </Select>
          {when === 'once' ? <Once error={error} zone={zone} /> : <Weekly error={error} zone={zone} />}
        </div>
        <div class="foot-acts">
          <span class="end" />
          <button class="btn go" type="submit">
            {w.go}
          </button>
        </div>
      </form>
    </Panel>
  );
}

const Once = ({ error, zone }: { error: ApiError | null; zone: string }) => (
  <>
    <Field scope="works" name="from" label={w.from} type="datetime-local" required hint={w.zone(zoneName(zone))} />
    <Field scope="works" name="until" label={w.until} type="datetime-local" required error={error} />
  </>
);

const Weekly = ({ error, zone }: { error: ApiError | null; zone: string }) => (
  <>
    <fieldset class="field all">
      <legend>{w.days}</legend>
      <div class="ticks">
        {WEEK.map((day) => (
          <label key={day} class="tick">
            <input type="checkbox" name={`day-${day}`} /> {weekdayName(day)}
          </label>
        ))}
      </div>
    </fieldset>
    <Field scope="works" name="begins" label={w.begins} type="time" required hint={w.zone(zoneName(zone))} />
    <Field scope="works" name="ends" label={w.ends} type="time" required hint={w.endsHint} />
    <Field scope="works" name="last" label={w.last} type="date" required error={error} />
  </>
);

/** Value and name, in the order of the names. */
function choices(sites: readonly Site[], of: Exclude<Of, 'all'>): [string, string][] {
  const all =
    of === 'site'
      ? sites.map(({ id, name }): [string, string] => [id, name])
      : [...new Set(sites.map((site) => site[of]))].filter(Boolean).map((name): [string, string] => [name, name]);
  return all.sort((a, b) => a[1].localeCompare(b[1]));
}

type Texts = Record<string, string>;
type Time = Pick<Silence, 'until'> & Partial<Pick<Silence, 'from' | 'weekly'>>;

function onceOf({ from = '', until = '' }: Texts, zone: string): Time {
  return { from: momentOfField(from, zone), until: momentOfField(until, zone) };
}

/** Null when no day is chosen. */
function weeklyOf(texts: Texts, zone: string): Time | null {
  const days = WEEK.filter((day) => texts[`day-${day}`] !== undefined);
  const { begins = '', ends = '', last = '' } = texts;
  const to = minuteOf(ends);
  const end = Math.floor(Date.parse(`${last}T00:00:00Z`) / DAY_MS);
  const weekly = { days, from: minuteOf(begins), to: to === 0 ? 1440 : to, zone };
  // The night of the last day belongs to it.
  return days.length === 0 ? null : { weekly, until: momentOf(zone, end, 1440 + (to <= weekly.from ? to : 0)) };
}
