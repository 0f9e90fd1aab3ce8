/** Why: whom an alert calls, in which order and when, readable as a sentence and built step by step. */
import { useState } from 'preact/hooks';
import type { Callee, ChannelView, Page, Policy, PolicyStep, RotationView } from '#contract';
import { SEVERITIES } from '#contract';
import { useActing } from '../acting.ts';
import { ask, post } from '../api.ts';
import { type Loaded, useLoad } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Field, textsOf } from '../parts/field.tsx';
import { Panel } from '../parts/marks.tsx';
import { notify } from '../words-notify.ts';

const w = notify.policies;
interface Names {
  channels: ChannelView[];
  rotations: RotationView[];
  people: string[];
}

export function Policies({
  channels,
  rotations,
}: {
  channels: Loaded<Page<ChannelView>>;
  rotations: Loaded<Page<RotationView>>;
}) {
  const policies = useLoad<Page<Policy>>('/on-call/policies');
  const people = useLoad<Page<Callee>>('/on-call/people');
  const { error, act } = useActing(policies.again);
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
            {policies.value.items.map(({ id, name, severities, steps }) => (
              <li key={id} class="pad told">
                <span class="grow">
                  <b>{name}</b>{' '}
                  <span class="q">
                    {w.for} {severities.map((one) => notify.severities[one]).join(', ')}
                  </span>
                  <br />
                  {steps.map((step) => sentenceOf(step, names)).join(', ')}
                </span>
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
      <AddPolicy names={names} again={policies.again} />
    </Panel>
  );
}

function sentenceOf(step: PolicyStep, { channels, rotations }: Names): string {
  if (step.do === 'repeat') return w.said.repeat(step.times);
  if (step.do === 'wait') return step.until ? w.said.working : w.said.wait(step.minutes ?? 0);
  if (step.person !== undefined) return w.said.tell(step.person);
  if (step.rotation !== undefined)
    return w.said.onCall(rotations.find(({ id }) => id === step.rotation)?.name ?? w.said.gone);
  return w.said.tell(channels.find(({ id }) => id === step.channel)?.name ?? w.said.gone);
}

type Kind = keyof typeof w.kinds;
interface Draft {
  kind: Kind;
  value: string;
}
const KINDS: readonly Kind[] = ['rotation', 'person', 'channel', 'wait', 'working', 'repeat'];

function stepOf({ kind, value }: Draft): PolicyStep {
  switch (kind) {
    case 'person':
      return { do: 'notify', person: value };
    case 'rotation':
      return { do: 'notify', rotation: Number(value) };
    case 'channel':
      return { do: 'notify', channel: Number(value) };
    case 'wait':
      return { do: 'wait', minutes: Number(value) };
    case 'working':
      return { do: 'wait', until: 'working' };
    case 'repeat':
      return { do: 'repeat', times: Number(value) };
  }
}

function choicesOf(kind: Kind, { channels, rotations, people }: Names): [value: string, label: string][] | null {
  if (kind === 'person') return people.map((name) => [name, name]);
  if (kind === 'rotation') return rotations.map(({ id, name }) => [String(id), name]);
  return kind === 'channel' ? channels.map(({ id, name }) => [String(id), name]) : null;
}
const firstOf = (kind: Kind, names: Names): string =>
  choicesOf(kind, names)?.[0]?.[0] ?? (kind === 'wait' ? '15' : kind === 'repeat' ? '2' : '');

function AddPolicy({ names, again }: { names: Names; again: () => void }) {
  const { error, act } = useActing(again);
  const [drafts, setDrafts] = useState<Draft[]>([]);
  const change = (at: number, draft: Draft) => setDrafts(drafts.map((one, n) => (n === at ? draft : one)));
  const add = async (form: HTMLFormElement) => {
    const texts = textsOf(form);
    const severities = SEVERITIES.filter((severity) => texts[`for-${severity}`] !== undefined);
    if (await act(() => post('/on-call/policies', { name: texts['name'], severities, steps: drafts.map(stepOf) }))) {
      form.reset();
      setDrafts([]);
    }
  };
  return (
    <form
      class="ruled"
      onSubmit={(event) => {
        event.preventDefault();
        void add(event.currentTarget);
      }}
    >
      <div class="pad fields">
        <div class="all">
          <Refusal error={error} known={['name']} />
        </div>
        <Field scope="policy" name="name" label={w.name} error={error} required maxLength={60} autocomplete="off" />
        <fieldset class="field">
          <legend>{w.for}</legend>
          {SEVERITIES.map((severity) => (
            <label key={severity} class="tick">
              <input type="checkbox" name={`for-${severity}`} checked={severity === 'page'} />{' '}
              {notify.severities[severity]}
            </label>
          ))}
        </fieldset>
        {drafts.map((draft, at) => (
          <StepRow
            key={at}
            at={at}
            draft={draft}
            names={names}
            change={(next) => change(at, next)}
            remove={() => setDrafts(drafts.filter((_, n) => n !== at))}
          />
        ))}
      </div>
      <div class="foot-acts">
        <button
          class="btn"
          type="button"
          onClick={() => {
            const kind = drafts.at(-1)?.kind === 'wait' || drafts.length === 0 ? 'rotation' : 'wait';
            setDrafts([...drafts, { kind, value: firstOf(kind, names) }]);
          }}
        >
          {w.addStep}
        </button>
        <span class="end" />
        <button class="btn go" type="submit" disabled={drafts.length === 0}>
          {w.add}
        </button>
      </div>
    </form>
  );
}

interface StepRowProps {
  at: number;
  draft: Draft;
  names: Names;
  change: (draft: Draft) => void;
  remove: () => void;
}
function StepRow({ at, draft, names, change, remove }: StepRowProps) {
  const choices = choicesOf(draft.kind, names);
  const label = w.step(at + 1);
  return (
    <div class="all way">
      <select
        aria-label={label}
        value={draft.kind}
        onChange={(event) => {
          const kind = KINDS.find((one) => one === event.currentTarget.value) ?? 'wait';
          change({ kind, value: firstOf(kind, names) });
        }}
      >
        {KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {w.kinds[kind]}
          </option>
        ))}
      </select>
      {choices ? (
        <select
          aria-label={`${label}, ${w.kinds[draft.kind]}`}
          value={draft.value}
          onChange={(event) => change({ ...draft, value: event.currentTarget.value })}
        >
          {choices.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      ) : draft.kind === 'working' ? null : (
        <input
          aria-label={`${label}, ${w.kinds[draft.kind]}`}
          type="number"
          min={1}
          max={draft.kind === 'repeat' ? 5 : 2880}
          required
          value={draft.value}
          onInput={(event) => change({ ...draft, value: event.currentTarget.value })}
        />
      )}
      <button class="btn" type="button" onClick={remove}>
        {w.removeStep}
        <span class="vh"> {at + 1}</span>
      </button>
    </div>
  );
}
