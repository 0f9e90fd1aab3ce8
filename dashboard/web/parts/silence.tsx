/** Why: during works nobody should be called. A silence has a reason, an end and a name, and can be ended by anybody who may act. */
import { useState } from 'preact/hooks';
import { type ClosedToday, type Page, type Silence, silenceCovers } from '#contract';
import { ApiError, ask, post } from '../api.ts';
import type { Line } from '../fleet.ts';
import { moment } from '../format.ts';
import { useLoad } from '../load.ts';
import { mayAct } from '../rights.ts';
import { silenceEnds } from '../silence-ends.ts';
import { silenceNote } from '../silence-words.ts';
import { serverNow } from '../store.ts';
import { manage } from '../words-manage.ts';
import { Refusal } from './answers.tsx';
import { Field, Select, textsOf } from './field.tsx';
import { Mark } from './marks.tsx';
import { say } from './toast.tsx';

const w = manage.silence;

interface FormProps {
  line: Line;
  onDone: () => void;
  onCancel?: () => void;
}

/** Creates a silence for a site, or for one of its access points. */
export function SilenceForm({ line: { site, ap, name }, onDone, onCancel }: FormProps) {
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const [ends] = useState(() => silenceEnds(site, serverNow.value));
  const submit = async (form: HTMLFormElement) => {
    const { what, reason = '', until = '' } = textsOf(form);
    setBusy(true);
    try {
      const of = what === 'ap' ? { ap: ap.id } : { site: site.id };
      await post<Silence>('/silences', { ...of, reason, until: Number(until) });
      say(w.done(name, moment(Number(until), serverNow.value, site.zone)));
      onDone();
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
    }
    setBusy(false);
  };
  const closeToday = async () => {
    setBusy(true);
    try {
      const { until } = await post<ClosedToday>(closedPath(site.id));
      say(w.closed(name, moment(until ?? 0, serverNow.value, site.zone)));
      onDone();
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
    }
    setBusy(false);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <div class="pad fields">
        <p class="all q">{w.text}</p>
        <div class="all">
          <Refusal error={error} known={['reason']} />
        </div>
        <Field
          scope="silence"
          name="reason"
          label={w.reason}
          hint={w.reasonHint}
          error={error}
          wide
          required
          minLength={3}
          maxLength={300}
        />
        <Select scope="silence" name="until" label={w.until}>
          {ends.map(({ label, until, at }) => (
            <option key={until} value={String(until)}>{`${at}, ${label}`}</option>
          ))}
        </Select>
        <Select scope="silence" name="what" label={w.whole}>
          <option value="site">{w.site(site.name)}</option>
          <option value="ap">{w.ap(ap.name)}</option>
        </Select>
      </div>
      <div class="foot-acts">
        <button class="btn" type="button" disabled={busy} onClick={() => void closeToday()}>
          {w.closedToday}
        </button>
        <span class="end" />
        {onCancel ? (
          <button class="btn" type="button" onClick={onCancel}>
            {manage.cancel}
          </button>
        ) : null}
        <button class="btn go" type="submit" disabled={busy}>
          {w.go}
        </button>
      </div>
    </form>
  );
}

const closedPath = (site: string): string => `/sites/${encodeURIComponent(site)}/closed-today`;

/** Silences that have not ended. `refresh` asks again. */
export const useSilences = (refresh: unknown = 0) => useLoad<Page<Silence>>('/silences', { refresh });

/** Asks first; true when the silence has ended. */
export async function endSilence(silence: Silence, name: string): Promise<boolean> {
  if (!confirm(w.endSure(name))) return false;
  try {
    await ask('DELETE', `/silences/${silence.id}`);
    say(w.ended(name));
    return true;
  } catch (refused) {
    if (!(refused instanceof ApiError)) throw refused;
    say(refused.problem.detail);
    return false;
  }
}

/** What is about more than this library is ended where all of it is seen. */
const isOwn = ({ ap, site }: Silence) => ap !== null || site !== null;

/** The silences of one site or access point, as notes with a way to end them. */
export function SilenceNotes({ line, refresh }: { line: Line; refresh: unknown }) {
  const silences = useSilences(refresh);
  const here = (silences.value?.items ?? []).filter((one) => silenceCovers(one, { ap: line.ap.id, site: line.site }));
  // Whoever closed it for today silenced it too.
  const closed = useLoad<ClosedToday>(here.some(({ site }) => site !== null) ? closedPath(line.site.id) : null, {
    refresh: `${refresh} ${here.length}`,
  });
  if (here.length === 0) return null;
  const open = async () => {
    try {
      await ask('DELETE', closedPath(line.site.id));
      say(w.opened(line.name));
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      say(refused.problem.detail);
    }
    silences.again();
  };
  return (
    <div class="grid notices below-head">
      {closed.value?.closed ? (
        <div class="note">
          <Mark state="maint" />
          <b>{w.isClosed}</b>
          {mayAct() ? (
            <button class="btn" type="button" onClick={() => void open()}>
              {w.openToday}
            </button>
          ) : null}
        </div>
      ) : null}
      {here.map((silence) => (
        <div key={silence.id} class="note">
          <Mark state="maint" />
          <span>
            <b>{silenceNote(silence, serverNow.value, line.site.zone)}</b> {silence.reason}
          </span>
          {mayAct() && isOwn(silence) ? (
            <button
              class="btn"
              type="button"
              onClick={() => {
                void endSilence(silence, line.name).then((ended) => {
                  if (ended) silences.again();
                });
              }}
            >
              {w.end}
              <span class="vh"> {silence.reason}</span>
            </button>
          ) : null}
        </div>
      ))}
    </div>
  );
}
