/** Why: who is called next and when, what somebody remarked, and a line to remark something. */
import type { AlertView, EscalationView, IncidentNote, Page } from '#contract';
import { useActing } from '../acting.ts';
import { post } from '../api.ts';
import { moment } from '../format.ts';
import { useLoad } from '../load.ts';
import { mayAct } from '../rights.ts';
import { alertWords } from '../words-alerts.ts';
import { Refusal } from './answers.tsx';

const w = alertWords;

export function Calling({ alert, zone, now }: { alert: AlertView; zone: string; now: number }) {
  const refresh = `${alert.condition} ${alert.acknowledged_at} ${alert.deliveries.length}`;
  const { value, problem } = useLoad<EscalationView | null>(`/alerts/${alert.id}/escalation`, { refresh });
  if (problem) return <Refusal error={problem} />;
  if (value?.state !== 'running' || value.due_at === null) return null;
  return <p class="q">{w.calling(moment(value.due_at, now, zone))}</p>;
}

export function Notes({ alert, zone, now }: { alert: AlertView; zone: string; now: number }) {
  const notes = useLoad<Page<IncidentNote>>(`/alerts/${alert.id}/notes`);
  const { error, act } = useActing(notes.again);
  const add = async (form: HTMLFormElement) => {
    if (await act(() => post(`/alerts/${alert.id}/notes`, { text: new FormData(form).get('text') }))) form.reset();
  };
  return (
    <div class="sec">
      <h3>{w.notes}</h3>
      <Refusal error={notes.problem} />
      {(notes.value?.items ?? []).map(({ id, at, by, text }) => (
        <p key={id}>
          {text}{' '}
          <span class="q">
            {by}, {moment(at, now, zone)}
          </span>
        </p>
      ))}
      {mayAct() ? (
        <form
          class="way"
          onSubmit={(event) => {
            event.preventDefault();
            void add(event.currentTarget);
          }}
        >
          <Refusal error={error} />
          <input name="text" aria-label={w.note} placeholder={w.note} required maxLength={500} autocomplete="off" />
          <button class="btn" type="submit">
            {w.addNote}
          </button>
        </form>
      ) : null}
    </div>
  );
}
