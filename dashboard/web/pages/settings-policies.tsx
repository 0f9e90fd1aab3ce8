/** Why: whom an alert calls, in which order and when, readable as a sentence and built step by step. */
import { useState } from 'preact/hooks';
import type { Callee, ChannelView, Page, PolicyView, RotationView } from '#contract';
import { useActing } from '../acting.ts';
import { ask } from '../api.ts';
import { type Loaded, useLoad } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Panel } from '../parts/marks.tsx';
import { notify } from '../words-notify.ts';
import { PolicyForm } from './settings-policy-form.tsx';
import { type Names, sentenceOf } from './settings-policy-step.tsx';

const w = notify.policies;

export function Policies({
  channels,
  rotations,
}: {
  channels: Loaded<Page<ChannelView>>;
  rotations: Loaded<Page<RotationView>>;
}) {
  const policies = useLoad<Page<PolicyView>>('/on-call/policies');
  const people = useLoad<Page<Callee>>('/on-call/people');
  const { error, act } = useActing(policies.again);
  const [editing, setEditing] = useState<number | null>(null);
  const edited = policies.value?.items.find(({ id }) => id === editing) ?? null;
  const names: Names = {
    channels: (channels.value?.items ?? []).filter(({ id }) => id !== null),
    rotations: rotations.value?.items ?? [],
    people: (people.value?.items ?? []).map(({ user }) => user),
  };
  return (
    <Panel title={w.title} id="h-policies">
      <p class="pad q">{w.text}</p>
      {policies.value ? (
        <>
          <Refusal error={error} />
          {policies.value.items.length === 0 ? <p class="pad q">{w.none}</p> : null}
          <ul class="told-list">
            {policies.value.items.map(({ id, name, severities, steps, working, working_text }) => (
              <li key={id} class="pad told">
                <span class="grow">
                  <b>{name}</b>{' '}
                  <span class="q">
                    {w.for} {severities.map((one) => notify.severities[one]).join(', ')}
                    {working ? `; ${w.workingIn(working_text ?? '', working.zone)}` : ''}
                  </span>
                  <br />
                  {steps.map((step) => sentenceOf(step, names)).join(', ')}
                </span>
                <button class="btn" type="button" onClick={() => setEditing(id)}>
                  {notify.change}
                  <span class="vh"> {name}</span>
                </button>
                <button
                  class="btn"
                  type="button"
                  onClick={() => {
                    if (confirm(w.removeSure(name))) void act(() => ask('DELETE', `/on-call/policies/${id}`));
                  }}
                >
                  {w.remove}
                  <span class="vh"> {name}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      ) : policies.problem ? (
        <Failed what={w.title} problem={policies.problem} again={policies.again} />
      ) : (
        <Waiting what={w.title} />
      )}
      <PolicyForm
        key={edited?.id ?? 'new'}
        policy={edited}
        names={names}
        again={policies.again}
        done={() => setEditing(null)}
      />
    </Panel>
  );
}
