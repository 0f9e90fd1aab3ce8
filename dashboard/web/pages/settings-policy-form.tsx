/** Why: a policy is built step by step: wait, tell somebody under a condition, begin again; and changed the same way. */
import { useState } from 'preact/hooks';
import { type Policy, type PolicyStep, type PolicyView, SEVERITIES, type Severity } from '#contract';
import { useActing } from '../acting.ts';
import { ask, post } from '../api.ts';
import { viewerZone } from '../format.ts';
import { Refusal } from '../parts/answers.tsx';
import { Field, textsOf } from '../parts/field.tsx';
import { say } from '../parts/toast.tsx';
import { notify } from '../words-notify.ts';
import { type Draft, draftOf, firstOf, type Names, StepRow, stepOf } from './settings-policy-step.tsx';

const w = notify.policies;

interface PolicyFormProps {
  /** Null: a new one. */
  policy: PolicyView | null;
  names: Names;
  again: () => void;
  /** Runs after it is saved and when it is given up. */
  done: () => void;
}
export function PolicyForm({ policy, names, again, done }: PolicyFormProps) {
  const { error, act } = useActing(again);
  const [drafts, setDrafts] = useState<Draft[]>(() => (policy?.steps ?? []).map(draftOf));
  const save = async (form: HTMLFormElement) => {
    const body = bodyOf(form, drafts.map(stepOf));
    if (
      !(await act(() =>
        policy ? ask('PUT', `/on-call/policies/${policy.id}`, { body }) : post('/on-call/policies', body),
      ))
    )
      return;
    say(w.saved(body.name));
    form.reset();
    setDrafts([]);
    done();
  };
  return (
    <form
      class="ruled"
      aria-label={policy ? w.changing(policy.name) : w.add}
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
    >
      <div class="pad fields">
        {policy ? <h3 class="all">{w.changing(policy.name)}</h3> : null}
        <div class="all">
          <Refusal error={error} known={['name', 'opening', 'zone']} />
        </div>
        <Basics policy={policy} error={error} />
        {drafts.map((draft, at) => (
          <StepRow
            key={at}
            at={at}
            draft={draft}
            names={names}
            change={(next) => setDrafts(drafts.map((one, n) => (n === at ? next : one)))}
            remove={() => setDrafts(drafts.filter((_, n) => n !== at))}
            earlier={at === 0 ? null : () => setDrafts(swapped(drafts, at))}
          />
        ))}
      </div>
      <div class="foot-acts">
        <button
          class="btn"
          type="button"
          onClick={() => {
            const kind = drafts.at(-1)?.kind === 'wait' || drafts.length === 0 ? 'rotation' : 'wait';
            setDrafts([...drafts, { kind, value: firstOf(kind, names), only: '', hours: '' }]);
          }}
        >
          {w.addStep}
        </button>
        <span class="end" />
        {policy ? (
          <button class="btn" type="button" onClick={done}>
            {notify.cancel}
          </button>
        ) : null}
        <button class="btn go" type="submit" disabled={drafts.length === 0}>
          {policy ? notify.save : w.add}
        </button>
      </div>
    </form>
  );
}

function Basics({ policy, error }: { policy: PolicyView | null; error: ReturnType<typeof useActing>['error'] }) {
  const severities: readonly Severity[] = policy?.severities ?? ['page'];
  return (
    <>
      <Field
        scope="policy"
        name="name"
        label={w.name}
        error={error}
        required
        maxLength={60}
        autocomplete="off"
        defaultValue={policy?.name ?? ''}
      />
      <fieldset class="field">
        <legend>{w.for}</legend>
        {SEVERITIES.map((severity) => (
          <label key={severity} class="tick">
            <input type="checkbox" name={`for-${severity}`} defaultChecked={severities.includes(severity)} />{' '}
            {notify.severities[severity]}
          </label>
        ))}
      </fieldset>
      <Field
        scope="policy"
        name="opening"
        label={w.working}
        hint={w.workingHint}
        error={error}
        maxLength={400}
        defaultValue={policy?.working_text ?? ''}
      />
      <Field
        scope="policy"
        name="zone"
        label={notify.rotations.zone}
        error={error}
        maxLength={64}
        defaultValue={policy?.working?.zone ?? viewerZone()}
      />
    </>
  );
}

type PolicyBody = Omit<Policy, 'id' | 'working'> & { working: { zone: string; opening: string } | null };
function bodyOf(form: HTMLFormElement, steps: PolicyStep[]): PolicyBody {
  const { name = '', opening = '', zone = '', ...texts } = textsOf(form);
  return {
    name,
    severities: SEVERITIES.filter((severity) => texts[`for-${severity}`] !== undefined),
    steps,
    working: opening === '' ? null : { zone, opening },
  };
}

function swapped(drafts: readonly Draft[], at: number): Draft[] {
  const next = [...drafts];
  next.splice(at - 1, 2, ...[drafts[at], drafts[at - 1]].filter((one) => one !== undefined));
  return next;
}
