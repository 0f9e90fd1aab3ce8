/** Why: who is on call now and next, the holes ahead, and somebody else for a time. */
import { useState } from 'preact/hooks';
import { type Callee, momentOf, type Page, type RotationView } from '#contract';
import { useActing } from '../acting.ts';
import { ask, post } from '../api.ts';
import { moment } from '../format.ts';
import { minuteOf } from '../hours.ts';
import { type Loaded, useLoad } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Field, Select, textsOf } from '../parts/field.tsx';
import { Mark, Panel } from '../parts/marks.tsx';
import { serverNow } from '../store.ts';
import { notify } from '../words-notify.ts';
import { RotationForm } from './settings-rotation-form.tsx';

const w = notify.rotations;

export function Rotations({ rotations }: { rotations: Loaded<Page<RotationView>> }) {
  const { error, act } = useActing(rotations.again);
  const people = useLoad<Page<Callee>>('/on-call/people');
  const names = (people.value?.items ?? []).map(({ user }) => user);
  const [editing, setEditing] = useState<number | null>(null);
  const edited = rotations.value?.items.find(({ id }) => id === editing) ?? null;
  return (
    <Panel title={w.title} id="on-call">
      {rotations.value ? (
        <>
          <Refusal error={error} />
          {rotations.value.items.length === 0 ? <p class="pad q">{w.none}</p> : null}
          <ul class="told-list">
            {rotations.value.items.map((rotation) => (
              <Row
                key={rotation.id}
                rotation={rotation}
                change={() => setEditing(rotation.id)}
                remove={() => act(() => ask('DELETE', `/on-call/rotations/${rotation.id}`))}
                removeOverride={(id) => act(() => ask('DELETE', `/on-call/overrides/${id}`))}
              />
            ))}
          </ul>
          {rotations.value.items.length > 0 ? (
            <Override rotations={rotations.value.items} names={names} act={act} />
          ) : null}
        </>
      ) : rotations.problem ? (
        <Failed what={w.title} problem={rotations.problem} again={rotations.again} />
      ) : (
        <Waiting what={w.title} />
      )}
      <RotationForm key={edited?.id ?? 'new'} rotation={edited} again={rotations.again} done={() => setEditing(null)} />
    </Panel>
  );
}

function Row({
  rotation,
  change,
  remove,
  removeOverride,
}: {
  rotation: RotationView;
  change: () => void;
  remove: () => Promise<boolean>;
  removeOverride: (id: number) => Promise<boolean>;
}) {
  const { name, zone, hours_text, shifts, gaps, overrides } = rotation;
  const at = (time: number): string => moment(time, serverNow.value, zone);
  const [now, next] = shifts;
  return (
    <li class="pad told">
      <Mark state={gaps.length > 0 ? 'below' : 'meets'} />
      <span class="grow">
        <b>{name}</b> {hours_text ? <span class="q">{hours_text} </span> : null}
        {now ? (
          <span>
            {now.user === null ? w.nobody(at(now.to)) : w.now(now.user, at(now.to))}
            {next ? `, ${next.user === null ? w.nextNobody : w.next(next.user)}` : ''}
          </span>
        ) : null}
        {gaps.map((gap) => (
          <span key={gap.from} class="wrong">
            <br />
            {w.gap(at(gap.from), at(gap.to), gap.why)}
          </span>
        ))}
        {overrides.map(({ id, user, from, to }) => (
          <span key={id}>
            <br />
            {w.overrides(user ?? w.nobodyWho, at(from), at(to))}{' '}
            <button
              class="btn"
              type="button"
              onClick={() => {
                if (confirm(w.overrideSure(w.overrides(user ?? w.nobodyWho, at(from), at(to)))))
                  void removeOverride(id);
              }}
            >
              {w.remove}
              <span class="vh"> {w.overrides(user ?? w.nobodyWho, at(from), at(to))}</span>
            </button>
          </span>
        ))}
      </span>
      <button class="btn" type="button" onClick={change}>
        {notify.change}
        <span class="vh"> {name}</span>
      </button>
      <button
        class="btn"
        type="button"
        onClick={() => {
          if (confirm(w.removeSure(name))) void remove();
        }}
      >
        {w.remove}
        <span class="vh"> {name}</span>
      </button>
    </li>
  );
}

/** `datetime-local` shows the wall clock of the rotation's zone. */
function momentIn(zone: string, text: string): number {
  const [date = '', clock = ''] = text.split('T');
  return momentOf(zone, Math.floor(Date.parse(`${date}T00:00:00Z`) / 86_400_000), minuteOf(clock));
}

function Override({
  rotations,
  names,
  act,
}: {
  rotations: RotationView[];
  names: string[];
  act: (work: () => Promise<unknown>) => Promise<boolean>;
}) {
  const add = async (form: HTMLFormElement) => {
    const { rotation = '', who = '', from = '', to = '' } = textsOf(form);
    const zone = rotations.find(({ id }) => String(id) === rotation)?.zone ?? 'UTC';
    const body = { user: who === '' ? null : who, from: momentIn(zone, from), to: momentIn(zone, to) };
    if (await act(() => post(`/on-call/rotations/${rotation}/overrides`, body))) form.reset();
  };
  return (
    <form
      class="ruled"
      onSubmit={(event) => {
        event.preventDefault();
        void add(event.currentTarget);
      }}
    >
      <fieldset class="pad fields">
        <legend>{w.override}</legend>
        <Select scope="override" name="rotation" label={w.overrideOf}>
          {rotations.map(({ id, name }) => (
            <option key={id} value={String(id)}>
              {name}
            </option>
          ))}
        </Select>
        <Select scope="override" name="who" label={w.who}>
          <option value="">{w.nobodyWho}</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Select>
        <Field scope="override" name="from" label={w.from} type="datetime-local" required />
        <Field scope="override" name="to" label={w.to} type="datetime-local" required />
      </fieldset>
      <div class="foot-acts">
        <span class="end" />
        <button class="btn" type="submit">
          {w.addOverride}
        </button>
      </div>
    </form>
  );
}
