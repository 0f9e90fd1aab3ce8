/** Why: who takes turns, for how long, handed over when and within which hours: asked the same for a new rotation and for a changed one. */
import type { RotationView } from '#contract';
import { useActing } from '../acting.ts';
import { ask, post } from '../api.ts';
import { viewerZone } from '../format.ts';
import { minuteOf } from '../hours.ts';
import { Refusal } from '../parts/answers.tsx';
import { Field, textsOf } from '../parts/field.tsx';
import { say } from '../parts/toast.tsx';
import { notify } from '../words-notify.ts';
import { clockOf } from './settings-callees.tsx';

const w = notify.rotations;

interface RotationFormProps {
  /** Null: a new one. */
  rotation: RotationView | null;
  again: () => void;
  /** Runs after it is saved and when it is given up. */
  done: () => void;
}
export function RotationForm({ rotation, again, done }: RotationFormProps) {
  const { error, act } = useActing(again);
  const save = async (form: HTMLFormElement) => {
    const body = bodyOf(form);
    const saved = await act(() =>
      rotation ? ask('PUT', `/on-call/rotations/${rotation.id}`, { body }) : post('/on-call/rotations', body),
    );
    if (!saved) return;
    say(w.saved(body.name));
    form.reset();
    done();
  };
  const field = (name: string, label: string, value: string) => ({
    ...{ scope: 'rotation', name, label, error },
    defaultValue: value,
  });
  return (
    <form
      class="ruled"
      aria-label={rotation ? w.changing(rotation.name) : w.add}
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
    >
      <div class="pad fields">
        {rotation ? <h3 class="all">{w.changing(rotation.name)}</h3> : null}
        <div class="all">
          <Refusal error={error} known={['name', 'members', 'zone', 'hours']} />
        </div>
        <Field {...field('name', w.name, rotation?.name ?? '')} required maxLength={60} autocomplete="off" />
        <Field
          {...field('members', w.members, rotation?.members.join(', ') ?? '')}
          hint={w.membersHint}
          required
          autocapitalize="none"
        />
        <Field {...field('days', w.days, String(rotation?.days ?? 7))} type="number" min={1} max={28} required />
        <Field {...field('handover', w.handover, clockOf(rotation?.handover ?? 540))} type="time" required />
        <Field {...field('hours', w.hours, rotation?.hours_text ?? '')} hint={w.hoursHint} maxLength={400} />
        <Field {...field('zone', w.zone, rotation?.zone ?? viewerZone())} required maxLength={64} />
      </div>
      <div class="foot-acts">
        <span class="end" />
        {rotation ? (
          <button class="btn" type="button" onClick={done}>
            {notify.cancel}
          </button>
        ) : null}
        <button class="btn go" type="submit">
          {rotation ? notify.save : w.add}
        </button>
      </div>
    </form>
  );
}

function bodyOf(form: HTMLFormElement) {
  const { name = '', members = '', days = '7', handover = '09:00', zone = 'UTC', hours = '' } = textsOf(form);
  const list = members
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  return {
    ...{ name, zone, members: list, days: Number(days), handover: minuteOf(handover) },
    hours: hours === '' ? null : hours,
  };
}
