/** Why: who is on call now and next, the holes ahead, and somebody else for a time. */
import { type Callee, momentOf, type Page, type RotationView } from '#contract';
import { useActing } from '../acting.ts';
import { ask, post } from '../api.ts';
import { moment, viewerZone } from '../format.ts';
import { type Loaded, useLoad } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Field, Select, textsOf } from '../parts/field.tsx';
import { Mark, Panel } from '../parts/marks.tsx';
import { serverNow } from '../store.ts';
import { notify } from '../words-notify.ts';
import { minuteOf } from './settings-callees.tsx';

const w = notify.rotations;

export function Rotations({ rotations }: { rotations: Loaded<Page<RotationView>> }) {
  const { error, act } = useActing(rotations.again);
  const people = useLoad<Page<Callee>>('/on-call/people');
  const names = (people.value?.items ?? []).map(({ user }) => user);
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
      <AddRotation again={rotations.again} />
    </Panel>
  );
}

function Row({
  rotation,
  remove,
  removeOverride,
}: {
  rotation: RotationView;
  remove: () => Promise<boolean>;
  removeOverride: (id: number) => Promise<boolean>;
}) {
  const { name, zone, shifts, gaps, overrides } = rotation;
  const at = (time: number): string => moment(time, serverNow.value, zone);
  const [now, next] = shifts;
  return (
    <li class="pad told">
      <Mark state={gaps.length > 0 ? 'below' : 'meets'} />
      <span class="grow">
        <b>{name}</b>{' '}
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
            <button class="btn" type="button" onClick={() => void removeOverride(id)}>
              {w.remove}
              <span class="vh"> {w.overrides(user ?? w.nobodyWho, at(from), at(to))}</span>
            </button>
          </span>
        ))}
      </span>
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

function AddRotation({ again }: { again: () => void }) {
  const { error, act } = useActing(again);
  const add = async (form: HTMLFormElement) => {
    const { name = '', members = '', days = '7', handover = '09:00', zone = 'UTC' } = textsOf(form);
    const list = members
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    const body = { name, zone, members: list, days: Number(days), handover: minuteOf(handover), hours: null };
    if (await act(() => post('/on-call/rotations', body))) form.reset();
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
          <Refusal error={error} known={['name', 'members', 'zone']} />
        </div>
        <Field scope="rotation" name="name" label={w.name} error={error} required maxLength={60} autocomplete="off" />
        <Field
          scope="rotation"
          name="members"
          label={w.members}
          hint={w.membersHint}
          error={error}
          required
          autocapitalize="none"
        />
        <Field scope="rotation" name="days" label={w.days} type="number" min={1} max={28} value="7" required />
        <Field scope="rotation" name="handover" label={w.handover} type="time" value="09:00" required />
        <Field scope="rotation" name="zone" label={w.zone} error={error} value={viewerZone()} required />
      </div>
      <div class="foot-acts">
        <span class="end" />
        <button class="btn go" type="submit">
          {w.add}
        </button>
      </div>
    </form>
  );
}
